//! Trails follow the log.

use super::{Growth, give_up};
use crate::app::App;
use crate::clock;
use cairn_delivery::{Applied, DeliveryError};
use cairn_model::Record;
use cairn_store::log::{Chunk, ReadError, Reader};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often cuts, digests and uploads are asked whether they are due.
const TICK: Duration = Duration::from_millis(250);
/// How long to wait after a failed write of the outbox, a full disk say, before the log is read again.
const PAUSE: Duration = Duration::from_secs(1);
/// How long an orderly stop may spend on uploading what was cut.
const FLUSH: Duration = Duration::from_secs(2);

/// Why following stopped.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
}

/// Applies the log to trails, cuts log files and makes digests: one task, so that all of it happens in the
/// log's order.
pub(super) async fn follow(app: Arc<App>, mut growth: Growth, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let Err(error) = follow_from_saved(&app, &mut growth, &stop).await else { break };
        let mends_by_reading_again = matches!(
            &error,
            Stopped::Delivery(
                DeliveryError::Database(_) | DeliveryError::Folder { .. } | DeliveryError::MustReload
            )
        );
        if !mends_by_reading_again {
            return give_up(&app, "delivery", &error);
        }
        tracing::error!(%error, "the outbox could not be written; its part of the log is read again");
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
        if let Err(error) = app.delivery.reload().await {
            tracing::error!(%error, "the outbox could not be read; trying again");
        }
    }
    // What is buffered is cut, so that a restart has less to read again.
    if let Err(error) = app.delivery.flush(clock::now(), FLUSH).await {
        tracing::warn!(%error, "trails could not be flushed; the log is read again at the next start");
    }
}

async fn follow_from_saved(
    app: &Arc<App>,
    growth: &mut Growth,
    stop: &CancellationToken,
) -> Result<(), Stopped> {
    let mut reader: Reader = app.journal.log().reader(app.delivery.position())?;
    while !stop.is_cancelled() {
        let (back, chunk) = read_chunk(reader).await?;
        reader = back;
        if let Some(chunk) = &chunk {
            apply(app, chunk).await?;
        }
        app.delivery.cut_if_due(clock::now()).await?;
        app.delivery.digest_if_due(clock::now()).await?;
        if chunk.is_none() {
            let caught_up = reader.position();
            tokio::select! {
                () = stop.cancelled() => {}
                () = growth.beyond(caught_up) => {}
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }
    Ok(())
}

/// Bytes of the log that are taken at once.
const CHUNK_BYTES: usize = 1 << 20;

/// Reads on a thread that may block.
async fn read_chunk(mut reader: Reader) -> Result<(Reader, Option<Chunk>), ReadError> {
    let read = tokio::task::spawn_blocking(move || {
        let chunk = reader.next(CHUNK_BYTES)?;
        Ok((reader, chunk))
    });
    read.await.expect("reading the log does not panic")
}

async fn apply(app: &App, chunk: &Chunk) -> Result<(), DeliveryError> {
    let now = clock::now();
    let mut records = chunk.iter().peekable();
    while let Some((at, payload)) = records.next() {
        let next = records.peek().map_or(chunk.next(), |(next, _)| *next);
        let record = Record::decode(payload).map_err(|source| DeliveryError::Record { at, source })?;
        if app.delivery.apply(at, &record, next, now)? == Applied::CutFirst {
            app.delivery.cut_if_due(now).await?;
        }
    }
    Ok(())
}

/// Drains the outbox. A bucket's failures are tried again, and GetTrailStatus tells of them. Each round runs
/// beside the ones before, so that a bucket that does not answer holds up nobody else.
pub(super) async fn upload(app: Arc<App>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let round = Arc::clone(&app);
        tokio::spawn(async move {
            if let Err(error) = round.delivery.upload_due(clock::now()).await {
                tracing::error!(%error, "the outbox could not be read; trying again");
            }
        });
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(TICK) => {}
        }
    }
}
