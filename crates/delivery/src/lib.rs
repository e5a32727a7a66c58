//! What trails deliver: the reader that follows the log for them, log files, signed digests, and the outbox
//! from which both go to buckets.
//!
//! ```text
//! log -> Reader (events by trail and region, in memory)
//!          -> cut: gzip files in the outbox folder, then one transaction {objects, position, trails}
//!               -> digest: one transaction {digest object, the files that it names, the chain}
//!                    -> upload: drains the outbox, first in first out
//!                         -> notify: tells SNS topics of log files that are in their bucket
//!                    -> log groups: sends the events of log files to CloudWatch Logs, beside the upload
//! ```
//!
//! A crash anywhere leaves either the position before the cut, and the log is read again from there, or rows
//! in the outbox that name finished files. So every event is in exactly one log file of a trail, whatever
//! crashes; or, if the bucket took nothing for too long, in a gap that an event of the log tells of. What lies on disk and in buckets is described in FORMAT.md ("Outbox", "Log files and digests").

mod cut;
mod delivery;
mod digest;
mod digests;
mod error;
mod freeze;
mod gaps;
mod heads;
mod lanes;
mod log_file;
mod log_groups;
mod notify;
mod options;
mod outbox;
mod quota;
mod reader;
mod results;
mod signing;
mod stats;
mod status;
mod steps;
mod stored;
mod target;
mod upload;

pub use delivery::{Applied, Delivery};
pub use error::DeliveryError;
pub use freeze::Frozen;
pub use gaps::{GAP_EVENT_NAME, Gap, GapReason};
pub use heads::Head;
pub use options::{DeliveryOptions, Limits};
pub use outbox::GapId;
pub use results::{ResultFile, ResultFiles, SIGN_FILE, SigningKeyOpen, UnusableKey};
pub use signing::{NewSigningKey, NoRandomness, new_signing_key};
pub use stats::DeliveryStats;
pub use status::TrailStatus;
pub use stored::{StoredOutbox, WaitingObject};
pub use target::{
    Encryption, LogEvent, LogEvents, Notification, Object, Put, Target, TargetError, Unseal, UnsealError,
};

#[cfg(test)]
mod tests;
