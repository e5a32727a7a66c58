//! The tables of `outbox.db`. FORMAT.md ("Outbox") says what each column means.

use crate::error::DeliveryError;
use sqlx::sqlite::SqlitePool;

/// Kept in `PRAGMA user_version`; 0 is a database that nobody has prepared.
const SCHEMA: i64 = 1;

const TABLES: &str = "
CREATE TABLE reader (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    position INTEGER NOT NULL,
    next_generation INTEGER NOT NULL
) STRICT;
INSERT INTO reader VALUES (1, 0, 1);

CREATE TABLE trails (
    trail TEXT PRIMARY KEY,
    json TEXT NOT NULL
) STRICT;

CREATE TABLE signing_keys (
    fingerprint TEXT PRIMARY KEY,
    json TEXT NOT NULL
) STRICT;

CREATE TABLE generations (
    generation INTEGER PRIMARY KEY,
    json TEXT NOT NULL,
    window_start INTEGER NOT NULL,
    closed INTEGER NOT NULL
) STRICT;

CREATE TABLE chains (
    generation INTEGER NOT NULL,
    region TEXT NOT NULL,
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (generation, region)
) STRICT;

CREATE TABLE digest_ends (
    trail TEXT PRIMARY KEY,
    last_end INTEGER NOT NULL
) STRICT;

CREATE TABLE objects (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    trail TEXT NOT NULL,
    bucket TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('log', 'digest')),
    key TEXT NOT NULL,
    region TEXT NOT NULL,
    file TEXT,
    bytes INTEGER NOT NULL,
    gzip_sha256 TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    oldest INTEGER,
    newest INTEGER,
    signature TEXT,
    generation INTEGER,
    digest INTEGER,
    created INTEGER NOT NULL,
    not_before INTEGER NOT NULL
) STRICT;
CREATE INDEX objects_pending ON objects (trail, bucket, kind, id, bytes, created) WHERE file IS NOT NULL;
CREATE INDEX objects_unnamed ON objects (generation, region, id) WHERE generation IS NOT NULL AND digest IS NULL;
CREATE INDEX objects_named ON objects (digest) WHERE digest IS NOT NULL;

CREATE TABLE statuses (
    trail TEXT PRIMARY KEY,
    json TEXT NOT NULL
) STRICT;
";

/// Makes the tables if there are none; refuses those of a newer Cairn.
pub(super) async fn prepare(pool: &SqlitePool) -> Result<(), DeliveryError> {
    let (found,): (i64,) = sqlx::query_as("PRAGMA user_version").fetch_one(pool).await?;
    match found {
        SCHEMA => Ok(()),
        0 => create(pool).await,
        found => Err(DeliveryError::NewerSchema { found, known: SCHEMA }),
    }
}

async fn create(pool: &SqlitePool) -> Result<(), DeliveryError> {
    // The version is set in the same transaction: a crash in between leaves an empty database.
    let mut transaction = pool.begin().await?;
    sqlx::raw_sql(TABLES).execute(&mut *transaction).await?;
    sqlx::raw_sql("PRAGMA user_version = 1").execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}
