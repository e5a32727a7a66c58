//! What trails deliver: the reader that follows the log for them, log files, signed digests, and the outbox
//! from which both go to buckets.
//!
//! ```text
//! log -> Reader (events by trail and region, in memory)
//!          -> cut: gzip files in the outbox folder, then one transaction {objects, position, trails}
//!               -> digest: one transaction {digest object, the files that it names, the chain}
//!                    -> upload: drains the outbox, first in first out
//! ```
//!
//! A crash anywhere leaves either the position before the cut, and the log is read again from there, or rows
//! in the outbox that name finished files. So every event is in exactly one log file of a trail, whatever
//! crashes. What lies on disk and in buckets is described in FORMAT.md ("Outbox", "Log files and digests").

mod cut;
mod delivery;
mod digest;
mod digests;
mod error;
mod log_file;
mod options;
mod outbox;
mod reader;
mod signing;
mod status;
mod steps;
mod target;
mod upload;

pub use delivery::{Applied, Delivery, DeliveryStats};
pub use error::DeliveryError;
pub use options::{DeliveryOptions, Limits};
pub use signing::{NewSigningKey, NoRandomness, new_signing_key};
pub use status::TrailStatus;
pub use target::{Object, Put, Target, TargetError, Unseal, UnsealError};

#[cfg(test)]
mod tests;
