//! ListTags. All tags stand in one page.

use super::{Answered, Call, shapes, trail_error};
use cairn_decide::trails;
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
    let known = call.trails();
    let facts = call.facts(&known);
    let of_resource = |resource: String| {
        let trail = trails::tagged(&facts, &resource)?;
        Ok(ResourceTag { resource_id: Some(resource), tags_list: Some(shapes::tags(trail)) })
    };
    let tagged: Result<Vec<ResourceTag>, trails::TrailError> =
        input.resource_id_list.into_iter().map(of_resource).collect();
    call.read(&ListTagsResponse { resource_tag_list: Some(tagged.map_err(trail_error)?), next_token: None })
}
