//! PutEventSelectors.

use super::{Answered, Call, shapes, trail_error};
use cairn_decide::trails;
use cairn_model::Change;
use cairn_wire::generated::{PutEventSelectorsRequest, PutEventSelectorsResponse};

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: PutEventSelectorsRequest = call.input()?;
    let basic = shapes::basic_from(input.event_selectors.unwrap_or_default())?;
    let advanced = shapes::advanced_from(input.advanced_event_selectors.unwrap_or_default());
    let known = call.trails();
    let trail = trails::put_event_selectors(&call.facts(&known), &input.trail_name, basic, advanced)
        .map_err(trail_error)?;
    let (event_selectors, advanced_event_selectors) = shapes::selectors(&trail.selectors);
    let output = PutEventSelectorsResponse {
        trail_arn: Some(trail.arn.to_string()),
        event_selectors,
        advanced_event_selectors,
    };
    call.write(&output, vec![Change::PutTrail(Box::new(trail))])
}
