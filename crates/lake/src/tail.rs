//! The hot tail: what was appended and is not in the table yet.
//!
//! Keys and log positions only, in chunks of rows in log order. One thread appends; look-ups scan at
//! the same time, each up to the number of rows that was published when it began.

mod chunk;
mod scan;
mod strings;

pub(crate) use chunk::TailRow;
pub(crate) use scan::{TailSource, with_event};

use crate::keys::Keys;
use cairn_model::{Position, Timestamp};
use chunk::Chunk;
use std::collections::VecDeque;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

/// Rows of one chunk. A scan of the last chunk holds up appending for as long as this many rows take.
const CHUNK_ROWS: usize = 16_384;

/// A chunk and how many of its rows are visible.
#[derive(Clone)]
struct Part {
    chunk: Arc<RwLock<Chunk>>,
    visible: usize,
    /// Of the visible rows; kept here so that counting takes no lock.
    text_bytes: u64,
    last: Position,
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
        self.visible(from).map(|(rows, ..)| rows as u64).sum()
    }

    /// Bytes of text of the visible rows at or above `from`, to the chunk.
    pub(crate) fn text_bytes(&self) -> u64 {
        self.parts.iter().map(|part| part.text_bytes).sum()
    }

    /// When the first visible row at or above `from` arrived.
    pub(crate) fn oldest_arrival(&self, from: Position) -> Option<Timestamp> {
        self.visible(from).find(|(rows, ..)| *rows > 0).map(|(_, start, chunk)| chunk.rows()[start].arrival())
    }

    /// Starts to append rows, in a new chunk if the last one is full.
    pub(crate) fn append(&self) -> Appending {
        let last = self.parts.back().filter(|part| part.visible < CHUNK_ROWS);
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
    pub(crate) fn take(&self, from: Position, text_bytes_max: u64) -> (Vec<TailRow>, Option<Position>) {
        let mut taken = Vec::new();
        let mut text_bytes = 0;
        for part in &self.parts {
            let chunk = read(&part.chunk);
            for row in &chunk.rows()[chunk.first_at(from)..part.visible] {
                if text_bytes >= text_bytes_max && !taken.is_empty() {
                    return (taken, Some(row.position()));
                }
                text_bytes += row.text_bytes();
                taken.push(*row);
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

    fn visible(&self, from: Position) -> impl Iterator<Item = (usize, usize, RwLockReadGuard<'_, Chunk>)> {
        self.parts.iter().map(move |part| {
            let chunk = read(&part.chunk);
            let start = chunk.first_at(from);
            (part.visible.saturating_sub(start), start, chunk)
        })
    }
}

impl Appending {
    /// Adds a row behind all others. `conflict`: another event has its account, time and id.
    pub(crate) fn push(&mut self, keys: &Keys<'_>, text_bytes: usize, conflict: bool) {
        if self.last().visible == CHUNK_ROWS {
            self.parts.push(Part::new());
        }
        let part = self.last();
        let mut chunk = part.chunk.write().unwrap_or_else(PoisonError::into_inner);
        chunk.push(keys, text_bytes, conflict);
        let visible = chunk.rows().len();
        drop(chunk);
        part.visible = visible;
        part.text_bytes += text_bytes as u64;
        part.last = keys.position;
    }

    fn last(&mut self) -> &mut Part {
        self.parts.last_mut().expect("made with one part, and none is taken away")
    }
}

impl Part {
    fn new() -> Part {
        Part { chunk: Arc::default(), visible: 0, text_bytes: 0, last: Position::ZERO }
    }
}

/// A panic while a row was added leaves the rows that were published whole, so poison is ignored.
fn read(chunk: &RwLock<Chunk>) -> RwLockReadGuard<'_, Chunk> {
    chunk.read().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
