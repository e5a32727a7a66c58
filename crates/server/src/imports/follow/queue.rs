//! Following a bucket by the messages of a queue.

use super::super::bucket::{Bucket, File};
use super::super::fault::Fault;
use super::notification::{Told, told};
use super::{bucket, import, remember};
use crate::app::App;
use crate::clock;
use crate::config::FollowedSource;
use cairn_aws::{Message, Sqs};
use cairn_decide::imports::Plan;
use cairn_model::Timestamp;
use futures::stream::{self, StreamExt};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long SQS may wait for messages.
const WAIT: Duration = Duration::from_secs(10);
/// When a message comes again that was not deleted.
const HIDDEN: Duration = Duration::from_secs(120);
/// Files that are read at once.
const PARALLEL: usize = 4;

/// Takes messages again and again, until something goes wrong.
pub(super) async fn receive(app: &App, source: &FollowedSource, url: &str) -> Result<(), Fault> {
    let none = || Fault::lasting("NoQueue", "no SQS is configured: [aws] or targets.sqs_endpoint");
    let queue = app.targets.queue(url).ok_or_else(none)?;
    let bucket = bucket(app, source).await?;
    loop {
        let messages = queue.receive(WAIT, HIDDEN).await?;
        app.imports.followed().looked(&source.name, clock::now());
        take(app, source, &bucket, &queue, &messages).await?;
    }
}

/// Imports the files that messages tell of, each once, and deletes the messages whose files' events are all durable. The
/// others come again.
async fn take(
    app: &App,
    source: &FollowedSource,
    bucket: &Bucket,
    queue: &Sqs,
    messages: &[Message],
) -> Result<(), Fault> {
    let told: Vec<(&Message, Vec<String>)> =
        messages.iter().filter_map(|message| Some((message, keys(app, source, message)?))).collect();
    let all: BTreeSet<&String> = told.iter().flat_map(|(_, keys)| keys).collect();
    let all: Vec<String> = all.into_iter().cloned().collect();
    let known = app.imports.ledger().known(&source.name, &all).await?;
    let new = all.into_iter().filter(|key| !known.contains(key));
    let importing = stream::iter(new).map(async |key| {
        let imported = import_one(app, source, bucket, &key).await;
        imported.err().map(|fault| (key, fault))
    });
    let failed: Vec<Option<(String, Fault)>> = importing.buffer_unordered(PARALLEL).collect().await;
    let failed: BTreeMap<String, Fault> = failed.into_iter().flatten().collect();
    for (message, keys) in &told {
        if !keys.iter().any(|key| failed.contains_key(key)) {
            queue.delete(message).await?;
        }
    }
    failed.into_values().next().map_or(Ok(()), Err)
}

/// The keys of the source's files that a message tells of; `None` if it tells of no file.
fn keys(app: &App, source: &FollowedSource, message: &Message) -> Option<Vec<String>> {
    let Some(told) = told(&message.body) else {
        // It may be meant for somebody else: the queue's own rules say what becomes of it.
        let (source_name, id) = (&source.name, &message.message_id);
        tracing::warn!(source = source_name, message_id = id, "a message tells of no file; it is left alone");
        app.imports.followed().passed(&source.name);
        return None;
    };
    let (plan, location) = (Plan::all(Timestamp::MIN), &source.location);
    let is_ours = |told: &Told| {
        told.bucket == location.bucket && told.key.starts_with(&location.prefix) && plan.takes(&told.key)
    };
    Some(told.into_iter().filter(is_ours).map(|told| told.key).collect())
}

async fn import_one(app: &App, source: &FollowedSource, bucket: &Bucket, key: &str) -> Result<(), Fault> {
    // Its size is not known: it may take what the largest takes.
    let file = File { key: key.to_owned(), bytes: u64::MAX };
    let imported = import(app, source, bucket, &file).await?;
    remember(app, &[imported]).await
}
