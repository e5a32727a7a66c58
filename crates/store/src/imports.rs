//! How far imports have come: those of StartImport, and those that go on for ever.
//!
//! A file's events are in the log before it is noted here that they are. So a crash between the two has a file's events
//! appended once more, which tables tell apart as duplicates, while what is counted here is counted once.

mod failures;
mod followed;
mod progress;
mod row;
mod schema;

pub use failures::{Failure, FailureStatus, NewFailure};
pub use followed::Followed;
pub use progress::{Outcome, Step};
pub use row::{Definition, Import, ImportStatus, Statistics};

use cairn_model::{AccountId, EventDataStoreArn, Timestamp};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::path::Path;

/// Imports that are remembered of an account in a region. Beyond it the oldest that has ended goes.
const REMEMBERED_MAX: i64 = 1000;

/// Why what is known of imports cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ImportsError {
    /// The database. Nothing of what was to be written is.
    #[error("the database of imports: {0}")]
    Database(#[from] sqlx::Error),
    /// Its format is of a newer Cairn.
    #[error("the database of imports is of format version {found}, this Cairn knows up to {known}")]
    Newer {
        /// The version found.
        found: i64,
        /// The version that this Cairn writes.
        known: i64,
    },
    /// SQLite finds its file damaged.
    #[error("the database of imports is damaged: {0}")]
    Corrupt(String),
    /// A row does not read back as what was written.
    #[error("the database of imports: import {0} is damaged")]
    Damaged(String),
}

/// Which imports are listed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those into this store only.
    pub destination: Option<EventDataStoreArn>,
    /// Those in this state only.
    pub status: Option<ImportStatus>,
}

/// All imports, in a database of their own (FORMAT.md, "Imports").
#[derive(Clone, Debug)]
pub struct Imports {
    pool: SqlitePool,
}

impl Imports {
    /// Opens the database at `path`, or makes an empty one. Imports that were begun and never announced go.
    pub async fn open(path: &Path) -> Result<Imports, ImportsError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        // One connection: transactions come one after the other and never meet a lock.
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        schema::prepare(&pool).await?;
        let imports = Imports { pool };
        imports.forget_unannounced().await?;
        Ok(imports)
    }

    /// Notes a new import. It does not run, and nobody sees it, until it is announced: a crash before that leaves
    /// nothing of it.
    pub async fn begin(&self, id: &str, definition: &Definition, now: Timestamp) -> Result<(), ImportsError> {
        let mut transaction = self.pool.begin().await?;
        row::insert(&mut transaction, id, definition, now).await?;
        row::forget_oldest(&mut transaction, definition, REMEMBERED_MAX).await?;
        Ok(transaction.commit().await?)
    }

    /// Lets an import run that was begun, or has to be tried again; its call is on the record by now.
    pub async fn announce(&self, id: &str) -> Result<(), ImportsError> {
        self.execute("UPDATE imports SET announced = 1 WHERE id = ?", id).await
    }

    /// Drops what was begun and not announced: the call that began it failed.
    pub async fn forget_unannounced(&self) -> Result<(), ImportsError> {
        self.execute("DELETE FROM imports WHERE announced = 0 AND id <> ?", "").await
    }

    /// An import that was announced.
    pub async fn get(&self, id: &str) -> Result<Option<Import>, ImportsError> {
        let query = format!("{} WHERE i.announced = 1 AND i.id = ?", row::SELECT);
        let row = sqlx::query(sqlx::AssertSqlSafe(query)).bind(id).fetch_optional(&self.pool).await?;
        row.as_ref().map(row::read).transpose()
    }

    /// Imports of an account in a region, the newest first, `limit` at most: those behind `after`, a time and an id.
    pub async fn list(
        &self,
        account: AccountId,
        region: &str,
        filter: &Filter,
        after: Option<(Timestamp, &str)>,
        limit: usize,
    ) -> Result<Vec<Import>, ImportsError> {
        let (created, id) = after.unwrap_or((Timestamp::MAX, ""));
        let query = format!(
            "{} WHERE i.announced = 1 AND i.account = ?1 AND i.region = ?2 AND (i.created, i.id) < (?3, ?4)
             AND (?5 IS NULL OR i.destination = ?5) AND (?6 IS NULL OR i.status = ?6)
             ORDER BY i.created DESC, i.id DESC LIMIT ?7",
            row::SELECT
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(account.as_str().to_owned())
            .bind(region)
            .bind(created.as_micros())
            .bind(id)
            .bind(filter.destination.as_ref().map(ToString::to_string))
            .bind(filter.status.map(ImportStatus::name))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(row::read).collect()
    }

    /// All imports that are to run, the oldest first.
    pub async fn ongoing(&self) -> Result<Vec<Import>, ImportsError> {
        let query = format!(
            "{} WHERE i.announced = 1 AND i.status IN ('INITIALIZING', 'IN_PROGRESS') ORDER BY i.created, i.id",
            row::SELECT
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query)).fetch_all(&self.pool).await?;
        rows.iter().map(row::read).collect()
    }

    /// Has SQLite look through its file.
    pub async fn verify(&self) -> Result<(), ImportsError> {
        let (found,): (String,) = sqlx::query_as("PRAGMA integrity_check(1)").fetch_one(&self.pool).await?;
        if found == "ok" { Ok(()) } else { Err(ImportsError::Corrupt(found)) }
    }

    /// Writes everything, as it is now, to a new database file at `path`. The file is whole when this returns, but not
    /// synced.
    pub async fn snapshot_into(&self, path: &Path) -> Result<(), ImportsError> {
        let path = path.to_string_lossy().into_owned();
        self.execute("VACUUM INTO ?", &path).await
    }

    /// Closes the database.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn execute(&self, statement: &'static str, value: &str) -> Result<(), ImportsError> {
        sqlx::query(statement).bind(value).execute(&self.pool).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
