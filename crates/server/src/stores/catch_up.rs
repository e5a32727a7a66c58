//! A store that fell behind reads its part of the log by itself, until it has what all others have.

use super::intake::{Backlog, CHUNK_BYTES, Stopped};
use super::open::OpenStore;
use super::{Shared, TAILS_BYTES};
use cairn_decide::taking::Taking;
use cairn_lake::{History, LakeError, TailFull};
use cairn_model::record::NotARecord;
use cairn_model::{Event, Position, Record};
use cairn_store::log::Chunk;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// How long a store waits for room.
const WAIT: Duration = Duration::from_millis(100);
/// How long it waits after an error: at first, and at most.
const RETRY: Duration = Duration::from_secs(1);
const RETRY_MAX: Duration = Duration::from_secs(60);

/// Why a store cannot go on, for now.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Table(#[from] LakeError),
    #[error(transparent)]
    Log(#[from] Stopped),
}

/// What one step did.
enum Step {
    /// Some of the log was read.
    Read,
    /// There is no room yet.
    Full,
    /// The store takes what is offered from now on, or is gone.
    Done,
}

impl Shared {
    pub(super) async fn catch_up(self: Arc<Self>, store: Arc<OpenStore>) {
        let mut retry = RETRY;
        loop {
            match self.catch_up_some(&store).await {
                Ok(Step::Done) => return,
                Ok(Step::Read) => retry = RETRY,
                Ok(Step::Full) => tokio::time::sleep(WAIT).await,
                Err(error) => {
                    self.counts.errors.fetch_add(1, Relaxed);
                    tracing::error!(store = %store.id, %error, "an event data store cannot take events; trying again");
                    tokio::time::sleep(retry).await;
                    retry = (retry * 2).min(RETRY_MAX);
                }
            }
        }
    }

    async fn catch_up_some(self: &Arc<Self>, store: &Arc<OpenStore>) -> Result<Step, Failed> {
        let turn = Arc::clone(&self.catching_up).acquire_owned().await;
        let turn = turn.expect("nobody closes the semaphore");
        let history = self.history(store).await?;
        let (shared, store) = (Arc::clone(self), Arc::clone(store));
        let step = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            shared.read_some(&store, &history)
        });
        Ok(step.await.expect("reading the log does not panic")?)
    }

    /// Takes the next part of what a store missed. Blocks.
    fn read_some(&self, store: &OpenStore, history: &History) -> Result<Step, Stopped> {
        let Some((backlog, end)) = self.backlog(store) else { return Ok(Step::Done) };
        // What the table has already need not be read again.
        let from = backlog.from.max(history.seen().min(end));
        if self.intake().tail_bytes() >= TAILS_BYTES {
            return Ok(Step::Full);
        }
        let chunk = match from < end {
            true => self.log.reader(from)?.next(CHUNK_BYTES)?,
            false => None,
        };
        let next = match &chunk {
            Some(chunk) => {
                let next = chunk.next().min(end);
                let (events, too_large) = self.chosen(&backlog, chunk, next)?;
                let count = events.len() as u64;
                if !events.is_empty() && history.append(&mut events.into_iter(), next) == Err(TailFull) {
                    return Ok(Step::Full);
                }
                self.counts.add(count, too_large);
                next
            }
            None => end,
        };
        self.has_caught_up_to(store, next);
        Ok(Step::Read)
    }

    /// The events of a chunk below `end` that the store takes, and how many were too large.
    fn chosen<'c>(
        &self,
        backlog: &Backlog,
        chunk: &'c Chunk,
        end: Position,
    ) -> Result<(Vec<(Position, Event<'c>)>, u64), NotARecord> {
        let (mut events, mut too_large) = (Vec::new(), 0);
        for (at, payload) in chunk.iter().take_while(|(at, _)| *at < end) {
            let record = Record::decode(payload)?;
            match backlog.judge(at, &record, &self.home_region) {
                Taking::Taken => events.push((at, record.event())),
                Taking::TooLarge => too_large += 1,
                Taking::Passed => {}
            }
        }
        Ok((events, too_large))
    }
}
