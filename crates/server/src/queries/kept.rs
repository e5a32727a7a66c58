//! What was asked within a week: on disk, and in memory but for statements.
//!
//! A query is a file `<id>.query`; its rows are `<id>.rows`. A query is on disk before it is answered to whoever asked it,
//! and its rows before it is said to have ended. One that a crash interrupted has failed at the next start.

use super::space::Space;
use crate::clock;
use cairn_decide::queries::{Ending, Query};
use cairn_model::{AccountId, Timestamp};
use cairn_store::checked_file::{CheckedError, Kind, read_checked, write_checked};
use cairn_store::disk::{Disk, LocalDisk};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;

/// How many queries of an account are kept; beyond, the oldest that has ended goes early.
const OF_ACCOUNT_MAX: usize = 10_000;

const KIND: Kind = Kind { name: "query", version: 1 };
const QUERY: &str = ".query";
const ROWS: &str = ".rows";

/// What a query's file holds.
#[derive(Serialize, Deserialize)]
struct Stored {
    query: Query,
    statement: String,
}

/// All queries that are kept.
pub(super) struct Kept {
    folder: PathBuf,
    disk: Arc<LocalDisk>,
    space: Space,
    queries: Mutex<HashMap<String, Entry>>,
    /// Held while a query's file is written: one writer a path at a time.
    writing: Mutex<()>,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Kept").field("folder", &self.folder).finish_non_exhaustive()
    }
}

struct Entry {
    query: Query,
    /// What its rows take on disk.
    bytes: u64,
    /// Cancelled when the query is.
    cancel: CancellationToken,
}

impl Kept {
    /// Reads what is there. What a crash left is settled: queries that ran have failed, rows without a query are removed.
    pub(super) fn open(folder: &Path, results_bytes: u64) -> io::Result<Kept> {
        let disk = Arc::new(LocalDisk);
        disk.create_folder(folder)?;
        let kept = Kept {
            folder: folder.to_owned(),
            disk,
            space: Space::new(results_bytes),
            queries: Mutex::default(),
            writing: Mutex::default(),
        };
        let names = kept.disk.list(folder)?;
        for id in names.iter().filter_map(|name| name.strip_suffix(QUERY)) {
            if let Err(error) = kept.take_in(id) {
                tracing::warn!(query = id, %error, "a query that is kept could not be read");
            }
        }
        for name in &names {
            let id = name.strip_suffix(ROWS);
            if id.is_some_and(|id| !kept.find(id).is_some_and(|query| query.has_rows())) {
                kept.disk.remove(&folder.join(name))?;
            }
        }
        Ok(kept)
    }

    fn take_in(&self, id: &str) -> Result<(), CheckedError> {
        let Stored { mut query, statement } = self.read(id)?;
        if !query.has_ended() {
            let why = "The query was interrupted: Cairn stopped while it ran. Ask it again.";
            query.end(Ending::Failed(why.to_owned()), clock::now());
            self.write(&query, statement)?;
        }
        let bytes = match query.has_rows() {
            true => std::fs::metadata(self.rows_path(id)).map_or(0, |metadata| metadata.len()),
            false => 0,
        };
        self.space.hold(query.account, bytes);
        self.queries().insert(id.to_owned(), Entry { query, bytes, cancel: CancellationToken::new() });
        Ok(())
    }

    /// Keeps a new query. When this returns well, it survives power loss. What is returned is cancelled when somebody cancels
    /// the query.
    pub(super) fn begin(&self, query: Query, statement: String) -> io::Result<CancellationToken> {
        self.make_room(query.account);
        self.write(&query, statement)?;
        let cancel = CancellationToken::new();
        let entry = Entry { query, bytes: 0, cancel: cancel.clone() };
        self.queries().insert(entry.query.id.clone(), entry);
        Ok(cancel)
    }

    /// A query as it is now.
    pub(super) fn find(&self, id: &str) -> Option<Query> {
        self.queries().get(id).map(|entry| entry.query.clone())
    }

    /// The newest query for which this holds.
    pub(super) fn newest(&self, is_it: impl Fn(&Query) -> bool) -> Option<Query> {
        let queries = self.queries();
        let found = queries.values().map(|entry| &entry.query).filter(|query| is_it(query));
        found.max_by_key(|query| query.created).cloned()
    }

    /// Those for which this holds.
    pub(super) fn all(&self, is_it: impl Fn(&Query) -> bool) -> Vec<Query> {
        let queries = self.queries();
        queries.values().map(|entry| &entry.query).filter(|query| is_it(query)).cloned().collect()
    }

    /// The statement of a query.
    pub(super) fn statement(&self, id: &str) -> Result<String, CheckedError> {
        self.read(id).map(|stored| stored.statement)
    }

    /// Changes a query that has not ended, in memory only.
    pub(super) fn change(&self, id: &str, change: impl FnOnce(&mut Query)) {
        if let Some(entry) = self.queries().get_mut(id).filter(|entry| !entry.query.has_ended()) {
            change(&mut entry.query);
        }
    }

    /// Ends a query, unless it has ended already: then `false`. When this returns well, that survives power loss. `bytes` is
    /// what its rows take on disk: they are there already, and taken of the space.
    pub(super) fn end(&self, id: &str, how: Ending, bytes: u64) -> io::Result<bool> {
        if let Some(entry) = self.queries().get_mut(id).filter(|entry| !entry.query.has_ended()) {
            if how == Ending::Cancelled {
                entry.cancel.cancel();
            }
            entry.query.end(how, clock::now());
            entry.bytes = bytes;
        } else {
            return Ok(false);
        }
        self.save(id).map(|()| true)
    }

    /// Says how the delivery of a query fares. When this returns well, that survives power loss.
    pub(super) fn delivered(&self, id: &str, change: impl FnOnce(&mut Query)) -> io::Result<()> {
        if let Some(entry) = self.queries().get_mut(id) {
            change(&mut entry.query);
        }
        self.save(id)
    }

    /// Forgets queries that are a week old.
    pub(super) fn forget(&self, now: Timestamp) {
        self.all(|query| query.is_over(now)).iter().for_each(|query| self.remove(&query.id));
    }

    /// Where the rows of a query are.
    pub(super) fn rows_path(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}{ROWS}"))
    }

    pub(super) fn disk(&self) -> &Arc<LocalDisk> {
        &self.disk
    }

    pub(super) fn space(&self) -> &Space {
        &self.space
    }

    /// Bytes that may still be written.
    pub(super) fn free_bytes(&self) -> io::Result<u64> {
        self.disk.free_bytes(&self.folder)
    }

    /// The oldest query of an account that has ended goes if there are too many.
    fn make_room(&self, account: AccountId) {
        let of_account = self.all(|query| query.account == account);
        if of_account.len() < OF_ACCOUNT_MAX {
            return;
        }
        let may_go = |query: &&Query| query.has_ended() && query.awaits_delivery().is_none();
        let oldest = of_account.iter().filter(may_go).min_by_key(|query| query.created);
        if let Some(oldest) = oldest {
            self.remove(&oldest.id);
        }
    }

    fn remove(&self, id: &str) {
        let Some(entry) = self.queries().remove(id) else { return };
        // A crash between the two leaves rows of no query, which the next start removes.
        for path in [self.query_path(id), self.rows_path(id)] {
            match self.disk.remove(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tracing::warn!(path = %path.display(), %error, "a query could not be forgotten");
                }
                _ => {}
            }
        }
        self.space.give(entry.query.account, entry.bytes);
    }

    fn save(&self, id: &str) -> io::Result<()> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let statement = self.statement(id).map_err(io::Error::other)?;
        match self.find(id) {
            Some(query) => self.write_held(&query, statement),
            None => Ok(()),
        }
    }

    fn write(&self, query: &Query, statement: String) -> io::Result<()> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        self.write_held(query, statement)
    }

    /// Whoever calls holds `writing`.
    fn write_held(&self, query: &Query, statement: String) -> io::Result<()> {
        let path = self.query_path(&query.id);
        let stored = Stored { query: query.clone(), statement };
        let bytes = serde_json::to_vec(&stored).expect("it has string keys only");
        write_checked(&*self.disk, &path, KIND, &bytes)
    }

    fn read(&self, id: &str) -> Result<Stored, CheckedError> {
        let bytes = read_checked(&*self.disk, &self.query_path(id), KIND)?;
        serde_json::from_slice(&bytes).map_err(|_| CheckedError::Damaged)
    }

    fn query_path(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}{QUERY}"))
    }

    fn queries(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.queries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
