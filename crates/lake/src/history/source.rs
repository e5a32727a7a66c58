//! History as a table that SQL reads: the data files and the hot tail at one position.

mod files;
mod provider;
mod reader;
mod tail;

use super::Shared;
use super::shared::has_moved;
use crate::columns::{EVENT_TIME, POSITION, SCHEMA};
use crate::error::LakeError;
use crate::sql::Source;
use datafusion::arrow::compute::SortOptions;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use provider::Snapshot;
use std::sync::Arc;

/// So many commits are made to get the tail small, and so often a moment is looked for that does not pass while it is
/// read.
const TRIES_MAX: usize = 4;

impl Shared {
    /// See [`super::History::source`].
    pub(super) async fn source(self: &Arc<Self>) -> Result<Source, LakeError> {
        self.shorten_tail().await?;
        let mut tries = 0;
        loop {
            let (view, _) = self.view();
            let history = Arc::clone(self);
            let read = move || tail::read(&history, &view).map(|tail| (view, tail));
            match tokio::task::spawn_blocking(read).await? {
                Ok((view, tail)) => {
                    let snapshot = Snapshot::new(view.table, tail, Arc::clone(&self.reader));
                    return Ok(Source::of_provider(Arc::new(snapshot)));
                }
                // The log has dropped a segment, or a data file was joined into another and deleted.
                Err(error) if tries < TRIES_MAX && has_moved(&error) => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// The tail is in memory for as long as a statement runs, so it must be no more than what one commit takes.
    async fn shorten_tail(self: &Arc<Self>) -> Result<(), LakeError> {
        for _ in 0..TRIES_MAX {
            if !self.is_behind() {
                break;
            }
            self.commit().await?;
        }
        Ok(())
    }
}

/// The order of rows in a file, and of those of the tail: newest first.
fn newest_first() -> Option<LexOrdering> {
    let descending = SortOptions { descending: true, nulls_first: false };
    let sort = |name| {
        let column = Column::new_with_schema(name, &SCHEMA).expect("a column of the schema");
        PhysicalSortExpr::new(Arc::new(column), descending)
    };
    LexOrdering::new([EVENT_TIME, POSITION].map(sort))
}

#[cfg(test)]
mod tests;
