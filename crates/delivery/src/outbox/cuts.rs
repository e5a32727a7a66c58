//! The transaction of a cut.

use super::{NewObject, Outbox, gaps, log_groups, objects, view};
use crate::error::DeliveryError;
use crate::gaps::Skipped;
use crate::reader::ViewUpdate;
use cairn_model::{Position, Timestamp};

impl Outbox {
    /// Puts a cut's files, what trails skipped of it, the position that it reaches and what changed up to
    /// there into one transaction. The files must be durable. After an error the transaction may or may not
    /// have happened.
    pub(crate) async fn commit_cut(
        &self,
        files: &[NewObject],
        skipped: &[Skipped],
        update: &ViewUpdate,
        position: Position,
        now: Timestamp,
    ) -> Result<(), DeliveryError> {
        let mut transaction = self.pool.begin().await?;
        for file in files {
            objects::insert(&mut transaction, file).await?;
            log_groups::insert(&mut transaction, file).await?;
        }
        for skipped in skipped {
            gaps::add(&mut transaction, skipped, now).await?;
        }
        view::save(&mut transaction, position, update).await?;
        self.commit(transaction).await
    }
}
