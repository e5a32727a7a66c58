//! The tables. FORMAT.md ("Imports") says what each column means.

use super::ImportsError;
use sqlx::Row;
use sqlx::sqlite::SqlitePool;

/// Kept in `PRAGMA user_version`; 0 is a database that nobody has prepared.
const SCHEMA: i64 = 1;

const TABLES: &str = "
CREATE TABLE imports (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    destination TEXT NOT NULL,
    definition TEXT NOT NULL,
    status TEXT NOT NULL,
    announced INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    prefixes_found INTEGER NOT NULL,
    prefixes_completed INTEGER NOT NULL,
    files_completed INTEGER NOT NULL,
    events_completed INTEGER NOT NULL,
    last_key TEXT NOT NULL
) STRICT;
CREATE INDEX imports_by_time ON imports (account, region, created, id);

CREATE TABLE prefixes (
    import TEXT NOT NULL REFERENCES imports ON DELETE CASCADE,
    prefix TEXT NOT NULL,
    is_whole INTEGER NOT NULL,
    done INTEGER NOT NULL,
    PRIMARY KEY (import, prefix)
) STRICT, WITHOUT ROWID;

CREATE TABLE failures (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    import TEXT NOT NULL REFERENCES imports ON DELETE CASCADE,
    location TEXT NOT NULL,
    status TEXT NOT NULL,
    error_type TEXT NOT NULL,
    error_message TEXT NOT NULL,
    updated INTEGER NOT NULL,
    events INTEGER NOT NULL,
    UNIQUE (import, location)
) STRICT;

CREATE TABLE followed (
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    seen INTEGER NOT NULL,
    events INTEGER NOT NULL,
    error TEXT NOT NULL,
    PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX followed_by_time ON followed (seen);
PRAGMA user_version = 1;
";

/// Makes the tables of an empty database; refuses a newer one. A crash inside leaves the database as it was.
pub(super) async fn prepare(pool: &SqlitePool) -> Result<(), ImportsError> {
    let found: i64 = sqlx::query("PRAGMA user_version").fetch_one(pool).await?.get(0);
    match found {
        0 => {
            let mut transaction = pool.begin().await?;
            sqlx::raw_sql(TABLES).execute(&mut *transaction).await?;
            Ok(transaction.commit().await?)
        }
        SCHEMA => Ok(()),
        found => Err(ImportsError::Newer { found, known: SCHEMA }),
    }
}
