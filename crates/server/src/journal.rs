//! Cairn's own way into the log: events about its own calls, alone or with the changes they made.

mod control;
mod records;
mod replay;
mod settling;
mod sharing;

pub(crate) use control::{Control, Taught};
pub(crate) use records::{admit, admit_with};
pub(crate) use replay::{ReplayError, Replayed, replay};
pub(crate) use sharing::Sharing;

use cairn_model::event::Refusal;
use cairn_model::{AccountId, Change, Position};
use cairn_store::catalog::{Catalog, CatalogError};
use cairn_store::log::{AppendError, Appended, Batch, Log, ReadError};
use records::batch_of;
use std::fmt::Display;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tokio::sync::{Mutex, MutexGuard, oneshot};
use tokio_util::sync::CancellationToken;

/// Appends to the log and keeps the catalog in step with it.
pub(crate) struct Journal {
    log: Log,
    catalog: Catalog,
    control: Mutex<Standing>,
    /// If other processes have the same catalog.
    sharing: Option<Sharing>,
    missed: AtomicU64,
    /// Whether the log took what it was last given.
    writable: AtomicBool,
    fatal: CancellationToken,
}

/// How the catalog stands to the log. While it has not all changes that are in it, no later position may be saved, or the
/// missing change would be passed over at the next start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// It has all changes that are in the log.
    Applied,
    /// A change may be in the log and not in the catalog: the process has to start again.
    Unknown,
    /// The shared catalog may have the last changes, or not.
    Unsettled(Unsettled),
}

/// A part of the log whose changes were on their way to the shared catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unsettled {
    first: Position,
    next: Position,
    /// The version that they were decided on.
    version: u64,
}

/// Why nothing was recorded, or did not take effect.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JournalError {
    /// Not in the log; trying again may help.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// In the log, but the catalog could not follow: the process has to stop and start again.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// Not in the log; trying again may help, once PostgreSQL answers.
    #[error("the catalog on PostgreSQL cannot be reached")]
    Unavailable,
    /// Not in the log; trying again may help. What PostgreSQL said is logged.
    #[error("the catalog on PostgreSQL answers, and refuses; the log says why")]
    Refused,
    /// In the log; whether it takes effect shows when PostgreSQL answers again.
    #[error("PostgreSQL went away before it told whether the change came to the catalog")]
    Unsettled,
    /// In the log, and without effect: another process was first.
    #[error("another process changed the catalog first")]
    Void,
    /// The log could not be read again.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An earlier change stands in the log and not in the catalog: nothing goes on before the restart.
    #[error("an earlier change could not be applied; Cairn has to restart")]
    Stopping,
    /// Cairn wrote an event that its own door refuses.
    #[error("an event of Cairn's own was refused: {0}")]
    Event(#[from] Refusal),
}

impl Journal {
    /// `fatal` is cancelled when the process has to stop and recover at its next start.
    pub(crate) fn new(log: Log, catalog: Catalog, fatal: CancellationToken) -> Journal {
        Journal {
            log,
            catalog,
            control: Mutex::new(Standing::Applied),
            sharing: None,
            missed: AtomicU64::new(0),
            writable: AtomicBool::new(true),
            fatal,
        }
    }

    /// The same of one whose catalog other processes have too. [`Journal::join`] comes next.
    pub(crate) fn sharing(self, sharing: Sharing) -> Journal {
        Journal { sharing: Some(sharing), ..self }
    }

    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// How many events about Cairn's own reads are missing, because the log could not be written.
    pub(crate) fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }

    /// Whether the log took what it was last given. It is told by the next append again.
    pub(crate) fn is_writable(&self) -> bool {
        self.writable.load(Ordering::Relaxed)
    }

    /// Makes a batch durable. When this returns `Ok`, it survives power loss. A fatal error also ends the
    /// process.
    pub(crate) async fn append(&self, batch: Batch) -> Result<Appended, AppendError> {
        let appended = append_to(&self.log, batch).await;
        match &appended {
            Ok(_) => self.writable.store(true, Ordering::Relaxed),
            // That says something of the batch, and nothing of the log.
            Err(AppendError::TooLarge { .. }) => {}
            Err(AppendError::Busy | AppendError::Full | AppendError::Io(_) | AppendError::Closed) => {
                self.writable.store(false, Ordering::Relaxed);
            }
            Err(error @ AppendError::Fatal(_)) => {
                self.writable.store(false, Ordering::Relaxed);
                self.give_up(error);
            }
        }
        appended
    }

    fn give_up(&self, error: &dyn Display) {
        give_up(&self.fatal, error);
    }

    /// Cancelled when the process has to stop and recover at its next start.
    pub(crate) fn fatal(&self) -> &CancellationToken {
        &self.fatal
    }

    /// Records the event of a call that changed nothing. A failure is counted, not told: a read answers all
    /// the same.
    pub(crate) async fn note(&self, account: AccountId, event: &[u8]) {
        if let Err(error) = self.record(account, event).await {
            self.miss(&error);
        }
    }

    /// Records an event. When this returns `Ok`, it survives power loss.
    pub(crate) async fn record(&self, account: AccountId, event: &[u8]) -> Result<(), JournalError> {
        let batch = batch_of(None, &[], account, event)?;
        Ok(self.append(batch).await.map(drop)?)
    }

    /// Counts an event that is missing.
    pub(crate) fn miss(&self, error: &JournalError) {
        self.missed.fetch_add(1, Ordering::Relaxed);
        tracing::error!(%error, "an event about a call is missing");
    }

    /// Waits for the right to change the control plane. What other processes changed before has taken effect by then, unless
    /// PostgreSQL cannot be reached: then nothing can be changed, and [`Control::commit`] says so.
    pub(crate) async fn control(&self) -> Control<'_> {
        Control::take(self).await
    }

    /// Moves the catalog's saved position up, so that the log's segments below can go.
    pub(crate) async fn checkpoint(&self) -> Result<(), JournalError> {
        let mut standing = self.control.lock().await;
        match *standing {
            Standing::Unknown => Err(JournalError::Stopping),
            // What is unsettled must be found again.
            Standing::Unsettled(_) => Ok(()),
            // Under the lock every change that is in the log has been applied.
            Standing::Applied => self.apply(&mut standing, &[], self.log.committed()).await,
        }
    }

    /// A change that stands in the log takes effect: now, or at the next start, which then has to come at
    /// once.
    async fn apply(
        &self,
        standing: &mut MutexGuard<'_, Standing>,
        changes: &[Change],
        next: Position,
    ) -> Result<(), JournalError> {
        **standing = Standing::Unknown;
        let applied = self.catalog.apply(changes, next).await;
        applied.inspect_err(|error| self.give_up(error))?;
        **standing = Standing::Applied;
        Ok(())
    }
}

/// Makes a batch durable in a log. When this returns `Ok`, it survives power loss.
pub(crate) async fn append_to(log: &Log, batch: Batch) -> Result<Appended, AppendError> {
    let (sender, receiver) = oneshot::channel();
    log.append(
        batch,
        Box::new(move |result| {
            // A caller that went away does not ask any more; the batch stays as it was answered.
            let _ = sender.send(result);
        }),
    )?;
    // Dropped unanswered only if the log's thread panicked: what became of the batch is unknown.
    let gone = |_| Err(AppendError::Fatal(Arc::new(io::Error::other("the log's thread is gone"))));
    receiver.await.unwrap_or_else(gone)
}

/// Ends the process, to recover at its next start.
pub(crate) fn give_up(fatal: &CancellationToken, error: &dyn Display) {
    tracing::error!(%error, "cannot go on; the process stops and recovers at its next start");
    fatal.cancel();
}

#[cfg(test)]
mod tests;
