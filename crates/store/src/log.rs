//! The durable log: the truth that everything else in Cairn is made from.
//!
//! One endless sequence of records, kept in segment files. Writers hand in batches; one thread
//! joins what is waiting, writes it, syncs once (the group commit) and only then answers. What was
//! answered with `Ok` survives power loss; what was answered with an error other than
//! [`AppendError::Fatal`] is not in the log and never will be.
//!
//! Readers follow at their own pace, each from a position of its own, and see only what is
//! durable. [`Log::release`] drops segments that every reader has left behind.
//!
//! FORMAT.md, "The log", has every byte.

mod batch;
mod counters;
mod error;
mod frame;
mod frozen;
mod queue;
mod reader;
mod recent;
mod recover;
mod scan;
mod segment;
mod segments;
mod worker;
mod writer;

#[cfg(test)]
mod tests;

pub use batch::{Appended, Batch, RecordOffset};
pub use counters::{LogStats, SYNC_BUCKETS_MICROS, SyncTimes};
pub use error::{AppendError, Damage, OpenError, ReadError, ReleaseError};
pub use frozen::{Frozen, FrozenSegment, Hold};
pub use reader::{Chunk, Reader, Records};

use crate::disk::Disk;
use bytes::Bytes;
use cairn_model::Position;
use counters::Counters;
use queue::{Queue, Queued};
use recent::Recent;
use segments::Segments;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock, mpsc};
use std::thread::{self, JoinHandle};
use worker::Worker;
use writer::Writer;

/// Called once with what became of a batch, on the log's thread: it must not block, nor wait for
/// the log. Dropped without a call only if the log's thread panics; then as [`AppendError::Fatal`].
pub type Done = Box<dyn FnOnce(Result<Appended, AppendError>) + Send>;

/// Called with the new end of the log.
type Subscriber = Box<dyn Fn(Position) + Send + Sync>;

/// No batch may be larger than this, whatever the options say: lengths on disk have 32 bits.
const QUEUE_BYTES_MAX: usize = 1 << 30;

/// Where the log is and how it behaves.
#[derive(Clone, Debug)]
pub struct LogOptions {
    /// The folder of the segment files; made if it is missing. Nothing else may write there.
    pub folder: PathBuf,
    /// Bytes of a segment file. A larger batch gets a segment of its own size.
    pub segment_bytes: u64,
    /// Bytes that one group commit joins at most; a single larger batch is a commit of its own.
    pub commit_bytes: usize,
    /// Bytes of batches that may wait. Beyond it, appending answers [`AppendError::Busy`].
    pub queue_bytes: usize,
    /// Memory for what was committed last, in bytes: readers that follow close behind get it from there.
    pub recent_bytes: usize,
    /// Bytes of the disk that the log leaves free: appending answers [`AppendError::Full`]
    /// rather than start a segment that would eat into them.
    pub reserve_bytes: u64,
    /// A position that the log is known to have reached, the highest that a reader has saved. A
    /// log that ends before it has lost records and is refused.
    pub must_reach: Position,
    /// What opening verifies.
    pub verify: Verify,
}

/// Which segments have their records verified by opening the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verify {
    /// The newest one: a crash can have torn no other, as each was synced before the next got its name. Of
    /// the others opening looks at headers and lengths; whoever reads their records verifies them. So
    /// opening takes as long for a large log as for a small one.
    Newest,
    /// All.
    All,
}

impl LogOptions {
    /// The defaults for a log in this folder: segments of 64 MiB, commits of up to 8 MiB, 64 MiB
    /// waiting, 32 MiB kept in memory, 256 MiB left free; the newest segment verified.
    pub fn new(folder: impl Into<PathBuf>) -> LogOptions {
        LogOptions {
            folder: folder.into(),
            segment_bytes: 64 << 20,
            commit_bytes: 8 << 20,
            queue_bytes: 64 << 20,
            recent_bytes: 32 << 20,
            reserve_bytes: 256 << 20,
            must_reach: Position::ZERO,
            verify: Verify::Newest,
        }
    }
}

/// What opening found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// The first position kept.
    pub first: Position,
    /// The end of the log. Everything before it survives power loss.
    pub end: Position,
    /// Records that were verified.
    pub records: u64,
    /// What was cut off the end, if a crash had left a commit half written.
    pub cut: Option<Cut>,
}

/// The torn remains of a commit that no one had been told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The segment file.
    pub segment: PathBuf,
    /// Where the log now ends.
    pub at: Position,
    /// How many bytes were cut: up to the last that was not zero.
    pub bytes: u64,
}

/// The durable log. Cheap to clone; all clones are the same log.
///
/// When the last clone goes, what is queued is still written and the thread ends.
#[derive(Clone)]
pub struct Log {
    handle: Arc<Handle>,
}

/// What readers and the log's thread share.
struct Shared {
    queue: Queue,
    segments: Segments,
    recent: Recent,
    committed: AtomicU64,
    subscribers: RwLock<Vec<Subscriber>>,
    counters: Counters,
}

/// Ends the log's thread with the last [`Log`]; the thread itself holds only [`Shared`].
struct Handle {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Log {
    /// Opens the log, checks its segments and the records of those that it is told to verify, cuts what a
    /// crash left half written at its end, and starts its thread. Damage to anything that was acknowledged
    /// is refused; to records that are not verified now, by whoever reads them.
    pub fn open(disk: Arc<dyn Disk>, options: LogOptions) -> Result<(Log, Recovery), OpenError> {
        let (shared, worker, recovery) = assemble(disk, &options)?;
        let thread = thread::Builder::new()
            .name("cairn-log".to_owned())
            .spawn(move || worker.run())
            .map_err(|source| OpenError::Io { path: options.folder, source })?;
        let handle = Arc::new(Handle { shared, thread: Mutex::new(Some(thread)) });
        Ok((Log { handle }, recovery))
    }

    /// Queues the batch and returns. `done` is called when it is on stable storage, or refused.
    /// After an `Err` from this call itself nothing was queued and `done` is not called.
    ///
    /// Batches are written in the order in which these calls return.
    pub fn append(&self, batch: Batch, done: Done) -> Result<(), AppendError> {
        if batch.is_empty() {
            let at = self.committed();
            done(Ok(Appended { first: at, next: at }));
            return Ok(());
        }
        let pushed = self.shared().queue.push(Queued { batch, done });
        if pushed.is_err() {
            self.shared().counters.count_refused(1);
        }
        pushed
    }

    /// Appends the batch and waits until it is on stable storage, or refused. Not for the log's
    /// own callbacks, which it would wait for.
    pub fn append_wait(&self, batch: Batch) -> Result<Appended, AppendError> {
        let (sender, receiver) = mpsc::sync_channel(1);
        self.append(
            batch,
            Box::new(move |result| {
                // The receiver waits below, so the send can only fail when nobody asks any more.
                let _ = sender.send(result);
            }),
        )?;
        receiver.recv().unwrap_or_else(|_| Err(AppendError::Fatal(queue::thread_gone())))
    }

    /// Bytes of batches that are not answered yet.
    pub fn queue_bytes(&self) -> usize {
        self.shared().queue.bytes()
    }

    /// The end of what is durable.
    pub fn committed(&self) -> Position {
        self.shared().committed()
    }

    /// The first position kept.
    pub fn first(&self) -> Position {
        self.shared().first()
    }

    /// Has `f` called with the new end after each commit, on the log's thread: it must not block.
    pub fn subscribe(&self, f: Box<dyn Fn(Position) + Send + Sync>) {
        let mut subscribers = self.shared().subscribers.write().expect(NO_PANIC);
        subscribers.push(f);
    }

    /// A reader of all records from this position on.
    pub fn reader(&self, from: Position) -> Result<Reader, ReadError> {
        Reader::new(Arc::clone(self.shared()), from)
    }

    /// The payload of the record at this position, verified.
    pub fn read_at(&self, at: Position) -> Result<Bytes, ReadError> {
        reader::read_at(self.shared(), at)
    }

    /// Drops the segments that lie wholly below this position, which every reader must have left
    /// behind, and says how many. The newest segment always stays, and all do while somebody holds them
    /// ([`Log::hold`]).
    pub fn release(&self, below: Position) -> Result<usize, ReleaseError> {
        self.shared().segments.release(below)
    }

    /// Whether [`Log::release`] below this position would find a segment to drop.
    pub fn can_release(&self, below: Position) -> bool {
        self.shared().segments.has_below(below)
    }

    /// Keeps every segment until what this returns is dropped, for a copy: [`Log::release`] drops nothing
    /// meanwhile.
    pub fn hold(&self) -> Hold {
        Hold::new(self.shared())
    }

    /// What the log has done since it was opened, and how large it is.
    pub fn stats(&self) -> LogStats {
        let shared = self.shared();
        LogStats {
            queue_bytes: shared.queue.bytes(),
            segments: shared.segments.count(),
            disk_bytes: shared.segments.file_bytes(),
            fatal: shared.queue.fatal().is_some(),
            ..shared.counters.stats()
        }
    }

    /// Writes what is queued, answers it and ends the thread; later appends are refused with
    /// [`AppendError::Closed`]. Reading goes on. Returns the end of the log, or the error that
    /// had ended it before.
    pub fn close(self) -> Result<Position, AppendError> {
        self.handle.end_thread();
        match self.shared().queue.fatal() {
            Some(error) => Err(AppendError::Fatal(error)),
            None => Ok(self.committed()),
        }
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.handle.shared
    }
}

/// Recovers the log and makes its parts. They work without the thread too.
fn assemble(disk: Arc<dyn Disk>, options: &LogOptions) -> Result<(Arc<Shared>, Worker, Recovery), OpenError> {
    let recovered = recover::recover(&*disk, options)?;
    let recovery = recovered.recovery;
    let shared = Arc::new(Shared {
        queue: Queue::new(options.queue_bytes.min(QUEUE_BYTES_MAX)),
        segments: Segments::new(Arc::clone(&disk), recovered.segments),
        recent: Recent::new(options.recent_bytes),
        committed: AtomicU64::new(recovery.end.get()),
        subscribers: RwLock::default(),
        counters: Counters::default(),
    });
    let writer = Writer::new(disk, options, recovery.end, recovered.tail);
    let worker = Worker::new(Arc::clone(&shared), writer, options.commit_bytes);
    Ok((shared, worker, recovery))
}

/// Why a lock is never poisoned.
const NO_PANIC: &str = "nothing under this lock panics";

impl Shared {
    fn committed(&self) -> Position {
        Position::new(self.committed.load(Ordering::Acquire))
    }

    fn first(&self) -> Position {
        // Without a segment nothing was ever written, so the log begins where it ends.
        self.segments.first().unwrap_or_else(|| self.committed())
    }
}

impl Handle {
    fn end_thread(&self) {
        self.shared.queue.close();
        let thread = self.thread.lock().expect(NO_PANIC).take();
        if let Some(thread) = thread
            // The last clone may go in a callback, on the thread itself, which then ends anyway.
            && thread.thread().id() != thread::current().id()
        {
            // A panic in there was a callback's; what it left unanswered counts as fatal.
            let _ = thread.join();
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.end_thread();
    }
}
