//! The way of one file into the log.

use super::bucket::{Bucket, File, patiently};
use super::content::{Content, Packing, content};
use super::fault::Fault;
use crate::app::App;
use crate::clock;
use crate::events;
use crate::ingest::{self, BODY_BYTES_MAX, CommitError, Destined, Encoding, Judged, Poster, UnpackError};
use crate::journal::JournalError;
use cairn_model::AccountId;
use cairn_store::log::AppendError;
use std::sync::Arc;
use std::time::Duration;

/// How far behind the log its readers may be, in bytes, before an import waits for them.
const BEHIND_BYTES_MAX: u64 = 192 << 20;
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// How long to wait for memory, or for room in the log.
const PAUSE: Duration = Duration::from_millis(500);

/// What was taken of a file, all of it durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) events: u64,
    /// Some of its records were refused.
    pub(super) fault: Option<Fault>,
}

/// Reads a file and has its events in the log: in those of `destined` stores only, or for all who take imported ones.
/// Events that name no account become those of `account`. Waits for readers that are far behind, for memory, and for room
/// in the log.
pub(super) async fn take(
    app: &App,
    bucket: &Bucket,
    file: &File,
    account: AccountId,
    destined: Option<&Arc<Destined>>,
) -> Result<Taken, Fault> {
    loop {
        wait_for_readers(app).await;
        match take_once(app, bucket, file, account, destined).await? {
            Some(taken) => return Ok(taken),
            None => tokio::time::sleep(PAUSE).await,
        }
    }
}

fn check_content(body: &[u8]) -> Result<(), Fault> {
    if Packing::of(body) != Packing::Gzip {
        return Err(Fault::lasting("NotGzip", "it is not packed by gzip"));
    }
    match content(body) {
        Ok(Content::Events) => Ok(()),
        Ok(Content::Digest | Content::Utf16 | Content::Other) => {
            Err(Fault::lasting("NotCloudTrail", "it holds no events of CloudTrail"))
        }
        Err(error) => Err(Fault::lasting("DamagedFile", format!("it does not unpack: {error}"))),
    }
}

/// `None`: there is no memory for it now, or no room in the log.
async fn take_once(
    app: &App,
    bucket: &Bucket,
    file: &File,
    account: AccountId,
    destined: Option<&Arc<Destined>>,
) -> Result<Option<Taken>, Fault> {
    let mut share = app.budget.share();
    let bytes = usize::try_from(file.bytes).unwrap_or(usize::MAX).min(BODY_BYTES_MAX);
    if share.hold(bytes).is_err() {
        return Ok(None);
    }
    let body = patiently(|| bucket.read(&file.key, BODY_BYTES_MAX)).await?;
    check_content(&body)?;
    let poster = Poster::importer(account);
    let (known, chosen) = (app.journal.catalog().state(), destined.cloned());
    let judging = tokio::task::spawn_blocking(move || {
        let judged =
            ingest::judge_destined(body, Encoding::Gzip, poster, chosen.as_deref(), &known, &mut share);
        (judged, share)
    });
    let (judged, _share) = judging.await.expect("judging events does not panic");
    match judged {
        Ok(judged) => commit(app, poster, judged).await,
        Err(UnpackError::Busy) => Ok(None),
        Err(error @ (UnpackError::TooLarge | UnpackError::TooManyRecords)) => {
            Err(Fault::lasting("FileTooLarge", error.to_string()))
        }
        Err(error @ (UnpackError::Damaged(_) | UnpackError::UnknownEncoding)) => {
            Err(Fault::lasting("DamagedFile", error.to_string()))
        }
    }
}

async fn commit(app: &App, poster: Poster, judged: Judged) -> Result<Option<Taken>, Fault> {
    let describe = |accounts: &[String]| {
        let parameters = serde_json::json!({ "accounts": accounts });
        let (account, region) = (app.home_account(), &app.config.region);
        events::by_cairn("CreateAccount", account, region, clock::now(), Some(parameters))
    };
    let refused = judged.refused();
    match ingest::commit(&app.journal, poster, judged, describe).await {
        Ok(receipt) => {
            app.metrics.posted(receipt.accepted, refused);
            let first = receipt.refused.first().map_or("", |line| line.reason.as_str());
            let total = receipt.accepted + refused;
            let fault = (refused > 0).then(|| {
                Fault::lasting(
                    "InvalidRecords",
                    format!("{refused} of {total} records were refused: {first}"),
                )
            });
            Ok(Some(Taken { events: receipt.accepted, fault }))
        }
        Err(CommitError::Journal(JournalError::Append(
            AppendError::Busy | AppendError::Full | AppendError::Io(_),
        ))) => Ok(None),
        Err(error) => {
            Err(Fault { code: "InternalError".to_owned(), message: error.to_string(), passes: true })
        }
    }
}

/// Imports do not run ahead of history and of event data stores, so that the log stays short.
async fn wait_for_readers(app: &App) {
    let is_far_behind = || {
        let end = app.journal.log().committed().get();
        let slowest = app.history.committed().min(app.stores.position());
        end.saturating_sub(slowest.get()) > BEHIND_BYTES_MAX
    };
    while is_far_behind() {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
