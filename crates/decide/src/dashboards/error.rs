//! Why an operation on dashboards is refused.

use super::{HIGHLIGHTS, WIDGETS_MAX};
use crate::queries::{QueryError, StatementError};
use crate::stores::StoreError;
use crate::tags::TagsError;

/// Why an operation on dashboards is refused; the texts are for the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DashboardError {
    /// `ResourceNotFoundException`.
    #[error("Dashboard {0} was not found.")]
    NotFound(String),
    /// `ConflictException`: the name is taken.
    #[error("A dashboard with the name {0} already exists.")]
    AlreadyExists(String),
    /// `ConflictException`.
    #[error("Dashboard {0} cannot be deleted: its termination protection is enabled.")]
    TerminationProtected(String),
    /// `ServiceQuotaExceededException`.
    #[error("There are already {0} custom dashboards.")]
    TooMany(usize),
    /// `ServiceQuotaExceededException`.
    #[error("A dashboard can have up to {WIDGETS_MAX} widgets; it would have {0}.")]
    TooManyWidgets(usize),
    /// `InvalidTagParameterException`.
    #[error(transparent)]
    Tags(#[from] TagsError),
    /// `InvalidQueryStatementException`.
    #[error("Widget {widget}: {reason}")]
    Statement {
        /// Counted from 1.
        widget: usize,
        /// Why.
        reason: StatementError,
    },
    /// A store that a widget asks, or that is to be shown, cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// `ValidationException`: the operations have no exception of their own for it.
    #[error(transparent)]
    Setting(#[from] SettingError),
}

/// A setting that no dashboard can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// A name of CloudTrail's.
    #[error(
        "The name {0} is reserved: of the names that begin with AWSCloudTrail- only {HIGHLIGHTS} can be used."
    )]
    ReservedName(String),
    /// The Highlights dashboard is refreshed every six hours.
    #[error("{HIGHLIGHTS} needs an enabled refresh schedule with the unit HOURS and the value 6.")]
    HighlightsSchedule,
    /// The Highlights dashboard has CloudTrail's widgets.
    #[error("The widgets of {HIGHLIGHTS} cannot be changed.")]
    HighlightsWidgets,
    /// A schedule that is enabled and does not say how often.
    #[error("An enabled refresh schedule needs a frequency.")]
    NoFrequency,
    /// A frequency that there is not.
    #[error("A dashboard is refreshed every 1, 6, 12 or 24 HOURS, or every 1 DAYS.")]
    Frequency,
    /// Not a time of day.
    #[error("TimeOfDay {0} is not a time from 00:00 to 23:59.")]
    TimeOfDay(String),
    /// A parameter that queries of dashboards do not have.
    #[error("The query parameter {0} is not one that the dashboard can have.")]
    Parameter(String),
    /// A managed dashboard shows one store.
    #[error("The query parameter $EventDataStoreId$ is required for managed dashboards.")]
    NoStore,
    /// A widget that cannot be shown.
    #[error("Widget {widget}: {reason}")]
    View {
        /// Counted from 1.
        widget: usize,
        /// Why.
        reason: ViewError,
    },
}

/// Why a widget cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ViewError {
    /// `View` is missing, or none that there is.
    #[error("the view property View must be Table, LineChart, PieChart or BarChart.")]
    View,
    /// A property that the view needs.
    #[error("the view {view} needs the view property {property}.")]
    Missing {
        /// The view.
        view: &'static str,
        /// The property.
        property: &'static str,
    },
    /// A property that the view does not have.
    #[error("the view {view} does not have the view property {property}.")]
    Unknown {
        /// The view.
        view: &'static str,
        /// The property.
        property: String,
    },
    /// Neither `Horizontal` nor `Vertical`.
    #[error("the view property Orientation must be Horizontal or Vertical.")]
    Orientation,
    /// Not a positive number.
    #[error("the view property {0} must be a positive whole number.")]
    Size(&'static str),
}

impl DashboardError {
    /// Why the query of a widget is refused.
    pub(super) fn of_query(widget: usize, error: QueryError) -> DashboardError {
        match error {
            QueryError::Statement(reason) => DashboardError::Statement { widget, reason },
            QueryError::Store(error) => DashboardError::Store(error),
        }
    }
}
