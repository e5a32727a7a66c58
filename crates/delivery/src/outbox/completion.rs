//! The transaction that notes what became of uploads.

use super::objects::{Lane, ObjectKind, Pending};
use super::{Outbox, gaps, notifications, view};
use crate::error::DeliveryError;
use crate::gaps::{GapReason, Skipped};
use crate::status::Deliveries;
use cairn_model::{Position, Timestamp};
use sqlx::SqliteConnection;

/// What became of some objects of one lane.
#[derive(Debug, Default)]
pub(crate) struct Tried {
    /// They are in their bucket.
    pub(crate) delivered: Vec<Pending>,
    /// They never will be.
    pub(crate) given_up: Vec<Pending>,
    /// They are tried again then.
    pub(crate) parked: Vec<(i64, Timestamp)>,
}

impl Tried {
    pub(crate) fn is_empty(&self) -> bool {
        self.delivered.is_empty() && self.given_up.is_empty() && self.parked.is_empty()
    }

    /// Files that the outbox needs no more.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.delivered.iter().chain(&self.given_up).map(|object| object.file.as_str())
    }

    /// Events of which the trail's bucket will never know.
    pub(crate) fn skipped(&self, lane: &Lane) -> Vec<Skipped> {
        let log_files = self.given_up.iter().filter(|_| lane.kind == ObjectKind::Log);
        let skipped = |object: &Pending| {
            Some(Skipped {
                trail: lane.trail.clone(),
                reason: GapReason::GivenUp,
                from: Position::new(object.from?.cast_unsigned()),
                to: Position::new(object.to?.cast_unsigned()),
                oldest: Timestamp::from_micros(object.oldest?),
                newest: Timestamp::from_micros(object.newest?),
                events: object.events?.cast_unsigned(),
            })
        };
        log_files.filter_map(skipped).collect()
    }
}

impl Outbox {
    /// Notes what became of a lane's objects, with the messages that tell of it and the gaps that it leaves.
    /// Their files may go. A log file whose digest is not made yet stays as a row without a file, so that the
    /// digest can name it. A crash before this leaves objects that are put again, as the same bytes.
    pub(crate) async fn complete(
        &self,
        lane: &Lane,
        tried: &Tried,
        now: Timestamp,
        status: impl FnOnce() -> Deliveries,
    ) -> Result<(), DeliveryError> {
        let mut transaction = self.pool.begin().await?;
        for object in tried.delivered.iter().chain(&tried.given_up) {
            end(&mut transaction, object.id).await?;
        }
        for (id, until) in &tried.parked {
            sqlx::query("UPDATE objects SET not_before = ? WHERE id = ?")
                .bind(until.as_micros())
                .bind(id)
                .execute(&mut *transaction)
                .await?;
        }
        notifications::add(&mut transaction, &lane.trail, &lane.bucket, &tried.delivered, now).await?;
        for skipped in tried.skipped(lane) {
            gaps::add(&mut transaction, &skipped, now).await?;
        }
        // Asked for inside the transaction, so that of two lanes of a trail the later writes what both did.
        view::save_status(&mut transaction, &lane.trail, &status()).await?;
        self.commit(transaction).await
    }
}

async fn end(connection: &mut SqliteConnection, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM objects WHERE id = ? AND (generation IS NULL OR digest IS NOT NULL)")
        .bind(id)
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE objects SET file = NULL WHERE id = ?").bind(id).execute(connection).await?;
    Ok(())
}
