//! History as a table that SQL reads: the data files and the hot tail at one position.

mod files;
mod needs;
mod provider;
mod reader;
mod tail;

use super::Shared;
use super::shared::has_moved;
use crate::columns::{ACCOUNT, EVENT_TIME, POSITION, SCHEMA};
use crate::error::LakeError;
use crate::sql::Source;
use cairn_model::AccountId;
use datafusion::arrow::array::{RecordBatch, StringArray};
use datafusion::arrow::compute::kernels::cmp::eq;
use datafusion::arrow::compute::{SortOptions, filter_record_batch};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use provider::Snapshot;
pub(crate) use reader::Readers;
use std::sync::Arc;

/// So many commits are made to get the tail small, and so often a moment is looked for that does not pass while it is
/// read.
const TRIES_MAX: usize = 4;

impl Shared {
    /// See [`super::History::source`].
    pub(super) async fn source(self: &Arc<Self>, only: Option<AccountId>) -> Result<Source, LakeError> {
        self.shorten_tail().await?;
        let mut tries = 0;
        loop {
            let (view, _) = self.view();
            let history = Arc::clone(self);
            let read = move || tail::read(&history, &view).map(|tail| (view, tail));
            match tokio::task::spawn_blocking(read).await? {
                Ok((view, tail)) => {
                    let tail = match only {
                        Some(account) => of_account(&tail, account)?,
                        None => tail,
                    };
                    let snapshot = Snapshot::new(view.table, tail, Arc::clone(&self.reader));
                    let source = Source::of_provider(Arc::new(snapshot));
                    return Ok(match only {
                        Some(account) => source.of_account(account),
                        None => source,
                    });
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

/// The rows of one account. They are taken out before any statement sees the others: a condition of its own may be computed
/// of rows that another condition leaves out, and say in an error what is in them.
fn of_account(tail: &[RecordBatch], account: AccountId) -> Result<Vec<RecordBatch>, LakeError> {
    let id = StringArray::new_scalar(account.to_string());
    let place = SCHEMA.index_of(ACCOUNT)?;
    let of_account = |rows: &RecordBatch| Ok(filter_record_batch(rows, &eq(rows.column(place), &id)?)?);
    tail.iter().map(of_account).collect()
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
