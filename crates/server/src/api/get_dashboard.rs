//! GetDashboard.

use super::{Answered, Call, dashboard_error, shapes};
use cairn_decide::dashboards;
use cairn_wire::generated::GetDashboardRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: GetDashboardRequest = call.input()?;
    let known = call.known();
    let found = dashboards::get(&call.dashboard_facts(&known), &input.dashboard_id);
    let dashboard = found.map_err(dashboard_error)?;
    call.read(&shapes::dashboard(dashboard, call.app.refreshes.last(call.app, dashboard)))
}
