//! Files of buckets that are followed for ever.

use super::{Imports, ImportsError};
use cairn_model::Timestamp;
use sqlx::{QueryBuilder, Row};
use std::collections::HashSet;

/// Keys that are asked about at once.
const ASKED_MAX: usize = 500;

/// What became of a file of a followed bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The source, as the settings name it.
    pub source: String,
    /// The file's key.
    pub key: String,
    /// Events that were taken of it.
    pub events: u64,
    /// Why it could not be read; empty if it could.
    pub error: String,
}

impl Imports {
    /// Those of the keys that are remembered of a source.
    pub async fn known(&self, source: &str, keys: &[String]) -> Result<HashSet<String>, ImportsError> {
        let mut known = HashSet::new();
        for keys in keys.chunks(ASKED_MAX) {
            let mut query = QueryBuilder::new("SELECT key FROM followed WHERE source = ");
            query.push_bind(source).push(" AND key IN (");
            let mut listed = query.separated(", ");
            for key in keys {
                listed.push_bind(key);
            }
            query.push(")");
            let rows = query.build().fetch_all(&self.pool).await?;
            known.extend(rows.iter().map(|row| row.get::<String, _>(0)));
        }
        Ok(known)
    }

    /// Remembers files. When this returns, they stay remembered.
    pub async fn remember(&self, files: &[Followed], now: Timestamp) -> Result<(), ImportsError> {
        let mut transaction = self.pool.begin().await?;
        for file in files {
            sqlx::query("INSERT OR REPLACE INTO followed VALUES (?, ?, ?, ?, ?)")
                .bind(&file.source)
                .bind(&file.key)
                .bind(now.as_micros())
                .bind(file.events.cast_signed())
                .bind(&file.error)
                .execute(&mut *transaction)
                .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Forgets files that were met before `time`.
    pub async fn forget_before(&self, time: Timestamp) -> Result<(), ImportsError> {
        sqlx::query("DELETE FROM followed WHERE seen < ?").bind(time.as_micros()).execute(&self.pool).await?;
        Ok(())
    }

    /// The remembered files of a source that could not be read, the newest first, `limit` at most.
    pub async fn followed_failures(&self, source: &str, limit: usize) -> Result<Vec<Followed>, ImportsError> {
        let rows = sqlx::query(
            "SELECT key, events, error FROM followed WHERE source = ? AND error <> '' ORDER BY seen DESC, key LIMIT ?",
        )
        .bind(source)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| Followed {
            source: source.to_owned(),
            key: row.get(0),
            events: row.get::<i64, _>(1).cast_unsigned(),
            error: row.get(2),
        };
        Ok(rows.iter().map(read).collect())
    }
}
