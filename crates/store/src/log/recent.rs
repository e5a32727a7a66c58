//! What was committed last, still in memory, for readers that follow close behind: they need neither copy nor verify
//! what the disk was just given.

use super::{Batch, NO_PANIC, frame};
use bytes::Bytes;
use cairn_model::Position;
use std::collections::VecDeque;
use std::sync::Mutex;

/// Smaller batches are not kept: who reads them from the disk gets many at once.
pub(super) const PIECE_BYTES_MIN: usize = 64 << 10;

/// Batches that are on stable storage, the newest ones that fit.
pub(super) struct Recent {
    pieces: Mutex<Pieces>,
    bytes_max: usize,
}

#[derive(Default)]
struct Pieces {
    /// Oldest first.
    list: VecDeque<Piece>,
    bytes: usize,
}

struct Piece {
    first: Position,
    frames: Bytes,
    /// Memory that it takes: a batch has more than it filled.
    memory: usize,
}

impl Recent {
    /// Keeps `bytes_max` bytes of memory at most.
    pub(super) fn new(bytes_max: usize) -> Recent {
        Recent { pieces: Mutex::default(), bytes_max }
    }

    /// Keeps a batch, which stands at `first` and behind all that were kept before. The oldest make room for it.
    pub(super) fn keep(&self, first: Position, batch: Batch) {
        let (frames, memory) = batch.into_frames();
        if frames.len() < PIECE_BYTES_MIN || memory > self.bytes_max {
            return;
        }
        let mut pieces = self.pieces.lock().expect(NO_PANIC);
        pieces.bytes += memory;
        pieces.list.push_back(Piece { first, frames: Bytes::from(frames), memory });
        while pieces.bytes > self.bytes_max
            && let Some(oldest) = pieces.list.pop_front()
        {
            pieces.bytes -= oldest.memory;
        }
    }

    /// The frames from `at` on of a batch that was kept, as many whole ones as fit in `bytes_max` bytes, but at least
    /// one. `None` if none was kept with a frame there. They share memory with the batch.
    pub(super) fn frames(&self, at: Position, bytes_max: usize) -> Option<Bytes> {
        let from_there = self.from(at)?;
        let whole = frame::whole_bytes(&from_there, at, bytes_max)?;
        Some(from_there.slice(..whole))
    }

    fn from(&self, at: Position) -> Option<Bytes> {
        let pieces = self.pieces.lock().expect(NO_PANIC);
        let behind = pieces.list.partition_point(|piece| piece.first <= at);
        let piece = pieces.list.get(behind.checked_sub(1)?)?;
        let offset = usize::try_from(at.get() - piece.first.get()).ok()?;
        (offset < piece.frames.len()).then(|| piece.frames.slice(offset..))
    }
}
