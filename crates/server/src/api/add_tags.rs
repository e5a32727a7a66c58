//! AddTags: to trails, the only resources that Cairn has yet.

use super::{Answered, Call, shapes, trail_error};
use cairn_decide::trails;
use cairn_model::Change;
use cairn_wire::generated::AddTagsRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: AddTagsRequest = call.input()?;
    let tags = shapes::tags_from(input.tags_list);
    let known = call.trails();
    let trail = trails::add_tags(&call.facts(&known), &input.resource_id, &tags).map_err(trail_error)?;
    call.write_without_output(vec![Change::PutTrail(Box::new(trail))])
}
