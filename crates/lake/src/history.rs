//! Event history: the hot tail and the table as one.

mod background;
mod commit;
mod commons;
mod count;
mod encode;
mod freeze;
mod identities;
mod shared;
mod source;

pub use commons::Commons;
pub use freeze::Frozen;
pub(crate) use shared::Shared;
pub(crate) use source::Readers;

use crate::bodies::Bodies;
use crate::durable_store::DurableStore;
use crate::error::{LakeError, LookupError, TailFull};
use crate::lookup::{Lookup, Page};
use crate::maintain::{self, Maintenance};
use crate::remote::{Remote, RemoteStore, RemoteTable};
use crate::sql::Source;
use crate::table::{Table, prepare_folder};
use cairn_model::{AccountId, Event, Position, Timestamp};
use deltalake::{DeltaTableError, ObjectStore};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// How history is kept.
#[derive(Clone, Debug)]
pub struct HistoryOptions {
    /// The table's folder; made if it does not exist.
    pub dir: PathBuf,
    /// How long events are kept.
    pub retention: Duration,
    /// From when on.
    pub kept_from: KeptFrom,
    /// The region that events without one count as of.
    pub home_region: String,
    /// How old the oldest event of the tail gets before a commit is due.
    pub commit_every: Duration,
    /// How many bytes of text the tail gets before a commit is due; also what one commit takes at most.
    pub commit_bytes: u64,
    /// Memory that the tail may take, with what tells its duplicates, in bytes; one call of
    /// [`History::append`] may go beyond it.
    pub tail_bytes: usize,
    /// How many rows one step of [`History::maintain`] joins.
    pub step_rows: usize,
    /// The bucket that the table is in; its folder then has copies only, and must have nothing else. `None`: the
    /// folder has the table.
    pub remote: Option<Remote>,
}

impl HistoryOptions {
    /// The defaults: 90 days; a commit after 5 s or 64 MiB of text; a tail of 256 MiB; 50,000 rows
    /// a step, which take a core somewhat less than a second.
    pub fn new(dir: PathBuf, home_region: String) -> HistoryOptions {
        HistoryOptions {
            dir,
            retention: Duration::from_secs(90 * 24 * 3600),
            kept_from: KeptFrom::LaterOfArrival,
            home_region,
            commit_every: Duration::from_secs(5),
            commit_bytes: 64 << 20,
            tail_bytes: 256 << 20,
            step_rows: 50_000,
            remote: None,
        }
    }
}

/// From when on an event's retention counts; by the day of it the table is partitioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptFrom {
    /// From the later of its time and its arrival: what is imported of former years is kept, too.
    LaterOfArrival,
    /// From its time.
    EventTime,
}

/// Event history. Cloning gives another handle of the same.
#[derive(Clone)]
pub struct History {
    shared: Arc<Shared>,
}

/// Figures about history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryStats {
    /// Events in the tail.
    pub tail_rows: u64,
    /// Memory that the tail takes, in bytes.
    pub tail_bytes: u64,
    /// Events in the table.
    pub table_rows: u64,
    /// Data files of the table.
    pub table_files: u64,
    /// Bytes of the data files.
    pub table_bytes: u64,
    /// Commits of new events since the start.
    pub commits: u64,
    /// Events dropped since the start because they were in history already.
    pub duplicates: u64,
    /// Events flagged since the start because another has their account, time and id.
    pub conflicts: u64,
    /// When the newest event that look-ups see arrived; `None` before the first since the start.
    pub visible_up_to: Option<Timestamp>,
}

impl History {
    /// Opens history; what the log holds from [`History::committed`] on is to be appended then.
    pub async fn open(options: HistoryOptions, bodies: Arc<dyn Bodies>) -> Result<History, LakeError> {
        History::open_among(options, bodies, &Commons::start()?).await
    }

    /// The same for one of several, which share threads and memory.
    pub async fn open_among(
        options: HistoryOptions,
        bodies: Arc<dyn Bodies>,
        commons: &Commons,
    ) -> Result<History, LakeError> {
        let remote =
            options.remote.clone().map(|remote| RemoteTable::open(remote, &options.dir).map(Arc::new));
        let remote = remote.transpose()?;
        let store: Arc<dyn ObjectStore> = match &remote {
            None => Arc::new(DurableStore::new()),
            Some(table) => Arc::new(RemoteStore::new(Arc::clone(table)).map_err(DeltaTableError::from)?),
        };
        History::open_with(options, bodies, store, remote, commons).await
    }

    /// Opens history with its files written through `store`, whose root is that of the file system.
    #[cfg(test)]
    pub(crate) async fn open_in(
        options: HistoryOptions,
        bodies: Arc<dyn Bodies>,
        store: Arc<dyn ObjectStore>,
    ) -> Result<History, LakeError> {
        History::open_with(options, bodies, store, None, &Commons::start()?).await
    }

    async fn open_with(
        options: HistoryOptions,
        bodies: Arc<dyn Bodies>,
        store: Arc<dyn ObjectStore>,
        remote: Option<Arc<RemoteTable>>,
        commons: &Commons,
    ) -> Result<History, LakeError> {
        let (dir, log_store) = prepare_folder(&options.dir, store)?;
        let table = Table::open_or_create(log_store).await?;
        let reader = commons.reader.beside(dir).fetching(remote);
        let shared = Shared::new(options, bodies, commons, reader, table);
        Ok(History { shared: Arc::new(shared) })
    }

    /// Changes how long events are kept, from the next [`History::maintain`] on. What is gone stays so.
    pub fn keep_for(&self, retention: Duration) {
        self.shared.keep_for(retention);
    }

    /// Memory that the tail takes, in bytes.
    pub fn tail_bytes(&self) -> usize {
        self.shared.state().tail.bytes()
    }

    /// Where the oldest event stands that waits for a commit; `None` if none does.
    pub fn oldest_waiting(&self) -> Option<Position> {
        let state = self.shared.state();
        state.tail.oldest_position(state.table.committed)
    }

    /// Every event below this position is in the table, durably.
    pub fn committed(&self) -> Position {
        self.shared.state().table.committed
    }

    /// Every event below this position is visible to look-ups.
    pub fn seen(&self) -> Position {
        self.shared.state().seen
    }

    /// Takes a chunk of the log: its events in log order, each with its position; `next` is the
    /// position behind the chunk. Events below [`History::seen`] are passed over, as are those of the
    /// future. Duplicates of events of the tail are dropped here, those of events of the table by the
    /// commit. All or nothing; what was taken is visible when this returns.
    pub fn append(
        &self,
        events: &mut dyn Iterator<Item = (Position, Event<'_>)>,
        next: Position,
    ) -> Result<(), TailFull> {
        self.shared.append(events, next)
    }

    /// Whether a commit is due: the tail's oldest event or its size has reached what the options say.
    /// Never when there is nothing to commit.
    pub fn commit_due(&self, now: Timestamp) -> bool {
        let options = &self.shared.options;
        let state = self.shared.state();
        let committed = state.table.committed;
        // Events that history does not take still move the position, so that the log can be dropped.
        let passed = state.seen.get().saturating_sub(committed.get());
        match state.tail.oldest_arrival(committed) {
            None => passed >= options.commit_bytes,
            Some(oldest) => {
                now >= oldest.plus(options.commit_every)
                    || state.tail.text_bytes(committed) >= options.commit_bytes
            }
        }
    }

    /// Moves events of the tail into the table, the oldest in the log first and `commit_bytes` at
    /// most, and returns the position below which the table now holds all. When this returns, they
    /// survive power loss. On an error they are still in the tail, or the next call finds them moved.
    pub async fn commit(&self) -> Result<Position, LakeError> {
        self.shared.commit().await
    }

    /// Finds one page of events, newest first. Some look-ups run at the same time, others wait for them.
    pub async fn lookup(&self, lookup: Lookup) -> Result<Page, LookupError> {
        let shared = Arc::clone(&self.shared);
        let permit = Arc::clone(&shared.lookups).acquire_owned().await;
        let permit = permit.expect("nobody closes the semaphore");
        let run = move || {
            // With the work, not with the caller: who no longer waits for the answer has not stopped it.
            let _permit = permit;
            shared.lookup(lookup)
        };
        tokio::task::spawn_blocking(run).await.map_err(LakeError::from)?
    }

    /// How many events of history have a position in any of `ranges`, which are sorted and disjoint. Blocks.
    /// Beyond [`History::committed`] duplicates may be among them still.
    pub fn count(&self, ranges: &[Range<Position>]) -> Result<u64, LakeError> {
        self.shared.count(ranges)
    }

    /// All events of history as they are now, for statements of SQL: those of the table and those of the tail, each
    /// once. What comes later is not among them. The files stay on disk until this and the queries that read it are
    /// gone, for an hour at most.
    pub async fn source(&self) -> Result<Source, LakeError> {
        self.shared.source(None).await
    }

    /// The same of one account. A statement cannot get at other accounts' rows.
    pub async fn source_of(&self, account: AccountId) -> Result<Source, LakeError> {
        self.shared.source(Some(account)).await
    }

    /// Keeps the table as it is now on disk until what is returned is dropped, so that it can be copied.
    pub async fn freeze(&self) -> Result<Frozen, LakeError> {
        self.shared.freeze().await
    }

    /// Drops expired days, joins small files and deletes files that nothing refers to; a part of it that takes
    /// a second of one core at most. To be called every ten seconds or so, and again soon if it says that there is
    /// more, by one task; commits and look-ups go on meanwhile.
    pub async fn maintain(&self, now: Timestamp) -> Result<Maintenance, LakeError> {
        maintain::maintain(&self.shared, now).await
    }

    /// Figures for metrics and health.
    pub fn stats(&self) -> HistoryStats {
        let counters = &self.shared.counters;
        let state = self.shared.state();
        HistoryStats {
            tail_rows: state.tail.rows(state.table.committed),
            tail_bytes: state.tail.bytes() as u64,
            table_rows: state.table.rows(),
            table_files: state.table.files.len() as u64,
            table_bytes: state.table.bytes(),
            commits: counters.commits.load(Relaxed),
            duplicates: counters.duplicates.load(Relaxed),
            conflicts: counters.conflicts.load(Relaxed),
            visible_up_to: state.visible_up_to,
        }
    }
}

#[cfg(test)]
mod tests;
