//! Why an operation on insight selectors is refused.

use super::check::InsightSelectorError;
use crate::stores::StoreError;
use crate::subject::SubjectError;
use crate::trails::TrailError;
use cairn_model::{EventDataStoreArn, TrailArn};

/// Why an operation on insight selectors is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InsightError {
    /// Not one trail or one event data store.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// The trail cannot be used.
    #[error(transparent)]
    Trail(#[from] TrailError),
    /// The event data store cannot be used. The operations have no exceptions of their own for that:
    /// `InvalidParameterException`.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// `InvalidInsightSelectorsException`.
    #[error(transparent)]
    Selectors(#[from] InsightSelectorError),
    /// `InvalidParameterCombinationException`.
    #[error("InsightsDestination cannot be specified for a trail.")]
    DestinationOfTrail,
    /// `InvalidParameterException`.
    #[error("To enable Insights on an event data store, specify InsightsDestination.")]
    NoDestination,
    /// `InsightNotEnabledException`.
    #[error(
        "Trail {0} does not have Insights enabled. Edit the trail settings to enable Insights, and then try the operation again."
    )]
    NotEnabledOnTrail(TrailArn),
    /// `InsightNotEnabledException`.
    #[error(
        "Event data store {0} does not have Insights enabled. Enable Insights with PutInsightSelectors, and then try the operation again."
    )]
    NotEnabledOnStore(EventDataStoreArn),
}
