//! Multipart uploads that nobody ends: their parts take space for nothing.

use crate::app::App;
use crate::clock;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often they are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(3600);
/// How long an upload may take.
const LIFE: Duration = Duration::from_secs(7 * 86_400);

pub(super) async fn run(app: Arc<App>, stop: CancellationToken) {
    loop {
        match app.buckets.end_uploads_before(clock::now().minus(LIFE)).await {
            Ok(0) => {}
            Ok(ended) => tracing::info!(ended, "multipart uploads that were begun 7 days ago were aborted"),
            Err(error) => {
                tracing::warn!(%error, "old multipart uploads could not be aborted; trying again later")
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}
