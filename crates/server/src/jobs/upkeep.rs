//! Upkeep: retention, joining of files, and dropping what every reader has left behind.

use crate::app::App;
use crate::clock;
use cairn_model::Position;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often the log's oldest segments are looked at. While much comes in, the system then writes the next segments
/// into the memory that it kept these in: memory that is new to it takes it several times as long.
const RELEASE_EVERY: Duration = Duration::from_millis(250);
/// How often the catalog's position is saved while no segment waits for it.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(10);
/// How often the history table is tidied.
const MAINTAIN_EVERY: Duration = Duration::from_secs(10);
/// Between two steps of tidying, while there is more.
const BETWEEN_STEPS: Duration = Duration::from_millis(100);

/// Drops what every reader of the log has left behind.
pub(super) async fn release(app: Arc<App>, stop: CancellationToken) {
    let mut checkpoint_due = Instant::now() + CHECKPOINT_EVERY;
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(RELEASE_EVERY) => {}
        }
        let is_worth_it = app.journal.log().can_release(slowest_follower(&app));
        if !is_worth_it && Instant::now() < checkpoint_due {
            continue;
        }
        if app.journal.checkpoint().await.is_err() {
            return;
        }
        checkpoint_due = Instant::now() + CHECKPOINT_EVERY;
        let dropping = Arc::clone(&app);
        let dropped = tokio::task::spawn_blocking(move || drop_segments(&dropping)).await;
        dropped.expect("dropping segments does not panic");
    }
}

/// Tidies the history table. A job of its own: joining many files takes long, and the log must not grow meanwhile.
pub(super) async fn maintain(app: Arc<App>, stop: CancellationToken) {
    let mut wait = MAINTAIN_EVERY;
    loop {
        let step = async {
            tokio::time::sleep(wait).await;
            app.history.maintain(clock::now()).await
        };
        // What is not done at the stop is left as a crash would leave it.
        let done = tokio::select! {
            () = stop.cancelled() => return,
            done = step => done,
        };
        wait = match done {
            Ok(done) if done.has_more => BETWEEN_STEPS,
            Ok(_) => MAINTAIN_EVERY,
            Err(error) => {
                tracing::error!(%error, "the history table could not be tidied; trying again later");
                MAINTAIN_EVERY
            }
        };
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
    app.journal.catalog().position().min(slowest_follower(app))
}

/// The same of those but the catalog, whose position is saved when it is asked to.
fn slowest_follower(app: &App) -> Position {
    let slowest = app.history.committed().min(app.delivery.position()).min(app.stores.saved());
    // What a crash leaves without an outcome is looked for from there on.
    slowest.min(app.gateway.floor().unwrap_or(slowest))
}
