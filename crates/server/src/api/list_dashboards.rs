//! ListDashboards.

use super::{Answered, Call, pages};
use cairn_decide::dashboards;
use cairn_model::{Dashboard, DashboardArn, DashboardKind};
use cairn_wire::generated::{DashboardDetail, ListDashboardsRequest, ListDashboardsResponse};
use cairn_wire::{ApiError, ErrorCode};

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: ListDashboardsRequest = call.input()?;
    let is_ours = |arn: &DashboardArn| call.is_here(arn.account, &arn.region);
    let after = pages::after(input.next_token.as_deref(), is_ours).map_err(without_own_code)?;
    let kind = input.r#type.as_deref().and_then(DashboardKind::from_name);
    let prefix = input.name_prefix.as_deref().unwrap_or_default();
    let (known, size) = (call.known(), pages::size(input.max_results));
    let page = dashboards::list(&call.dashboard_facts(&known), prefix, kind, after.as_ref(), size);
    let next = page.next_after().map(|dashboard| dashboard.arn.to_string());
    let item = |dashboard: &Dashboard| DashboardDetail {
        dashboard_arn: Some(dashboard.arn.to_string()),
        r#type: Some(dashboard.kind.name().to_owned()),
    };
    call.read(&ListDashboardsResponse {
        dashboards: Some(page.items.into_iter().map(item).collect()),
        next_token: next,
    })
}

/// The operation has no exception for tokens.
fn without_own_code(refused: ApiError) -> ApiError {
    ApiError::new(ErrorCode::ValidationException, refused.message)
}
