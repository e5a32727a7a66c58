//! Event data stores: readers of the log, each with a table of its own.
//!
//! One follower reads the log for all of them ([`intake`]). A store whose table is not open yet, or that has no room, falls
//! behind: what it is to take is noted as a part of the log, and it catches up by itself ([`catch_up`]), so that no store
//! holds up another. What is in no table yet is read again after a crash, from a position that is saved with what
//! decided then which events were taken ([`state`]).

mod catch_up;
mod commits;
mod folders;
mod intake;
mod open;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use commits::Saving;
pub(crate) use intake::Step;
pub(crate) use state::{NAME as STATE, StateError};

use crate::enrichment::{Enriched, Knowledge};
use crate::location::Location;
use crate::setup::LogBodies;
use cairn_decide::selectors;
use cairn_decide::taking::Definitions;
use cairn_lake::sql::{self, Family};
use cairn_lake::{Bodies, Commons, Frozen, History, HistoryOptions, LakeError};
use cairn_model::record::StoreId;
use cairn_model::{EventDataStore, Position};
use cairn_store::disk::LocalDisk;
use cairn_store::log::Log;
use intake::Intake;
use open::OpenStore;
use state::State;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use uuid::Uuid;

/// The folder of their tables, in the data folder.
pub(crate) const FOLDER: &str = "stores";

/// Memory for the events of one store that are in no table yet, in bytes.
const TAIL_BYTES: usize = 64 << 20;
/// The same of all stores.
const TAILS_BYTES: usize = 256 << 20;
/// So many stores catch up, and so many commit, at the same time.
const AT_ONCE: usize = 2;
/// How long a table is waited for that has to catch up before it is asked.
const CATCH_UP_MAX: Duration = Duration::from_secs(2);

/// The tables of all event data stores. One is opened when it is first asked for, or when an event comes for it.
#[derive(Clone)]
pub(crate) struct Stores {
    shared: Arc<Shared>,
}

/// How stores are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StoresOptions<'o> {
    /// The region of events that name none.
    pub(crate) home_region: &'o str,
    /// How old the oldest event gets that is in no table yet.
    pub(crate) commit_every: Duration,
}

/// What the follower, the jobs and those who ask share.
struct Shared {
    folder: PathBuf,
    home_region: String,
    commit_every: Duration,
    log: Log,
    location: Location,
    knowledge: Arc<Knowledge>,
    disk: Arc<LocalDisk>,
    commons: Commons,
    intake: Mutex<Intake>,
    /// All events below are in tables.
    saved: AtomicU64,
    catching_up: Arc<Semaphore>,
    committing: Arc<Semaphore>,
    counts: Counts,
}

#[derive(Default)]
struct Counts {
    taken: AtomicU64,
    too_large: AtomicU64,
    errors: AtomicU64,
}

/// Figures of all stores together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct StoresStats {
    /// Stores whose tables are open.
    pub(crate) open: u64,
    /// Stores that have to catch up.
    pub(crate) behind: u64,
    /// Events that were taken since the start, counted for each store.
    pub(crate) taken: u64,
    /// Events that were larger than a store takes, likewise.
    pub(crate) too_large: u64,
    /// Commits and other work on tables that failed.
    pub(crate) errors: u64,
    /// Events in no table yet.
    pub(crate) tail_rows: u64,
    /// Memory that these take, in bytes.
    pub(crate) tail_bytes: u64,
    /// Events in the open tables.
    pub(crate) table_rows: u64,
    /// Bytes of the open tables' data files.
    pub(crate) table_bytes: u64,
    /// Files of the open tables.
    pub(crate) table_files: u64,
    /// Duplicates that were dropped by the open tables.
    pub(crate) duplicates: u64,
}

impl Stores {
    /// Reads what was saved. `definitions`, which stand at the log's end, count for a data folder that has nothing saved:
    /// nothing of the log was for stores before. Blocks.
    pub(crate) fn open(
        data: &Path,
        options: &StoresOptions<'_>,
        log: Log,
        location: &Location,
        knowledge: Arc<Knowledge>,
        definitions: impl FnOnce() -> Definitions,
    ) -> Result<Stores, StateError> {
        let folder = data.join(FOLDER);
        let disk = Arc::new(LocalDisk);
        let state = match State::read(&folder)? {
            Some(state) => state,
            None => {
                let state = State { position: log.committed(), definitions: Arc::new(definitions()) };
                state.write(&disk, &folder)?;
                state
            }
        };
        let shared = Shared {
            folder,
            home_region: options.home_region.to_owned(),
            commit_every: options.commit_every,
            log,
            location: location.clone(),
            knowledge,
            disk,
            commons: Commons::start().map_err(StateError::Io)?,
            saved: AtomicU64::new(state.position.get()),
            intake: Mutex::new(Intake::new(state)),
            catching_up: Arc::new(Semaphore::new(AT_ONCE)),
            committing: Arc::new(Semaphore::new(AT_ONCE)),
            counts: Counts::default(),
        };
        Ok(Stores { shared: Arc::new(shared) })
    }

    /// What was saved in a data folder; `None` if nothing was: the position below which all events are in tables, which the
    /// log has reached, and what the stores were there.
    pub(crate) fn saved_in(data: &Path) -> Result<Option<(Position, Definitions)>, StateError> {
        let state = State::read(&data.join(FOLDER))?;
        Ok(state.map(|state| (state.position, Definitions::clone(&state.definitions))))
    }

    /// The store's table as it is now: what is in its files and what came lately.
    pub(crate) async fn table(&self, store: &EventDataStore) -> Result<sql::Table, LakeError> {
        let id = id_of(store);
        let source = self.history(store).await?.source().await?;
        Ok(sql::Table { store: id, family: family_of(store), source })
    }

    /// The store's table, with all that was taken before; a store that is far behind is not waited for long.
    async fn history(&self, store: &EventDataStore) -> Result<History, LakeError> {
        let open = self.shared.ask_for(store);
        let history = self.shared.history(&open).await?;
        let _ = tokio::time::timeout(CATCH_UP_MAX, open.caught_up()).await;
        Ok(history)
    }

    /// Keeps the table of every store that has one as it is now on disk, by the folders' names.
    pub(crate) async fn freeze(&self) -> Result<Vec<(String, Frozen)>, LakeError> {
        let mut frozen = Vec::new();
        for open in self.shared.ask_for_all() {
            let history = self.shared.history(&open).await?;
            frozen.push((open.id.to_string(), history.freeze().await?));
        }
        Ok(frozen)
    }

    /// The bytes of the saved state, for a backup. Tables that are copied later hold all that it says.
    pub(crate) fn saved_state(&self) -> Result<Vec<u8>, StateError> {
        Ok(std::fs::read(state::path(&self.shared.folder))?)
    }

    /// All events below are in tables, durably.
    pub(crate) fn saved(&self) -> Position {
        Position::new(self.shared.saved.load(Relaxed))
    }

    /// All events below have been offered to the stores.
    pub(crate) fn position(&self) -> Position {
        self.shared.intake().position()
    }

    /// How many stores have to catch up with what has been offered.
    pub(crate) fn behind(&self) -> usize {
        self.shared.intake().behind()
    }

    /// Figures of all stores together.
    pub(crate) fn stats(&self) -> StoresStats {
        let intake = self.shared.intake();
        let counts = &self.shared.counts;
        let mut stats = StoresStats {
            behind: intake.behind() as u64,
            taken: counts.taken.load(Relaxed),
            too_large: counts.too_large.load(Relaxed),
            errors: counts.errors.load(Relaxed),
            ..StoresStats::default()
        };
        for one in intake.tables().map(|history| history.stats()) {
            stats.open += 1;
            stats.tail_rows += one.tail_rows;
            stats.tail_bytes += one.tail_bytes;
            stats.table_rows += one.table_rows;
            stats.table_bytes += one.table_bytes;
            stats.table_files += one.table_files;
            stats.duplicates += one.duplicates;
        }
        stats
    }
}

impl Shared {
    /// What is held is changed in steps that leave it whole, so poison is ignored.
    fn intake(&self) -> MutexGuard<'_, Intake> {
        self.intake.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The store's table, opened if it is not.
    async fn history(&self, open: &OpenStore) -> Result<History, LakeError> {
        open.history(|store| {
            let options = HistoryOptions {
                retention: open::retention(store),
                kept_from: cairn_lake::KeptFrom::EventTime,
                commit_every: self.commit_every,
                tail_bytes: TAIL_BYTES,
                remote: self.location.remote(&table_name(open.id)),
                ..HistoryOptions::new(self.folder.join(open.id.to_string()), self.home_region.clone())
            };
            (options, self.bodies(open), self.commons.clone())
        })
        .await
    }

    /// Where the records of a store's events are read from.
    fn bodies(&self, open: &OpenStore) -> Arc<dyn Bodies> {
        let log = LogBodies(self.log.clone());
        Arc::new(Enriched::new(log, Arc::clone(&open.rules), Arc::clone(&self.knowledge)))
    }
}

/// The folder of a store's table in the data folder, or its place behind a bucket's prefix.
pub(crate) fn table_name(id: Uuid) -> String {
    format!("{FOLDER}/{id}")
}

/// The id in a store's ARN.
pub(crate) fn id_of(store: &EventDataStore) -> Uuid {
    store.arn.id.parse().expect("Cairn made the id")
}

/// What kind of events a store takes.
pub(crate) fn family_of(store: &EventDataStore) -> Family {
    match selectors::family(&store.selectors) {
        selectors::Family::CloudTrail => Family::Events,
        selectors::Family::Insight => Family::Insights,
        selectors::Family::ConfigurationItem => Family::ConfigurationItem,
        selectors::Family::Evidence => Family::Evidence,
        selectors::Family::ActivityAuditLog => Family::ActivityAuditLog,
    }
}

fn key(id: Uuid) -> StoreId {
    id.into_bytes()
}
