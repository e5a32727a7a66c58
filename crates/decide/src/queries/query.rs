//! A query that was started, and what became of it.

use cairn_model::{AccountId, EventDataStoreArn, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a query and its results are kept.
pub const KEPT_FOR: Duration = Duration::from_secs(7 * 86_400);

/// A query that was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// A UUID.
    pub id: String,
    /// Whose it is: the account that asked.
    pub account: AccountId,
    /// Where it was asked.
    pub region: String,
    /// The stores that it asks.
    pub stores: Vec<EventDataStoreArn>,
    /// Another account whose stores it may ask, if its asker named one.
    pub owner: Option<AccountId>,
    /// What a dashboard calls it.
    pub alias: Option<String>,
    /// Of which refresh of the dashboard it is.
    pub refresh: Option<String>,
    /// When it was asked.
    pub created: Timestamp,
    /// What has become of it.
    pub state: State,
    /// What it has read and given.
    pub statistics: Statistics,
    /// Where its results go, if anywhere, and whether they are there.
    pub delivery: Option<Delivery>,
}

/// What has become of a query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// It waits for others.
    Queued,
    /// It runs.
    Running,
    /// It is over.
    Ended {
        /// How.
        how: Ending,
        /// When.
        at: Timestamp,
    },
}

/// How a query ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// With all its rows.
    Finished,
    /// Without rows: why.
    Failed(String),
    /// Without rows, since somebody wanted that.
    Cancelled,
    /// With the rows until then: why.
    TimedOut(String),
}

/// What a query has read and given so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// Events that its conditions let through.
    pub matched: u64,
    /// Events that were looked at.
    pub scanned: u64,
    /// Bytes of files that were read.
    pub bytes: u64,
    /// How long it has run.
    pub millis: u64,
    /// Rows of the result.
    pub rows: u64,
}

/// Where results go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// As its asker wrote it.
    pub uri: String,
    /// Whether they are there.
    pub status: DeliveryStatus,
}

/// AWS's names for what a query is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It waits for others.
    Queued,
    /// It runs.
    Running,
    /// It has all its rows.
    Finished,
    /// It has none.
    Failed,
    /// Somebody ended it.
    Cancelled,
    /// It ran too long.
    TimedOut,
}

/// AWS's names for how the delivery of results fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeliveryStatus {
    /// They are there.
    Success,
    /// They are not.
    Failed,
    /// They are, but for the file that signs them.
    FailedSigningFile,
    /// Not yet.
    Pending,
    /// There is no such bucket.
    ResourceNotFound,
    /// The bucket does not take them.
    AccessDenied,
    /// The bucket does not take the file that signs them.
    AccessDeniedSigningFile,
    /// The query was cancelled.
    Cancelled,
}

impl Query {
    /// AWS's name for what it is doing.
    pub fn status(&self) -> Status {
        match &self.state {
            State::Queued => Status::Queued,
            State::Running => Status::Running,
            State::Ended { how: Ending::Finished, .. } => Status::Finished,
            State::Ended { how: Ending::Failed(_), .. } => Status::Failed,
            State::Ended { how: Ending::Cancelled, .. } => Status::Cancelled,
            State::Ended { how: Ending::TimedOut(_), .. } => Status::TimedOut,
        }
    }

    /// Whether it is over.
    pub fn has_ended(&self) -> bool {
        matches!(self.state, State::Ended { .. })
    }

    /// Whether it has rows, all or some.
    pub fn has_rows(&self) -> bool {
        matches!(self.status(), Status::Finished | Status::TimedOut)
    }

    /// Why it has not all its rows, if it failed or ran too long.
    pub fn message(&self) -> Option<&str> {
        match &self.state {
            State::Ended { how: Ending::Failed(message) | Ending::TimedOut(message), .. } => Some(message),
            _ => None,
        }
    }

    /// It ends; nothing changes if it has ended before. What is delivered then is told too.
    pub fn end(&mut self, how: Ending, at: Timestamp) {
        if self.has_ended() {
            return;
        }
        if let Some(delivery) = &mut self.delivery {
            delivery.status = match how {
                Ending::Finished => DeliveryStatus::Pending,
                // Half a result that is signed would pass for a whole one.
                Ending::Failed(_) | Ending::TimedOut(_) => DeliveryStatus::Failed,
                Ending::Cancelled => DeliveryStatus::Cancelled,
            };
        }
        self.state = State::Ended { how, at };
    }

    /// Whether its results are still to be delivered, and since when they are there.
    pub fn awaits_delivery(&self) -> Option<Timestamp> {
        let is_pending =
            self.delivery.as_ref().is_some_and(|delivery| delivery.status == DeliveryStatus::Pending);
        match self.state {
            State::Ended { how: Ending::Finished, at } if is_pending => Some(at),
            _ => None,
        }
    }

    /// Whether it is to be forgotten.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.has_ended() && now >= self.created.plus(KEPT_FOR)
    }
}

impl Status {
    /// All of them.
    pub const ALL: [Status; 6] = [
        Status::Queued,
        Status::Running,
        Status::Finished,
        Status::Failed,
        Status::Cancelled,
        Status::TimedOut,
    ];

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|known| known.name() == name)
    }

    /// AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            Status::Queued => "QUEUED",
            Status::Running => "RUNNING",
            Status::Finished => "FINISHED",
            Status::Failed => "FAILED",
            Status::Cancelled => "CANCELLED",
            Status::TimedOut => "TIMED_OUT",
        }
    }
}

impl DeliveryStatus {
    /// AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            DeliveryStatus::Success => "SUCCESS",
            DeliveryStatus::Failed => "FAILED",
            DeliveryStatus::FailedSigningFile => "FAILED_SIGNING_FILE",
            DeliveryStatus::Pending => "PENDING",
            DeliveryStatus::ResourceNotFound => "RESOURCE_NOT_FOUND",
            DeliveryStatus::AccessDenied => "ACCESS_DENIED",
            DeliveryStatus::AccessDeniedSigningFile => "ACCESS_DENIED_SIGNING_FILE",
            DeliveryStatus::Cancelled => "CANCELLED",
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
