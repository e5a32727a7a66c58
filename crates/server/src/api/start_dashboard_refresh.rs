//! StartDashboardRefresh: what speaks against a refresh is said before what Cairn lacks.

use super::{Answered, Call, dashboard_error};
use cairn_decide::dashboards;
use cairn_wire::generated::StartDashboardRefreshRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: StartDashboardRefreshRequest = call.input()?;
    let values = input.query_parameter_values.unwrap_or_default();
    let known = call.known();
    let found = dashboards::refresh(&call.dashboard_facts(&known), &input.dashboard_id, &values);
    found.map_err(dashboard_error)?;
    Err(call.unbuilt("Cairn keeps dashboards, but does not run their queries yet."))
}
