//! ListTrails. All trails stand in one page.

use super::{Answered, Call};
use cairn_decide::trails;
use cairn_wire::generated::{ListTrailsResponse, TrailInfo};

pub(super) fn run(call: Call<'_>) -> Answered {
    let known = call.trails();
    let info = |trail: &cairn_model::Trail| TrailInfo {
        trail_arn: Some(trail.arn.to_string()),
        name: Some(trail.arn.name.clone()),
        home_region: Some(trail.arn.region.clone()),
    };
    let trails = trails::list(&call.facts(&known)).into_iter().map(info).collect();
    call.read(&ListTrailsResponse { trails: Some(trails), next_token: None })
}
