//! PutInsightSelectors.

use super::{Answered, Call, insight_error, shapes};
use cairn_decide::insights::{self, AskedSelector, InsightError};
use cairn_decide::subject::Subject;
use cairn_model::Change;
use cairn_wire::generated::{PutInsightSelectorsRequest, PutInsightSelectorsResponse};

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: PutInsightSelectorsRequest = call.input()?;
    let asked = shapes::insight_selectors_from(input.insight_selectors);
    let destination = input.insights_destination.as_deref();
    let subject = Subject::of(input.trail_name.as_deref(), input.event_data_store.as_deref());
    match subject.map_err(|error| insight_error(error.into()))? {
        Subject::Trail(_) if destination.is_some() => Err(insight_error(InsightError::DestinationOfTrail)),
        Subject::Trail(trail) => on_trail(call, trail, &asked),
        Subject::EventDataStore(store) => on_store(call, store, destination, &asked),
    }
}

fn on_trail(call: Call<'_>, name_or_arn: &str, asked: &[AskedSelector]) -> Answered {
    let known = call.known();
    let put = insights::put_on_trail(&call.facts(&known.trails), name_or_arn, asked);
    let trail = put.map_err(insight_error)?;
    let output = PutInsightSelectorsResponse {
        trail_arn: Some(trail.arn.to_string()),
        insight_selectors: Some(shapes::insight_selectors(&trail.insights)),
        ..PutInsightSelectorsResponse::default()
    };
    call.write(&output, vec![Change::PutTrail(Box::new(trail))])
}

fn on_store(call: Call<'_>, arn_or_id: &str, destination: Option<&str>, asked: &[AskedSelector]) -> Answered {
    let known = call.known();
    let put = insights::put_on_store(&call.store_facts(&known), arn_or_id, destination, asked);
    let store = put.map_err(insight_error)?;
    let insights = store.insights.as_ref();
    let selectors = insights.map(|insights| shapes::insight_selectors(&insights.selectors));
    let output = PutInsightSelectorsResponse {
        event_data_store_arn: Some(store.arn.to_string()),
        insight_selectors: Some(selectors.unwrap_or_default()),
        insights_destination: insights.map(|insights| insights.destination.to_string()),
        ..PutInsightSelectorsResponse::default()
    };
    call.write(&output, vec![Change::PutEventDataStore(Box::new(store))])
}
