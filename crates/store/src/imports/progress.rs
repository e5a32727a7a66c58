//! What an import does, noted step by step.

use super::failures::{self, NewFailure};
use super::{Imports, ImportsError};
use cairn_model::Timestamp;
use sqlx::{Row, Sqlite, Transaction};

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The file's key.
    pub key: String,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a file ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in.
    Imported {
        /// Events that were taken.
        events: u64,
    },
    /// It is not, or not all of it.
    Failed(NewFailure),
}

impl Imports {
    /// The folders were found: the import begins to read. `false` if it was stopped meanwhile. Each folder says whether
    /// all below it belongs to it, or only what stands directly in it.
    pub async fn found(
        &self,
        id: &str,
        prefixes: &[(String, bool)],
        now: Timestamp,
    ) -> Result<bool, ImportsError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("DELETE FROM prefixes WHERE import = ?").bind(id).execute(&mut *transaction).await?;
        for (prefix, is_whole) in prefixes {
            sqlx::query("INSERT OR IGNORE INTO prefixes VALUES (?, ?, ?, 0)")
                .bind(id)
                .bind(prefix)
                .bind(i64::from(*is_whole))
                .execute(&mut *transaction)
                .await?;
        }
        let moved = sqlx::query(
            "UPDATE imports SET status = 'IN_PROGRESS', updated = ?2, last_key = '', prefixes_completed = 0,
             prefixes_found = (SELECT count(*) FROM prefixes WHERE import = ?1)
             WHERE id = ?1 AND status = 'INITIALIZING'",
        )
        .bind(id)
        .bind(now.as_micros())
        .execute(&mut *transaction)
        .await?;
        if moved.rows_affected() == 0 {
            return Ok(false);
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// The first folder that is not done, and whether all below it belongs to it.
    pub async fn next_prefix(&self, id: &str) -> Result<Option<(String, bool)>, ImportsError> {
        let row = sqlx::query(
            "SELECT prefix, is_whole FROM prefixes WHERE import = ? AND done = 0 ORDER BY prefix LIMIT 1",
        )
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| (row.get(0), row.get::<i64, _>(1) != 0)))
    }

    /// Files of the present folder have ended, in the order of their keys, all before them too. `false` if the import was
    /// stopped meanwhile: nothing is noted then.
    pub async fn advance(&self, id: &str, steps: &[Step], now: Timestamp) -> Result<bool, ImportsError> {
        let mut transaction = self.pool.begin().await?;
        let (mut files, mut events) = (0, 0);
        for step in steps {
            match &step.outcome {
                Outcome::Imported { events: taken } => (files, events) = (files + 1, events + taken),
                Outcome::Failed(failure) => {
                    events += failure.events;
                    failures::put(&mut transaction, id, failure, now).await?;
                }
            }
        }
        let last_key = steps.last().map(|step| step.key.as_str());
        let counted = Counted { files, events: events.cast_signed(), last_key, now };
        if !count(&mut transaction, id, counted).await? {
            return Ok(false);
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// All files of a folder are done. `false` as of [`Imports::advance`].
    pub async fn complete_prefix(
        &self,
        id: &str,
        prefix: &str,
        now: Timestamp,
    ) -> Result<bool, ImportsError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("UPDATE prefixes SET done = 1 WHERE import = ? AND prefix = ?")
            .bind(id)
            .bind(prefix)
            .execute(&mut *transaction)
            .await?;
        let moved = sqlx::query(
            "UPDATE imports SET last_key = '', updated = ?, prefixes_completed = prefixes_completed + 1
             WHERE id = ? AND status = 'IN_PROGRESS'",
        )
        .bind(now.as_micros())
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        if moved.rows_affected() == 0 {
            return Ok(false);
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// A file that had failed was tried again. `false` as of [`Imports::advance`].
    pub async fn tried_again(
        &self,
        id: &str,
        failure: &failures::Failure,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Result<bool, ImportsError> {
        let mut transaction = self.pool.begin().await?;
        let (files, events) = match outcome {
            Outcome::Imported { events } => {
                failures::succeed(&mut transaction, failure.number, now).await?;
                (1, *events)
            }
            Outcome::Failed(again) => {
                failures::put(&mut transaction, id, again, now).await?;
                (0, again.events)
            }
        };
        // What was taken of it before is counted already.
        let events = events.cast_signed() - failure.events.cast_signed();
        if !count(&mut transaction, id, Counted { files, events, last_key: None, now }).await? {
            return Ok(false);
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// A folder that could not be listed was.
    pub async fn mended(&self, failure: &failures::Failure, now: Timestamp) -> Result<(), ImportsError> {
        let mut transaction = self.pool.begin().await?;
        failures::succeed(&mut transaction, failure.number, now).await?;
        Ok(transaction.commit().await?)
    }

    /// The import has come to its end: it has failed if anything in it has.
    pub async fn finish(&self, id: &str, now: Timestamp) -> Result<(), ImportsError> {
        sqlx::query(
            "UPDATE imports SET updated = ?2, status = CASE WHEN EXISTS
             (SELECT 1 FROM failures WHERE import = ?1 AND status <> 'SUCCEEDED') THEN 'FAILED' ELSE 'COMPLETED' END
             WHERE id = ?1 AND status = 'IN_PROGRESS'",
        )
        .bind(id)
        .bind(now.as_micros())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The import cannot go on, for what is told as a failure.
    pub async fn fail(&self, id: &str, failure: &NewFailure, now: Timestamp) -> Result<(), ImportsError> {
        let mut transaction = self.pool.begin().await?;
        failures::put(&mut transaction, id, failure, now).await?;
        sqlx::query(
            "UPDATE imports SET status = 'FAILED', updated = ? WHERE id = ? AND status IN ('INITIALIZING', 'IN_PROGRESS')",
        )
        .bind(now.as_micros())
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Stops an import; one that has ended stays as it is. From now on nothing of it is noted any more.
    pub async fn stop(&self, id: &str, now: Timestamp) -> Result<(), ImportsError> {
        sqlx::query(
            "UPDATE imports SET status = 'STOPPED', updated = ? WHERE id = ? AND status IN ('INITIALIZING', 'IN_PROGRESS')",
        )
        .bind(now.as_micros())
        .bind(id)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Has an import that failed or was stopped go on where it was, and try again what failed.
    pub async fn retry(&self, id: &str, now: Timestamp) -> Result<(), ImportsError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query(
            "UPDATE failures SET status = 'RETRY', updated = ? WHERE import = ? AND status = 'FAILED'",
        )
        .bind(now.as_micros())
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        // Without folders it was cut off while it looked for them.
        sqlx::query(
            "UPDATE imports SET updated = ?, status = CASE WHEN prefixes_found = 0 THEN 'INITIALIZING' ELSE 'IN_PROGRESS' END
             WHERE id = ? AND status IN ('FAILED', 'STOPPED')",
        )
        .bind(now.as_micros())
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }
}

struct Counted<'a> {
    files: i64,
    events: i64,
    last_key: Option<&'a str>,
    now: Timestamp,
}

/// Counts, unless the import was stopped.
async fn count(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &str,
    counted: Counted<'_>,
) -> Result<bool, ImportsError> {
    let counted = sqlx::query(
        "UPDATE imports SET files_completed = files_completed + ?, events_completed = events_completed + ?,
         last_key = coalesce(?, last_key), updated = ? WHERE id = ? AND status = 'IN_PROGRESS'",
    )
    .bind(counted.files)
    .bind(counted.events)
    .bind(counted.last_key)
    .bind(counted.now.as_micros())
    .bind(id)
    .execute(&mut **transaction)
    .await?;
    Ok(counted.rows_affected() > 0)
}
