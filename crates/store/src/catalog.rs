//! The catalog: accounts, access keys, trails, event data stores, channels, signing keys and sessions, as the log's
//! changes say.
//!
//! It is a reader of the log like any other. Its database holds what the changes below its
//! position made, and can be rebuilt from the log; the whole of it is also kept in memory, because
//! every request asks it.
//!
//! Several processes may share one: [`shared`] is what they agree on, in PostgreSQL.

mod database;
mod difference;
mod row;
mod sessions;
pub mod shared;
mod state;
mod table;

pub use difference::differences;
pub use row::name_of;
pub use state::{CatalogState, Named};

use cairn_model::{Change, Position, Session};
use database::Database;
use sessions::{SESSIONS_MAX, Sessions};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

/// Why the catalog cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The database could not be read or written. The change it was about stands in the log, so the
    /// process has to stop and start again from the catalog's position.
    #[error("catalog database: {0}")]
    Database(#[from] sqlx::Error),
    /// Its format is of a newer Cairn.
    #[error(
        "the catalog is of format version {found}, this Cairn knows up to {known}; start the newer Cairn, or restore a backup"
    )]
    Newer {
        /// The version found.
        found: i64,
        /// The version that this Cairn writes.
        known: i64,
    },
    /// A row does not read back as what was written.
    #[error("catalog database: a row of {table} is damaged: {source}")]
    Damaged {
        /// The table.
        table: &'static str,
        /// What the JSON parser said.
        source: serde_json::Error,
    },
}

/// The control plane's things, in memory and in a database.
#[derive(Debug)]
pub struct Catalog {
    database: Database,
    state: RwLock<Arc<CatalogState>>,
    sessions: RwLock<Sessions>,
}

impl Catalog {
    /// Opens the database at `path`, or makes an empty one with position zero.
    pub async fn open(path: &Path) -> Result<Catalog, CatalogError> {
        let database = Database::open(path).await?;
        let state = RwLock::new(Arc::new(database.load().await?));
        let sessions = Sessions::of(database.sessions().await?, SESSIONS_MAX);
        Ok(Catalog { database, state, sessions: RwLock::new(sessions) })
    }

    /// The catalog as it is now. Cheap; hold it for one request, not longer.
    pub fn state(&self) -> Arc<CatalogState> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&state)
    }

    /// The session that a temporary access key belongs to, if it was learnt. It may have expired.
    pub fn session(&self, access_key_id: &str) -> Option<Arc<Session>> {
        self.sessions.read().unwrap_or_else(PoisonError::into_inner).get(access_key_id)
    }

    /// Every change below this position has taken effect and survives power loss.
    pub fn position(&self) -> Position {
        self.state().position
    }

    /// Lets changes take effect that stand in the log below `next`. Idempotent. One caller at a time:
    /// whoever holds the control-plane lock. When this returns, changes and position survive power loss; a
    /// crash before that replays them from the log.
    pub async fn apply(&self, changes: &[Change], next: Position) -> Result<(), CatalogError> {
        if next <= self.position() {
            return Ok(());
        }
        self.take(changes, next).await
    }

    /// The same with changes that do not stand in the log, such as sessions that another process learned. The position
    /// stays. A crash before this returns may lose them.
    pub async fn adopt(&self, changes: &[Change]) -> Result<(), CatalogError> {
        self.take(changes, self.position()).await
    }

    async fn take(&self, changes: &[Change], next: Position) -> Result<(), CatalogError> {
        let mut after = CatalogState::clone(&self.state());
        for change in changes {
            after.apply(change);
        }
        after.position = next;
        let outgoing = self.outgoing_sessions(changes);
        self.database.write(changes, &outgoing, next).await?;
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(after);
        self.take_sessions(changes, &outgoing);
        Ok(())
    }

    /// The changes that make all of this out of nothing.
    pub fn changes(&self) -> Vec<Change> {
        let mut all = self.state().changes();
        let sessions = self.sessions.read().unwrap_or_else(PoisonError::into_inner);
        all.extend(sessions.all().map(|session| Change::PutSession(Box::new(Session::clone(session)))));
        all
    }

    /// The sessions that go when those of `changes` come.
    fn outgoing_sessions(&self, changes: &[Change]) -> Vec<String> {
        let sessions = self.sessions.read().unwrap_or_else(PoisonError::into_inner);
        new_sessions(changes).flat_map(|session| sessions.outgoing(session)).collect()
    }

    fn take_sessions(&self, changes: &[Change], outgoing: &[String]) {
        if new_sessions(changes).next().is_none() {
            return;
        }
        let mut sessions = self.sessions.write().unwrap_or_else(PoisonError::into_inner);
        outgoing.iter().for_each(|access_key_id| sessions.remove(access_key_id));
        new_sessions(changes).for_each(|session| sessions.put(Arc::new(session.clone())));
    }

    /// Writes the catalog, as it is now, to a new database file at `path`, where nothing may be yet. The file
    /// is whole when this returns, but not synced: whoever makes the copy durable does that.
    pub async fn snapshot_into(&self, path: &Path) -> Result<(), CatalogError> {
        Ok(self.database.snapshot_into(path).await?)
    }

    /// Closes the database.
    pub async fn close(&self) {
        self.database.close().await;
    }
}

fn new_sessions(changes: &[Change]) -> impl Iterator<Item = &Session> {
    changes.iter().filter_map(|change| match change {
        Change::PutSession(session) => Some(&**session),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
