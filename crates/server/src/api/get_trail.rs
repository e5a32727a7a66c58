//! GetTrail.

use super::{Answered, Call, shapes, trail_error};
use cairn_decide::trails;
use cairn_wire::generated::{GetTrailRequest, GetTrailResponse};

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: GetTrailRequest = call.input()?;
    let known = call.trails();
    let trail = trails::get(&call.facts(&known), &input.name).map_err(trail_error)?;
    call.read(&GetTrailResponse { trail: Some(shapes::trail(trail)) })
}
