//! Copies for backups.

use super::Outbox;
use crate::error::DeliveryError;
use cairn_model::Position;
use std::path::{Path, PathBuf};

impl Outbox {
    /// Copies the database to `path`; see [`crate::Frozen::snapshot_into`]. A crash leaves half a file there.
    pub(crate) async fn snapshot_into(&self, path: &Path) -> Result<Position, DeliveryError> {
        let name = path.to_str().ok_or_else(|| no_text(path))?;
        sqlx::query("VACUUM INTO ?").bind(name).execute(&self.pool).await?;
        let copy = path.to_owned();
        let synced = tokio::task::spawn_blocking(move || std::fs::File::open(&copy)?.sync_all());
        synced.await.expect("syncing a file does not panic").map_err(DeliveryError::folder(path))?;
        let (position,): (i64,) = sqlx::query_as("SELECT position FROM reader").fetch_one(&self.pool).await?;
        Ok(Position::new(position.cast_unsigned()))
    }

    /// The files that rows name.
    pub(crate) async fn files(&self) -> Result<Vec<PathBuf>, DeliveryError> {
        let named = self.named_files().await?;
        Ok(named.into_iter().map(|file| self.folder.path_of(&file)).collect())
    }
}

fn no_text(path: &Path) -> DeliveryError {
    let error = std::io::Error::new(std::io::ErrorKind::InvalidInput, "SQLite takes paths of UTF-8 only");
    DeliveryError::folder(path)(error)
}
