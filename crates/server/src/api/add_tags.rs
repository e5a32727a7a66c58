//! AddTags: to whatever has an ARN.

use super::{Answered, Call, shapes, tagging_error};
use cairn_decide::tagging;
use cairn_wire::generated::AddTagsRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: AddTagsRequest = call.input()?;
    let tags = shapes::tags_from(input.tags_list);
    let known = call.known();
    let change = tagging::add(&call.tagging_facts(&known), &input.resource_id, &tags);
    call.write_without_output(vec![change.map_err(|error| tagging_error(call.operation, error))?])
}
