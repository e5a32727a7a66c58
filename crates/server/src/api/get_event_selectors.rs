//! GetEventSelectors.

use super::{Answered, Call, shapes, trail_error};
use cairn_decide::trails;
use cairn_wire::generated::{GetEventSelectorsRequest, GetEventSelectorsResponse};

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: GetEventSelectorsRequest = call.input()?;
    let known = call.trails();
    let trail = trails::get(&call.facts(&known), &input.trail_name).map_err(trail_error)?;
    let (event_selectors, advanced_event_selectors) = shapes::selectors(&trails::effective_selectors(trail));
    call.read(&GetEventSelectorsResponse {
        trail_arn: Some(trail.arn.to_string()),
        event_selectors,
        advanced_event_selectors,
    })
}
