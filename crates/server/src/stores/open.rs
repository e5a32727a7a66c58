//! One store whose table is open, or about to be.

use crate::enrichment::Rules;
use cairn_lake::{Bodies, Commons, History, HistoryOptions, LakeError};
use cairn_model::{EventDataStore, Position};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OnceCell, watch};
use tokio::time::Instant;
use uuid::Uuid;

/// What is needed to open a table.
type Opening = (HistoryOptions, Arc<dyn Bodies>, Commons);

/// A store whose table is open, or about to be.
pub(super) struct OpenStore {
    pub(super) id: Uuid,
    /// What its events are enriched with.
    pub(super) rules: Arc<Rules>,
    /// As it was when it last changed.
    definition: Mutex<Arc<EventDataStore>>,
    table: OnceCell<History>,
    is_behind: watch::Sender<bool>,
    is_committing: AtomicBool,
    times: Mutex<Times>,
}

/// When things were, or are to be.
#[derive(Clone, Copy)]
struct Times {
    used: Instant,
    /// Nothing is committed before: the last commit failed.
    commit_again: Option<Instant>,
}

impl OpenStore {
    pub(super) fn new(id: Uuid, store: Arc<EventDataStore>) -> OpenStore {
        OpenStore {
            id,
            rules: Arc::new(Rules::of(&store)),
            definition: Mutex::new(store),
            table: OnceCell::new(),
            is_behind: watch::Sender::new(true),
            is_committing: AtomicBool::new(false),
            times: Mutex::new(Times { used: Instant::now(), commit_again: None }),
        }
    }

    /// The store as it is now.
    pub(super) fn definition(&self) -> Arc<EventDataStore> {
        Arc::clone(&lock(&self.definition))
    }

    /// The store is another from the record at `at` on.
    pub(super) fn redefine(&self, store: Arc<EventDataStore>, at: Position) {
        self.rules.change(&store, at);
        if let Some(history) = self.table.get() {
            history.keep_for(retention(&store));
        }
        *lock(&self.definition) = store;
    }

    /// The table, opened by what `opening` says if it is not.
    pub(super) async fn history(
        &self,
        opening: impl FnOnce(&EventDataStore) -> Opening,
    ) -> Result<History, LakeError> {
        let open = async || {
            let (options, bodies, commons) = opening(&self.definition());
            History::open_among(options, bodies, &commons).await
        };
        let history = self.table.get_or_try_init(open).await?.clone();
        // It may have changed while the table was opened.
        history.keep_for(retention(&self.definition()));
        self.note_use();
        Ok(history)
    }

    /// The table, if it is open.
    pub(super) fn table(&self) -> Option<&History> {
        self.table.get()
    }

    /// Waits until the store has taken all that was offered.
    pub(super) async fn caught_up(&self) {
        // The sender is this store's own.
        let _ = self.is_behind.subscribe().wait_for(|is_behind| !is_behind).await;
    }

    pub(super) fn set_behind(&self, is_behind: bool) {
        self.is_behind.send_replace(is_behind);
    }

    pub(super) fn note_use(&self) {
        lock(&self.times).used = Instant::now();
    }

    /// How long nobody has asked for it, and no event has come.
    pub(super) fn unused_for(&self) -> Duration {
        lock(&self.times).used.elapsed()
    }

    /// Begins a commit, unless one is under way or the last one failed lately.
    pub(super) fn begin_commit(&self) -> bool {
        let may = lock(&self.times).commit_again.is_none_or(|again| Instant::now() >= again);
        may && !self.is_committing.swap(true, Relaxed)
    }

    /// Ends it; `again`: how long to wait for the next one, because it failed.
    pub(super) fn end_commit(&self, again: Option<Duration>) {
        lock(&self.times).commit_again = again.map(|wait| Instant::now() + wait);
        self.is_committing.store(false, Relaxed);
    }
}

pub(super) fn retention(store: &EventDataStore) -> Duration {
    Duration::from_secs(u64::from(store.retention_days) * 86_400)
}

/// What is held is a value of its own each time, so poison is ignored.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
