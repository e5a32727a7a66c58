//! What digests are made of, and the transaction that makes them.

use super::{NewObject, Outbox, objects};
use crate::digest::NamedFile;
use crate::error::DeliveryError;
use crate::reader::{Generation, GenerationId};
use cairn_model::{AccountId, Timestamp, TrailArn};
use sqlx::SqliteConnection;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The digest at the end of a chain, as its successor names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) bucket: String,
    pub(crate) key: String,
    /// Lower-case hex SHA-256 of its JSON.
    pub(crate) sha256: String,
    pub(crate) signature: String,
}

/// The state of one region's chain.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chain {
    /// `None`: the next digest is a starting one.
    pub(crate) previous: Option<Link>,
    /// The files that no digest names yet, in the order of their cuts.
    pub(crate) files: Vec<NamedFile>,
}

/// A digest whose file is durable.
pub(crate) struct NewDigest {
    pub(crate) object: NewObject,
    /// What its successor will name.
    pub(crate) link: Link,
}

impl Outbox {
    /// The generations whose last digests are not made yet.
    pub(crate) async fn generations(&self) -> Result<Vec<Generation>, DeliveryError> {
        type Row = (i64, String, String, i64, bool);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT generation, account, json, window_start, closed FROM generations ORDER BY generation",
        )
        .fetch_all(&self.pool)
        .await?;
        let generation = |(id, account, json, window_start, closed): Row| {
            Some(Generation {
                id: GenerationId(id),
                trail: Arc::new(serde_json::from_str(&json).ok()?),
                account: account.parse().ok()?,
                window_start: Timestamp::from_micros(window_start),
                closed,
            })
        };
        rows.into_iter()
            .map(generation)
            .collect::<Option<_>>()
            .ok_or(DeliveryError::Malformed { what: "a generation of digests" })
    }

    /// The chains of a generation by region: those that have digests and those that have files.
    pub(crate) async fn chains(
        &self,
        generation: GenerationId,
    ) -> Result<BTreeMap<String, Chain>, DeliveryError> {
        let mut chains: BTreeMap<String, Chain> = BTreeMap::new();
        let links: Vec<(String, String, String, String, String)> =
            sqlx::query_as("SELECT region, bucket, key, sha256, signature FROM chains WHERE generation = ?")
                .bind(generation.0)
                .fetch_all(&self.pool)
                .await?;
        for (region, bucket, key, sha256, signature) in links {
            chains.entry(region).or_default().previous = Some(Link { bucket, key, sha256, signature });
        }
        let files: Vec<(String, String, String, String, i64, i64)> = sqlx::query_as(
            "SELECT region, bucket, key, sha256, oldest, newest FROM objects
             WHERE generation = ? AND digest IS NULL ORDER BY id",
        )
        .bind(generation.0)
        .fetch_all(&self.pool)
        .await?;
        for (region, bucket, key, sha256, oldest, newest) in files {
            chains.entry(region).or_default().files.push(NamedFile {
                bucket,
                key,
                sha256,
                oldest: Timestamp::from_micros(oldest),
                newest: Timestamp::from_micros(newest),
            });
        }
        Ok(chains)
    }

    /// The latest end of any digest that the trail, or an earlier one of its name, ever had for the account.
    pub(crate) async fn last_digest_end(
        &self,
        trail: &TrailArn,
        account: AccountId,
    ) -> Result<Option<Timestamp>, DeliveryError> {
        let select = "SELECT last_end FROM digest_ends WHERE trail = ? AND account = ?";
        let row: Option<(i64,)> = sqlx::query_as(select)
            .bind(trail.to_string())
            .bind(account.as_str())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|(end,)| Timestamp::from_micros(end)))
    }

    /// Puts a generation's digests of one window into one transaction with what they do: the files that they
    /// name belong to them, their successors link to them, the next window starts at `end`. Their files must
    /// be durable, and nothing was cut since [`Outbox::chains`]. After an error the transaction may or may
    /// not have happened.
    pub(crate) async fn commit_digests(
        &self,
        generation: &Generation,
        end: Timestamp,
        digests: &[NewDigest],
    ) -> Result<(), DeliveryError> {
        let mut transaction = self.pool.begin().await?;
        for digest in digests {
            let id = objects::insert(&mut transaction, &digest.object).await?;
            name_files(&mut transaction, id, generation.id, &digest.object.region).await?;
            link(&mut transaction, generation, end, digest).await?;
        }
        sqlx::query("INSERT OR REPLACE INTO digest_ends (trail, account, last_end) VALUES (?, ?, ?)")
            .bind(generation.trail.arn.to_string())
            .bind(generation.account.as_str())
            .bind(end.as_micros())
            .execute(&mut *transaction)
            .await?;
        if generation.closed {
            end_generation(&mut transaction, generation.id).await?;
        } else {
            sqlx::query("UPDATE generations SET window_start = ? WHERE generation = ?")
                .bind(end.as_micros())
                .bind(generation.id.0)
                .execute(&mut *transaction)
                .await?;
        }
        self.commit(transaction).await
    }
}

/// From here on the region's unnamed files are the digest's; of those that are delivered nothing more is
/// needed.
async fn name_files(
    connection: &mut SqliteConnection,
    digest: i64,
    generation: GenerationId,
    region: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE objects SET digest = ? WHERE generation = ? AND region = ? AND digest IS NULL")
        .bind(digest)
        .bind(generation.0)
        .bind(region)
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM objects WHERE digest = ? AND file IS NULL")
        .bind(digest)
        .execute(connection)
        .await?;
    Ok(())
}

async fn link(
    connection: &mut SqliteConnection,
    generation: &Generation,
    end: Timestamp,
    digest: &NewDigest,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT OR REPLACE INTO chains
             (generation, region, bucket, key, sha256, signature, trail, account, window_end)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(generation.id.0)
    .bind(&digest.object.region)
    .bind(&digest.link.bucket)
    .bind(&digest.link.key)
    .bind(&digest.link.sha256)
    .bind(&digest.link.signature)
    .bind(generation.trail.arn.to_string())
    .bind(generation.account.as_str())
    .bind(end.as_micros())
    .execute(connection)
    .await?;
    Ok(())
}

/// The ends of its chains stay: those who verify the bucket ask for them.
async fn end_generation(
    connection: &mut SqliteConnection,
    generation: GenerationId,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM generations WHERE generation = ?")
        .bind(generation.0)
        .execute(connection)
        .await?;
    Ok(())
}
