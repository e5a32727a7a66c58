//! GetEventConfiguration.

use super::{Answered, Call, configuration_error, shapes};
use cairn_decide::event_configuration::{self, ConfigurationError};
use cairn_decide::subject::Subject;
use cairn_decide::trails;
use cairn_wire::generated::{GetEventConfigurationRequest, GetEventConfigurationResponse};

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: GetEventConfigurationRequest = call.input()?;
    let found = Subject::of(input.trail_name.as_deref(), input.event_data_store.as_deref());
    let shown = found.map_err(ConfigurationError::from).and_then(|subject| show(call, subject));
    call.read(&shown.map_err(configuration_error)?)
}

fn show(call: Call<'_>, subject: Subject<'_>) -> Result<GetEventConfigurationResponse, ConfigurationError> {
    let known = call.known();
    match subject {
        Subject::Trail(name_or_arn) => {
            let trail = trails::get(&call.facts(&known.trails), name_or_arn)?;
            Ok(GetEventConfigurationResponse {
                trail_arn: Some(trail.arn.to_string()),
                aggregation_configurations: Some(shapes::aggregations(trail.aggregation.as_ref())),
                ..GetEventConfigurationResponse::default()
            })
        }
        Subject::EventDataStore(arn_or_id) => {
            let store = event_configuration::of_store(&call.store_facts(&known), arn_or_id)?;
            Ok(GetEventConfigurationResponse {
                event_data_store_arn: Some(store.arn.to_string()),
                max_event_size: Some(store.max_event_size.name().to_owned()),
                context_key_selectors: Some(shapes::context_keys(&store.context_keys)),
                ..GetEventConfigurationResponse::default()
            })
        }
    }
}
