//! The rules of dashboards.
//!
//! Operations that change something return the dashboard's whole new value, for the log; nothing is changed here.
//! A dashboard belongs to its region and is reached there only, by its name or its ARN.

mod error;
mod highlights;
mod refresh;
mod schedule;
mod widgets;

pub use error::{DashboardError, SettingError, ViewError};
pub use refresh::{Refresh, WidgetQuery, alias, refresh, refresh_by_time, widgets};
pub use schedule::{AskedSchedule, time_of_day};

use crate::paging::{Page, page};
use crate::stores;
use crate::tags::{self, Tag};
use cairn_model::{Dashboard, DashboardArn, DashboardKind, Widget};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The one dashboard of CloudTrail's that an account can make.
pub const HIGHLIGHTS: &str = "AWSCloudTrail-Highlights";

/// What begins with this is CloudTrail's.
const RESERVED: &str = "AWSCloudTrail-";

/// Widgets that a dashboard may have, as at AWS.
pub const WIDGETS_MAX: usize = 10;

/// What an operation on dashboards is decided by.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// All dashboards of the account, of every region, in any order.
    pub dashboards: &'a [Arc<Dashboard>],
    /// The account's event data stores, who asks, where and when.
    pub stores: stores::Facts<'a>,
}

/// What CreateDashboard and UpdateDashboard set; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `Widgets`.
    pub widgets: Option<Vec<Widget>>,
    /// `RefreshSchedule`.
    pub schedule: Option<AskedSchedule>,
    /// `TerminationProtectionEnabled`.
    pub termination_protection: Option<bool>,
}

/// CreateDashboard.
pub fn create(
    facts: &Facts<'_>,
    name: &str,
    settings: Settings,
    given: &[Tag],
) -> Result<Dashboard, DashboardError> {
    let kind = kind_of(name)?;
    let arn = arn(facts, name);
    if here(facts).any(|dashboard| dashboard.arn == arn) {
        return Err(DashboardError::AlreadyExists(name.to_owned()));
    }
    refuse_too_many(facts, kind)?;
    let new = Dashboard {
        arn,
        kind,
        widgets: Vec::new(),
        schedule: None,
        // CloudTrail protects what is its own.
        termination_protection: kind == DashboardKind::Managed,
        tags: tags::added(&BTreeMap::new(), given)?,
        created: facts.stores.now,
        updated: facts.stores.now,
    };
    let new = set(facts, new, settings)?;
    match (kind, new.schedule) {
        (DashboardKind::Managed, schedule) if schedule.is_none_or(|schedule| !schedule.enabled) => {
            Err(SettingError::HighlightsSchedule.into())
        }
        _ => Ok(new),
    }
}

/// UpdateDashboard: the dashboard with other widgets, another schedule or another protection.
pub fn update(facts: &Facts<'_>, name_or_arn: &str, settings: Settings) -> Result<Dashboard, DashboardError> {
    let present = get(facts, name_or_arn)?.clone();
    set(facts, Dashboard { updated: facts.stores.now, ..present }, settings)
}

fn set(facts: &Facts<'_>, mut dashboard: Dashboard, settings: Settings) -> Result<Dashboard, DashboardError> {
    if let Some(widgets) = settings.widgets {
        widgets::check(facts, dashboard.kind, &widgets)?;
        dashboard.widgets = widgets;
    }
    if let Some(asked) = settings.schedule {
        dashboard.schedule = Some(schedule::settle(dashboard.kind, dashboard.schedule, &asked)?);
    }
    if let Some(protection) = settings.termination_protection {
        dashboard.termination_protection = protection;
    }
    Ok(dashboard)
}

/// DeleteDashboard's choice: a dashboard that may be deleted.
pub fn delete<'a>(facts: &Facts<'a>, name_or_arn: &str) -> Result<&'a Dashboard, DashboardError> {
    let dashboard = get(facts, name_or_arn)?;
    match dashboard.termination_protection {
        true => Err(DashboardError::TerminationProtected(dashboard.arn.name.clone())),
        false => Ok(dashboard),
    }
}

/// GetDashboard: a dashboard by its name or ARN. Those of other accounts and regions are not found.
pub fn get<'a>(facts: &Facts<'a>, name_or_arn: &str) -> Result<&'a Dashboard, DashboardError> {
    let own = match name_or_arn.starts_with("arn:") {
        // Of other partitions there is nothing here.
        true => name_or_arn.parse().ok().filter(|arn: &DashboardArn| arn.to_string() == name_or_arn),
        false => Some(arn(facts, name_or_arn)),
    };
    let found = own.and_then(|own| here(facts).find(|dashboard| dashboard.arn == own));
    found.ok_or_else(|| DashboardError::NotFound(name_or_arn.to_owned()))
}

/// ListDashboards: the dashboards of the caller's region whose names begin so, and that are of this kind.
pub fn list<'a>(
    facts: &Facts<'a>,
    name_prefix: &str,
    kind: Option<DashboardKind>,
    after: Option<&DashboardArn>,
    max: usize,
) -> Page<&'a Dashboard> {
    let listed = here(facts)
        .filter(|dashboard| dashboard.arn.name.starts_with(name_prefix))
        .filter(|dashboard| kind.is_none_or(|kind| dashboard.kind == kind));
    page(listed, |dashboard| &dashboard.arn, after, max)
}

fn here<'a>(facts: &Facts<'a>) -> impl Iterator<Item = &'a Dashboard> + use<'a> {
    let region = facts.stores.region;
    facts.dashboards.iter().map(|dashboard| &**dashboard).filter(move |found| found.arn.region == region)
}

fn arn(facts: &Facts<'_>, name: &str) -> DashboardArn {
    let (region, account) = (facts.stores.region.to_owned(), facts.stores.account);
    DashboardArn { region, account, name: name.to_owned() }
}

fn kind_of(name: &str) -> Result<DashboardKind, SettingError> {
    match name {
        HIGHLIGHTS => Ok(DashboardKind::Managed),
        name if name.starts_with(RESERVED) => Err(SettingError::ReservedName(name.to_owned())),
        _ => Ok(DashboardKind::Custom),
    }
}

fn refuse_too_many(facts: &Facts<'_>, kind: DashboardKind) -> Result<(), DashboardError> {
    let count = here(facts).filter(|dashboard| dashboard.kind == DashboardKind::Custom).count();
    match kind == DashboardKind::Custom && count >= facts.stores.limits.dashboards_max {
        true => Err(DashboardError::TooMany(count)),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests;
