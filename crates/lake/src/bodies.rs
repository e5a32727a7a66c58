//! Where the records of the hot tail are read from.

use bytes::Bytes;
use cairn_model::Position;
use std::io;
use std::ops::Range;

/// The durable log, as far as history needs it.
pub trait Bodies: Send + Sync {
    /// The payload of the record at `at` (what [`cairn_model::Record::decode`] takes). Blocks; called
    /// from threads that may block, and for one position by several at once.
    fn read(&self, at: Position) -> Result<Bytes, BodyError>;

    /// Gives `take` the payload of every record from `range`'s start, which is a record's position, to its end, in
    /// the order of the log. The payloads may share memory. Blocks, as [`Bodies::read`] does.
    fn read_all(
        &self,
        range: Range<Position>,
        take: &mut dyn FnMut(Position, Bytes),
    ) -> Result<(), BodyError>;

    /// Whether the records are given as they were appended. If they are not, because something is added to their events,
    /// the events are compared as they are given, when duplicates are told.
    fn are_verbatim(&self) -> bool {
        true
    }
}

/// A record could not be read from the log.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// Its segment was dropped, because every reader is past it: the event is in the table by now.
    #[error("the log no longer has the record")]
    Gone,
    /// The log could not be read, or what stands there is damaged.
    #[error("the log could not be read: {0}")]
    Io(#[from] io::Error),
}
