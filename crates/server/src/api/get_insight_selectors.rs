//! GetInsightSelectors.

use super::{Answered, Call, insight_error, shapes};
use cairn_decide::insights::{self, InsightError};
use cairn_decide::subject::Subject;
use cairn_wire::generated::{GetInsightSelectorsRequest, GetInsightSelectorsResponse};

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: GetInsightSelectorsRequest = call.input()?;
    let found = Subject::of(input.trail_name.as_deref(), input.event_data_store.as_deref());
    let shown = found.map_err(InsightError::from).and_then(|subject| show(call, subject));
    call.read(&shown.map_err(insight_error)?)
}

fn show(call: Call<'_>, subject: Subject<'_>) -> Result<GetInsightSelectorsResponse, InsightError> {
    let known = call.known();
    match subject {
        Subject::Trail(name_or_arn) => {
            let trail = insights::of_trail(&call.facts(&known.trails), name_or_arn)?;
            Ok(GetInsightSelectorsResponse {
                trail_arn: Some(trail.arn.to_string()),
                insight_selectors: Some(shapes::insight_selectors(&trail.insights)),
                ..GetInsightSelectorsResponse::default()
            })
        }
        Subject::EventDataStore(arn_or_id) => {
            let (store, insights) = insights::of_store(&call.store_facts(&known), arn_or_id)?;
            Ok(GetInsightSelectorsResponse {
                event_data_store_arn: Some(store.arn.to_string()),
                insight_selectors: Some(shapes::insight_selectors(&insights.selectors)),
                insights_destination: Some(insights.destination.to_string()),
                ..GetInsightSelectorsResponse::default()
            })
        }
    }
}
