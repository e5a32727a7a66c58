//! The reader's position and its view of trails and keys, as rows.

use super::{Outbox, log_groups};
use crate::error::DeliveryError;
use crate::reader::{Follower, GenerationId, StoredTrail, View, ViewUpdate};
use crate::status::Deliveries;
use cairn_decide::aggregation::StoredAggregates;
use cairn_model::{Organization, Position, SigningKey, Trail, TrailArn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::SqliteConnection;
use std::collections::HashMap;

impl Outbox {
    /// The saved position, and trails and keys as they were there.
    pub(crate) async fn load_view(&self) -> Result<(Position, View), DeliveryError> {
        let (position, next_generation): (i64, i64) =
            sqlx::query_as("SELECT position, next_generation FROM reader").fetch_one(&self.pool).await?;
        let trails: Vec<StoredTrail> =
            self.load_json("SELECT json FROM trails ORDER BY trail, account", "a trail").await?;
        let organizations: Vec<Organization> =
            self.load_json("SELECT json FROM organizations", "an organization").await?;
        let keys: Vec<SigningKey> = self.load_json("SELECT json FROM signing_keys", "a signing key").await?;
        let aggregates = self.load_aggregates().await?;
        let view = View::new(trails, organizations, keys, GenerationId(next_generation), aggregates);
        Ok((Position::new(position.cast_unsigned()), view))
    }

    async fn load_aggregates(&self) -> Result<HashMap<Follower, StoredAggregates>, DeliveryError> {
        type Row = (String, String, String);
        let rows: Vec<Row> =
            sqlx::query_as("SELECT trail, account, json FROM aggregates").fetch_all(&self.pool).await?;
        let counts = |(trail, account, json): Row| {
            let follower = Follower { trail: trail.parse().ok()?, account: account.parse().ok()? };
            Some((follower, serde_json::from_str(&json).ok()?))
        };
        let aggregates: Option<HashMap<_, _>> = rows.into_iter().map(counts).collect();
        aggregates.ok_or(DeliveryError::Malformed { what: "counts of a trail" })
    }

    async fn load_json<T: DeserializeOwned>(
        &self,
        select: &'static str,
        what: &'static str,
    ) -> Result<Vec<T>, DeliveryError> {
        let rows: Vec<(String,)> = sqlx::query_as(select).fetch_all(&self.pool).await?;
        rows.iter()
            .map(|(json,)| serde_json::from_str(json))
            .collect::<Result<_, _>>()
            .map_err(|_| DeliveryError::Malformed { what })
    }
}

/// Writes the position and what changed since the last one.
pub(super) async fn save(
    connection: &mut SqliteConnection,
    position: Position,
    update: &ViewUpdate,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE reader SET position = ?, next_generation = ?")
        .bind(position.get().cast_signed())
        .bind(update.next_generation.0)
        .execute(&mut *connection)
        .await?;
    save_trails(connection, update).await?;
    save_organizations(connection, update).await?;
    save_aggregates(connection, update).await?;
    for key in &update.keys {
        sqlx::query("INSERT OR REPLACE INTO signing_keys (fingerprint, json) VALUES (?, ?)")
            .bind(&key.fingerprint)
            .bind(json(key))
            .execute(&mut *connection)
            .await?;
    }
    save_generations(connection, update).await
}

async fn save_trails(connection: &mut SqliteConnection, update: &ViewUpdate) -> Result<(), sqlx::Error> {
    for stored in &update.trails {
        sqlx::query("INSERT OR REPLACE INTO trails (trail, account, json) VALUES (?, ?, ?)")
            .bind(stored.trail.arn.to_string())
            .bind(stored.account().as_str())
            .bind(json(stored))
            .execute(&mut *connection)
            .await?;
    }
    for stored in update.trails.iter().filter(|stored| stored.member.is_none()) {
        redirect(connection, &stored.trail).await?;
    }
    for Follower { trail, account } in &update.deleted {
        sqlx::query("DELETE FROM trails WHERE trail = ? AND account = ?")
            .bind(trail.to_string())
            .bind(account.as_str())
            .execute(&mut *connection)
            .await?;
    }
    for trail in &update.fresh {
        sqlx::query("DELETE FROM statuses WHERE trail = ?")
            .bind(trail.to_string())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn save_aggregates(connection: &mut SqliteConnection, update: &ViewUpdate) -> Result<(), sqlx::Error> {
    for (Follower { trail, account }, counts) in &update.aggregates {
        let statement = match counts {
            Some(_) => "INSERT OR REPLACE INTO aggregates (trail, account, json) VALUES (?1, ?2, ?3)",
            None => "DELETE FROM aggregates WHERE trail = ?1 AND account = ?2 AND ?3 IS NULL",
        };
        sqlx::query(statement)
            .bind(trail.to_string())
            .bind(account.as_str())
            .bind(counts.as_ref().map(json))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn save_organizations(
    connection: &mut SqliteConnection,
    update: &ViewUpdate,
) -> Result<(), sqlx::Error> {
    for (id, organization) in &update.organizations {
        let statement = match organization {
            Some(_) => "INSERT OR REPLACE INTO organizations (id, json) VALUES (?1, ?2)",
            None => "DELETE FROM organizations WHERE id = ?1 AND ?2 IS NULL",
        };
        sqlx::query(statement)
            .bind(id.as_str())
            .bind(organization.as_ref().map(json))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// What waits goes where the trail says now: a key that was deleted, or a topic, would hold it up for ever.
async fn redirect(connection: &mut SqliteConnection, trail: &Trail) -> Result<(), sqlx::Error> {
    let arn = trail.arn.to_string();
    sqlx::query(
        "UPDATE objects SET kms_key = ?1, sns_topic = CASE kind WHEN 'log' THEN ?2 END
         WHERE file IS NOT NULL AND trail = ?3
             AND (kms_key IS NOT ?1 OR kind = 'log' AND sns_topic IS NOT ?2)",
    )
    .bind(&trail.kms_key)
    .bind(&trail.sns_topic)
    .bind(&arn)
    .execute(&mut *connection)
    .await?;
    log_groups::redirect(&mut *connection, &arn, trail.log_group.as_ref().map(|group| group.arn.as_str()))
        .await?;
    match &trail.sns_topic {
        Some(topic) => {
            sqlx::query("UPDATE notifications SET topic = ?1 WHERE trail = ?2 AND topic <> ?1")
                .bind(topic)
                .bind(&arn)
                .execute(connection)
                .await?
        }
        None => {
            sqlx::query("DELETE FROM notifications WHERE trail = ?").bind(&arn).execute(connection).await?
        }
    };
    Ok(())
}

async fn save_generations(connection: &mut SqliteConnection, update: &ViewUpdate) -> Result<(), sqlx::Error> {
    for generation in &update.generations {
        // The window of a known generation belongs to its digests: it stays.
        sqlx::query(
            "INSERT INTO generations (generation, account, json, window_start, closed)
             VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (generation) DO UPDATE SET json = excluded.json, closed = excluded.closed",
        )
        .bind(generation.id.0)
        .bind(generation.account.as_str())
        .bind(json(&*generation.trail))
        .bind(generation.window_start.as_micros())
        .bind(generation.closed)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Writes what became of a trail's deliveries.
pub(super) async fn save_status(
    connection: &mut SqliteConnection,
    trail: &TrailArn,
    status: &Deliveries,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT OR REPLACE INTO statuses (trail, json) VALUES (?, ?)")
        .bind(trail.to_string())
        .bind(json(status))
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("our own types have string keys only")
}
