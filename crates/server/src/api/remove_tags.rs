//! RemoveTags.

use super::{Answered, Call, shapes, tagging_error};
use cairn_decide::tagging;
use cairn_wire::generated::RemoveTagsRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: RemoveTagsRequest = call.input()?;
    let tags = shapes::tags_from(input.tags_list);
    let known = call.known();
    let change = tagging::remove(&call.tagging_facts(&known), &input.resource_id, &tags);
    call.write_without_output(vec![change.map_err(|error| tagging_error(call.operation, error))?])
}
