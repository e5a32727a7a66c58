//! Carries out queries that were started, delivers their results, and forgets them after a week.

use crate::app::App;
use crate::clock;
use crate::queries::{carry_out, deliver};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How often old queries are looked for.
const FORGET_EVERY: Duration = Duration::from_secs(60);

/// Until the stop; what runs then is left as a crash would leave it.
pub(super) async fn run(app: Arc<App>, stop: CancellationToken) {
    let mut started = app.queries.to_carry_out();
    let mut tasks = JoinSet::new();
    for query in app.queries.undelivered() {
        let app = Arc::clone(&app);
        tasks.spawn(async move { deliver(&app, &query.id).await });
    }
    let mut forgetting = tokio::time::interval(FORGET_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            Some(job) = started.recv() => {
                tasks.spawn(carry_out(Arc::clone(&app), job));
            }
            Some(ended) = tasks.join_next() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "a query was not carried out to its end");
                }
            }
            _ = forgetting.tick() => app.queries.forget(clock::now()).await,
        }
    }
}
