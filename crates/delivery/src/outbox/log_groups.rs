//! Log files that log groups of CloudWatch Logs were not sent yet: each a second name of a log file, with a row of
//! its own, so that it stays however soon the bucket has it.

use super::Outbox;
use super::objects::NewObject;
use crate::error::DeliveryError;
use crate::quota::Usage;
use crate::status::Deliveries;
use cairn_model::{Timestamp, TrailArn};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection};

/// A log file that its trail's log group takes too.
#[derive(Clone, Debug)]
pub(crate) struct NewLogGroupFile {
    /// The log group's ARN.
    pub(crate) log_group: String,
    pub(crate) stream: String,
    /// The second name of the log file.
    pub(crate) file: String,
}

/// A log file that waits for its log group.
#[derive(Clone, Debug)]
pub(crate) struct LogGroupFile {
    pub(crate) id: i64,
    /// `None`: the trail has none any more.
    pub(crate) log_group: Option<String>,
    pub(crate) stream: String,
    pub(crate) region: String,
    pub(crate) file: String,
    pub(crate) gzip_sha256: String,
    pub(crate) created: Timestamp,
}

impl FromRow<'_, SqliteRow> for LogGroupFile {
    fn from_row(row: &SqliteRow) -> Result<LogGroupFile, sqlx::Error> {
        Ok(LogGroupFile {
            id: row.try_get("id")?,
            log_group: row.try_get("log_group")?,
            stream: row.try_get("stream")?,
            region: row.try_get("region")?,
            file: row.try_get("file")?,
            gzip_sha256: row.try_get("gzip_sha256")?,
            created: Timestamp::from_micros(row.try_get("created")?),
        })
    }
}

impl Outbox {
    /// Trails for whose log groups something waits.
    pub(crate) async fn trails_with_log_group_files(&self) -> Result<Vec<TrailArn>, DeliveryError> {
        let rows: Vec<(String,)> =
            sqlx::query_as("SELECT DISTINCT trail FROM log_group_files").fetch_all(&self.pool).await?;
        let trails: Result<Vec<TrailArn>, _> = rows.iter().map(|(trail,)| trail.parse()).collect();
        trails.map_err(|_| DeliveryError::Malformed { what: "a log file for a log group" })
    }

    /// The first that waits for the trail's log group.
    pub(crate) async fn first_log_group_file(
        &self,
        trail: &TrailArn,
    ) -> Result<Option<LogGroupFile>, DeliveryError> {
        let first = sqlx::query_as(
            "SELECT id, log_group, stream, region, file, gzip_sha256, created FROM log_group_files
             WHERE trail = ? ORDER BY id LIMIT 1",
        )
        .bind(trail.to_string())
        .fetch_optional(&self.pool)
        .await?;
        Ok(first)
    }

    /// Notes how sending went; a file that is `done` was sent or given up, and may go. A crash before this leaves one
    /// that is sent again.
    pub(crate) async fn note_log_group_file(
        &self,
        done: Option<i64>,
        trail: &TrailArn,
        status: impl FnOnce() -> Deliveries,
    ) -> Result<(), DeliveryError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("DELETE FROM log_group_files WHERE id = ?").bind(done).execute(&mut *transaction).await?;
        super::view::save_status(&mut transaction, trail, &status()).await?;
        self.commit(transaction).await
    }

    /// What waits for log groups, by trail.
    pub(crate) async fn log_group_usage(&self) -> Result<Usage, DeliveryError> {
        let rows: Vec<(String, i64, i64)> =
            sqlx::query_as("SELECT trail, COUNT(*), SUM(bytes) FROM log_group_files GROUP BY trail")
                .fetch_all(&self.pool)
                .await?;
        Usage::of(rows)
    }
}

/// Inserts the second name of a log file, if it has one.
pub(super) async fn insert(connection: &mut SqliteConnection, object: &NewObject) -> Result<(), sqlx::Error> {
    let Some(second) = object.source.as_ref().and_then(|source| source.log_group.as_ref()) else {
        return Ok(());
    };
    sqlx::query(
        "INSERT INTO log_group_files (trail, log_group, stream, region, file, bytes, gzip_sha256, created)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(object.lane.trail.to_string())
    .bind(&second.log_group)
    .bind(&second.stream)
    .bind(&object.region)
    .bind(&second.file)
    .bind(i64::try_from(object.bytes).unwrap_or(i64::MAX))
    .bind(&object.gzip_sha256)
    .bind(object.created.as_micros())
    .execute(connection)
    .await?;
    Ok(())
}

/// What waits goes to the log group that the trail has now, or to none.
pub(super) async fn redirect(
    connection: &mut SqliteConnection,
    trail: &str,
    log_group: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE log_group_files SET log_group = ?1 WHERE trail = ?2 AND log_group IS NOT ?1")
        .bind(log_group)
        .bind(trail)
        .execute(connection)
        .await?;
    Ok(())
}
