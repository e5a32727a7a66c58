//! Event history follows the log.

use super::{Growth, give_up};
use crate::app::App;
use crate::clock;
use cairn_model::{Event, Position, Record};
use cairn_store::log::{Chunk, Reader};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Bytes of the log that are taken at once.
const CHUNK_BYTES: usize = 1 << 20;
/// How often the table is asked whether a commit is due, and a full tail whether it has room again.
const TICK: Duration = Duration::from_millis(100);

/// Shows what is in the log to look-ups, as it comes.
pub(super) async fn follow(app: Arc<App>, mut growth: Growth, stop: CancellationToken) {
    let mut reader = match app.journal.log().reader(app.history.committed()) {
        Ok(reader) => reader,
        Err(error) => return give_up(&app, "history", &error),
    };
    loop {
        let read = read_chunk(reader).await;
        let (back, chunk) = match read {
            Ok(read) => read,
            Err(error) => return give_up(&app, "history", &error),
        };
        reader = back;
        let ended = match chunk {
            Some(chunk) => match append(&app, &chunk, &stop).await {
                Ok(ended) => ended,
                Err(error) => return give_up(&app, "history", &error),
            },
            None => {
                let caught_up = reader.position();
                tokio::select! {
                    () = stop.cancelled() => true,
                    () = growth.beyond(caught_up) => false,
                }
            }
        };
        if ended || stop.is_cancelled() {
            return;
        }
    }
}

/// Reads on a thread that may block.
pub(super) async fn read_chunk(
    mut reader: Reader,
) -> Result<(Reader, Option<Chunk>), cairn_store::log::ReadError> {
    let read = tokio::task::spawn_blocking(move || {
        let chunk = reader.next(CHUNK_BYTES)?;
        Ok((reader, chunk))
    });
    read.await.expect("reading the log does not panic")
}

/// Takes a chunk, waiting while the tail is full. True if the stop came first.
async fn append(
    app: &App,
    chunk: &Chunk,
    stop: &CancellationToken,
) -> Result<bool, cairn_model::record::NotARecord> {
    let events = events(chunk)?;
    loop {
        if app.history.append(&mut events.iter().copied(), chunk.next()).is_ok() {
            return Ok(false);
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(true),
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

fn events(chunk: &Chunk) -> Result<Vec<(Position, Event<'_>)>, cairn_model::record::NotARecord> {
    chunk.iter().map(|(position, payload)| Ok((position, Record::decode(payload)?.event()))).collect()
}

/// Moves the tail into the table, whenever enough has gathered or waited long enough.
pub(super) async fn commit(app: Arc<App>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(TICK) => {}
        }
        if !app.history.commit_due(clock::now()) {
            continue;
        }
        if let Err(error) = app.history.commit().await {
            app.metrics.history_error();
            tracing::error!(%error, "event history could not be committed; trying again");
            if !stop.is_cancelled() {
                tokio::time::sleep(TICK * 10).await;
            }
        }
    }
}
