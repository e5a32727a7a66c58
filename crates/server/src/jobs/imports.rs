//! Imports run beside requests, some at a time.

use crate::app::App;
use crate::config::FollowedSource;
use crate::imports;
use cairn_store::imports::ImportsError;
use futures::FutureExt;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Imports that run at once. An account has one at most; the others wait.
const RUNNING_MAX: usize = 2;
/// How long to wait after the database of imports could not be read or written.
const RETRY: Duration = Duration::from_secs(5);

/// Runs what is to be run, until the stop. An import that is cut off goes on at the next start.
pub(super) async fn run(app: Arc<App>, stop: CancellationToken) {
    let mut running = Running::default();
    while !stop.is_cancelled() {
        let failed = running.settle(&app).await.inspect_err(|error| {
            tracing::error!(%error, "imports cannot go on; trying again");
        });
        let retry = async {
            match failed {
                Ok(()) => std::future::pending().await,
                Err(_) => tokio::time::sleep(RETRY).await,
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = app.imports.changed() => {}
            () = running.one_ended() => {}
            () = retry => {}
        }
    }
    running.tasks.shutdown().await;
}

/// Follows a bucket until the stop. What is cut off is done again at the next start.
pub(super) async fn follow(app: Arc<App>, source: FollowedSource, stop: CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = imports::follow(&app, &source) => {}
    }
}

#[derive(Default)]
struct Running {
    tasks: JoinSet<String>,
    stops: HashMap<String, CancellationToken>,
}

impl Running {
    /// Stops those that are not to run any more, and starts others.
    async fn settle(&mut self, app: &Arc<App>) -> Result<(), ImportsError> {
        let ongoing = app.imports.ledger().ongoing().await?;
        for (id, stop) in &self.stops {
            if !ongoing.iter().any(|import| import.id == *id) {
                stop.cancel();
            }
        }
        for import in ongoing {
            if self.stops.len() < RUNNING_MAX && !self.stops.contains_key(&import.id) {
                self.start(app, import.id);
            }
        }
        Ok(())
    }

    fn start(&mut self, app: &Arc<App>, id: String) {
        let (app, stop) = (Arc::clone(app), CancellationToken::new());
        self.stops.insert(id.clone(), stop.clone());
        self.tasks.spawn(async move {
            // Whatever it is at: what is not noted is done again when it goes on.
            tokio::select! {
                () = stop.cancelled() => {}
                ended = AssertUnwindSafe(run_one(&app, &id)).catch_unwind() => {
                    if ended.is_err() {
                        tracing::error!(import = id, "an import ended badly; trying again");
                        tokio::time::sleep(RETRY).await;
                    }
                }
            }
            id
        });
    }

    /// Waits until one has ended; for ever if none is running.
    async fn one_ended(&mut self) {
        match self.tasks.join_next().await {
            Some(Ok(id)) => drop(self.stops.remove(&id)),
            Some(Err(error)) => tracing::error!(%error, "an import ended badly"),
            None => std::future::pending().await,
        }
    }
}

async fn run_one(app: &Arc<App>, id: &str) {
    while let Err(error) = imports::run(app, id).await {
        tracing::error!(%error, import = id, "an import cannot go on; trying again");
        tokio::time::sleep(RETRY).await;
    }
}
