//! The history table of a folder that nobody serves: a stopped data folder, or a restored backup.

use crate::canonical::ContentHash;
use crate::durable_store::DurableStore;
use crate::error::LakeError;
use crate::reassemble::Rows;
use crate::table::{FileReader, Table, TableFile, TableView, existing_folder};
use cairn_model::{AccountId, Category, Origin, Position, Timestamp};
use std::path::Path;
use std::sync::Arc;

/// Rows in memory at once: their texts may be of 1 MiB each.
const BATCH_ROWS: usize = 256;

/// What the table of a folder holds. Reads only: nothing is made, committed or deleted.
pub struct StoredHistory {
    reader: FileReader,
    view: Arc<TableView>,
}

/// One event of the table.
pub struct ScannedEvent<'s> {
    /// Its position in the log.
    pub position: Position,
    /// The account that it belongs to.
    pub account: AccountId,
    /// `eventTime`.
    pub event_time: Timestamp,
    /// When Cairn took it.
    pub arrival: Timestamp,
    /// `eventID`, if it is a string.
    pub event_id: Option<&'s str>,
    /// The [`crate::content_hash`] of its text.
    pub content_hash: ContentHash,
    /// How it came.
    pub origin: Origin,
    /// Its category.
    pub category: Category,
    /// The record as JSON, put together from its columns.
    pub text: String,
}

impl StoredHistory {
    /// Opens the table in `dir`; `None` if there is none. Nobody may write to it meanwhile.
    pub async fn open(dir: &Path) -> Result<Option<StoredHistory>, LakeError> {
        let Some((dir, log_store)) = existing_folder(dir, Arc::new(DurableStore::new()))? else {
            return Ok(None);
        };
        let table = Table::open(log_store).await?;
        Ok(Some(StoredHistory { reader: FileReader::new(dir), view: table.view() }))
    }

    /// Every event below this position that history takes is in the table.
    pub fn committed(&self) -> Position {
        self.view.committed
    }

    /// How many events the table holds.
    pub fn rows(&self) -> u64 {
        self.view.rows()
    }

    /// Gives every event of the table once, file by file, so in no order that means anything. Blocks. Takes
    /// memory for some hundred events. What follows an error was not given.
    pub fn scan(&self, visit: &mut (dyn FnMut(ScannedEvent<'_>) + Send)) -> Result<(), LakeError> {
        self.view.files.iter().try_for_each(|file| self.scan_file(file, visit))
    }

    fn scan_file(
        &self,
        file: &TableFile,
        visit: &mut (dyn FnMut(ScannedEvent<'_>) + Send),
    ) -> Result<(), LakeError> {
        let open = self.reader.open(&file.path)?;
        for group in 0..open.footer().num_row_groups() {
            for batch in open.rows(group, None, None, BATCH_ROWS)? {
                let batch = batch?;
                let rows = Rows::of(&batch)?;
                for row in 0..batch.num_rows() {
                    visit(rows.scanned(row)?);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
