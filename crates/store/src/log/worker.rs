//! The one thread that writes: it joins what waits into group commits and answers.

use super::queue::{self, Queued};
use super::writer::{CommitError, Writer};
use super::{AppendError, Appended, Batch, Done, NO_PANIC, Shared};
use cairn_model::Position;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

pub(super) struct Worker {
    shared: Arc<Shared>,
    writer: Writer,
    commit_bytes: u64,
    /// Taken from the queue and not yet in a commit.
    pending: VecDeque<Queued>,
    /// The batches of the commit under way, and who waits for each.
    batches: Vec<Batch>,
    waiting: Vec<Done>,
    /// Where those of the commit that was made last stand.
    appended: Vec<Appended>,
}

impl Worker {
    pub(super) fn new(shared: Arc<Shared>, writer: Writer, commit_bytes: usize) -> Worker {
        Worker {
            shared,
            writer,
            commit_bytes: commit_bytes as u64,
            pending: VecDeque::new(),
            batches: Vec::new(),
            waiting: Vec::new(),
            appended: Vec::new(),
        }
    }

    /// Commits until the queue is closed and empty, or the disk fails for good.
    pub(super) fn run(mut self) {
        let _guard = EndOnPanic(Arc::clone(&self.shared));
        while self.turn() {}
    }

    /// Waits for batches and commits all there are. False when there will be no more.
    pub(super) fn turn(&mut self) -> bool {
        if !self.shared.queue.take(&mut self.pending) {
            return false;
        }
        while let Some(bytes) = self.pending.front().map(|next| next.batch.bytes()) {
            if let Err(error) = self.commit_group(bytes as u64) {
                self.end(error);
                return false;
            }
        }
        true
    }

    /// Commits the next batch, which has `bytes` bytes, and those behind it that may join it. An
    /// error is one that ends the log.
    fn commit_group(&mut self, bytes: u64) -> Result<(), io::Error> {
        let room = self.writer.make_room(bytes, &self.shared.segments);
        // Without room the first batch alone learns why: the next may find some again.
        let limit = room.as_ref().map_or(0, |room| self.commit_bytes.min(*room));
        let total = self.gather(limit);
        let committed = room.and_then(|_| self.writer.commit(&mut self.batches));
        self.shared.queue.settle(total);
        match committed {
            Ok(commit) => {
                let records = self.batches.iter().map(|batch| batch.len() as u64).sum();
                self.shared.counters.count_commit(records, total as u64, commit.sync);
                self.publish(commit.first, commit.next);
            }
            Err(CommitError::Full) => self.refuse(&AppendError::Full),
            Err(CommitError::Io(error)) => self.refuse(&AppendError::Io(Arc::new(error))),
            Err(CommitError::Fatal(error)) => return Err(error),
        }
        Ok(())
    }

    /// Moves the first batch, and as many more as fit in `limit` bytes with it, into the commit.
    fn gather(&mut self, limit: u64) -> usize {
        let mut total = 0;
        while let Some(next) = self.pending.pop_front() {
            let bytes = next.batch.bytes();
            if total > 0 && (total + bytes) as u64 > limit {
                self.pending.push_front(next);
                break;
            }
            total += bytes;
            self.batches.push(next.batch);
            self.waiting.push(next.done);
        }
        total
    }

    /// Lets readers see the commit, then answers its batches, then tells the subscribers.
    fn publish(&mut self, first: Position, next: Position) {
        let mut at = first;
        for batch in self.batches.drain(..) {
            let appended = Appended { first: at, next: Position::new(at.get() + batch.bytes() as u64) };
            at = appended.next;
            self.appended.push(appended);
            self.shared.recent.keep(appended.first, batch);
        }
        self.shared.committed.store(next.get(), Ordering::Release);
        for (appended, done) in self.appended.drain(..).zip(self.waiting.drain(..)) {
            done(Ok(appended));
        }
        for subscriber in self.shared.subscribers.read().expect(NO_PANIC).iter() {
            subscriber(next);
        }
    }

    fn refuse(&mut self, error: &AppendError) {
        self.shared.counters.count_refused(self.waiting.len() as u64);
        self.batches.clear();
        for done in self.waiting.drain(..) {
            done(Err(error.clone()));
        }
    }

    /// Ends the log: nothing more is taken, and all that waits is told so.
    fn end(&mut self, error: io::Error) {
        tracing::error!(%error, "the log's disk failed for good; no more is taken until a restart");
        let error = Arc::new(error);
        let queued = self.shared.queue.fail(Arc::clone(&error));
        let unwritten = self.pending.drain(..).chain(queued);
        self.waiting.extend(unwritten.map(|queued| queued.done));
        self.refuse(&AppendError::Fatal(error));
    }
}

/// Ends the log when a callback panics: otherwise appends would queue up for a thread that is
/// gone. The callbacks that wait are dropped.
struct EndOnPanic(Arc<Shared>);

impl Drop for EndOnPanic {
    fn drop(&mut self) {
        if thread::panicking() {
            drop(self.0.queue.fail(queue::thread_gone()));
        }
    }
}
