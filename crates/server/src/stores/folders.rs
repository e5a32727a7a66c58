//! Upkeep: expired days, small files, tables that nobody uses, and the folders of stores that are gone.

use super::open::OpenStore;
use super::{Shared, Stores, key, table_name};
use cairn_lake::LakeError;
use cairn_model::Timestamp;
use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::runtime::Handle;
use uuid::Uuid;

/// A table that nobody has used for so long is closed.
const CLOSED_AFTER: Duration = Duration::from_secs(600);
/// The folder of a day, as Delta names it, and the form of its day.
const DAY_FOLDER: &str = "kept_day=";

impl Stores {
    /// The stores whose tables are open.
    pub(crate) fn open_stores(&self) -> Vec<Uuid> {
        let intake = self.shared.intake();
        intake.stores().filter(|store| store.table().is_some()).map(|store| store.id).collect()
    }

    /// One step of upkeep of a store's table, if it is open. Returns whether there is more to do at once.
    pub(crate) async fn maintain(&self, id: Uuid, now: Timestamp) -> Result<bool, LakeError> {
        let store = self.shared.intake().stores().find(|store| store.id == id).map(Arc::clone);
        let Some(table) = store.as_ref().and_then(|store| store.table()) else { return Ok(false) };
        let done = table.maintain(now).await;
        if done.is_err() {
            self.shared.counts.errors.fetch_add(1, Relaxed);
        }
        Ok(done?.has_more)
    }

    /// Closes tables that nobody has used for a while.
    pub(crate) fn close_unused(&self) {
        let mut intake = self.shared.intake();
        let unused = intake.stores().filter(|store| store.unused_for() >= CLOSED_AFTER);
        let unused: Vec<Uuid> = unused.map(|store| store.id).collect();
        for id in unused {
            intake.close(id);
        }
    }

    /// Deletes the folders of stores that are gone: those whose time to be restored is over, and those that neither the
    /// follower nor `exists`, which tells of the catalog, knows. Opens tables that have days which have expired, so that
    /// upkeep drops these. Blocks.
    pub(crate) fn tidy_folders(&self, now: Timestamp, exists: impl Fn(Uuid) -> bool) -> io::Result<()> {
        let entries = match std::fs::read_dir(&self.shared.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let Some(id) = name.to_str().and_then(|name| name.parse::<Uuid>().ok()) else { continue };
            match self.fate(id, now, &exists) {
                Fate::Gone => {
                    self.shared.intake().forget(id);
                    tracing::info!(store = %id, "the table of an event data store that is gone is deleted");
                    // First what is in a bucket: the folder tells that there is something.
                    if self.shared.location.is_bucket() {
                        let table = table_name(id);
                        let deleted = self.shared.location.delete(&table);
                        Handle::current().block_on(deleted).map_err(io::Error::other)?;
                    }
                    std::fs::remove_dir_all(entry.path())?;
                }
                Fate::Stays(Some(oldest_kept)) if has_older_day(&entry.path(), oldest_kept)? => {
                    self.shared.wake(id);
                }
                Fate::Stays(_) => {}
            }
        }
        Ok(())
    }

    fn fate(&self, id: Uuid, now: Timestamp, exists: &impl Fn(Uuid) -> bool) -> Fate {
        let intake = self.shared.intake();
        match intake.definitions().taker(key(id)) {
            // It may have been restored behind the follower.
            Some(taker) if taker.store().is_gone(now) && !exists(id) => Fate::Gone,
            Some(taker) => Fate::Stays(Some(now.minus(taker.retention()).day())),
            None if exists(id) => Fate::Stays(None),
            None => Fate::Gone,
        }
    }
}

/// What is to become of a store's folder.
enum Fate {
    Gone,
    /// Days before this one have expired, if the follower knows the store.
    Stays(Option<i32>),
}

/// Whether a table has the folder, with files, of a day before `oldest_kept`.
fn has_older_day(table: &Path, oldest_kept: i32) -> io::Result<bool> {
    for entry in std::fs::read_dir(table)? {
        let entry = entry?;
        let name = entry.file_name();
        let day = name.to_str().and_then(|name| name.strip_prefix(DAY_FOLDER));
        let day = day.and_then(|day| Timestamp::parse(&format!("{day}T00:00:00Z")));
        if day.is_some_and(|day| day.day() < oldest_kept) && std::fs::read_dir(entry.path())?.next().is_some()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Shared {
    /// Opens a store's table for upkeep.
    fn wake(self: &Arc<Self>, id: Uuid) {
        let taker = self.intake().definitions().taker(key(id)).cloned();
        if let Some(taker) = taker {
            self.ask_for(taker.store());
        }
    }

    /// All stores that have a table, about to be opened if they are not.
    pub(super) fn ask_for_all(self: &Arc<Self>) -> Vec<Arc<OpenStore>> {
        let ids: HashSet<Uuid> = std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .collect();
        let takers: Vec<_> = {
            let intake = self.intake();
            ids.iter().filter_map(|id| intake.definitions().taker(key(*id)).cloned()).collect()
        };
        takers.iter().map(|taker| self.ask_for(taker.store())).collect()
    }
}
