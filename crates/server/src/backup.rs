//! Backups: the whole data folder at one position of the log, copied while events come in.
//!
//! What a reader holds below its own position never changes, so each part is held still by itself, the log last: a copy in
//! which every reader is at or below the log's end is one that a crash could have left, and starts as after a crash.

pub(crate) mod manifest;
mod stage;
mod stream;

pub(crate) use stage::{Collected, collect, remove_staging};
pub(crate) use stream::stream;

/// A file of the data folder that goes into a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// Where it stands in the data folder, with `/` between the parts.
    pub(crate) name: String,
    /// Where its bytes are now.
    pub(crate) path: std::path::PathBuf,
    /// How many of its bytes belong to the backup, from the first on.
    pub(crate) bytes: u64,
}
