//! Following a bucket by looking through it.

use super::super::bucket::{Bucket, File};
use super::super::fault::Fault;
use super::super::folders::{self, Found};
use super::{bucket, import, remember};
use crate::app::App;
use crate::clock;
use crate::config::FollowedSource;
use cairn_decide::imports::Plan;
use cairn_store::imports::Followed;
use futures::stream::{self, StreamExt, TryStreamExt};
use std::time::Duration;
use tokio::time::Instant;

/// What most looks go through: files come within minutes of their day.
const LATELY: Duration = Duration::from_secs(86_400);
/// How often one goes through all that may still come.
const FAR_EVERY: Duration = Duration::from_secs(3600);
/// Keys that are asked about at once.
const ASKED: usize = 500;
/// Files that are read at once.
const PARALLEL: usize = 4;

/// Looks through the bucket again and again, until something goes wrong.
pub(super) async fn look(app: &App, source: &FollowedSource) -> Result<(), Fault> {
    let settings = &app.config.imports;
    let mut far: Option<Instant> = None;
    loop {
        let began = Instant::now();
        let is_far = far.is_none_or(|far| began.duration_since(far) >= FAR_EVERY);
        look_once(app, source, if is_far { settings.look_back.max(LATELY) } else { LATELY }).await?;
        if is_far {
            far = Some(began);
            // What is older is not looked at any more.
            let kept = settings.look_back.max(LATELY) + LATELY * 2;
            app.imports.ledger().forget_before(clock::now().minus(kept)).await?;
        }
        tokio::time::sleep(settings.every.saturating_sub(began.elapsed())).await;
    }
}

async fn look_once(app: &App, source: &FollowedSource, back: Duration) -> Result<(), Fault> {
    let bucket = bucket(app, source).await?;
    let plan = Plan::all(clock::now().minus(back));
    let folders = folders::find(&bucket, &plan, &source.location.prefix).await;
    // One file that cannot be read holds up no other.
    let mut failed = None;
    for folder in folders.map_err(|(_, fault)| fault)? {
        failed = look_into(app, source, &bucket, &plan, &folder).await.err().or(failed);
    }
    if let Some(fault) = failed {
        return Err(fault);
    }
    app.imports.followed().looked(&source.name, clock::now());
    Ok(())
}

/// Imports the files of a folder that are not remembered.
async fn look_into(
    app: &App,
    source: &FollowedSource,
    bucket: &Bucket,
    plan: &Plan,
    folder: &Found,
) -> Result<(), Fault> {
    let files = bucket.files(&folder.path, folder.is_whole, "");
    let files = files.try_filter(|file| std::future::ready(plan.takes(&file.key)));
    let mut chunks = files.try_chunks(ASKED);
    let mut failed = None;
    while let Some(chunk) = chunks.next().await {
        let files = chunk.map_err(|error| error.1)?;
        failed = import_new(app, source, bucket, files).await.err().or(failed);
    }
    failed.map_or(Ok(()), Err)
}

/// Imports those of some files that are not remembered. What is imported is remembered, even if another one fails.
async fn import_new(
    app: &App,
    source: &FollowedSource,
    bucket: &Bucket,
    files: Vec<File>,
) -> Result<(), Fault> {
    let keys: Vec<String> = files.iter().map(|file| file.key.clone()).collect();
    let known = app.imports.ledger().known(&source.name, &keys).await?;
    let new = files.into_iter().filter(|file| !known.contains(&file.key));
    let imported = stream::iter(new).map(async |file| import(app, source, bucket, &file).await);
    let mut imported = std::pin::pin!(imported.buffer_unordered(PARALLEL).ready_chunks(PARALLEL));
    let mut failed = None;
    while let Some(chunk) = imported.next().await {
        let (done, faults): (Vec<_>, Vec<_>) = chunk.into_iter().partition(Result::is_ok);
        let done: Vec<Followed> = done.into_iter().flatten().collect();
        remember(app, &done).await?;
        failed = faults.into_iter().find_map(Result::err).or(failed);
    }
    failed.map_or(Ok(()), Err)
}
