//! The tail as a source of a look-up.

use super::{Tail, read};
use crate::bodies::{Bodies, BodyError};
use crate::error::LakeError;
use crate::keys::{Keys, OrderKey};
use crate::lookup::{Found, Query, Step};
use cairn_model::{Event, Position, Record};

/// Rows looked at between two looks at the clock, when their texts must be read.
const TEXT_ROWS: usize = 64;
/// Rows put in order at once, when their texts must be read.
const TEXT_BLOCK: usize = 4096;

/// The matching rows of a tail, newest first.
pub(crate) struct TailSource<'v> {
    tail: &'v Tail,
    bodies: &'v dyn Bodies,
    query: &'v Query,
    /// Rows at or above this position are of the tail; those below are in the table.
    committed: Position,
    /// The next rows, the newest last.
    block: Vec<OrderKey>,
    /// Everything at or above this was put in a block.
    below: OrderKey,
    exhausted: bool,
}

impl<'v> TailSource<'v> {
    pub(crate) fn new(
        tail: &'v Tail,
        committed: Position,
        bodies: &'v dyn Bodies,
        query: &'v Query,
    ) -> TailSource<'v> {
        TailSource { tail, bodies, query, committed, block: Vec::new(), below: query.below, exhausted: false }
    }

    /// The next match, or how far it looked without finding one.
    pub(crate) fn step(&mut self) -> Result<Step<Position>, LakeError> {
        if self.block.is_empty() && !self.exhausted {
            self.next_block();
        }
        let Some(words) = &self.query.words else {
            return Ok(match self.block.pop() {
                Some(key) => Step::Match(key, Position::new(key.position)),
                None => Step::End,
            });
        };
        let mut passed = None;
        for _ in 0..TEXT_ROWS {
            let Some(key) = self.block.pop() else { break };
            let position = Position::new(key.position);
            if with_event(self.bodies, position, |event| words.match_record(event.text()))? {
                return Ok(Step::Match(key, position));
            }
            passed = Some(key);
        }
        Ok(match passed {
            Some(key) => Step::Passed(key),
            None => Step::End,
        })
    }

    /// The whole event at `position`.
    pub(crate) fn found(&self, position: Position) -> Result<Found, LakeError> {
        with_event(self.bodies, position, |event| {
            Found::new(Keys::of(position, event), event.text().to_owned())
        })
    }

    /// Collects the newest rows below those of the block before. The whole tail is scanned for each
    /// block, which keeps memory small; most look-ups need one.
    fn next_block(&mut self) {
        let size = match self.query.words {
            Some(_) => TEXT_BLOCK,
            None => self.query.limit.saturating_add(1),
        };
        let below = self.below;
        for part in &self.tail.parts {
            let chunk = read(&part.chunk);
            let Some(prepared) = chunk.prepare(self.query) else { continue };
            for row in part.rows_at(&chunk, self.committed) {
                if row.order_key() < below && chunk.matches(row, &prepared) {
                    self.block.push(row.order_key());
                }
            }
            if self.block.len() > size.saturating_mul(4).max(TEXT_BLOCK) {
                keep_newest(&mut self.block, size);
            }
        }
        self.exhausted = self.block.len() <= size;
        keep_newest(&mut self.block, size);
        self.block.sort_unstable();
        self.below = self.block.first().copied().unwrap_or(below);
    }
}

/// Keeps the `size` newest, and one more if there are more, so that whether there are is not forgotten.
fn keep_newest(keys: &mut Vec<OrderKey>, size: usize) {
    let keep = size.saturating_add(1);
    if keys.len() > keep {
        keys.select_nth_unstable_by(keep - 1, |a, b| b.cmp(a));
        keys.truncate(keep);
    }
}

/// Reads the event at `position` from the log.
pub(crate) fn with_event<T>(
    bodies: &dyn Bodies,
    position: Position,
    take: impl FnOnce(&Event<'_>) -> T,
) -> Result<T, LakeError> {
    let payload = bodies.read(position).map_err(|error: BodyError| LakeError::Body(error))?;
    match Record::decode(&payload) {
        Ok(record) => Ok(take(&record.event())),
        Err(why) => Err(LakeError::Record { at: position, why }),
    }
}
