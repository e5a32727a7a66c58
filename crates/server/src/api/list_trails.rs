//! ListTrails. A page's token is the ARN of its last trail.

use super::{Answered, Call};
use cairn_decide::trails;
use cairn_model::{Trail, TrailArn};
use cairn_wire::generated::{ListTrailsRequest, ListTrailsResponse, TrailInfo};
use cairn_wire::{ApiError, ErrorCode};

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: ListTrailsRequest = call.input()?;
    let after = input.next_token.filter(|token| !token.is_empty());
    let after: Option<TrailArn> = after.map(|token| token.parse()).transpose().map_err(|_| {
        // The operation has no exception for tokens.
        ApiError::new(ErrorCode::ValidationException, "The token is not one of ListTrails.")
    })?;
    let known = call.trails();
    let page = trails::list(&call.facts(&known), after.as_ref());
    let next = page.next_after().map(|trail| trail.arn.to_string());
    call.read(&ListTrailsResponse {
        trails: Some(page.items.into_iter().map(info).collect()),
        next_token: next,
    })
}

fn info(trail: &Trail) -> TrailInfo {
    TrailInfo {
        trail_arn: Some(trail.arn.to_string()),
        name: Some(trail.arn.name.clone()),
        home_region: Some(trail.arn.region.clone()),
    }
}
