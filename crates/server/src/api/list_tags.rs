//! ListTags. All tags stand in one page.

use super::{Answered, Call, shapes, tagging_error};
use cairn_decide::tagging::{self, TaggingError};
use cairn_wire::generated::{ListTagsRequest, ListTagsResponse, ResourceTag};
use cairn_wire::{ApiError, ErrorCode};

/// Resources that one call may name, as at AWS.
const RESOURCES_MAX: usize = 20;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: ListTagsRequest = call.input()?;
    if input.resource_id_list.len() > RESOURCES_MAX {
        // The operation has no exception for a list that is too long.
        let message = format!("ResourceIdList can have up to {RESOURCES_MAX} ARNs.");
        return Err(ApiError::new(ErrorCode::CloudTrailARNInvalidException, message));
    }
    super::refuse_token(input.next_token.as_deref())?;
    let known = call.known();
    let facts = call.tagging_facts(&known);
    let of_resource = |resource: String| {
        let tagged = tagging::find(&facts, &resource)?;
        Ok(ResourceTag { tags_list: Some(shapes::tag_list(tagged.tags())), resource_id: Some(resource) })
    };
    let tagged: Result<Vec<ResourceTag>, TaggingError> =
        input.resource_id_list.into_iter().map(of_resource).collect();
    let tagged = tagged.map_err(|error| tagging_error(call.operation, error))?;
    call.read(&ListTagsResponse { resource_tag_list: Some(tagged), next_token: None })
}
