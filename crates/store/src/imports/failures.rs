//! What could not be imported.

use super::{Imports, ImportsError};
use cairn_model::Timestamp;
use sqlx::{Row, Sqlite, Transaction};

/// A file, or a folder, that could not be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFailure {
    /// Its URL.
    pub location: String,
    /// What went wrong, in a word.
    pub error_type: String,
    /// The same for people.
    pub error_message: String,
    /// Events that were taken of it all the same.
    pub events: u64,
}

/// The same as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Numbers only grow.
    pub number: i64,
    /// Its URL.
    pub location: String,
    /// How it stands.
    pub status: FailureStatus,
    /// What went wrong, in a word.
    pub error_type: String,
    /// The same for people.
    pub error_message: String,
    /// When it was last tried.
    pub updated: Timestamp,
    /// Events that were taken of it all the same.
    pub events: u64,
}

/// How a failure stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureStatus {
    /// It stays so until somebody asks for another try.
    Failed,
    /// Somebody did.
    Retry,
    /// The other try went well.
    Succeeded,
}

impl FailureStatus {
    const ALL: [FailureStatus; 3] = [FailureStatus::Failed, FailureStatus::Retry, FailureStatus::Succeeded];

    /// AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            FailureStatus::Failed => "FAILED",
            FailureStatus::Retry => "RETRY",
            FailureStatus::Succeeded => "SUCCEEDED",
        }
    }
}

impl Imports {
    /// Failures of an import behind this number, `limit` at most.
    pub async fn failures(&self, id: &str, behind: i64, limit: usize) -> Result<Vec<Failure>, ImportsError> {
        let rows =
            sqlx::query("SELECT * FROM failures WHERE import = ? AND number > ? ORDER BY number LIMIT ?")
                .bind(id)
                .bind(behind)
                .bind(i64::try_from(limit).unwrap_or(i64::MAX))
                .fetch_all(&self.pool)
                .await?;
        let read = |row| read(row).ok_or_else(|| ImportsError::Damaged(id.to_owned()));
        rows.iter().map(read).collect()
    }

    /// The first failure that is to be tried again.
    pub async fn next_retry(&self, id: &str) -> Result<Option<Failure>, ImportsError> {
        let row = sqlx::query(
            "SELECT * FROM failures WHERE import = ? AND status = 'RETRY' ORDER BY number LIMIT 1",
        )
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        let damaged = || ImportsError::Damaged(id.to_owned());
        row.map(|row| read(&row).ok_or_else(damaged)).transpose()
    }
}

fn read(row: &sqlx::sqlite::SqliteRow) -> Option<Failure> {
    let status: &str = row.get("status");
    Some(Failure {
        number: row.get("number"),
        location: row.get("location"),
        status: FailureStatus::ALL.into_iter().find(|known| known.name() == status)?,
        error_type: row.get("error_type"),
        error_message: row.get("error_message"),
        updated: Timestamp::from_micros(row.get("updated")),
        events: row.get::<i64, _>("events").cast_unsigned(),
    })
}

/// Notes a failure, instead of an earlier one of the same place.
pub(super) async fn put(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &str,
    failure: &NewFailure,
    now: Timestamp,
) -> Result<(), ImportsError> {
    sqlx::query(
        "INSERT INTO failures (import, location, status, error_type, error_message, updated, events)
         VALUES (?, ?, 'FAILED', ?, ?, ?, ?) ON CONFLICT (import, location) DO UPDATE SET status = 'FAILED',
         error_type = excluded.error_type, error_message = excluded.error_message, updated = excluded.updated,
         events = excluded.events",
    )
    .bind(id)
    .bind(&failure.location)
    .bind(&failure.error_type)
    .bind(&failure.error_message)
    .bind(now.as_micros())
    .bind(failure.events.cast_signed())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

pub(super) async fn succeed(
    transaction: &mut Transaction<'_, Sqlite>,
    number: i64,
    now: Timestamp,
) -> Result<(), ImportsError> {
    sqlx::query("UPDATE failures SET status = 'SUCCEEDED', updated = ? WHERE number = ?")
        .bind(now.as_micros())
        .bind(number)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
