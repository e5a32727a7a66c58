//! What was read of the log lately, for tails that read it together.

use cairn_model::Position;
use cairn_store::log::{Chunk, Log, ReadError};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes of the log that are taken at once.
const CHUNK_BYTES: usize = 256 << 10;
/// Chunks that are kept: with those that tails are at, all the memory that tails take of the log.
const CHUNKS_MAX: usize = 8;

/// Reads the log for tails. Those at its end ask for the same chunks one after another, and only the first
/// reads.
pub(super) struct Recent {
    log: Log,
    /// Oldest first.
    chunks: Mutex<VecDeque<Chunk>>,
}

impl Recent {
    pub(super) fn new(log: Log) -> Recent {
        Recent { log, chunks: Mutex::default() }
    }

    /// The end of what is durable.
    pub(super) fn end(&self) -> Position {
        self.log.committed()
    }

    /// Whether less than a chunk is left to read behind `at`.
    pub(super) fn is_near_end(&self, at: Position) -> bool {
        self.end().get().saturating_sub(at.get()) < CHUNK_BYTES as u64
    }

    /// The records from `at` on, as many as come at once; `None` at the end of the log.
    pub(super) fn next(&self, at: Position) -> Result<Option<Chunk>, ReadError> {
        if let Some(chunk) = self.chunks().iter().find(|chunk| chunk.first() == at) {
            return Ok(Some(chunk.clone()));
        }
        let read = self.log.reader(at)?.next(CHUNK_BYTES)?;
        if let Some(chunk) = &read {
            let mut chunks = self.chunks();
            chunks.push_back(chunk.clone());
            if chunks.len() > CHUNKS_MAX {
                chunks.pop_front();
            }
        }
        Ok(read)
    }

    fn chunks(&self) -> MutexGuard<'_, VecDeque<Chunk>> {
        self.chunks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
