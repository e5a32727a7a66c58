//! What runs beside requests: the readers of the log, and upkeep.

mod catalog;
mod dashboards;
mod delivery;
mod federation;
mod gaps;
mod history;
mod imports;
mod queries;
mod rotation;
mod stores;
mod upkeep;
mod uploads;

pub(crate) use rotation::make_signing_key;
pub(crate) use upkeep::{drop_segments, slowest};

use crate::app::App;
use cairn_model::Position;
use cairn_store::log::Log;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long a reader that has caught up lets the log grow before it looks again.
const GATHER: Duration = Duration::from_millis(10);

/// The jobs of a running Cairn.
pub(crate) struct Jobs {
    running: JoinSet<()>,
}

/// Tells when the log has grown.
#[derive(Clone)]
pub(crate) struct Growth(watch::Receiver<Position>);

impl Growth {
    /// Follows a log.
    pub(crate) fn of(log: &Log) -> Growth {
        let (sender, receiver) = watch::channel(log.committed());
        log.subscribe(Box::new(move |end| {
            sender.send_replace(end);
        }));
        Growth(receiver)
    }

    /// Waits until the log has grown beyond `position`.
    pub(crate) async fn beyond(&mut self, position: Position) {
        // An error means that the log is gone, and with it the reason to wait; the job is about to be
        // stopped.
        if self.0.wait_for(|end| *end > position).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Waits until the log has grown beyond `position`, and then for what comes right behind: a look at the log costs a
    /// reader as much for one small commit as for ten.
    async fn gathered_beyond(&mut self, position: Position) {
        self.beyond(position).await;
        tokio::time::sleep(GATHER).await;
    }
}

impl Jobs {
    /// Starts them all. A job that cannot go on ends the process, which recovers at its next start.
    pub(crate) fn start(app: &Arc<App>, stop: &CancellationToken) -> Jobs {
        let growth = Growth::of(app.journal.log());
        let mut running = JoinSet::new();
        running.spawn(history::follow(Arc::clone(app), growth.clone(), stop.clone()));
        running.spawn(history::commit(Arc::clone(app), stop.clone()));
        running.spawn(stores::follow(Arc::clone(app), growth.clone(), stop.clone()));
        running.spawn(stores::commit(Arc::clone(app), stop.clone()));
        running.spawn(stores::maintain(Arc::clone(app), stop.clone()));
        running.spawn(delivery::follow(Arc::clone(app), growth, stop.clone()));
        running.spawn(dashboards::run(Arc::clone(app), stop.clone()));
        running.spawn(catalog::follow(Arc::clone(app), stop.clone()));
        running.spawn(delivery::upload(Arc::clone(app), stop.clone()));
        running.spawn(imports::run(Arc::clone(app), stop.clone()));
        running.spawn(federation::run(Arc::clone(app), stop.clone()));
        for source in app.config.imports.follow.clone() {
            running.spawn(imports::follow(Arc::clone(app), source, stop.clone()));
        }
        running.spawn(gaps::run(Arc::clone(app), stop.clone()));
        running.spawn(rotation::run(Arc::clone(app), stop.clone()));
        running.spawn(queries::run(Arc::clone(app), stop.clone()));
        running.spawn(uploads::run(Arc::clone(app), stop.clone()));
        running.spawn(upkeep::release(Arc::clone(app), stop.clone()));
        running.spawn(upkeep::maintain(Arc::clone(app), stop.clone()));
        Jobs { running }
    }

    /// Waits until one has ended, which none does before the stop unless it cannot go on.
    pub(crate) async fn one_ended(&mut self) {
        if let Some(Err(error)) = self.running.join_next().await {
            tracing::error!(%error, "a job ended badly");
        }
    }

    /// Waits until all have ended, which they do soon after the stop.
    pub(crate) async fn all_ended(mut self) {
        while !self.running.is_empty() {
            self.one_ended().await;
        }
    }
}

/// Ends the process: something that was acknowledged may be on disk in a way that only a restart can tell.
fn give_up(app: &App, job: &'static str, error: &dyn std::fmt::Display) {
    tracing::error!(job, %error, "cannot go on; the process stops and recovers at its next start");
    app.fatal.cancel();
}
