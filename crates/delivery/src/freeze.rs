//! Holding delivery still for a backup.

use crate::delivery::{Delivery, Inner, lock};
use crate::error::DeliveryError;
use cairn_model::Position;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::{OwnedMutexGuard, OwnedRwLockWriteGuard};

/// While this lives, nothing is cut, no digest is made, and nothing is noted as delivered. Records may still
/// be applied, until memory is full.
///
/// An upload that had begun may still reach its bucket. A copy then does not know that it did, and a server
/// that is restored from it puts the same bytes under the same key once more, which changes nothing.
pub struct Frozen {
    inner: Arc<Inner>,
    _writing: OwnedMutexGuard<()>,
    _noting: OwnedRwLockWriteGuard<()>,
}

impl Delivery {
    /// Waits for the write that is under way, not for buckets, then holds delivery still.
    pub async fn freeze(&self) -> Frozen {
        let inner = Arc::clone(self.shared());
        let writing = Arc::clone(&inner.writing).lock_owned().await;
        let noting = Arc::clone(&inner.noting).write_owned().await;
        Frozen { inner, _writing: writing, _noting: noting }
    }
}

impl Frozen {
    /// Copies the database to `path`, where nothing may be yet, and makes the copy durable but for its name.
    /// Returns the position from which a server that is restored from the copy reads the log.
    pub async fn snapshot_into(&self, path: &Path) -> Result<Position, DeliveryError> {
        self.inner.outbox.snapshot_into(path).await
    }

    /// The files of the outbox's folder that belong to the copy. They never change; one that is delivered
    /// after this is dropped goes.
    pub async fn files(&self) -> Result<Vec<PathBuf>, DeliveryError> {
        self.inner.outbox.files().await
    }

    /// The position up to which everything is in the outbox or beyond it.
    pub fn position(&self) -> Position {
        lock(&self.inner.reader).saved()
    }
}
