//! Log files and digests on their way to buckets.

use super::{NewLogGroupFile, Outbox};
use crate::error::DeliveryError;
use crate::quota::Usage;
use crate::reader::GenerationId;
use crate::status::Deliveries;
use cairn_model::{Position, Timestamp, TrailArn};
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
    /// The ARN of the KMS key that the bucket encrypts it under, if it is told one.
    pub(crate) kms_key: Option<String>,
    /// Of a log file only.
    pub(crate) source: Option<Source>,
    pub(crate) created: Timestamp,
}

/// What a log file was made of.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The topic that is told of it.
    pub(crate) sns_topic: Option<String>,
    /// The log group that it goes to beside its bucket.
    pub(crate) log_group: Option<NewLogGroupFile>,
    /// Its events stand in the log from here on.
    pub(crate) from: Position,
    /// And up to here.
    pub(crate) to: Position,
    pub(crate) events: u64,
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
    pub(crate) kms_key: Option<String>,
    pub(crate) sns_topic: Option<String>,
    pub(super) from: Option<i64>,
    pub(super) to: Option<i64>,
    pub(super) oldest: Option<i64>,
    pub(super) newest: Option<i64>,
    pub(super) events: Option<i64>,
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
            kms_key: row.try_get("kms_key")?,
            sns_topic: row.try_get("sns_topic")?,
            from: row.try_get("from_position")?,
            to: row.try_get("to_position")?,
            oldest: row.try_get("oldest")?,
            newest: row.try_get("newest")?,
            events: row.try_get("events")?,
            created: row.try_get("created")?,
            waits_for: row.try_get("waits_for")?,
        })
    }
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
            "SELECT id, key, region, file, gzip_sha256, signature, created, kms_key, sns_topic,
                 from_position, to_position, oldest, newest, events,
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

    /// What became of each trail's deliveries so far.
    pub(crate) async fn statuses(&self) -> Result<Vec<(TrailArn, Deliveries)>, DeliveryError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT trail, json FROM statuses").fetch_all(&self.pool).await?;
        let status =
            |(trail, json): (String, String)| Some((trail.parse().ok()?, serde_json::from_str(&json).ok()?));
        let statuses: Option<Vec<_>> = rows.into_iter().map(status).collect();
        statuses.ok_or(DeliveryError::Malformed { what: "a status" })
    }

    /// What waits for its bucket, by trail.
    pub(crate) async fn usage(&self) -> Result<Usage, DeliveryError> {
        let rows: Vec<(String, i64, i64)> =
            sqlx::query_as("SELECT trail, objects, bytes FROM usage").fetch_all(&self.pool).await?;
        Usage::of(rows)
    }

    /// When the first of what waits was made.
    pub(crate) async fn oldest(&self) -> Result<Option<Timestamp>, DeliveryError> {
        let row: Option<(i64,)> =
            sqlx::query_as("SELECT created FROM objects WHERE file IS NOT NULL ORDER BY id LIMIT 1")
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.map(|(created,)| Timestamp::from_micros(created)))
    }

    /// Removes files that no row names: those of a cut or digest that a crash kept from being committed, and
    /// those that were delivered just before one. No cut and no digest may be under way.
    pub(crate) async fn remove_orphans(&self) -> Result<u64, DeliveryError> {
        let named: HashSet<String> = self.named_files().await?.into_iter().collect();
        self.folder.retain(&named)
    }

    /// The files that rows name.
    pub(super) async fn named_files(&self) -> Result<Vec<String>, DeliveryError> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT file FROM objects WHERE file IS NOT NULL UNION ALL SELECT file FROM log_group_files",
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|(file,)| file).collect())
    }
}

/// Inserts an object and returns its id; ids grow.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    object: &NewObject,
) -> Result<i64, sqlx::Error> {
    let inserted = sqlx::query(
        "INSERT INTO objects (trail, bucket, kind, key, region, file, bytes, gzip_sha256, sha256,
             oldest, newest, signature, generation, created, not_before,
             kms_key, sns_topic, from_position, to_position, events)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
    .bind(&object.kms_key)
    .bind(object.source.as_ref().and_then(|source| source.sns_topic.as_ref()))
    .bind(object.source.as_ref().map(|source| source.from.get().cast_signed()))
    .bind(object.source.as_ref().map(|source| source.to.get().cast_signed()))
    .bind(object.source.as_ref().map(|source| source.events.cast_signed()))
    .execute(connection)
    .await?;
    Ok(inserted.last_insert_rowid())
}
