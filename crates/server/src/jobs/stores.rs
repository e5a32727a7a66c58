//! Event data stores follow the log.

use super::{Growth, give_up};
use crate::app::App;
use crate::clock;
use crate::stores::{Saving, Step};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often the tables are asked whether a commit is due.
const TICK: Duration = Duration::from_millis(100);
/// How long after a failed save the next is tried.
const RETRY: Duration = Duration::from_secs(5);
/// How often the open tables are tidied.
const MAINTAIN_EVERY: Duration = Duration::from_secs(10);
/// Between two steps of tidying, while there is more.
const BETWEEN_STEPS: Duration = Duration::from_millis(100);
/// How often folders are looked at: for stores that are gone, and for days that have expired.
const FOLDERS_EVERY: Duration = Duration::from_secs(60);

/// Offers what is in the log to the stores, as it comes.
pub(super) async fn follow(app: Arc<App>, mut growth: Growth, stop: CancellationToken) {
    let mut reader = match app.journal.log().reader(app.stores.position()) {
        Ok(reader) => reader,
        Err(error) => return give_up(&app, "stores", &error),
    };
    while !stop.is_cancelled() {
        let stores = app.stores.clone();
        let stepping = tokio::task::spawn_blocking(move || {
            let step = stores.step(&mut reader);
            (reader, step)
        });
        let (back, step) = stepping.await.expect("following the log does not panic");
        reader = back;
        let caught_up = reader.position();
        match step {
            Ok(Step::Offered) => {}
            Ok(Step::CaughtUp) => tokio::select! {
                () = stop.cancelled() => {}
                () = growth.gathered_beyond(caught_up) => {}
            },
            Err(error) => return give_up(&app, "stores", &error),
        }
    }
}

/// Moves what was taken into tables, and saves how far they are.
pub(super) async fn commit(app: Arc<App>, stop: CancellationToken) {
    let mut saving = Saving::default();
    let mut wait = TICK;
    while !pause(wait, &stop).await {
        wait = TICK;
        app.stores.commit_due(&saving, clock::now());
        let stores = app.stores.clone();
        let save = tokio::task::spawn_blocking(move || {
            let saved = stores.save_if_due(&mut saving, clock::now());
            (saving, saved)
        });
        let (back, saved) = save.await.expect("saving does not panic");
        saving = back;
        if let Err(error) = saved {
            tracing::error!(%error, "how far event data stores are could not be saved; trying again");
            wait = RETRY;
        }
    }
}

/// Tidies the tables, one after the other, and deletes those of stores that are gone.
pub(super) async fn maintain(app: Arc<App>, stop: CancellationToken) {
    let mut folders_due = Instant::now();
    while !pause(MAINTAIN_EVERY, &stop).await {
        for id in app.stores.open_stores() {
            loop {
                // What is not done at the stop is left as a crash would leave it.
                let done = tokio::select! {
                    () = stop.cancelled() => return,
                    done = app.stores.maintain(id, clock::now()) => done,
                };
                match done {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => {
                        tracing::error!(store = %id, %error, "an event data store could not be tidied; trying again later");
                        break;
                    }
                }
                if pause(BETWEEN_STEPS, &stop).await {
                    return;
                }
            }
        }
        app.stores.close_unused();
        if Instant::now() >= folders_due {
            folders_due = Instant::now() + FOLDERS_EVERY;
            tidy_folders(&app).await;
        }
    }
}

async fn tidy_folders(app: &Arc<App>) {
    let app = Arc::clone(app);
    let tidy = tokio::task::spawn_blocking(move || {
        let now = clock::now();
        // As the catalog is at that moment, which is ahead of the follower.
        let exists = |id| {
            let state = app.journal.catalog().state();
            let mut stores = state.event_data_stores.values();
            stores.any(|store| store.arn.id.parse() == Ok(id) && !store.is_gone(now))
        };
        app.stores.tidy_folders(now, exists)
    });
    if let Err(error) = tidy.await.expect("looking at folders does not panic") {
        tracing::error!(%error, "the folders of event data stores could not be looked at; trying again later");
    }
}

/// Waits, but not beyond the stop, of which it tells.
async fn pause(time: Duration, stop: &CancellationToken) -> bool {
    tokio::select! {
        () = stop.cancelled() => true,
        () = tokio::time::sleep(time) => false,
    }
}
