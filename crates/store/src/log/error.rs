//! What can go wrong, sorted by what the caller does next.

use cairn_model::Position;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Why a batch was not, or may not have been, made durable.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    /// The queue is full; nothing was queued. Try again soon, or ask the client to.
    #[error("the log is busy: its queue is full")]
    Busy,
    /// The disk is full, or nearly. None of the batch is in the log. Try again when there is
    /// space; ask the client to.
    #[error("the disk is full")]
    Full,
    /// The disk failed, and what it had taken of the batch was wiped: none of it is in the log.
    /// Trying again may help.
    #[error("the log could not be written: {0}")]
    Io(Arc<io::Error>),
    /// The batch is larger than the whole queue may be. Trying again cannot help.
    #[error("a batch of {bytes} bytes is above the limit of {limit}")]
    TooLarge {
        /// Bytes of the batch.
        bytes: usize,
        /// The limit in bytes: `LogOptions::queue_bytes`.
        limit: usize,
    },
    /// The log was closed; nothing was queued.
    #[error("the log is closed")]
    Closed,
    /// The disk did not keep what it was told to keep. Whether the batch is in the log is
    /// unknown until the log has been opened again. The log takes no more; the process must
    /// exit and start anew.
    #[error("the disk failed for good, restart needed: {0}")]
    Fatal(Arc<io::Error>),
}

/// Why the log does not open. All of them stop the start and change nothing on disk.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The disk failed.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A newer version of Cairn wrote this segment.
    #[error(
        "{segment} is in log format {found}, this version of Cairn knows up to {known}: start the \
         version that wrote it, or a newer one"
    )]
    Newer {
        /// The segment file.
        segment: PathBuf,
        /// The format it is in.
        found: u32,
        /// The newest format this version knows.
        known: u32,
    },
    /// Records that were acknowledged are missing or altered.
    #[error(
        "the log is damaged: {segment}, positions {from} to {to}: {what}. Nothing was changed. Restore \
         this file from a backup or a snapshot of the disk and start again; FORMAT.md, \"When the log \
         is damaged\", says how to go on without these records"
    )]
    Damaged {
        /// The segment file in which the damage is, or behind which a segment is missing.
        segment: PathBuf,
        /// Where the damage begins.
        from: Position,
        /// Where the log is whole again, or at least the position it must reach.
        to: Position,
        /// What is wrong there.
        what: Damage,
    },
    /// The log ends before a position that a reader has saved.
    #[error(
        "the log in {folder} ends at position {end}, but was read up to {reached} before: segment files \
         are missing at its end. Restore them from a backup, or start with an empty data folder"
    )]
    Behind {
        /// The log's folder.
        folder: PathBuf,
        /// Where the log ends.
        end: Position,
        /// The position that it must reach.
        reached: Position,
    },
}

/// What is wrong with a damaged log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The segment's header is not whole or belongs to another segment.
    #[error("the segment's header is damaged")]
    Header,
    /// Bytes of acknowledged records are not what was written.
    #[error("records are damaged")]
    Records,
    /// The records end before the next segment starts.
    #[error("records or a whole segment are missing")]
    Missing,
    /// The records go on beyond the start of the next segment.
    #[error("two segments overlap")]
    Overlap,
}

/// Why records could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The position is below the first one kept.
    #[error("position {at} was released: the log begins at {first}")]
    Released {
        /// The position asked for.
        at: Position,
        /// The first position kept.
        first: Position,
    },
    /// The position is not in the durable part of the log.
    #[error("position {at} is beyond the end of the log, {committed}")]
    Beyond {
        /// The position asked for.
        at: Position,
        /// The end of what is durable.
        committed: Position,
    },
    /// The bytes there are not a record that was written there: damage on the disk, or a
    /// position that is not a record's.
    #[error("no valid record at position {at} of {segment}")]
    Damaged {
        /// The segment file.
        segment: PathBuf,
        /// The position.
        at: Position,
    },
    /// The disk failed.
    #[error("{segment}: {source}")]
    Io {
        /// The segment file.
        segment: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A released segment could not be removed. The log is unharmed, and the next release tries
/// again; until then its space is not free.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}")]
pub struct ReleaseError {
    /// The segment file, or the folder.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}
