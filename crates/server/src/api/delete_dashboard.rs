//! DeleteDashboard. Its policy goes with it.

use super::{Answered, Call, dashboard_error};
use cairn_decide::dashboards;
use cairn_model::{Change, PolicedArn};
use cairn_wire::generated::DeleteDashboardRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: DeleteDashboardRequest = call.input()?;
    let known = call.known();
    let found = dashboards::delete(&call.dashboard_facts(&known), &input.dashboard_id);
    let arn = found.map_err(dashboard_error)?.arn.clone();
    let policy = known.policy_goes(&PolicedArn::Dashboard(arn.clone()));
    call.write_without_output([Change::DeleteDashboard { arn }].into_iter().chain(policy).collect())
}
