//! UpdateDashboard.

use super::{Answered, Call, dashboard_error, shapes};
use cairn_decide::dashboards::{self, Settings};
use cairn_model::Change;
use cairn_wire::generated::UpdateDashboardRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: UpdateDashboardRequest = call.input()?;
    let settings = Settings {
        widgets: input.widgets.map(shapes::widgets_from),
        schedule: input.refresh_schedule.map(shapes::schedule_from),
        termination_protection: input.termination_protection_enabled,
    };
    let known = call.known();
    let updated = dashboards::update(&call.dashboard_facts(&known), &input.dashboard_id, settings);
    let dashboard = updated.map_err(dashboard_error)?;
    let output = shapes::updated_dashboard(&dashboard);
    call.write(&output, vec![Change::PutDashboard(Box::new(dashboard))])
}
