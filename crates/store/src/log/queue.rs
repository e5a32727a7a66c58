//! What waits for the next group commit.

use super::{AppendError, Batch, Done, NO_PANIC};
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

/// A batch and who wants to know.
pub(super) struct Queued {
    pub(super) batch: Batch,
    pub(super) done: Done,
}

/// A queue bounded in bytes, from many threads to the one that writes.
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    limit: usize,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Queued>,
    /// Bytes of batches that are not answered yet, those being written included.
    bytes: usize,
    ended: Option<Ended>,
}

enum Ended {
    Closed,
    Fatal(Arc<io::Error>),
}

impl Queue {
    pub(super) fn new(limit: usize) -> Queue {
        Queue { state: Mutex::default(), changed: Condvar::new(), limit }
    }

    /// Queues the batch, or says at once why not.
    pub(super) fn push(&self, queued: Queued) -> Result<(), AppendError> {
        let bytes = queued.batch.bytes();
        if bytes > self.limit {
            return Err(AppendError::TooLarge { bytes, limit: self.limit });
        }
        let mut state = self.state();
        match &state.ended {
            Some(Ended::Closed) => return Err(AppendError::Closed),
            Some(Ended::Fatal(error)) => return Err(AppendError::Fatal(Arc::clone(error))),
            None => {}
        }
        if state.bytes + bytes > self.limit {
            return Err(AppendError::Busy);
        }
        state.bytes += bytes;
        state.waiting.push_back(queued);
        // The writer looks again before it sleeps, so only the first of many needs to wake it.
        if state.waiting.len() == 1 {
            self.changed.notify_one();
        }
        Ok(())
    }

    /// Waits until something is queued and moves all of it to `into`, which must be empty. False
    /// when the queue is closed and there will be no more.
    pub(super) fn take(&self, into: &mut VecDeque<Queued>) -> bool {
        let mut state = self.state();
        while state.waiting.is_empty() && state.ended.is_none() {
            state = self.changed.wait(state).expect(NO_PANIC);
        }
        std::mem::swap(&mut state.waiting, into);
        !into.is_empty()
    }

    /// Makes room again for this many bytes, which are about to be answered.
    pub(super) fn settle(&self, bytes: usize) {
        self.state().bytes -= bytes;
    }

    /// Bytes of batches that are not answered yet.
    pub(super) fn bytes(&self) -> usize {
        self.state().bytes
    }

    /// Refuses what comes from now on. What waits is still taken.
    pub(super) fn close(&self) {
        self.state().ended.get_or_insert(Ended::Closed);
        self.changed.notify_one();
    }

    /// Refuses what comes from now on with the error that ended the log, and hands back what
    /// waits, to be refused too.
    pub(super) fn fail(&self, error: Arc<io::Error>) -> VecDeque<Queued> {
        let mut state = self.state();
        state.ended = Some(Ended::Fatal(error));
        state.bytes = 0;
        std::mem::take(&mut state.waiting)
    }

    /// The error that ended the log, if one has.
    pub(super) fn fatal(&self) -> Option<Arc<io::Error>> {
        match &self.state().ended {
            Some(Ended::Fatal(error)) => Some(Arc::clone(error)),
            Some(Ended::Closed) | None => None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(NO_PANIC)
    }
}

/// The error that stands for a panic of the log's thread.
pub(super) fn thread_gone() -> Arc<io::Error> {
    Arc::new(io::Error::other("the log's thread panicked"))
}
