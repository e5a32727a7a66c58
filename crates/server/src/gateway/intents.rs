//! What Cairn is about to forward, on disk before it is: what a crash leaves without an outcome becomes an event.
//!
//! Intents lie in a log of their own, in the folder `intents/` of the data folder (FORMAT.md, "Intents"). One is opened
//! before its call is forwarded and closed once the event of the outcome is durable in the log of events; both have one
//! event id. Closing is not waited for: after a crash the log of events is asked whether the event is there.

mod left;

use crate::journal::{Journal, JournalError, append_to, give_up};
use cairn_model::record::NotARecord;
use cairn_model::{AccountId, Change, Position};
use cairn_store::disk::Disk;
use cairn_store::log::{AppendError, Batch, Hold, Log, LogOptions, OpenError, ReadError};
use left::{Left, bare, left_open, mark_recorded};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const OPENED: u8 = 1;
const CLOSED: u8 = 2;
/// Bytes of an opened intent before its event.
const HEAD_BYTES: usize = 1 + 16 + 8 + 12;
/// Bytes of the log that are read at once.
const CHUNK_BYTES: usize = 1 << 20;

/// The open intents, and the log that they are in.
pub(crate) struct Intents {
    log: Log,
    open: Arc<Mutex<HashMap<Uuid, Standing>>>,
    /// Cancelled when the process has to stop and recover.
    fatal: CancellationToken,
}

/// What goes on the record of a call once the log takes it.
#[derive(Debug)]
pub(crate) struct Owed {
    pub(crate) account: AccountId,
    /// The event's JSON.
    pub(crate) event: Vec<u8>,
    /// What the call taught.
    pub(crate) changes: Vec<Change>,
}

/// Where an intent stands.
#[derive(Debug)]
struct Standing {
    /// The event of its outcome will stand at this position of the log of events, or behind it.
    event_from: Position,
    /// It stands at this position of its own log, or behind it.
    intent_from: Position,
    stage: Stage,
}

#[derive(Clone, Debug)]
enum Stage {
    /// Its call is under way, or its closing is.
    Open,
    /// The log would not take the event of its outcome.
    Owed(Arc<Owed>),
    /// The event of its outcome is durable, and closing it failed.
    Over,
}

/// Why intents cannot be read or settled at the start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IntentsError {
    #[error("intents: {0}")]
    Open(#[from] OpenError),
    #[error("intents: {0}")]
    Read(#[from] ReadError),
    #[error("intents: the record at {0} is damaged")]
    Damaged(Position),
    #[error("the record at position {at}: {source}")]
    Event { at: Position, source: NotARecord },
    #[error("an event of unknown outcome could not be written: {0}")]
    Journal(#[from] JournalError),
}

impl Intents {
    /// Opens the log in `folder` and settles what a crash left open: each becomes an event in `journal`, unless the event
    /// of its outcome is there. A crash inside repeats it.
    pub(crate) async fn open(
        disk: Arc<dyn Disk>,
        folder: PathBuf,
        journal: &Journal,
    ) -> Result<Intents, IntentsError> {
        let options = LogOptions { segment_bytes: 4 << 20, ..LogOptions::new(folder) };
        let opened = tokio::task::spawn_blocking(move || Log::open(disk, options)).await;
        let (log, _) = opened.expect("opening the log does not panic")?;
        let intents = Intents { log, open: Arc::default(), fatal: journal.fatal().clone() };
        intents.settle(journal).await?;
        Ok(intents)
    }

    async fn settle(&self, journal: &Journal) -> Result<(), IntentsError> {
        let (intents, events) = (self.log.clone(), journal.log().clone());
        let left = tokio::task::spawn_blocking(move || {
            let mut left = left_open(&intents)?;
            mark_recorded(&events, &mut left)?;
            Ok::<_, IntentsError>(left)
        });
        let left = left.await.expect("reading the logs does not panic")?;
        let mut unknown = 0;
        for (id, Left { account, event_from, event, is_recorded }) in left {
            // Held on to until the closing is durable: else the next start might not find the event.
            let intent_from = self.log.first();
            self.standing().insert(id, Standing { event_from, intent_from, stage: Stage::Open });
            if is_recorded {
                self.end(id);
            } else {
                self.record(id, Arc::new(Owed { account, event, changes: Vec::new() }), journal).await?;
                unknown += 1;
            }
        }
        if unknown > 0 {
            tracing::warn!(calls = unknown, "calls whose outcome is unknown go on the record as such");
        }
        Ok(())
    }

    /// Opens an intent. When this returns, it survives power loss: `event` goes on the record should Cairn end before the
    /// intent is closed.
    pub(crate) async fn begin(
        &self,
        id: Uuid,
        account: AccountId,
        event: &[u8],
        journal: &Journal,
    ) -> Result<(), AppendError> {
        let mut batch = Batch::with_capacity(HEAD_BYTES + event.len() + Batch::RECORD_OVERHEAD + 8);
        let event_from = {
            // Under the lock, so that nobody lets go of the segments behind this position meanwhile.
            let mut open = self.standing();
            let (event_from, intent_from) = (journal.log().committed(), self.log.committed());
            open.insert(id, Standing { event_from, intent_from, stage: Stage::Open });
            event_from
        };
        batch.push(|out| {
            out.push(OPENED);
            out.extend_from_slice(id.as_bytes());
            out.extend_from_slice(&event_from.get().to_le_bytes());
            out.extend_from_slice(account.as_bytes());
            out.extend_from_slice(event);
        });
        // Should whoever asked go meanwhile, the intent stays open until its exchange is over.
        let appended = append_to(&self.log, batch).await;
        if let Err(error) = &appended {
            self.standing().remove(&id);
            give_up_if_fatal(&self.fatal, error);
        }
        appended.map(drop)
    }

    /// Closes an intent whose outcome is on the record, or whose call was never forwarded. Does not wait.
    pub(crate) fn end(&self, id: Uuid) {
        let mut batch = Batch::with_capacity(64);
        batch.push(|out| {
            out.push(CLOSED);
            out.extend_from_slice(id.as_bytes());
        });
        let (open, fatal) = (Arc::clone(&self.open), self.fatal.clone());
        let settle = move |result: Result<(), AppendError>| {
            let mut open = lock(&open);
            match result {
                Ok(()) => drop(open.remove(&id)),
                Err(error) => {
                    give_up_if_fatal(&fatal, &error);
                    set(&mut open, id, Stage::Over);
                }
            }
        };
        let refused = settle.clone();
        if let Err(error) = self.log.append(batch, Box::new(move |result| settle(result.map(drop)))) {
            refused(Err(error));
        }
    }

    /// The event of an intent's outcome could not be recorded: [`Intents::tidy`] tries again, if that may help.
    pub(crate) fn owe(&self, id: Uuid, owed: Owed, error: &JournalError) {
        if !is_final(error) {
            set(&mut self.standing(), id, Stage::Owed(Arc::new(owed)));
        }
    }

    /// Records what is owed and closes its intent, or leaves it for later. Fails if Cairn has to stop.
    async fn record(&self, id: Uuid, owed: Arc<Owed>, journal: &Journal) -> Result<(), JournalError> {
        let Owed { account, event, changes } = &*owed;
        let mut recorded = commit(journal, *account, event, changes).await;
        if let Err(error @ (JournalError::Event(_) | JournalError::Append(AppendError::TooLarge { .. }))) =
            &recorded
        {
            tracing::error!(%error, %id, "of a call little more is on the record than that it was made");
            recorded = commit(journal, *account, &bare(id, event), changes).await;
        }
        match recorded {
            Ok(()) => {
                // First, so that it is not recorded once more while the closing is under way.
                set(&mut self.standing(), id, Stage::Open);
                self.end(id);
                Ok(())
            }
            Err(error) if is_final(&error) => Err(error),
            Err(error) => {
                tracing::warn!(%error, %id, "the outcome of a call is not on the record yet");
                set(&mut self.standing(), id, Stage::Owed(owed));
                Ok(())
            }
        }
    }

    /// Events at this position and behind are needed, should Cairn end now.
    pub(crate) fn floor(&self) -> Option<Position> {
        self.standing().values().map(|standing| standing.event_from).min()
    }

    /// Tries again what could not be recorded or closed, and lets go of what nobody needs.
    pub(crate) async fn tidy(&self, journal: &Journal) {
        for (id, stage) in self.unsettled() {
            match stage {
                Stage::Open => {}
                Stage::Over => self.end(id),
                // A fault that ends the process has been told of; the next start goes on here.
                Stage::Owed(owed) => drop(self.record(id, owed, journal).await),
            }
        }
        self.release();
    }

    fn unsettled(&self) -> Vec<(Uuid, Stage)> {
        let open = self.standing();
        let unsettled = open.iter().filter(|(_, standing)| !matches!(standing.stage, Stage::Open));
        unsettled.map(|(id, standing)| (*id, standing.stage.clone())).collect()
    }

    /// Keeps the segments of the log until what this returns is dropped, for a copy.
    pub(crate) fn hold(&self) -> Hold {
        self.log.hold()
    }

    fn release(&self) {
        let floor = {
            let open = self.standing();
            open.values().map(|standing| standing.intent_from).min().unwrap_or_else(|| self.log.committed())
        };
        if let Err(error) = self.log.release(floor) {
            tracing::warn!(%error, "segments of the intents' log could not be dropped");
        }
    }

    fn standing(&self) -> MutexGuard<'_, HashMap<Uuid, Standing>> {
        lock(&self.open)
    }
}

fn lock(open: &Mutex<HashMap<Uuid, Standing>>) -> MutexGuard<'_, HashMap<Uuid, Standing>> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

fn set(open: &mut HashMap<Uuid, Standing>, id: Uuid, stage: Stage) {
    if let Some(standing) = open.get_mut(&id) {
        standing.stage = stage;
    }
}

async fn commit(
    journal: &Journal,
    account: AccountId,
    event: &[u8],
    changes: &[Change],
) -> Result<(), JournalError> {
    match changes {
        [] => journal.record(account, event).await,
        changes => journal.control().await.learn_one(changes, account, event).await,
    }
}

/// Whether no later try is to be made: the process stops, and what is in the log shows at its next start.
fn is_final(error: &JournalError) -> bool {
    match error {
        JournalError::Append(AppendError::Fatal(_) | AppendError::Closed)
        | JournalError::Catalog(_)
        | JournalError::Read(_)
        | JournalError::Stopping => true,
        JournalError::Append(
            AppendError::Busy | AppendError::Full | AppendError::Io(_) | AppendError::TooLarge { .. },
        )
        | JournalError::Unavailable
        | JournalError::Refused
        | JournalError::Unsettled
        | JournalError::Void
        | JournalError::Event(_) => false,
    }
}

fn give_up_if_fatal(fatal: &CancellationToken, error: &AppendError) {
    if let AppendError::Fatal(_) = error {
        give_up(fatal, error);
    }
}

#[cfg(test)]
mod tests;
