//! Dashboards.

use crate::{DashboardArn, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A dashboard: queries, and how their results are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dashboard {
    /// Account, region and name.
    pub arn: DashboardArn,
    /// Whose it is.
    pub kind: DashboardKind,
    /// In the order in which they are shown.
    pub widgets: Vec<Widget>,
    /// When it is refreshed, if that was ever said.
    pub schedule: Option<RefreshSchedule>,
    /// Whether the dashboard refuses to be deleted.
    pub termination_protection: bool,
    /// Its tags by key.
    pub tags: BTreeMap<String, String>,
    /// When it was created.
    pub created: Timestamp,
    /// When it was last updated.
    pub updated: Timestamp,
}

/// Whose a dashboard is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DashboardKind {
    /// Its widgets are the account's.
    Custom,
    /// Its widgets are CloudTrail's.
    Managed,
}

impl DashboardKind {
    /// All of them.
    pub const ALL: [DashboardKind; 2] = [DashboardKind::Custom, DashboardKind::Managed];

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<DashboardKind> {
        DashboardKind::ALL.into_iter().find(|known| known.name() == name)
    }

    /// AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            DashboardKind::Custom => "CUSTOM",
            DashboardKind::Managed => "MANAGED",
        }
    }
}

/// One query of a dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Widget {
    /// SQL in which `?` stands for a parameter.
    pub query: String,
    /// What takes the places of `?`, in their order, such as `$StartTime$`.
    pub parameters: Vec<String>,
    /// How the result is shown, such as `View` and `Title`.
    pub view: BTreeMap<String, String>,
}

/// When a dashboard is refreshed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshSchedule {
    /// How often; unknown if a schedule was only ever disabled.
    pub every: Option<RefreshFrequency>,
    /// Whether it is refreshed at all.
    pub enabled: bool,
    /// Minutes after midnight, UTC, below 1,440.
    pub minute_of_day: u16,
}

/// How often a dashboard is refreshed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RefreshFrequency {
    /// Every so many hours: 1, 6, 12 or 24.
    Hours(u8),
    /// Once a day.
    Daily,
}
