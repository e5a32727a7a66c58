//! Log files and digests on their way to buckets.

use super::Outbox;
use crate::error::DeliveryError;
use crate::reader::GenerationId;
use crate::status::Deliveries;
use cairn_model::{Timestamp, TrailArn};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection};
use std::collections::HashSet;

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ObjectKind {
    /// A log file.
    Log,
    /// A digest.
    Digest,
}

impl ObjectKind {
    fn name(self) -> &'static str {
        match self {
            ObjectKind::Log => "log",
            ObjectKind::Digest => "digest",
        }
    }

    fn from_name(name: &str) -> Option<ObjectKind> {
        match name {
            "log" => Some(ObjectKind::Log),
            "digest" => Some(ObjectKind::Digest),
            _ => None,
        }
    }
}

/// Objects that are delivered one after the other: one trail's, to one bucket, of one kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Lane {
    pub(crate) trail: TrailArn,
    pub(crate) bucket: String,
    pub(crate) kind: ObjectKind,
}

/// An object to be delivered, whose file is in the folder.
#[derive(Clone, Debug)]
pub(crate) struct NewObject {
    pub(crate) lane: Lane,
    pub(crate) key: String,
    pub(crate) region: String,
    pub(crate) file: String,
    pub(crate) bytes: usize,
    pub(crate) gzip_sha256: String,
    pub(crate) plain_sha256: String,
    /// The earliest eventTime in it; `None` in an empty digest.
    pub(crate) oldest: Option<Timestamp>,
    /// The latest.
    pub(crate) newest: Option<Timestamp>,
    /// A digest's signature.
    pub(crate) signature: Option<String>,
    /// The digests that will name it: log files made while validation is on.
    pub(crate) generation: Option<GenerationId>,
    pub(crate) created: Timestamp,
}

/// An object that is not in its bucket yet, as far as the outbox knows.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) id: i64,
    pub(crate) key: String,
    pub(crate) region: String,
    pub(crate) file: String,
    pub(crate) gzip_sha256: String,
    pub(crate) signature: Option<String>,
    created: i64,
    /// How many log files that it names are not in their bucket yet.
    pub(crate) waits_for: i64,
}

impl Pending {
    pub(crate) fn created(&self) -> Timestamp {
        Timestamp::from_micros(self.created)
    }
}

impl FromRow<'_, SqliteRow> for Pending {
    fn from_row(row: &SqliteRow) -> Result<Pending, sqlx::Error> {
        Ok(Pending {
            id: row.try_get("id")?,
            key: row.try_get("key")?,
            region: row.try_get("region")?,
            file: row.try_get("file")?,
            gzip_sha256: row.try_get("gzip_sha256")?,
            signature: row.try_get("signature")?,
            created: row.try_get("created")?,
            waits_for: row.try_get("waits_for")?,
        })
    }
}

/// What waits in the outbox.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) objects: i64,
    pub(crate) bytes: i64,
    pub(crate) oldest: Option<i64>,
}

impl Outbox {
    /// Lanes in which something waits.
    pub(crate) async fn lanes(&self) -> Result<Vec<Lane>, DeliveryError> {
        let rows: Vec<(String, String, String)> =
            sqlx::query_as("SELECT DISTINCT trail, bucket, kind FROM objects WHERE file IS NOT NULL")
                .fetch_all(&self.pool)
                .await?;
        let lane = |(trail, bucket, kind): (String, String, String)| {
            Some(Lane { trail: trail.parse().ok()?, bucket, kind: ObjectKind::from_name(&kind)? })
        };
        let lanes: Option<Vec<Lane>> = rows.into_iter().map(lane).collect();
        lanes.ok_or(DeliveryError::Malformed { what: "an object" })
    }

    /// The lane's first objects that may be tried now, oldest first.
    pub(crate) async fn pending(
        &self,
        lane: &Lane,
        now: Timestamp,
        count_max: u32,
    ) -> Result<Vec<Pending>, DeliveryError> {
        let pending = sqlx::query_as(
            "SELECT id, key, region, file, gzip_sha256, signature, created,
                 (SELECT COUNT(*) FROM objects AS named WHERE named.digest = objects.id) AS waits_for
             FROM objects
             WHERE file IS NOT NULL AND trail = ? AND bucket = ? AND kind = ? AND not_before <= ?
             ORDER BY id LIMIT ?",
        )
        .bind(lane.trail.to_string())
        .bind(&lane.bucket)
        .bind(lane.kind.name())
        .bind(now.as_micros())
        .bind(count_max)
        .fetch_all(&self.pool)
        .await?;
        Ok(pending)
    }

    /// Whether anything waits in the lane, now or later.
    pub(crate) async fn has_pending(&self, lane: &Lane) -> Result<bool, DeliveryError> {
        let (found,): (bool,) = sqlx::query_as(
            "SELECT EXISTS (SELECT 1 FROM objects
             WHERE file IS NOT NULL AND trail = ? AND bucket = ? AND kind = ?)",
        )
        .bind(lane.trail.to_string())
        .bind(&lane.bucket)
        .bind(lane.kind.name())
        .fetch_one(&self.pool)
        .await?;
        Ok(found)
    }

    /// These objects are in their bucket or given up: their files may go. A log file whose digest is not
    /// made yet stays as a row without a file, so that the digest can name it.
    pub(crate) async fn complete(
        &self,
        done: &[i64],
        parked: &[(i64, Timestamp)],
        trail: &TrailArn,
        status: impl FnOnce() -> Deliveries,
    ) -> Result<(), DeliveryError> {
        let mut transaction = self.pool.begin().await?;
        for id in done {
            let connection = &mut *transaction;
            sqlx::query("DELETE FROM objects WHERE id = ? AND (generation IS NULL OR digest IS NOT NULL)")
                .bind(id)
                .execute(&mut *connection)
                .await?;
            sqlx::query("UPDATE objects SET file = NULL WHERE id = ?")
                .bind(id)
                .execute(&mut *connection)
                .await?;
        }
        for (id, until) in parked {
            sqlx::query("UPDATE objects SET not_before = ? WHERE id = ?")
                .bind(until.as_micros())
                .bind(id)
                .execute(&mut *transaction)
                .await?;
        }
        // Asked for inside the transaction, so that of two lanes of a trail the later writes what both did.
        sqlx::query("INSERT OR REPLACE INTO statuses (trail, json) VALUES (?, ?)")
            .bind(trail.to_string())
            .bind(super::view::json(&status()))
            .execute(&mut *transaction)
            .await?;
        self.commit(transaction).await
    }

    /// What became of each trail's deliveries so far.
    pub(crate) async fn statuses(&self) -> Result<Vec<(TrailArn, Deliveries)>, DeliveryError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT trail, json FROM statuses").fetch_all(&self.pool).await?;
        let status =
            |(trail, json): (String, String)| Some((trail.parse().ok()?, serde_json::from_str(&json).ok()?));
        let statuses: Option<Vec<_>> = rows.into_iter().map(status).collect();
        statuses.ok_or(DeliveryError::Malformed { what: "a status" })
    }

    /// What waits for its bucket.
    pub(crate) async fn totals(&self) -> Result<Totals, DeliveryError> {
        let (objects, bytes, oldest) = sqlx::query_as(
            "SELECT COUNT(*), COALESCE(SUM(bytes), 0), MIN(created)
             FROM objects WHERE file IS NOT NULL",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Totals { objects, bytes, oldest })
    }

    /// Removes files that no row names: those of a cut or digest that a crash kept from being committed, and
    /// those that were delivered just before one. No cut and no digest may be under way.
    pub(crate) async fn remove_orphans(&self) -> Result<u64, DeliveryError> {
        let rows: Vec<(String,)> =
            sqlx::query_as("SELECT file FROM objects WHERE file IS NOT NULL").fetch_all(&self.pool).await?;
        let named: HashSet<String> = rows.into_iter().map(|(file,)| file).collect();
        self.folder.retain(&named)
    }
}

/// Inserts an object and returns its id; ids grow.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    object: &NewObject,
) -> Result<i64, sqlx::Error> {
    let inserted = sqlx::query(
        "INSERT INTO objects (trail, bucket, kind, key, region, file, bytes, gzip_sha256, sha256,
             oldest, newest, signature, generation, created, not_before)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(object.lane.trail.to_string())
    .bind(&object.lane.bucket)
    .bind(object.lane.kind.name())
    .bind(&object.key)
    .bind(&object.region)
    .bind(&object.file)
    .bind(i64::try_from(object.bytes).unwrap_or(i64::MAX))
    .bind(&object.gzip_sha256)
    .bind(&object.plain_sha256)
    .bind(object.oldest.map(Timestamp::as_micros))
    .bind(object.newest.map(Timestamp::as_micros))
    .bind(&object.signature)
    .bind(object.generation.map(|generation| generation.0))
    .bind(object.created.as_micros())
    .bind(Timestamp::MIN.as_micros())
    .execute(connection)
    .await?;
    Ok(inserted.last_insert_rowid())
}
