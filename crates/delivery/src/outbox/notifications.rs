//! Messages for SNS topics that were not told yet.

use super::Outbox;
use super::objects::Pending;
use crate::error::DeliveryError;
use crate::status::Deliveries;
use cairn_model::{Timestamp, TrailArn};
use serde::Serialize;
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

/// A message that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WaitingMessage {
    pub(crate) id: i64,
    pub(crate) topic: String,
    pub(crate) region: String,
    pub(crate) message: String,
    pub(crate) created: Timestamp,
}

/// A message as CloudTrail writes it ("Amazon SNS notifications for CloudTrail" in its User Guide).
#[derive(Serialize)]
struct Message<'a> {
    #[serde(rename = "s3Bucket")]
    bucket: &'a str,
    #[serde(rename = "s3ObjectKey")]
    keys: &'a [&'a str],
}

impl Outbox {
    /// Trails for whose topics messages wait.
    pub(crate) async fn trails_with_messages(&self) -> Result<Vec<TrailArn>, DeliveryError> {
        let rows: Vec<(String,)> =
            sqlx::query_as("SELECT DISTINCT trail FROM notifications").fetch_all(&self.pool).await?;
        let trails: Result<Vec<TrailArn>, _> = rows.iter().map(|(trail,)| trail.parse()).collect();
        trails.map_err(|_| DeliveryError::Malformed { what: "a notification" })
    }

    /// The trail's first messages.
    pub(crate) async fn messages(
        &self,
        trail: &TrailArn,
        count_max: u32,
    ) -> Result<Vec<WaitingMessage>, DeliveryError> {
        let rows: Vec<(i64, String, String, String, i64)> = sqlx::query_as(
            "SELECT id, topic, region, message, created FROM notifications WHERE trail = ? ORDER BY id LIMIT ?",
        )
        .bind(trail.to_string())
        .bind(count_max)
        .fetch_all(&self.pool)
        .await?;
        let waiting = |(id, topic, region, message, created)| WaitingMessage {
            id,
            topic,
            region,
            message,
            created: Timestamp::from_micros(created),
        };
        Ok(rows.into_iter().map(waiting).collect())
    }

    /// These messages were published or given up.
    pub(crate) async fn remove_messages(
        &self,
        ids: &[i64],
        trail: &TrailArn,
        status: impl FnOnce() -> Deliveries,
    ) -> Result<(), DeliveryError> {
        let mut transaction = self.pool.begin().await?;
        for id in ids {
            sqlx::query("DELETE FROM notifications WHERE id = ?").bind(id).execute(&mut *transaction).await?;
        }
        super::view::save_status(&mut transaction, trail, &status()).await?;
        self.commit(transaction).await
    }

    /// Gives up the trail's oldest messages beyond the newest `count`; returns how many.
    pub(crate) async fn keep_newest_messages(
        &self,
        trail: &TrailArn,
        count: u32,
    ) -> Result<u64, DeliveryError> {
        let removed = sqlx::query(
            "DELETE FROM notifications WHERE trail = ?1 AND id <=
                 (SELECT id FROM notifications WHERE trail = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        )
        .bind(trail.to_string())
        .bind(count)
        .execute(&self.pool)
        .await?;
        Ok(removed.rows_affected())
    }
}

/// Adds a message for each topic and region of these log files, which are in `bucket`.
pub(super) async fn add(
    connection: &mut SqliteConnection,
    trail: &TrailArn,
    bucket: &str,
    delivered: &[Pending],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let mut keys: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for object in delivered {
        if let Some(topic) = &object.sns_topic {
            keys.entry((topic, &object.region)).or_default().push(&object.key);
        }
    }
    for ((topic, region), keys) in keys {
        let message = super::view::json(&Message { bucket, keys: &keys });
        sqlx::query(
            "INSERT INTO notifications (trail, topic, region, message, created) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(trail.to_string())
        .bind(topic)
        .bind(region)
        .bind(message)
        .bind(now.as_micros())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
