//! Event history follows the log.

use super::{Growth, give_up};
use crate::app::App;
use crate::clock;
use cairn_lake::{History, TailFull};
use cairn_model::record::NotARecord;
use cairn_model::{Event, Position, Record};
use cairn_store::log::{Chunk, ReadError, Reader};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Bytes of the log that are taken at once.
const CHUNK_BYTES: usize = 1 << 20;
/// How often the table is asked whether a commit is due, and a full tail whether it has room again.
const TICK: Duration = Duration::from_millis(100);
/// How long after a commit that failed the next is tried.
const RETRY: Duration = Duration::from_secs(1);

/// Shows what is in the log to look-ups, as it comes.
pub(super) async fn follow(app: Arc<App>, mut growth: Growth, stop: CancellationToken) {
    let mut follower = match app.journal.log().reader(app.history.committed()) {
        Ok(reader) => Follower { reader, pending: None },
        Err(error) => return give_up(&app, "history", &error),
    };
    while !stop.is_cancelled() {
        let stepping = Arc::clone(&app);
        let stepped = tokio::task::spawn_blocking(move || {
            let step = follower.step(&stepping.history);
            (follower, step)
        });
        let (back, step) = stepped.await.expect("following the log does not panic");
        follower = back;
        let caught_up = follower.reader.position();
        match step {
            Ok(Step::Taken) => {}
            Ok(Step::CaughtUp) => tokio::select! {
                () = stop.cancelled() => {}
                () = growth.gathered_beyond(caught_up) => {}
            },
            Ok(Step::Full) => tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(TICK) => {}
            },
            Err(error) => return give_up(&app, "history", &error),
        }
    }
}

/// Why history cannot follow.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Record(#[from] NotARecord),
}

/// Reads the log for history, on a thread that may block.
struct Follower {
    reader: Reader,
    /// What the tail had no room for yet.
    pending: Option<Chunk>,
}

enum Step {
    Taken,
    CaughtUp,
    /// The tail is full until a commit has made room.
    Full,
}

impl Follower {
    fn step(&mut self, history: &History) -> Result<Step, Stopped> {
        let chunk = match self.pending.take() {
            Some(chunk) => chunk,
            None => match self.reader.next(CHUNK_BYTES)? {
                Some(chunk) => chunk,
                None => return Ok(Step::CaughtUp),
            },
        };
        let for_all = |(position, payload)| {
            let event = Record::decode(payload).map(|record| record.event_for_all());
            event.transpose().map(|event| Ok((position, event?)))
        };
        let events: Result<Vec<(Position, Event<'_>)>, NotARecord> =
            chunk.iter().filter_map(for_all).collect();
        let taken = history.append(&mut events?.into_iter(), chunk.next());
        match taken {
            Ok(()) => Ok(Step::Taken),
            Err(TailFull) => {
                self.pending = Some(chunk);
                Ok(Step::Full)
            }
        }
    }
}

/// Moves the tail into the table, whenever enough has gathered or waited long enough.
pub(super) async fn commit(app: Arc<App>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if !app.history.commit_due(clock::now()) {
            pause(TICK, &stop).await;
            continue;
        }
        // Behind a fast log the next commit is due at once.
        if let Err(error) = app.history.commit().await {
            app.metrics.history_error();
            tracing::error!(%error, "event history could not be committed; trying again");
            pause(RETRY, &stop).await;
        }
    }
}

/// Waits, but not beyond the stop.
async fn pause(time: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(time) => {}
    }
}
