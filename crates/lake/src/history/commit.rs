//! From the tail into the table.

use super::encode::{Threads, encode};
use super::shared::Shared;
use crate::error::LakeError;
use crate::table::{Purpose, TableChange};
use cairn_model::Position;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Commits of less text give way to everything else: they are done soon all the same, and nothing is behind. More
/// is committed as fast as it can be.
const GIVES_WAY_BYTES: u64 = 16 << 20;

impl Shared {
    /// See [`super::History::commit`].
    pub(super) async fn commit(self: &Arc<Self>) -> Result<Position, LakeError> {
        let worker = Arc::clone(self);
        match self.waiting_bytes() < GIVES_WAY_BYTES {
            true => self.background.run(async move { worker.commit_here(Threads::One).await }).await?,
            false => self.commit_here(Threads::Two).await,
        }
    }

    async fn commit_here(self: &Arc<Self>, threads: Threads) -> Result<Position, LakeError> {
        let mut table = self.table.lock().await;
        table.settle().await?;
        let view = table.view();
        // An earlier commit whose result was unknown may turn out to have been made.
        self.publish(Arc::clone(&view));
        let (rows, next) = {
            let state = self.state();
            let (rows, left) = state.tail.take(view.committed, self.options.commit_bytes);
            (rows, left.unwrap_or(state.seen))
        };
        if next <= view.committed {
            return Ok(view.committed);
        }
        let worker = Arc::clone(self);
        let kept_from = self.options.kept_from;
        let encode = move || {
            let Shared { bodies, duplicates, reader, .. } = &*worker;
            encode(&**bodies, &rows, &view.files, duplicates, reader, kept_from, threads)
        };
        let encoded = tokio::task::spawn_blocking(encode).await.map_err(LakeError::from)??;
        let files = table.files();
        let mut add = Vec::with_capacity(encoded.files.len());
        for (file, identities) in encoded.files {
            // A crash from here to the commit leaves files that no commit names; vacuum deletes them.
            let file = file.store(&files).await?;
            self.duplicates.remember(&file.path, identities);
            add.push(file);
        }
        table.commit(TableChange { add, remove: Vec::new(), purpose: Purpose::Append(next) }).await?;
        self.publish(table.view());
        self.counters.commits.fetch_add(1, Relaxed);
        self.counters.duplicates.fetch_add(encoded.duplicates, Relaxed);
        self.counters.conflicts.fetch_add(encoded.conflicts, Relaxed);
        Ok(next)
    }
}
