//! The table's log, as Delta Lake lays it out.
//!
//! An entry is one file that is made whole or not at all. deltalake's own way to commit reads the log's folder and
//! replays the table's state around every entry: some ten milliseconds of two cores, every few seconds. Whoever has the
//! table is the only one that writes it and knows its state, so an entry is written and nothing read.

use super::{APPLICATION, Purpose, TableFile, TableView, check_format};
use crate::error::LakeError;
use cairn_model::Position;
use deltalake::checkpoints::{cleanup_expired_logs_for, create_checkpoint};
use deltalake::kernel::transaction::CommitData;
use deltalake::kernel::{Action, Transaction};
use deltalake::logstore::{CommitOrBytes, LogStoreRef};
use deltalake::operations::vacuum::VacuumMode;
use deltalake::table::state::DeltaTableState;
use deltalake::{DeltaTable, DeltaTableError, ObjectStore};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// Entries from one checkpoint to the next.
pub(super) const CHECKPOINT_EVERY: u64 = 100;
/// How long entries are kept that a checkpoint stands for, in hours.
pub(super) const ENTRIES_KEPT_HOURS: i64 = 2;

/// The log of one table.
pub(super) struct TableLog {
    store: LogStoreRef,
}

impl TableLog {
    pub(super) fn new(store: LogStoreRef) -> TableLog {
        TableLog { store }
    }

    /// The store of the table's files, by their paths relative to its folder.
    pub(super) fn files(&self) -> Arc<dyn ObjectStore> {
        self.store.object_store(None)
    }

    /// The number of the newest entry, and the state that all entries make.
    pub(super) async fn read(&self) -> Result<(u64, TableView), LakeError> {
        let state = self.state().await?;
        check_format(state.metadata().configuration().get(super::FORMAT))?;
        let data = state.log_data();
        let files = data.iter().map(|file| TableFile::read(&file).map(Arc::new));
        let files = files.collect::<Result<Vec<_>, _>>()?;
        let committed = state.transaction_version(self.store.as_ref(), APPLICATION).await?;
        Ok((state.version(), TableView { files, committed: Position::new(committed.unwrap_or(0) as u64) }))
    }

    async fn state(&self) -> Result<DeltaTableState, DeltaTableError> {
        DeltaTableState::try_new(self.store.as_ref(), None).await
    }

    /// Writes the entry `version`. When this returns, it survives power loss; on an error it may.
    pub(super) async fn append(
        &self,
        version: u64,
        actions: Vec<Action>,
        purpose: &Purpose,
    ) -> Result<(), LakeError> {
        let position = match purpose {
            Purpose::Append(position) => vec![Transaction::new(APPLICATION, position.get() as i64)],
            Purpose::Join | Purpose::Expire => Vec::new(),
        };
        let data = CommitData::new(actions, purpose.operation(), HashMap::new(), position);
        let entry = CommitOrBytes::LogBytes(data.get_bytes().map_err(DeltaTableError::from)?);
        let written = self.store.write_commit_entry(version, entry, Uuid::new_v4()).await;
        Ok(written.map_err(DeltaTableError::from)?)
    }

    /// Where the entry `version` is one of some hundred: writes a checkpoint, so that a start reads few entries.
    /// `may_delete`: whether old entries may go, too.
    pub(super) async fn tidy(&self, version: u64, may_delete: bool) -> Result<(), LakeError> {
        if !(version + 1).is_multiple_of(CHECKPOINT_EVERY) {
            return Ok(());
        }
        create_checkpoint(&self.table().await?, None).await?;
        if may_delete {
            let kept_after_ms = super::now_ms() - ENTRIES_KEPT_HOURS * 3_600_000;
            cleanup_expired_logs_for(version, self.store.as_ref(), kept_after_ms, None).await?;
        }
        Ok(())
    }

    /// Deletes data files that no entry of the last hours names. Returns how many.
    pub(super) async fn vacuum(&self) -> Result<usize, LakeError> {
        let table = self.table().await?;
        let (_, metrics) = table.vacuum().with_mode(VacuumMode::Full).await?;
        Ok(metrics.files_deleted.len())
    }

    async fn table(&self) -> Result<DeltaTable, DeltaTableError> {
        let mut table = DeltaTable::new(self.store.clone());
        table.state = Some(self.state().await?);
        Ok(table)
    }
}
