//! Following the bucket of a live trail: its new files come into event history and the event data stores that take them.
//!
//! A file's events are durable before it is remembered, and a queue's message is deleted after that. What a crash has come
//! twice is told apart by the tables.

mod figures;
mod listing;
mod notification;
mod queue;

pub(crate) use figures::{Figures, FollowedFigures};

use super::bucket::{Bucket, File};
use super::fault::Fault;
use super::file;
use crate::app::App;
use crate::clock;
use crate::config::FollowedSource;
use cairn_store::imports::Followed;
use std::time::Duration;

/// How long to wait after something went wrong.
const PAUSE: Duration = Duration::from_secs(10);

/// Follows a source, for ever.
pub(crate) async fn follow(app: &App, source: &FollowedSource) {
    loop {
        let followed = match &source.queue {
            None => listing::look(app, source).await,
            Some(url) => queue::receive(app, source, url).await,
        };
        match followed {
            Ok(()) => {}
            Err(fault) => {
                tracing::error!(source = source.name, %fault, "a bucket cannot be followed; trying again");
                app.imports.followed().failed(&source.name, &fault);
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn bucket(app: &App, source: &FollowedSource) -> Result<Bucket, Fault> {
    let found = Bucket::find(app, &source.location.bucket, app.home_account()).await?;
    found.ok_or_else(|| Fault::lasting("NoSuchBucket", "the bucket does not exist, or is another account's"))
}

/// Imports a file that is not remembered. `Err` if it may go better later: then nothing is to be remembered of it.
async fn import(
    app: &App,
    source: &FollowedSource,
    bucket: &Bucket,
    found: &File,
) -> Result<Followed, Fault> {
    let (events, error) = match file::take(app, bucket, found, app.home_account(), None).await {
        Ok(file::Taken { events, fault }) => (events, fault),
        Err(fault) if fault.is_of_content() => (0, Some(fault)),
        Err(fault) => return Err(fault),
    };
    if let Some(fault) = &error {
        let file = bucket.url(&found.key);
        tracing::warn!(file, %fault, "a file of a followed bucket could not be imported, or not all of it");
    }
    app.imports.followed().imported(&source.name, &found.key, events, error.as_ref());
    Ok(Followed {
        source: source.name.clone(),
        key: found.key.clone(),
        events,
        error: error.map(|fault| fault.to_string()).unwrap_or_default(),
    })
}

/// Remembers files; what could not be remembered comes once more.
async fn remember(app: &App, files: &[Followed]) -> Result<(), Fault> {
    app.imports.ledger().remember(files, clock::now()).await.map_err(Fault::from)
}
