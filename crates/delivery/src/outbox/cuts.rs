//! The transaction of a cut.

use super::{NewObject, Outbox, objects, view};
use crate::error::DeliveryError;
use crate::reader::ViewUpdate;
use cairn_model::Position;

impl Outbox {
    /// Puts a cut's files, the position that it reaches and what changed up to there into one transaction.
    /// The files must be durable. After an error the transaction may or may not have happened.
    pub(crate) async fn commit_cut(
        &self,
        files: &[NewObject],
        update: &ViewUpdate,
        position: Position,
    ) -> Result<(), DeliveryError> {
        let mut transaction = self.pool.begin().await?;
        for file in files {
            objects::insert(&mut transaction, file).await?;
        }
        view::save(&mut transaction, position, update).await?;
        self.commit(transaction).await
    }
}
