//! The catalog on disk: SQLite, one row a thing, each thing as JSON (FORMAT.md, "Catalog").

use super::row::{Write, change_of, delete};
use super::table::{Table, VERSION};
use super::{CatalogError, CatalogState};
use cairn_model::{Change, Position, Session};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Row, Sqlite, Transaction};
use std::path::Path;

/// What an empty database gets beside its tables.
const POSITION: &str = "
CREATE TABLE catalog (only INTEGER PRIMARY KEY CHECK (only = 1), position INTEGER NOT NULL);
INSERT INTO catalog VALUES (1, 0);
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
                execute(&mut transaction, POSITION.to_owned()).await?;
            }
            for table in Table::ALL.into_iter().filter(|table| table.since() > found) {
                execute(&mut transaction, format!("{} WITHOUT ROWID", table.create())).await?;
            }
            execute(&mut transaction, format!("PRAGMA user_version = {VERSION}")).await?;
            transaction.commit().await?;
        }
        Ok(())
    }

    /// All that the database holds, but for the sessions.
    pub(super) async fn load(&self) -> Result<CatalogState, CatalogError> {
        let mut state = CatalogState::default();
        let position: i64 = sqlx::query("SELECT position FROM catalog").fetch_one(&self.pool).await?.get(0);
        state.position = Position::new(position.cast_unsigned());
        for table in Table::ALL.into_iter().filter(|table| *table != Table::Sessions) {
            self.changes(table).await?.iter().for_each(|change| state.apply(change));
        }
        Ok(state)
    }

    pub(super) async fn sessions(&self) -> Result<Vec<Session>, CatalogError> {
        let changes = self.changes(Table::Sessions).await?.into_iter();
        let session = |change| match change {
            Change::PutSession(session) => Some(*session),
            _ => None,
        };
        Ok(changes.filter_map(session).collect())
    }

    /// The changes that wrote the rows of a table.
    async fn changes(&self, table: Table) -> Result<Vec<Change>, CatalogError> {
        let rows = sqlx::query(AssertSqlSafe(table.select())).fetch_all(&self.pool).await?;
        let damaged = |source| CatalogError::Damaged { table: table.name(), source };
        rows.iter().map(|row| change_of(table, row.get::<&str, _>(0)).map_err(damaged)).collect()
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
        let outgoing = outgoing.iter().map(|access_key_id| delete(Table::Sessions, access_key_id.clone()));
        for write in outgoing.chain(changes.iter().map(Write::of)) {
            perform(&mut transaction, write).await?;
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

async fn perform(transaction: &mut Changing<'_>, write: Write) -> Result<(), sqlx::Error> {
    // The statements hold names of tables only, which are ours; values are bound.
    let query = match write {
        Write::Put { table, name, json } => sqlx::query(AssertSqlSafe(table.put())).bind(name).bind(json),
        Write::Delete { table, name } => sqlx::query(AssertSqlSafe(table.delete())).bind(name),
    };
    query.execute(&mut **transaction).await.map(drop)
}

async fn execute(transaction: &mut Changing<'_>, statements: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut **transaction).await.map(drop)
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
        sqlx::raw_sql(AssertSqlSafe(limit)).execute(&self.pool).await.expect("the test's database answers");
    }

    /// As if a Cairn had written it that knew the format of `version` only.
    pub(super) async fn pretend_older(&self, version: i64) {
        let younger = Table::ALL.into_iter().filter(|table| table.since() > version);
        let mut statements: String = younger.map(|table| format!("DROP TABLE {};", table.name())).collect();
        statements.push_str(&format!("PRAGMA user_version = {version}"));
        sqlx::raw_sql(AssertSqlSafe(statements))
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
