//! Upkeep: retention, joining of files, and dropping what every reader has left behind.

use crate::app::App;
use crate::clock;
use cairn_model::Position;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the log's oldest segments are looked at.
const RELEASE_EVERY: Duration = Duration::from_secs(10);
/// How often the history table is tidied.
const MAINTAIN_EVERY: Duration = Duration::from_secs(60);

/// Drops what every reader of the log has left behind.
pub(super) async fn release(app: Arc<App>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(RELEASE_EVERY) => {}
        }
        if app.journal.checkpoint().await.is_err() {
            return;
        }
        drop_segments(&app);
    }
}

/// Tidies the history table. A job of its own: joining many files takes long, and the log must not grow meanwhile.
pub(super) async fn maintain(app: Arc<App>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(MAINTAIN_EVERY) => {}
        }
        if let Err(error) = app.history.maintain(clock::now()).await {
            tracing::error!(%error, "the history table could not be tidied; trying again later");
        }
    }
}

/// Drops the log's segments behind its slowest reader.
pub(crate) fn drop_segments(app: &App) {
    let floor = slowest(app);
    match app.journal.log().release(floor) {
        Ok(0) => {}
        Ok(segments) => tracing::debug!(segments, %floor, "segments of the log dropped"),
        Err(error) => tracing::warn!(%error, "segments of the log could not be dropped"),
    }
}

/// Where the slowest reader stands; its position survives power loss.
pub(crate) fn slowest(app: &App) -> Position {
    let catalog = app.journal.catalog().position();
    catalog.min(app.history.committed()).min(app.delivery.position())
}
