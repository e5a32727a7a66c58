//! Gaps that no event of the log tells of yet.

use super::Outbox;
use crate::error::DeliveryError;
use crate::gaps::{Gap, GapReason, Skipped};
use cairn_model::{Position, Timestamp};
use sqlx::SqliteConnection;
use std::time::Duration;

/// The number of a gap's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GapId(pub i64);

impl Outbox {
    /// From now on the gaps that were open for so long do not grow: what is told of them stays true.
    pub(crate) async fn close_gaps(&self, now: Timestamp, open_for: Duration) -> Result<(), DeliveryError> {
        // One that was opened in the future is from before the clock was set back.
        sqlx::query("UPDATE gaps SET closed = ? WHERE closed IS NULL AND (opened <= ? OR opened > ?)")
            .bind(now.as_micros())
            .bind(now.minus(open_for).as_micros())
            .bind(now.as_micros())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The gaps that do not grow, the oldest first.
    pub(crate) async fn closed_gaps(&self) -> Result<Vec<Gap>, DeliveryError> {
        type Row = (i64, String, String, String, i64, i64, i64, i64, i64, i64);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, event_id, trail, reason, from_position, to_position, oldest, newest, events, closed
             FROM gaps WHERE closed IS NOT NULL ORDER BY id LIMIT 100",
        )
        .fetch_all(&self.pool)
        .await?;
        let gap = |(id, event_id, trail, reason, from, to, oldest, newest, events, closed): Row| {
            Some(Gap {
                id: GapId(id),
                event_id,
                trail: trail.parse().ok()?,
                reason: GapReason::from_name(&reason)?,
                from: Position::new(from.cast_unsigned()),
                to: Position::new(to.cast_unsigned()),
                oldest: Timestamp::from_micros(oldest),
                newest: Timestamp::from_micros(newest),
                events: events.cast_unsigned(),
                closed: Timestamp::from_micros(closed),
            })
        };
        let gaps: Option<Vec<Gap>> = rows.into_iter().map(gap).collect();
        gaps.ok_or(DeliveryError::Malformed { what: "a gap" })
    }

    /// Forgets a gap that an event tells of.
    pub(crate) async fn remove_gap(&self, id: GapId) -> Result<(), DeliveryError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("DELETE FROM gaps WHERE id = ?").bind(id.0).execute(&mut *transaction).await?;
        self.commit(transaction).await
    }
}

/// Adds to the trail's open gap, or opens one.
pub(super) async fn add(
    connection: &mut SqliteConnection,
    skipped: &Skipped,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let (from, to) = (skipped.from.get().cast_signed(), skipped.to.get().cast_signed());
    let grown = sqlx::query(
        "UPDATE gaps SET from_position = MIN(from_position, ?), to_position = MAX(to_position, ?),
             oldest = MIN(oldest, ?), newest = MAX(newest, ?), events = events + ?
         WHERE trail = ? AND reason = ? AND closed IS NULL",
    )
    .bind(from)
    .bind(to)
    .bind(skipped.oldest.as_micros())
    .bind(skipped.newest.as_micros())
    .bind(skipped.events.cast_signed())
    .bind(skipped.trail.to_string())
    .bind(skipped.reason.name())
    .execute(&mut *connection)
    .await?;
    if grown.rows_affected() == 0 {
        open(connection, skipped, now).await?;
    }
    Ok(())
}

async fn open(
    connection: &mut SqliteConnection,
    skipped: &Skipped,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO gaps (event_id, trail, reason, from_position, to_position, oldest, newest, events, opened)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(uuid::Builder::from_random_bytes(rand::random()).into_uuid().to_string())
    .bind(skipped.trail.to_string())
    .bind(skipped.reason.name())
    .bind(skipped.from.get().cast_signed())
    .bind(skipped.to.get().cast_signed())
    .bind(skipped.oldest.as_micros())
    .bind(skipped.newest.as_micros())
    .bind(skipped.events.cast_signed())
    .bind(now.as_micros())
    .execute(connection)
    .await?;
    Ok(())
}
