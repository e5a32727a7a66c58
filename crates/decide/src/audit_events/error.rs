//! Why a call of PutAuditEvents is refused, and why one of its events is.

use cairn_model::AccountId;
use cairn_model::event::Refusal;
use cairn_model::json::JsonError;

/// Why a whole call is refused; each variant is one of AWS's exceptions. The texts are for the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PutError {
    /// `InvalidChannelARN`.
    #[error("Channel ARN {0} is not valid.")]
    InvalidChannelArn(String),
    /// `ChannelNotFound`.
    #[error("Channel {0} was not found.")]
    ChannelNotFound(String),
    /// `DuplicatedAuditEventId`.
    #[error("Event ID {0} is in the request more than once.")]
    DuplicatedId(String),
}

/// Why one event is not taken, while others of its call are. The texts are for the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditEventError {
    /// Not what its sender made the checksum of.
    #[error("eventDataChecksum is not the Base64 of the SHA-256 of eventData.")]
    Checksum,
    /// Not JSON that all readers read alike.
    #[error("eventData is not valid JSON: {0}.")]
    Json(#[from] JsonError),
    /// Nothing that an event could be.
    #[error("{field} is not {}.", kind.words())]
    Kind {
        /// The member, by its path in `eventData`.
        field: &'static str,
        /// What it should be.
        kind: Kind,
    },
    /// A required member is not there, null or empty.
    #[error("{0} is required and was not found.")]
    FieldNotFound(&'static str),
    /// A member is longer than it may be.
    #[error("{field} is longer than {max} {}.", unit(*kind))]
    FieldTooLong {
        /// The member, by its path in `eventData`.
        field: &'static str,
        /// What it is.
        kind: Kind,
        /// How long it may be: characters of a text, bytes of an object.
        max: usize,
    },
    /// From the future: history would never show it.
    #[error("eventTime is more than 24 hours in the future.")]
    Future,
    /// For another account than the one that owns the channel.
    #[error("recipientAccountId is not {0}, the account that owns the channel.")]
    Recipient(AccountId),
    /// The record around it would not be an event.
    #[error("The event cannot be recorded: {0}.")]
    Record(#[from] Refusal),
}

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A string.
    Text,
    /// An object.
    Object,
    /// A time in UTC.
    Time,
}

impl AuditEventError {
    /// AWS's `errorCode`.
    pub fn code(&self) -> &'static str {
        match self {
            AuditEventError::Checksum => "InvalidChecksum",
            AuditEventError::FieldNotFound(_) => "FieldNotFound",
            AuditEventError::FieldTooLong { .. } | AuditEventError::Record(Refusal::TooLong) => {
                "FieldTooLong"
            }
            AuditEventError::Recipient(_) => "InvalidRecipient",
            AuditEventError::Json(_)
            | AuditEventError::Kind { .. }
            | AuditEventError::Future
            | AuditEventError::Record(_) => "InvalidData",
        }
    }
}

impl Kind {
    fn words(self) -> &'static str {
        match self {
            Kind::Text => "a string",
            Kind::Object => "a JSON object",
            Kind::Time => "a time in UTC like 2026-03-01T08:04:11",
        }
    }
}

fn unit(kind: Kind) -> &'static str {
    match kind {
        Kind::Object => "bytes",
        Kind::Text | Kind::Time => "characters",
    }
}
