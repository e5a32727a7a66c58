//! DescribeTrails.

use super::{Answered, Call, shapes, trail_error};
use cairn_decide::trails;
use cairn_wire::generated::{DescribeTrailsRequest, DescribeTrailsResponse};

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: DescribeTrailsRequest = call.input()?;
    let names = input.trail_name_list.unwrap_or_default();
    let shadows = input.include_shadow_trails.unwrap_or(true);
    let known = call.trails();
    let found = trails::describe(&call.facts(&known), &names, shadows).map_err(trail_error)?;
    let trail_list = Some(found.into_iter().map(shapes::trail).collect());
    call.read(&DescribeTrailsResponse { trail_list })
}
