//! What look-ups see, and how it changes.

use super::HistoryOptions;
use super::background::Background;
use super::commons::Commons;
use super::identities::Identities;
use crate::bodies::{Bodies, BodyError};
use crate::duplicates::{Duplicates, Verdict};
use crate::error::{LakeError, LookupError, TailFull};
use crate::keys::Keys;
use crate::lookup::{Lookup, Page, Query, View, page};
use crate::maintain::Schedule;
use crate::table::{FileReader, Table, TableView};
use crate::tail::Tail;
use cairn_model::{Event, Position, Timestamp};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Look-ups that run at the same time; each may take memory for a page, and a thread.
pub(super) const LOOKUPS_MAX: usize = 8;

/// What the handles of one history share.
pub(crate) struct Shared {
    pub(crate) options: HistoryOptions,
    pub(super) bodies: Arc<dyn Bodies>,
    pub(crate) reader: Arc<FileReader>,
    pub(super) duplicates: Arc<Duplicates>,
    /// How long events are kept, in seconds.
    retention_seconds: AtomicU64,
    pub(super) state: Mutex<State>,
    /// Held for as long as an append takes.
    identities: Mutex<Identities>,
    /// One permit for each look-up that may run; the others wait in the order they came.
    pub(super) lookups: Arc<Semaphore>,
    /// Who holds this commits.
    pub(crate) table: tokio::sync::Mutex<Table>,
    pub(crate) maintenance: tokio::sync::Mutex<Schedule>,
    pub(super) counters: Counters,
    pub(crate) background: Arc<Background>,
}

/// What look-ups see; replaced under one lock, so that they see every event once.
pub(super) struct State {
    pub(super) tail: Tail,
    pub(super) table: Arc<TableView>,
    pub(super) seen: Position,
    pub(super) visible_up_to: Option<Timestamp>,
}

#[derive(Default)]
pub(super) struct Counters {
    pub(super) commits: AtomicU64,
    pub(super) duplicates: AtomicU64,
    pub(super) conflicts: AtomicU64,
}

impl Shared {
    pub(super) fn new(
        options: HistoryOptions,
        bodies: Arc<dyn Bodies>,
        commons: &Commons,
        reader: FileReader,
        table: Table,
    ) -> Shared {
        let view = table.view();
        Shared {
            retention_seconds: AtomicU64::new(options.retention.as_secs()),
            options,
            bodies,
            reader: Arc::new(reader),
            duplicates: Arc::clone(&commons.duplicates),
            state: Mutex::new(State {
                tail: Tail::default(),
                seen: view.committed,
                table: view,
                visible_up_to: None,
            }),
            identities: Mutex::default(),
            lookups: Arc::new(Semaphore::new(LOOKUPS_MAX)),
            table: tokio::sync::Mutex::new(table),
            maintenance: tokio::sync::Mutex::default(),
            counters: Counters::default(),
            background: Arc::clone(&commons.background),
        }
    }

    /// How long events are kept.
    pub(crate) fn retention(&self) -> Duration {
        Duration::from_secs(self.retention_seconds.load(Relaxed))
    }

    /// See [`super::History::keep_for`].
    pub(super) fn keep_for(&self, retention: Duration) {
        self.retention_seconds.store(retention.as_secs(), Relaxed);
    }

    /// See [`super::History::append`].
    pub(super) fn append(
        &self,
        events: &mut dyn Iterator<Item = (Position, Event<'_>)>,
        next: Position,
    ) -> Result<(), TailFull> {
        let mut identities = lock(&self.identities);
        let (seen, mut appending) = {
            let state = self.state();
            if state.tail.bytes() + identities.bytes() >= self.options.tail_bytes {
                return Err(TailFull);
            }
            (state.seen, state.tail.append())
        };
        let mut newest_arrival = None;
        for (position, event) in events {
            if position < seen || event.is_future() {
                continue;
            }
            newest_arrival = newest_arrival.max(Some(event.arrival()));
            let keys = Keys::of(position, &event);
            let identity = self.duplicates.identity(&keys);
            let verdict = identities.judge(identity, position, &event, &*self.bodies);
            if verdict == Verdict::Duplicate {
                self.counters.duplicates.fetch_add(1, Relaxed);
                continue;
            }
            appending.push(&keys, event.text().len(), identity, verdict == Verdict::Conflict);
        }
        let mut state = self.state();
        state.tail.publish(appending);
        state.seen = state.seen.max(next);
        state.visible_up_to = state.visible_up_to.max(newest_arrival);
        Ok(())
    }

    /// See [`super::History::lookup`]. Blocks.
    pub(super) fn lookup(&self, lookup: Lookup) -> Result<Page, LookupError> {
        let (home_region, retention) = (&self.options.home_region, self.retention());
        let mut tries = 0;
        loop {
            let (view, seen) = self.view();
            let query = Query::new(lookup.clone(), home_region, retention, seen)?;
            match page(&view, &query, &*self.bodies, &self.reader) {
                // What the view names has moved on: a segment or a data file is gone. Look again.
                Err(error) if tries < 3 && has_moved(&error) => tries += 1,
                answer => return Ok(answer?),
            }
        }
    }

    pub(super) fn view(&self) -> (View, Position) {
        let state = self.state();
        let view = View { tail: state.tail.clone(), table: Arc::clone(&state.table) };
        (view, state.seen)
    }

    /// Makes a state of the table the one that look-ups see, in one step with the tail. Only who has
    /// the table calls this, so no state overtakes a newer one.
    pub(crate) fn publish(&self, table: Arc<TableView>) {
        let committed = table.committed;
        let mut state = self.state();
        let moved = committed > state.table.committed;
        state.tail.drop_below(committed);
        state.seen = state.seen.max(committed);
        state.table = table;
        drop(state);
        if moved {
            lock(&self.identities).drop_below(committed);
        }
    }

    /// Whether more has come than one commit takes.
    pub(crate) fn is_behind(&self) -> bool {
        self.waiting_bytes() >= self.options.commit_bytes
    }

    /// How many bytes of text wait for a commit.
    pub(super) fn waiting_bytes(&self) -> u64 {
        let state = self.state();
        state.tail.text_bytes(state.table.committed)
    }

    /// Below which position the table holds all, as far as look-ups see.
    pub(crate) fn committed(&self) -> Position {
        self.state().table.committed
    }

    /// The table as look-ups see it.
    pub(crate) fn table_view(&self) -> Arc<TableView> {
        Arc::clone(&self.state().table)
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// Whether the error is that something is gone that a view names.
pub(super) fn has_moved(error: &LakeError) -> bool {
    match error {
        LakeError::Body(BodyError::Gone) => true,
        LakeError::Io(error) => error.kind() == io::ErrorKind::NotFound,
        _ => false,
    }
}

/// What these locks protect is changed in steps that leave it whole, so poison is ignored.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
