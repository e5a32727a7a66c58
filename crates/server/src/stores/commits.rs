//! Moving what was taken into tables, and saving how far they all are.

use super::open::OpenStore;
use super::state::{State, StateError};
use super::{Shared, Stores, TAIL_BYTES, TAILS_BYTES};
use cairn_lake::{History, LakeError};
use cairn_model::{Position, Timestamp};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// How long after a commit that failed the next is tried.
const RETRY: Duration = Duration::from_secs(5);
/// So much of the log may wait for tables that are committed seldom. Beyond it they are committed at once.
const LOG_BYTES: u64 = 256 << 20;
/// So much of the log is passed until how far the tables are is saved, if it is not saved by the time before.
const SAVE_BYTES: u64 = 64 << 20;
/// How long the log is passed until this is saved.
const SAVE_EVERY: Duration = Duration::from_secs(10);

/// What is about to be saved: the state of a moment, once all tables have got as far.
#[derive(Default)]
pub(crate) struct Saving {
    pending: Option<State>,
    saved_at: Option<Timestamp>,
}

impl Stores {
    /// Begins the commits that are due.
    pub(crate) fn commit_due(&self, saving: &Saving, now: Timestamp) {
        let shared = &self.shared;
        let (stores, position, bytes) = {
            let intake = shared.intake();
            let stores: Vec<Arc<OpenStore>> = intake.stores().map(Arc::clone).collect();
            (stores, intake.position(), intake.tail_bytes())
        };
        let waited_for = saving.pending.as_ref().map(|state| state.position);
        let is_long = position.get().saturating_sub(self.saved().get()) >= LOG_BYTES;
        let hold_up = waited_for.filter(|_| is_long);
        for store in stores {
            let is_due =
                store.table().is_some_and(|table| is_due(table, now, hold_up, bytes >= TAILS_BYTES / 2));
            if is_due && store.begin_commit() {
                tokio::spawn(Arc::clone(shared).commit(store));
            }
        }
    }

    /// Saves how far all tables are, if there is something new to save and all have got as far. Blocks.
    pub(crate) fn save_if_due(&self, saving: &mut Saving, now: Timestamp) -> Result<(), StateError> {
        if saving.pending.is_none() {
            let state = self.shared.intake().state();
            let passed = state.position.get().saturating_sub(self.saved().get());
            let is_late = saving.saved_at.is_none_or(|saved| now.since(saved) >= SAVE_EVERY);
            if passed >= SAVE_BYTES || passed > 0 && is_late {
                saving.pending = Some(state);
            }
        }
        let is_in_tables = |state: &State| self.shared.intake().has_in_tables(state.position);
        if let Some(state) = saving.pending.take_if(|state| is_in_tables(state)) {
            self.shared.save(&state)?;
            saving.saved_at = Some(now);
        }
        Ok(())
    }
}

/// Whether what waits is to be committed. `hold_up`: the log is kept for what waits below it.
fn is_due(table: &History, now: Timestamp, hold_up: Option<Position>, memory_is_short: bool) -> bool {
    let holds_up = |position| table.oldest_waiting().is_some_and(|oldest| oldest < position);
    table.commit_due(now)
        || hold_up.is_some_and(holds_up)
        || table.tail_bytes() >= TAIL_BYTES / 2
        || memory_is_short && table.oldest_waiting().is_some()
}

impl Shared {
    async fn commit(self: Arc<Self>, store: Arc<OpenStore>) {
        let turn = self.committing.acquire().await;
        let _turn = turn.expect("nobody closes the semaphore");
        let committed: Result<Option<Position>, LakeError> = match store.table() {
            Some(table) => table.commit().await.map(Some),
            None => Ok(None),
        };
        let again = committed.err().map(|error| {
            self.counts.errors.fetch_add(1, Relaxed);
            tracing::error!(store = %store.id, %error, "an event data store could not be committed; trying again");
            RETRY
        });
        store.end_commit(again);
    }

    fn save(&self, state: &State) -> Result<(), StateError> {
        state.write(&self.disk, &self.folder)?;
        self.saved.store(state.position.get(), Relaxed);
        Ok(())
    }
}
