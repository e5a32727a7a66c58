//! The tables of `outbox.db`. FORMAT.md ("Outbox") says what each column means.

use crate::error::DeliveryError;
use sqlx::sqlite::SqlitePool;

/// Kept in `PRAGMA user_version`; 0 is a database that nobody has prepared.
const SCHEMA: i64 = 3;

const TABLES: &str = "
CREATE TABLE reader (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    position INTEGER NOT NULL,
    next_generation INTEGER NOT NULL
) STRICT;
INSERT INTO reader VALUES (1, 0, 1);

CREATE TABLE signing_keys (
    fingerprint TEXT PRIMARY KEY,
    json TEXT NOT NULL
) STRICT;

CREATE TABLE generations (
    generation INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
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
    trail TEXT NOT NULL,
    account TEXT NOT NULL,
    window_end INTEGER NOT NULL,
    PRIMARY KEY (generation, region)
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
    not_before INTEGER NOT NULL,
    kms_key TEXT,
    sns_topic TEXT,
    from_position INTEGER,
    to_position INTEGER,
    events INTEGER
) STRICT;
CREATE INDEX objects_pending ON objects (trail, bucket, kind, id, bytes, created) WHERE file IS NOT NULL;
CREATE INDEX objects_unnamed ON objects (generation, region, id) WHERE generation IS NOT NULL AND digest IS NULL;
CREATE INDEX objects_named ON objects (digest) WHERE digest IS NOT NULL;

CREATE TABLE statuses (
    trail TEXT PRIMARY KEY,
    json TEXT NOT NULL
) STRICT;
";

/// What schema 2 brought beside columns. `usage` is what waits, by trail; the triggers keep it, so that asking
/// costs the same whatever waits.
const TABLES_OF_2: &str = "
CREATE TABLE notifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    trail TEXT NOT NULL,
    topic TEXT NOT NULL,
    region TEXT NOT NULL,
    message TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX notifications_of_trail ON notifications (trail, id);

CREATE TABLE gaps (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL,
    trail TEXT NOT NULL,
    reason TEXT NOT NULL,
    from_position INTEGER NOT NULL,
    to_position INTEGER NOT NULL,
    oldest INTEGER NOT NULL,
    newest INTEGER NOT NULL,
    events INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    closed INTEGER
) STRICT;

CREATE TABLE usage (
    trail TEXT PRIMARY KEY,
    objects INTEGER NOT NULL,
    bytes INTEGER NOT NULL
) STRICT;
CREATE TRIGGER usage_grows AFTER INSERT ON objects WHEN NEW.file IS NOT NULL BEGIN
    INSERT INTO usage VALUES (NEW.trail, 1, NEW.bytes)
        ON CONFLICT (trail) DO UPDATE SET objects = objects + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER usage_shrinks AFTER UPDATE OF file ON objects
WHEN OLD.file IS NOT NULL AND NEW.file IS NULL BEGIN
    UPDATE usage SET objects = objects - 1, bytes = bytes - OLD.bytes WHERE trail = OLD.trail;
    DELETE FROM usage WHERE trail = OLD.trail AND objects = 0;
END;
CREATE TRIGGER usage_ends AFTER DELETE ON objects WHEN OLD.file IS NOT NULL BEGIN
    UPDATE usage SET objects = objects - 1, bytes = bytes - OLD.bytes WHERE trail = OLD.trail;
    DELETE FROM usage WHERE trail = OLD.trail AND objects = 0;
END;
";

/// What schema 3 brought beside columns, or gave another key: a trail takes events of its own account, or of all of its
/// organization.
const TABLES_OF_3: &str = "
CREATE TABLE trails (
    trail TEXT NOT NULL,
    account TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (trail, account)
) STRICT;

CREATE TABLE digest_ends (
    trail TEXT NOT NULL,
    account TEXT NOT NULL,
    last_end INTEGER NOT NULL,
    PRIMARY KEY (trail, account)
) STRICT;

CREATE TABLE aggregates (
    trail TEXT NOT NULL,
    account TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (trail, account)
) STRICT;

CREATE TABLE organizations (
    id TEXT PRIMARY KEY,
    json TEXT NOT NULL
) STRICT;

CREATE TABLE log_group_files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    trail TEXT NOT NULL,
    log_group TEXT,
    stream TEXT NOT NULL,
    region TEXT NOT NULL,
    file TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    gzip_sha256 TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX log_group_files_of_trail ON log_group_files (trail, id, bytes);
";

/// Brings the columns of schema 1 up to schema 2. Only generations that go on had chains then.
const COLUMNS_FROM_1_TO_2: &str = "
ALTER TABLE objects ADD COLUMN kms_key TEXT;
ALTER TABLE objects ADD COLUMN sns_topic TEXT;
ALTER TABLE objects ADD COLUMN from_position INTEGER;
ALTER TABLE objects ADD COLUMN to_position INTEGER;
ALTER TABLE objects ADD COLUMN events INTEGER;
ALTER TABLE chains RENAME TO chains_of_1;
CREATE TABLE chains (
    generation INTEGER NOT NULL,
    region TEXT NOT NULL,
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    signature TEXT NOT NULL,
    trail TEXT NOT NULL,
    window_end INTEGER NOT NULL,
    PRIMARY KEY (generation, region)
) STRICT;
INSERT INTO chains
    SELECT generation, region, bucket, key, sha256, signature, json ->> '$.arn', window_start
    FROM chains_of_1 JOIN generations USING (generation);
DROP TABLE chains_of_1;
";

/// Puts the tables of schema 2 aside that have another key in schema 3.
const ASIDE_FROM_2_TO_3: &str = "
ALTER TABLE trails RENAME TO trails_of_2;
ALTER TABLE digest_ends RENAME TO digest_ends_of_2;
";

/// Brings the rows of schema 2 up to schema 3. Every trail took events of its own account: the 12 digits before
/// `:trail/` in its ARN.
const ROWS_FROM_2_TO_3: &str = "
INSERT INTO trails SELECT trail, substr(trail, instr(trail, ':trail/') - 12, 12), json FROM trails_of_2;
DROP TABLE trails_of_2;
INSERT INTO digest_ends
    SELECT trail, substr(trail, instr(trail, ':trail/') - 12, 12), last_end FROM digest_ends_of_2;
DROP TABLE digest_ends_of_2;
ALTER TABLE generations ADD COLUMN account TEXT NOT NULL DEFAULT '';
UPDATE generations SET account =
    substr(json ->> '$.arn', instr(json ->> '$.arn', ':trail/') - 12, 12);
ALTER TABLE chains ADD COLUMN account TEXT NOT NULL DEFAULT '';
UPDATE chains SET account = substr(trail, instr(trail, ':trail/') - 12, 12);
";

/// The usage of a database that had no triggers.
const FIRST_USAGE: &str = "
INSERT INTO usage SELECT trail, COUNT(*), SUM(bytes) FROM objects WHERE file IS NOT NULL GROUP BY trail;
";

/// From schema 2 to schema 3.
const FROM_2_TO_3: [&str; 3] = [ASIDE_FROM_2_TO_3, TABLES_OF_3, ROWS_FROM_2_TO_3];

/// Makes the tables if there are none, and brings older ones up to date; refuses those of a newer Cairn.
pub(super) async fn prepare(pool: &SqlitePool) -> Result<(), DeliveryError> {
    let (found,): (i64,) = sqlx::query_as("PRAGMA user_version").fetch_one(pool).await?;
    match found {
        SCHEMA => Ok(()),
        0 => run(pool, &[TABLES, TABLES_OF_2, TABLES_OF_3]).await,
        1 => {
            let to_2 = [COLUMNS_FROM_1_TO_2, TABLES_OF_2, FIRST_USAGE];
            run(pool, &[&to_2[..], &FROM_2_TO_3].concat()).await
        }
        2 => run(pool, &FROM_2_TO_3).await,
        found => Err(DeliveryError::NewerSchema { found, known: SCHEMA }),
    }
}

/// The version is set in the same transaction: a crash in between leaves the database as it was.
async fn run(pool: &SqlitePool, scripts: &[&'static str]) -> Result<(), DeliveryError> {
    let mut transaction = pool.begin().await?;
    for script in scripts {
        sqlx::raw_sql(*script).execute(&mut *transaction).await?;
    }
    sqlx::raw_sql("PRAGMA user_version = 3").execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}
