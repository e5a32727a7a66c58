//! Dashboards as the API shows them.

use super::{epoch, tag_list};
use crate::dashboards::LastRefresh;
use cairn_decide::dashboards::{AskedSchedule, alias, time_of_day, widgets};
use cairn_model::{Dashboard, RefreshFrequency, RefreshSchedule, Widget};
use cairn_wire::generated as wire;

/// A response about a dashboard: what all of them have, and more members.
macro_rules! dashboard_response {
    ($response:ident, $dashboard:expr, { $($member:ident: $value:expr),* $(,)? }) => {{
        let dashboard: &Dashboard = $dashboard;
        wire::$response {
            dashboard_arn: Some(dashboard.arn.to_string()),
            r#type: Some(dashboard.kind.name().to_owned()),
            widgets: Some(shown_widgets(dashboard)),
            refresh_schedule: dashboard.schedule.map(schedule),
            termination_protection_enabled: Some(dashboard.termination_protection),
            $($member: $value),*
        }
    }};
}

/// A dashboard as CreateDashboard answers it.
pub(in crate::api) fn created_dashboard(dashboard: &Dashboard) -> wire::CreateDashboardResponse {
    dashboard_response!(CreateDashboardResponse, dashboard, {
        name: Some(dashboard.arn.name.clone()),
        tags_list: (!dashboard.tags.is_empty()).then(|| tag_list(&dashboard.tags)),
    })
}

/// A dashboard as UpdateDashboard answers it.
pub(in crate::api) fn updated_dashboard(dashboard: &Dashboard) -> wire::UpdateDashboardResponse {
    dashboard_response!(UpdateDashboardResponse, dashboard, {
        name: Some(dashboard.arn.name.clone()),
        created_timestamp: Some(epoch(dashboard.created)),
        updated_timestamp: Some(epoch(dashboard.updated)),
    })
}

/// A dashboard as GetDashboard shows it.
pub(in crate::api) fn dashboard(
    dashboard: &Dashboard,
    last: Option<LastRefresh>,
) -> wire::GetDashboardResponse {
    let status = match dashboard.updated == dashboard.created {
        true => "CREATED",
        false => "UPDATED",
    };
    dashboard_response!(GetDashboardResponse, dashboard, {
        status: Some(status.to_owned()),
        created_timestamp: Some(epoch(dashboard.created)),
        updated_timestamp: Some(epoch(dashboard.updated)),
        last_refresh_failure_reason: last.as_ref().and_then(|last| last.failure.clone()),
        last_refresh_id: last.map(|last| last.id),
    })
}

/// The widgets, each with the alias by which DescribeQuery finds its query.
fn shown_widgets(dashboard: &Dashboard) -> Vec<wire::Widget> {
    let numbered = (1..).zip(widgets(dashboard).iter().map(widget).collect::<Vec<_>>());
    numbered
        .map(|(number, widget)| wire::Widget { query_alias: Some(alias(dashboard, number)), ..widget })
        .collect()
}

fn widget(widget: &Widget) -> wire::Widget {
    wire::Widget {
        query_alias: None,
        query_statement: Some(widget.query.clone()),
        query_parameters: (!widget.parameters.is_empty()).then(|| widget.parameters.clone()),
        view_properties: Some(widget.view.clone()),
    }
}

fn schedule(schedule: RefreshSchedule) -> wire::RefreshSchedule {
    let status = if schedule.enabled { "ENABLED" } else { "DISABLED" };
    wire::RefreshSchedule {
        frequency: schedule.every.map(frequency),
        status: Some(status.to_owned()),
        time_of_day: Some(time_of_day(schedule.minute_of_day)),
    }
}

fn frequency(every: RefreshFrequency) -> wire::RefreshScheduleFrequency {
    let (unit, value) = match every {
        RefreshFrequency::Hours(hours) => ("HOURS", hours),
        RefreshFrequency::Daily => ("DAYS", 1),
    };
    wire::RefreshScheduleFrequency { unit: Some(unit.to_owned()), value: Some(value.into()) }
}

/// Widgets as callers give them.
pub(in crate::api) fn widgets_from(widgets: Vec<wire::RequestWidget>) -> Vec<Widget> {
    let widget = |given: wire::RequestWidget| Widget {
        query: given.query_statement,
        parameters: given.query_parameters.unwrap_or_default(),
        view: given.view_properties,
    };
    widgets.into_iter().map(widget).collect()
}

/// A schedule as callers give it.
pub(in crate::api) fn schedule_from(given: wire::RefreshSchedule) -> AskedSchedule {
    AskedSchedule {
        frequency: given.frequency.map(|frequency| (frequency.unit, frequency.value)),
        enabled: given.status.map(|status| status == "ENABLED"),
        time_of_day: given.time_of_day,
    }
}
