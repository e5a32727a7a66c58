//! Shows federated tables to other engines, as the catalog says.

use crate::app::App;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the catalog is looked at, and how long after a failure it is tried again.
const LOOK_EVERY: Duration = Duration::from_millis(200);
const RETRY: Duration = Duration::from_secs(5);

/// Runs until the stop.
pub(super) async fn run(app: Arc<App>, stop: CancellationToken) {
    let mut wait = LOOK_EVERY;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        wait = match app.federation.follow(&app).await {
            Ok(()) => LOOK_EVERY,
            Err(error) => {
                tracing::warn!(%error, "federated tables could not be shown; trying again");
                RETRY
            }
        };
    }
}
