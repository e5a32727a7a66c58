//! Requests that are sent again because their answer was lost: their events may be in the log already.

use aws_lc_rs::digest::{Context, SHA256};
use cairn_model::{Position, Record};
use cairn_store::log::{Log, ReadError};
use std::ops::Range;

/// How much of the log's end is looked through at most. If it is more, nothing is, and the events are
/// appended once more: history tells them apart as all duplicates.
const LOOK_BACK_BYTES: u64 = 1 << 30;
/// Bytes of the log that are read at once.
const CHUNK_BYTES: usize = 1 << 20;
/// Where an encoded event says when it arrived: the one thing in which a repetition differs.
const ARRIVAL: Range<usize> = 24..32;

/// What tells an encoded event from all others, whenever it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Print {
    bytes: usize,
    hash: [u8; 32],
}

impl Print {
    /// Of the payload of a record that holds an event.
    pub(super) fn of(payload: &[u8]) -> Print {
        let arrival = payload.len().min(1 + ARRIVAL.start)..payload.len().min(1 + ARRIVAL.end);
        let mut context = Context::new(&SHA256);
        context.update(&payload[..arrival.start]);
        context.update(&payload[arrival.end..]);
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        Print { bytes: payload.len(), hash }
    }
}

/// Where the log has the events of a request already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Earlier {
    /// From the first to behind the last that is there.
    pub(super) range: Range<Position>,
    /// Whether all are there: a crash may have kept the first ones only.
    pub(super) whole: bool,
}

/// Looks for events that stand one behind the other, at `from` or beyond. Blocks.
pub(super) fn find(log: &Log, from: Position, prints: &[Print]) -> Result<Option<Earlier>, ReadError> {
    let behind = log.committed().get().saturating_sub(from.get());
    if prints.is_empty() || behind > LOOK_BACK_BYTES {
        return Ok(None);
    }
    let mut reader = match log.reader(from) {
        Ok(reader) => reader,
        // Nothing was written there yet, or everybody has read it and it is gone.
        Err(ReadError::Beyond { .. }) => return Ok(None),
        Err(ReadError::Released { first, .. }) => log.reader(first)?,
        Err(error) => return Err(error),
    };
    let mut search = Search { prints, matched: 0, start: Position::ZERO, longest: None };
    while let Some(chunk) = reader.next(CHUNK_BYTES)? {
        let mut records = chunk.iter().peekable();
        while let Some((position, payload)) = records.next() {
            let next = records.peek().map_or(chunk.next(), |(next, _)| *next);
            if search.step(position, payload, next) {
                return Ok(search.longest.map(|(_, range)| Earlier { range, whole: true }));
            }
        }
    }
    Ok(search.longest.map(|(_, range)| Earlier { range, whole: false }))
}

struct Search<'p> {
    prints: &'p [Print],
    /// How many of the events were met one behind the other, and where the first of them stands.
    matched: usize,
    start: Position,
    longest: Option<(usize, Range<Position>)>,
}

impl Search<'_> {
    /// Takes the next record; tells whether all events have been met.
    fn step(&mut self, position: Position, payload: &[u8], next: Position) -> bool {
        if !self.matches(self.matched, payload) {
            self.matched = 0;
            if !self.matches(0, payload) {
                return false;
            }
        }
        if self.matched == 0 {
            self.start = position;
        }
        self.matched += 1;
        if self.longest.as_ref().is_none_or(|(matched, _)| *matched < self.matched) {
            self.longest = Some((self.matched, self.start..next));
        }
        self.matched == self.prints.len()
    }

    /// Compares lengths first: most records need not be hashed.
    fn matches(&self, index: usize, payload: &[u8]) -> bool {
        let print = &self.prints[index];
        print.bytes == payload.len()
            && Record::decode(payload)
                .is_ok_and(|record| !record.has_changes() && record.destinations().is_none())
            && *print == Print::of(payload)
    }
}

#[cfg(test)]
mod tests;
