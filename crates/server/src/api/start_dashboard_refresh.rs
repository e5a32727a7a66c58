//! StartDashboardRefresh.

use super::{Answered, Call, dashboard_error};
use cairn_decide::dashboards;
use cairn_wire::generated::{StartDashboardRefreshRequest, StartDashboardRefreshResponse};
use std::time::Duration;

/// How long a caller waits for queries of others.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn run(call: Call<'_>) -> Answered {
    let input: StartDashboardRefreshRequest = call.input()?;
    let values = input.query_parameter_values.unwrap_or_default();
    let known = call.known();
    let facts = call.dashboard_facts(&known);
    let refresh = dashboards::refresh(&facts, &input.dashboard_id, &values).map_err(dashboard_error)?;
    let id = call.app.refreshes.start(call.app, &call.asker(), refresh, call.now, PATIENCE).await;
    call.write(&StartDashboardRefreshResponse { refresh_id: Some(id) }, Vec::new())
}
