//! CreateDashboard.

use super::{Answered, Call, dashboard_error, shapes};
use cairn_decide::dashboards::{self, Settings};
use cairn_model::Change;
use cairn_wire::generated::CreateDashboardRequest;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: CreateDashboardRequest = call.input()?;
    let settings = Settings {
        widgets: input.widgets.map(shapes::widgets_from),
        schedule: input.refresh_schedule.map(shapes::schedule_from),
        termination_protection: input.termination_protection_enabled,
    };
    let tags = shapes::tags_from(input.tags_list.unwrap_or_default());
    let known = call.known();
    let created = dashboards::create(&call.dashboard_facts(&known), &input.name, settings, &tags);
    let dashboard = created.map_err(dashboard_error)?;
    let output = shapes::created_dashboard(&dashboard);
    call.write(&output, vec![Change::PutDashboard(Box::new(dashboard))])
}
