//! What look-ups see, and how it changes.

use super::HistoryOptions;
use crate::bodies::{Bodies, BodyError};
use crate::canonical::write_canonical;
use crate::duplicates::Duplicates;
use crate::error::{LakeError, LookupError, TailFull};
use crate::keys::Keys;
use crate::lookup::{Lookup, Page, Query, View, page};
use crate::maintain::Schedule;
use crate::table::{FileReader, Table, TableView};
use crate::tail::{Tail, with_event};
use cairn_model::{Event, Position, Timestamp};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Memory that one entry of the identities takes, in bytes, roughly.
const IDENTITY_BYTES: usize = 24;

/// What the handles of one history share.
pub(crate) struct Shared {
    pub(crate) options: HistoryOptions,
    pub(super) bodies: Arc<dyn Bodies>,
    pub(crate) reader: FileReader,
    pub(super) duplicates: Duplicates,
    pub(super) state: Mutex<State>,
    /// Position of the events of the tail by their identity. Held for as long as an append takes.
    pub(super) identities: Mutex<HashMap<u64, Position>>,
    /// Who holds this commits.
    pub(crate) table: tokio::sync::Mutex<Table>,
    pub(crate) maintenance: tokio::sync::Mutex<Schedule>,
    pub(super) counters: Counters,
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
        reader: FileReader,
        table: Table,
    ) -> Shared {
        let view = table.view();
        Shared {
            options,
            bodies,
            reader,
            duplicates: Duplicates::new(),
            state: Mutex::new(State {
                tail: Tail::default(),
                seen: view.committed,
                table: view,
                visible_up_to: None,
            }),
            identities: Mutex::default(),
            table: tokio::sync::Mutex::new(table),
            maintenance: tokio::sync::Mutex::default(),
            counters: Counters::default(),
        }
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
            let bytes = state.tail.bytes() + identities.len() * IDENTITY_BYTES;
            if bytes >= self.options.tail_bytes {
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
            let conflict = match identities.entry(self.duplicates.identity(&keys)) {
                Entry::Vacant(vacant) => {
                    vacant.insert(position);
                    false
                }
                Entry::Occupied(earlier) => match self.same_content(*earlier.get(), &event) {
                    Some(true) => {
                        self.counters.duplicates.fetch_add(1, Relaxed);
                        continue;
                    }
                    Some(false) => true,
                    // The commit compares again, and more.
                    None => false,
                },
            };
            appending.push(&keys, event.text().len(), conflict);
        }
        let mut state = self.state();
        state.tail.publish(appending);
        state.seen = state.seen.max(next);
        state.visible_up_to = state.visible_up_to.max(newest_arrival);
        Ok(())
    }

    /// Whether the event at `earlier` has the content of `event`; `None` if it cannot be read.
    fn same_content(&self, earlier: Position, event: &Event<'_>) -> Option<bool> {
        let canonical = |text: &str| {
            let mut form = Vec::with_capacity(text.len());
            write_canonical(text, &mut form);
            form
        };
        let same = with_event(&*self.bodies, earlier, |earlier| {
            earlier.text() == event.text() || canonical(earlier.text()) == canonical(event.text())
        });
        same.ok()
    }

    /// See [`super::History::lookup`]. Blocks.
    pub(super) fn lookup(&self, lookup: Lookup) -> Result<Page, LookupError> {
        let HistoryOptions { home_region, retention, .. } = &self.options;
        let mut tries = 0;
        loop {
            let (view, seen) = self.view();
            let query = Query::new(lookup.clone(), home_region, *retention, seen)?;
            match page(&view, &query, &*self.bodies, &self.reader) {
                // What the view names has moved on: a segment or a data file is gone. Look again.
                Err(error) if tries < 3 && has_moved(&error) => tries += 1,
                answer => return Ok(answer?),
            }
        }
    }

    fn view(&self) -> (View, Position) {
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
            lock(&self.identities).retain(|_, position| *position >= committed);
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

fn has_moved(error: &LakeError) -> bool {
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
