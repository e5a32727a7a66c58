//! Follows a catalog that other processes share.

use crate::app::App;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the shared catalog is asked for its version. What others changed takes effect here within about this time.
const TICK: Duration = Duration::from_millis(300);
/// The longest pause while PostgreSQL does not answer.
const PAUSE_MAX: Duration = Duration::from_secs(3);

/// Ends with the stop. A catalog that nobody shares needs nothing.
pub(super) async fn follow(app: Arc<App>, stop: CancellationToken) {
    let mut pause = TICK;
    while app.journal.reaches_catalog().is_some() && !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        pause = match app.journal.refresh().await {
            Ok(()) => TICK,
            // It has been told of.
            Err(_) => PAUSE_MAX.min(pause * 2),
        };
    }
    stop.cancelled().await;
}
