//! The rows of a query while it runs.

use super::kept::Kept;
use cairn_decide::queries::Query;
use cairn_model::AccountId;
use cairn_store::rows::{Row, RowsError, RowsWriter};
use std::io;
use std::sync::Arc;

/// Rows that are being written. They are removed when this is dropped, unless they were kept.
pub(super) struct RowsFile {
    kept: Arc<Kept>,
    id: String,
    account: AccountId,
    writer: Option<RowsWriter>,
    /// What was taken of the space.
    taken: u64,
    is_kept: bool,
}

/// Why rows could not be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum RowsFault {
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// The account has its share.
    #[error(
        "the results of the account's queries take all the disk that they may; they go after seven days, and \
         lake.results_bytes says how much they may take"
    )]
    NoSpace,
}

impl RowsFile {
    pub(super) fn create(kept: &Arc<Kept>, query: &Query, columns: &[String]) -> Result<RowsFile, RowsFault> {
        let writer = RowsWriter::create(kept.disk().clone(), &kept.rows_path(&query.id), columns)?;
        let (id, account) = (query.id.clone(), query.account);
        Ok(RowsFile { kept: Arc::clone(kept), id, account, writer: Some(writer), taken: 0, is_kept: false })
    }

    /// Writes some rows. Blocks.
    pub(super) fn write(&mut self, rows: &[Row]) -> Result<(), RowsFault> {
        let writer = self.writer.as_mut().expect("only the end takes it");
        rows.iter().try_for_each(|row| writer.push(row))?;
        let bytes = writer.bytes();
        self.take(bytes)
    }

    /// Rows so far.
    pub(super) fn rows(&self) -> u64 {
        self.writer.as_ref().map_or(0, RowsWriter::rows)
    }

    /// Ends the file. When this returns well, all rows survive power loss; whether they are kept is said next. Blocks.
    pub(super) fn finish(&mut self) -> Result<(), RowsFault> {
        let writer = self.writer.take().expect("it ends once");
        writer.finish()?;
        let bytes = std::fs::metadata(self.kept.rows_path(&self.id)).map_err(RowsError::from)?.len();
        self.take(bytes)
    }

    /// What is on disk.
    pub(super) fn bytes(&self) -> u64 {
        self.taken
    }

    /// The rows stay.
    pub(super) fn keep(mut self) {
        self.is_kept = true;
    }

    fn take(&mut self, bytes: u64) -> Result<(), RowsFault> {
        let more = bytes.saturating_sub(self.taken);
        if !self.kept.space().take(self.account, more) {
            return Err(RowsFault::NoSpace);
        }
        self.taken += more;
        Ok(())
    }
}

impl Drop for RowsFile {
    fn drop(&mut self) {
        if self.is_kept {
            return;
        }
        self.kept.space().give(self.account, self.taken);
        let path = self.kept.rows_path(&self.id);
        if let Err(error) = std::fs::remove_file(&path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(path = %path.display(), %error, "rows of a query could not be removed");
        }
    }
}
