//! The catalog on disk: SQLite, one row a thing, each thing as JSON (FORMAT.md, "Catalog").

use super::{CatalogError, CatalogState};
use cairn_model::{Change, Position, Session};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Row, Sqlite, Transaction};
use std::path::Path;

const VERSION: i64 = 2;

/// What an empty database gets.
const SCHEMA: &str = "
CREATE TABLE catalog (only INTEGER PRIMARY KEY CHECK (only = 1), position INTEGER NOT NULL);
CREATE TABLE accounts (name TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE keys (name TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE trails (name TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE signing_keys (name TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO catalog VALUES (1, 0);
";

/// What a database of version 1 gets too.
const SESSIONS: &str = "
CREATE TABLE sessions (name TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version = 2;
";

#[derive(Debug)]
pub(super) struct Database {
    pool: SqlitePool,
}

impl Database {
    pub(super) async fn open(path: &Path) -> Result<Database, CatalogError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        let database = Database { pool };
        database.prepare().await?;
        Ok(database)
    }

    /// Makes the tables that are missing; refuses a newer database. A crash inside leaves the database as it was.
    async fn prepare(&self) -> Result<(), CatalogError> {
        let found: i64 = sqlx::query("PRAGMA user_version").fetch_one(&self.pool).await?.get(0);
        if found > VERSION {
            return Err(CatalogError::Newer { found, known: VERSION });
        }
        if found < VERSION {
            let mut transaction = self.pool.begin().await?;
            if found == 0 {
                sqlx::raw_sql(SCHEMA).execute(&mut *transaction).await?;
            }
            sqlx::raw_sql(SESSIONS).execute(&mut *transaction).await?;
            transaction.commit().await?;
        }
        Ok(())
    }

    pub(super) async fn load(&self) -> Result<CatalogState, CatalogError> {
        let mut state = CatalogState::default();
        let position: i64 = sqlx::query("SELECT position FROM catalog").fetch_one(&self.pool).await?.get(0);
        state.position = Position::new(position.cast_unsigned());
        let mut changes: Vec<Change> = Vec::new();
        changes.extend(self.rows("accounts").await?.into_iter().map(Change::PutAccount));
        changes.extend(self.rows("keys").await?.into_iter().map(Change::PutKey));
        changes.extend(self.rows("trails").await?.into_iter().map(Change::PutTrail));
        changes.extend(self.rows("signing_keys").await?.into_iter().map(Change::PutSigningKey));
        for change in &changes {
            state.apply(change);
        }
        Ok(state)
    }

    pub(super) async fn sessions(&self) -> Result<Vec<Session>, CatalogError> {
        self.rows("sessions").await
    }

    async fn rows<T: DeserializeOwned>(&self, table: &'static str) -> Result<Vec<T>, CatalogError> {
        let select = match table {
            "accounts" => "SELECT json FROM accounts",
            "keys" => "SELECT json FROM keys",
            "trails" => "SELECT json FROM trails",
            "sessions" => "SELECT json FROM sessions",
            _ => "SELECT json FROM signing_keys",
        };
        let rows = sqlx::query(select).fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| {
                serde_json::from_str(row.get::<&str, _>(0))
                    .map_err(|source| CatalogError::Damaged { table, source })
            })
            .collect()
    }

    /// One transaction: the changes, the sessions that go for those that come, and the position up to which all have
    /// taken effect.
    pub(super) async fn write(
        &self,
        changes: &[Change],
        outgoing: &[String],
        next: Position,
    ) -> Result<(), CatalogError> {
        let mut transaction = self.pool.begin().await?;
        for access_key_id in outgoing {
            const DELETE: &str = "DELETE FROM sessions WHERE name = ?";
            delete(&mut transaction, DELETE, access_key_id.clone()).await?;
        }
        for change in changes {
            write_change(&mut transaction, change).await?;
        }
        sqlx::query("UPDATE catalog SET position = ?")
            .bind(next.get().cast_signed())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    pub(super) async fn snapshot_into(&self, path: &Path) -> Result<(), sqlx::Error> {
        // SQLite takes text here; a data folder that is not UTF-8 could not have been opened by it either.
        let path = path.to_string_lossy().into_owned();
        sqlx::query("VACUUM INTO ?").bind(path).execute(&self.pool).await?;
        Ok(())
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

type Changing<'a> = Transaction<'a, Sqlite>;

async fn write_change(transaction: &mut Changing<'_>, change: &Change) -> Result<(), CatalogError> {
    match change {
        Change::PutAccount(account) => {
            const PUT: &str = "INSERT OR REPLACE INTO accounts VALUES (?, ?)";
            put(transaction, PUT, account.id.to_string(), account).await
        }
        Change::PutKey(key) => {
            const PUT: &str = "INSERT OR REPLACE INTO keys VALUES (?, ?)";
            put(transaction, PUT, key.access_key_id.clone(), key).await
        }
        Change::PutTrail(trail) => {
            const PUT: &str = "INSERT OR REPLACE INTO trails VALUES (?, ?)";
            put(transaction, PUT, trail.arn.to_string(), trail).await
        }
        Change::PutSigningKey(key) => {
            const PUT: &str = "INSERT OR REPLACE INTO signing_keys VALUES (?, ?)";
            let name = format!("{}/{}", key.account, key.fingerprint);
            put(transaction, PUT, name, key).await
        }
        Change::PutSession(session) => {
            const PUT: &str = "INSERT OR REPLACE INTO sessions VALUES (?, ?)";
            put(transaction, PUT, session.access_key_id.clone(), session).await
        }
        Change::DeleteKey { access_key_id } => {
            const DELETE: &str = "DELETE FROM keys WHERE name = ?";
            delete(transaction, DELETE, access_key_id.clone()).await
        }
        Change::DeleteTrail { arn } => {
            const DELETE: &str = "DELETE FROM trails WHERE name = ?";
            delete(transaction, DELETE, arn.to_string()).await
        }
    }
}

async fn put<T: Serialize>(
    transaction: &mut Changing<'_>,
    statement: &'static str,
    name: String,
    value: &T,
) -> Result<(), CatalogError> {
    let json = serde_json::to_string(value).expect("the model's types have string keys only");
    sqlx::query(statement).bind(name).bind(json).execute(&mut **transaction).await?;
    Ok(())
}

async fn delete(
    transaction: &mut Changing<'_>,
    statement: &'static str,
    name: String,
) -> Result<(), CatalogError> {
    sqlx::query(statement).bind(name).execute(&mut **transaction).await?;
    Ok(())
}

#[cfg(test)]
impl Database {
    /// As a full disk: the file may not grow.
    pub(super) async fn forbid_growth(&self) {
        let pages: i64 = sqlx::query("PRAGMA page_count")
            .fetch_one(&self.pool)
            .await
            .expect("the test's database answers")
            .get(0);
        let limit = format!("PRAGMA max_page_count = {pages}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(limit))
            .execute(&self.pool)
            .await
            .expect("the test's database answers");
    }

    /// As if a Cairn had written it that knew no sessions.
    pub(super) async fn pretend_older(&self) {
        sqlx::raw_sql("DROP TABLE sessions; PRAGMA user_version = 1")
            .execute(&self.pool)
            .await
            .expect("the test's database answers");
    }

    /// As if a newer Cairn had written it.
    pub(super) async fn pretend_version(&self) {
        sqlx::raw_sql("PRAGMA user_version = 99")
            .execute(&self.pool)
            .await
            .expect("the test's database answers");
    }
}
