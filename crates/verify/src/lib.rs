//! Offline proof: verifies log files and digests as CloudTrail and Cairn deliver them.
//!
//! Written from the published format (AWS CloudTrail User Guide, "CloudTrail digest file structure" and
//! "Custom implementations of CloudTrail log file integrity validation"; FORMAT.md, "Log files and digests"),
//! it shares no code with what writes them. It needs nothing but the objects, in a folder or a bucket, and
//! a file of public keys that was kept apart from them.
//!
//! Two questions have an answer each. *Integrity*: is everything that is here what was delivered?
//! *Completeness*: is everything here that was delivered?

mod chain;
mod digest;
mod heads;
mod keys;
mod names;
mod pool;
mod report;
mod source;
mod unnamed;
mod unpack;
mod verify;

pub use keys::{Head, KeysError, KeysFile};
pub use names::{ChainId, delivered_at};
pub use report::{Aspect, ChainReport, Fault, Finding, Report, Tally, Unnamed};
pub use source::{Folder, Metadata, NotAFolder, Opened, Place, Source, SourceError, StoredBuckets};
pub use verify::{Progress, Scope, verify};

#[cfg(test)]
mod tests;
