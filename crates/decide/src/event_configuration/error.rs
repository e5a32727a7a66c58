//! Why an operation on event configurations is refused.

use crate::stores::StoreError;
use crate::subject::SubjectError;
use crate::trails::TrailError;
use cairn_model::{AggregationTemplate, ContextKind, TrailArn};

/// Why an operation on event configurations is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigurationError {
    /// Not one trail or one event data store.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// The trail cannot be used.
    #[error(transparent)]
    Trail(#[from] TrailError),
    /// The event data store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// `InvalidParameterException`.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// `InvalidParameterCombinationException`: a member that is for the other kind.
    #[error("{member} cannot be specified for {subject}.")]
    NotForSubject {
        /// The member.
        member: &'static str,
        /// What the call is about.
        subject: &'static str,
    },
    /// `InvalidParameterCombinationException`.
    #[error("ContextKeySelectors need the MaxEventSize Large.")]
    ContextNeedsLarge,
}

/// A parameter that nobody can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// A call that changes nothing.
    #[error("Specify at least one setting of the event configuration.")]
    Nothing,
    /// One template twice.
    #[error("Template {} is given more than once.", .0.name())]
    TemplateTwice(AggregationTemplate),
    /// Aggregation of what is not logged.
    #[error("Trail {0} does not log data events, so there is nothing to aggregate.")]
    NoDataEvents(TrailArn),
    /// One kind of context twice.
    #[error("Context key selectors for {} are given more than once.", .0.name())]
    ContextTwice(ContextKind),
    /// One key twice.
    #[error("Context key {0} is given more than once.")]
    KeyTwice(String),
    /// A key that requests do not have.
    #[error("Context key {0} is not one that events can be enriched with.")]
    RequestKey(String),
}
