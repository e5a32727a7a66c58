//! The reader's position and its view of trails and keys, as rows.

use super::Outbox;
use crate::error::DeliveryError;
use crate::reader::{GenerationId, StoredTrail, View, ViewUpdate};
use crate::status::Deliveries;
use cairn_model::{Position, SigningKey, Trail, TrailArn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::SqliteConnection;

impl Outbox {
    /// The saved position, and trails and keys as they were there.
    pub(crate) async fn load_view(&self) -> Result<(Position, View), DeliveryError> {
        let (position, next_generation): (i64, i64) =
            sqlx::query_as("SELECT position, next_generation FROM reader").fetch_one(&self.pool).await?;
        let trails: Vec<StoredTrail> =
            self.load_json("SELECT json FROM trails ORDER BY trail", "a trail").await?;
        let keys: Vec<SigningKey> = self.load_json("SELECT json FROM signing_keys", "a signing key").await?;
        let view = View::new(trails, keys, GenerationId(next_generation));
        Ok((Position::new(position.cast_unsigned()), view))
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
        sqlx::query("INSERT OR REPLACE INTO trails (trail, json) VALUES (?, ?)")
            .bind(stored.trail.arn.to_string())
            .bind(json(stored))
            .execute(&mut *connection)
            .await?;
    }
    for stored in &update.trails {
        redirect(connection, &stored.trail).await?;
    }
    for trail in &update.deleted {
        sqlx::query("DELETE FROM trails WHERE trail = ?")
            .bind(trail.to_string())
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
            "INSERT INTO generations (generation, json, window_start, closed)
             VALUES (?, ?, ?, ?)
             ON CONFLICT (generation) DO UPDATE SET json = excluded.json, closed = excluded.closed",
        )
        .bind(generation.id.0)
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
