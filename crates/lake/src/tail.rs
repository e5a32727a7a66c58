//! The hot tail: what was appended and is not in the table yet.
//!
//! Keys and log positions only, in chunks of rows in log order. One thread appends; look-ups scan at
//! the same time, each up to the number of rows that was published when it began.

mod chunk;
mod scan;
mod strings;
mod taken;

pub(crate) use chunk::TailRow;
pub(crate) use scan::{TailSource, with_event};
pub(crate) use taken::TakenRows;

use crate::keys::Keys;
use cairn_model::{Position, Timestamp};
use chunk::Chunk;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

/// Rows of one chunk. A scan of the last chunk holds up appending for as long as this many rows take.
const CHUNK_ROWS: usize = 16_384;
/// Memory of one chunk, in bytes, but for what its last row adds. Far below what its numbers can count.
const CHUNK_BYTES: usize = 16 << 20;

/// A chunk and how many of its rows are visible.
#[derive(Clone)]
struct Part {
    chunk: Arc<RwLock<Chunk>>,
    visible: usize,
    /// Whether further rows go to another chunk.
    full: bool,
    /// The first and the last visible row.
    first: Position,
    last: Position,
    /// Of the visible rows.
    text_bytes: u64,
}

/// The hot tail. Cloning takes an immutable view of it.
#[derive(Clone, Default)]
pub(crate) struct Tail {
    parts: VecDeque<Part>,
    /// Memory that the chunks take, in bytes.
    bytes: usize,
}

/// Rows being appended; nobody sees them before [`Tail::publish`].
pub(crate) struct Appending {
    parts: Vec<Part>,
}

impl Tail {
    /// Memory that the tail takes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Visible rows at or above `from`.
    pub(crate) fn rows(&self, from: Position) -> u64 {
        self.parts.iter().map(|part| part.rows_at(&read(&part.chunk), from).len() as u64).sum()
    }

    /// Visible rows at or above `from` whose position lies in any of `ranges`, which are sorted and disjoint.
    pub(crate) fn rows_within(&self, from: Position, ranges: &[Range<Position>]) -> u64 {
        let count = |part: &Part, range: &Range<Position>| {
            let chunk = read(&part.chunk);
            let rows = part.rows_at(&chunk, from);
            let below = |end: Position| rows.partition_point(|row| row.position() < end);
            (below(range.end) - below(range.start)) as u64
        };
        let overlapping = |part: &Part| {
            let start = ranges.partition_point(|range| range.end <= part.first);
            let end = ranges.partition_point(|range| range.start <= part.last);
            start..end.max(start)
        };
        let parts = self.parts.iter().filter(|part| part.visible > 0);
        parts.flat_map(|part| ranges[overlapping(part)].iter().map(move |range| count(part, range))).sum()
    }

    /// Bytes of text of the visible rows at or above `from`.
    pub(crate) fn text_bytes(&self, from: Position) -> u64 {
        let bytes = self.parts.iter().map(|part| match part.first >= from {
            true => part.text_bytes,
            false => part.rows_at(&read(&part.chunk), from).iter().map(TailRow::text_bytes).sum(),
        });
        bytes.sum()
    }

    /// Where the first visible row at or above `from` stands.
    pub(crate) fn oldest_position(&self, from: Position) -> Option<Position> {
        let first = |part: &Part| part.rows_at(&read(&part.chunk), from).first().map(TailRow::position);
        self.parts.iter().find_map(first)
    }

    /// When the first visible row at or above `from` arrived.
    pub(crate) fn oldest_arrival(&self, from: Position) -> Option<Timestamp> {
        let first = |part: &Part| part.rows_at(&read(&part.chunk), from).first().map(TailRow::arrival);
        self.parts.iter().find_map(first)
    }

    /// Starts to append rows, in a new chunk if the last one is full.
    pub(crate) fn append(&self) -> Appending {
        let last = self.parts.back().filter(|part| !part.full);
        Appending { parts: vec![last.cloned().unwrap_or_else(Part::new)] }
    }

    /// Makes appended rows visible.
    pub(crate) fn publish(&mut self, appended: Appending) {
        for part in appended.parts {
            match self.parts.back_mut() {
                Some(last) if Arc::ptr_eq(&last.chunk, &part.chunk) => *last = part,
                _ if part.visible == 0 => {}
                _ => self.parts.push_back(part),
            }
        }
        self.count_bytes();
    }

    /// The rows at or above `from`, in log order, up to `text_bytes_max` of text but at least one;
    /// and the position of the first row that was left, if one was.
    pub(crate) fn take(&self, from: Position, text_bytes_max: u64) -> (TakenRows, Option<Position>) {
        let mut taken = TakenRows::default();
        let mut text_bytes = 0;
        for part in &self.parts {
            let chunk = read(&part.chunk);
            for row in part.rows_at(&chunk, from) {
                if text_bytes >= text_bytes_max && !taken.rows.is_empty() {
                    return (taken, Some(row.position()));
                }
                text_bytes += row.text_bytes();
                taken.push(*row, &part.chunk);
            }
        }
        (taken, None)
    }

    /// Drops the chunks that lie wholly below `committed`.
    pub(crate) fn drop_below(&mut self, committed: Position) {
        while let Some(first) = self.parts.front() {
            if first.visible > 0 && first.last >= committed {
                break;
            }
            self.parts.pop_front();
        }
        self.count_bytes();
    }

    fn count_bytes(&mut self) {
        self.bytes = self.parts.iter().map(|part| read(&part.chunk).bytes()).sum();
    }
}

impl Appending {
    /// Adds a row behind all others. `identity` is that of its account, time and id; `conflict`: another event
    /// has it too.
    pub(crate) fn push(&mut self, keys: &Keys<'_>, text_bytes: usize, identity: u64, conflict: bool) {
        if self.last().full {
            self.parts.push(Part::new());
        }
        let part = self.last();
        let mut chunk = part.chunk.write().unwrap_or_else(PoisonError::into_inner);
        chunk.push(keys, text_bytes, identity, conflict);
        let visible = chunk.rows().len();
        let full = visible >= CHUNK_ROWS || chunk.bytes() >= CHUNK_BYTES;
        drop(chunk);
        if part.visible == 0 {
            part.first = keys.position;
        }
        part.visible = visible;
        part.full = full;
        part.text_bytes += text_bytes as u64;
        part.last = keys.position;
    }

    fn last(&mut self) -> &mut Part {
        self.parts.last_mut().expect("made with one part, and none is taken away")
    }
}

impl Part {
    fn new() -> Part {
        Part {
            chunk: Arc::default(),
            visible: 0,
            full: false,
            first: Position::ZERO,
            last: Position::ZERO,
            text_bytes: 0,
        }
    }

    /// The visible rows at or above `from`. `chunk` is the part's, and may have rows that are not visible
    /// yet.
    fn rows_at<'c>(&self, chunk: &'c Chunk, from: Position) -> &'c [TailRow] {
        let visible = &chunk.rows()[..self.visible];
        &visible[visible.partition_point(|row| row.position() < from)..]
    }
}

/// A panic while a row was added leaves the rows that were published whole, so poison is ignored.
fn read(chunk: &RwLock<Chunk>) -> RwLockReadGuard<'_, Chunk> {
    chunk.read().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
