//! PutEventConfiguration.

use super::{Answered, Call, configuration_error, shapes};
use cairn_decide::event_configuration::{self, ConfigurationError, ParameterError, StoreConfiguration};
use cairn_decide::subject::Subject;
use cairn_model::{Change, EventDataStore, MaxEventSize, Trail};
use cairn_wire::generated::{PutEventConfigurationRequest, PutEventConfigurationResponse};

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: PutEventConfigurationRequest = call.input()?;
    let subject = Subject::of(input.trail_name.as_deref(), input.event_data_store.as_deref());
    match subject.map_err(|error| configuration_error(error.into()))? {
        Subject::Trail(name_or_arn) => {
            let trail = on_trail(call, name_or_arn, &input).map_err(configuration_error)?;
            let output = PutEventConfigurationResponse {
                trail_arn: Some(trail.arn.to_string()),
                aggregation_configurations: Some(shapes::aggregations(trail.aggregation.as_ref())),
                ..PutEventConfigurationResponse::default()
            };
            call.write(&output, vec![Change::PutTrail(Box::new(trail))])
        }
        Subject::EventDataStore(arn_or_id) => {
            let store = on_store(call, arn_or_id, &input).map_err(configuration_error)?;
            let output = PutEventConfigurationResponse {
                event_data_store_arn: Some(store.arn.to_string()),
                max_event_size: Some(store.max_event_size.name().to_owned()),
                context_key_selectors: Some(shapes::context_keys(&store.context_keys)),
                ..PutEventConfigurationResponse::default()
            };
            call.write(&output, vec![Change::PutEventDataStore(Box::new(store))])
        }
    }
}

fn on_trail(
    call: Call<'_>,
    name_or_arn: &str,
    input: &PutEventConfigurationRequest,
) -> Result<Trail, ConfigurationError> {
    refuse_for("a trail", "MaxEventSize", input.max_event_size.is_some())?;
    refuse_for("a trail", "ContextKeySelectors", input.context_key_selectors.is_some())?;
    let aggregations = input.aggregation_configurations.as_deref().ok_or(ParameterError::Nothing)?;
    let templates = shapes::templates_from(aggregations);
    let known = call.known();
    event_configuration::put_on_trail(&call.facts(&known.trails), name_or_arn, &templates)
}

fn on_store(
    call: Call<'_>,
    arn_or_id: &str,
    input: &PutEventConfigurationRequest,
) -> Result<EventDataStore, ConfigurationError> {
    let is_aggregating = input.aggregation_configurations.is_some();
    refuse_for("an event data store", "AggregationConfigurations", is_aggregating)?;
    let configuration = StoreConfiguration {
        max_event_size: input.max_event_size.as_deref().and_then(MaxEventSize::from_name),
        context_keys: input.context_key_selectors.clone().map(shapes::context_keys_from),
    };
    let known = call.known();
    event_configuration::put_on_store(&call.store_facts(&known), arn_or_id, &configuration)
}

fn refuse_for(subject: &'static str, member: &'static str, is_given: bool) -> Result<(), ConfigurationError> {
    match is_given {
        true => Err(ConfigurationError::NotForSubject { member, subject }),
        false => Ok(()),
    }
}
