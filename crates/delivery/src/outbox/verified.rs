//! What those who verify ask for: ends of chains, files that no digest names yet, gaps that are not told of.

use super::{DATABASE, FOLDER, Link, Outbox};
use crate::error::DeliveryError;
use cairn_model::{AccountId, Position, Timestamp, TrailArn};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The latest digest of a chain, delivered or not.
pub(crate) struct Tip {
    pub(crate) trail: TrailArn,
    /// Whose events it covers.
    pub(crate) account: AccountId,
    pub(crate) region: String,
    pub(crate) link: Link,
    /// The end of its window.
    pub(crate) end: Timestamp,
    /// Whether its generation goes on.
    pub(crate) open: bool,
}

impl Outbox {
    /// Whether there is an outbox in this folder.
    pub(crate) fn is_in(dir: &Path) -> bool {
        dir.join(DATABASE).is_file()
    }

    /// Where a file of the outbox in `dir` lies.
    pub(crate) fn file_in(dir: &Path, name: &str) -> PathBuf {
        dir.join(FOLDER).join(name)
    }

    /// The latest digest of every chain that ever was.
    pub(crate) async fn tips(&self) -> Result<Vec<Tip>, DeliveryError> {
        type Row = (String, String, String, String, String, String, String, i64, bool);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT trail, account, region, bucket, key, sha256, signature, window_end,
                 EXISTS (SELECT 1 FROM generations WHERE generations.generation = chains.generation AND closed = 0)
             FROM chains ORDER BY generation, region",
        )
        .fetch_all(&self.pool)
        .await?;
        let tip = |(trail, account, region, bucket, key, sha256, signature, end, open): Row| {
            Some(Tip {
                trail: trail.parse().ok()?,
                account: account.parse().ok()?,
                region,
                link: Link { bucket, key, sha256, signature },
                end: Timestamp::from_micros(end),
                open,
            })
        };
        let tips: Option<Vec<Tip>> = rows.into_iter().map(tip).collect();
        tips.ok_or(DeliveryError::Malformed { what: "the end of a chain" })
    }

    /// The digests that wait for their buckets: bucket and key, to file and the file's SHA-256.
    pub(crate) async fn waiting_digests(
        &self,
    ) -> Result<HashMap<(String, String), (String, String)>, DeliveryError> {
        let rows: Vec<(String, String, String, String)> = sqlx::query_as(
            "SELECT bucket, key, file, gzip_sha256 FROM objects WHERE kind = 'digest' AND file IS NOT NULL",
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|(bucket, key, file, sha256)| ((bucket, key), (file, sha256))).collect())
    }

    /// The trail, the first and the last position of each gap that no event of the log tells of yet.
    pub(crate) async fn untold_gaps(&self) -> Result<Vec<(TrailArn, Position, Position)>, DeliveryError> {
        let rows: Vec<(String, i64, i64)> =
            sqlx::query_as("SELECT trail, from_position, to_position FROM gaps")
                .fetch_all(&self.pool)
                .await?;
        let position = |position: i64| Position::new(position.cast_unsigned());
        let gap =
            |(trail, from, to): (String, i64, i64)| Some((trail.parse().ok()?, position(from), position(to)));
        let gaps: Option<Vec<_>> = rows.into_iter().map(gap).collect();
        gaps.ok_or(DeliveryError::Malformed { what: "a gap" })
    }

    /// Delivered log files that the next digests name: bucket and key.
    pub(crate) async fn unnamed_files(&self) -> Result<Vec<(String, String)>, DeliveryError> {
        let rows = sqlx::query_as(
            "SELECT bucket, key FROM objects
             WHERE kind = 'log' AND file IS NULL AND generation IS NOT NULL AND digest IS NULL",
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }
}
