//! Trails follow the log.

use super::{Growth, give_up};
use crate::app::App;
use crate::clock;
use cairn_delivery::{Applied, Delivery, DeliveryError};
use cairn_model::Record;
use cairn_store::log::{Chunk, ReadError, Reader};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How often cuts, digests and uploads are asked whether they are due.
const TICK: Duration = Duration::from_millis(250);
/// How long to wait after a failed write of the outbox, a full disk say, before the log is read again.
const PAUSE: Duration = Duration::from_secs(1);
/// How long an orderly stop may spend on uploading what was cut.
const FLUSH: Duration = Duration::from_secs(2);
/// Bytes of the log that are taken at once.
const CHUNK_BYTES: usize = 1 << 20;

/// Why following stopped.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
}

/// Applies the log to trails, cuts log files and makes digests.
pub(super) async fn follow(app: Arc<App>, growth: Growth, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let Err(error) = follow_from_saved(&app, growth.clone(), &stop).await else { break };
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

/// Reads in the log's order while what was read before is compressed and written. Both end before this
/// returns, so that nothing is applied to what is reloaded.
async fn follow_from_saved(app: &Arc<App>, growth: Growth, stop: &CancellationToken) -> Result<(), Stopped> {
    let reader = app.journal.log().reader(app.delivery.position())?;
    let round = Round { app, stop: stop.child_token(), cut_soon: Notify::new() };
    let (read, cut) = tokio::join!(round.read(reader, growth), round.cut());
    // A failed write makes reading fail too, by asking for a reload: it is the cause.
    cut?;
    read
}

/// Following the log until a failure or the stop.
struct Round<'a> {
    app: &'a Arc<App>,
    stop: CancellationToken,
    /// Half of the memory is used up.
    cut_soon: Notify,
}

impl Round<'_> {
    async fn read(&self, mut reader: Reader, mut growth: Growth) -> Result<(), Stopped> {
        let _the_other_ends_too = self.stop.clone().drop_guard();
        while !self.stop.is_cancelled() {
            let caught_up = reader.position();
            let (back, applied) = step(reader, self.app.delivery.clone()).await?;
            reader = back;
            match applied {
                Some(Applied::GoOn) => {}
                Some(Applied::CutSoon) => self.cut_soon.notify_one(),
                Some(Applied::CutFirst) => {
                    // Waits for the cut that is under way, then makes one itself.
                    self.app.delivery.cut_if_due(clock::now()).await?;
                }
                None => tokio::select! {
                    () = self.stop.cancelled() => {}
                    () = growth.gathered_beyond(caught_up) => {}
                },
            }
        }
        Ok(())
    }

    async fn cut(&self) -> Result<(), Stopped> {
        let _the_other_ends_too = self.stop.clone().drop_guard();
        while !self.stop.is_cancelled() {
            self.app.delivery.cut_if_due(clock::now()).await?;
            self.app.delivery.digest_if_due(clock::now()).await?;
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = self.cut_soon.notified() => {}
                () = tokio::time::sleep(TICK) => {}
            }
        }
        Ok(())
    }
}

/// Reads and applies what comes next, on a thread that may block. `None`: there is nothing yet.
async fn step(mut reader: Reader, delivery: Delivery) -> Result<(Reader, Option<Applied>), Stopped> {
    let stepping = tokio::task::spawn_blocking(move || {
        let applied = match reader.next(CHUNK_BYTES)? {
            Some(chunk) => Some(apply(&delivery, &chunk)?),
            None => None,
        };
        Ok((reader, applied))
    });
    stepping.await.expect("applying the log does not panic")
}

/// Applies the whole chunk: memory may be exceeded by as much.
fn apply(delivery: &Delivery, chunk: &Chunk) -> Result<Applied, DeliveryError> {
    let now = clock::now();
    let mut applied = Applied::GoOn;
    let mut records = chunk.iter().peekable();
    while let Some((at, payload)) = records.next() {
        let next = records.peek().map_or(chunk.next(), |(next, _)| *next);
        let record = Record::decode(payload).map_err(|source| DeliveryError::Record { at, source })?;
        applied = delivery.apply(at, &record, next, now)?;
    }
    Ok(applied)
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
