//! Why an operation on channels is refused.

use crate::address::AddressError;
use crate::stores::StoreError;
use crate::tags::TagsError;
use cairn_model::EventDataStoreArn;

/// Why an operation on channels is refused; each variant is one of AWS's exceptions, or one about the event data store
/// that was named as destination. The texts are for the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// `ChannelARNInvalidException`.
    #[error(transparent)]
    ArnInvalid(#[from] AddressError),
    /// `ChannelNotFoundException`.
    #[error("Channel {0} was not found.")]
    NotFound(String),
    /// `ChannelAlreadyExistsException`: the name is taken.
    #[error("A channel with the name {0} already exists.")]
    AlreadyExists(String),
    /// `ChannelMaxLimitExceededException`.
    #[error("There are already {count} channels{}.", of_source(source_name.as_deref()))]
    MaxLimitExceeded {
        /// How many there are.
        count: usize,
        /// The source, if it alone has as many as it may.
        source_name: Option<String>,
    },
    /// `InvalidSourceException`.
    #[error("Source {0} is not one that channels can have.")]
    InvalidSource(String),
    /// `InvalidParameterException`.
    #[error(transparent)]
    InvalidParameter(#[from] DestinationError),
    /// `InvalidTagParameterException` or `TagsLimitExceededException`.
    #[error(transparent)]
    Tags(#[from] TagsError),
    /// The destination cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// `InvalidEventDataStoreCategoryException`.
    #[error(
        "Event data store {0} does not take ActivityAuditLog events, so it cannot be a channel's destination."
    )]
    WrongCategory(EventDataStoreArn),
}

/// A destination that no caller can give.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DestinationError {
    /// Channels that AWS's services make for themselves.
    #[error("Destinations of the type {0} cannot be given; channels of AWS services are made by them.")]
    Kind(String),
    /// One store twice.
    #[error("Event data store {0} is given more than once.")]
    Twice(EventDataStoreArn),
}

fn of_source(source: Option<&str>) -> String {
    source.map_or(String::new(), |source| format!(" with the source {source}"))
}
