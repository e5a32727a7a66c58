//! Cairn's own way into the log: events about its own calls, alone or with the changes they made.

use crate::clock;
use cairn_model::event::{Admission, Door, Refusal};
use cairn_model::{AccountId, Change, Origin, Position, Record, Timestamp};
use cairn_store::catalog::{Catalog, CatalogError};
use cairn_store::log::{AppendError, Appended, Batch, Log};
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
    control: Mutex<Applied>,
    missed: AtomicU64,
    /// Whether the log took what it was last given.
    writable: AtomicBool,
    fatal: CancellationToken,
}

/// Whether the catalog has all changes that are in the log. While it has not, no later position may be
/// saved, or the missing change would be passed over at the next start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Applied {
    All,
    Unknown,
}

/// Why nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JournalError {
    /// Not in the log; trying again may help.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// In the log, but the catalog could not follow: the process has to stop and start again.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// An earlier change stands in the log and not in the catalog: nothing goes on before the restart.
    #[error("an earlier change could not be applied; Cairn has to restart")]
    Stopping,
    /// Cairn wrote an event that its own door refuses.
    #[error("an event of Cairn's own was refused: {0}")]
    Event(#[from] Refusal),
}

/// Held while a control-plane call decides, records and applies.
pub(crate) struct Control<'a> {
    journal: &'a Journal,
    applied: MutexGuard<'a, Applied>,
}

impl Journal {
    /// `fatal` is cancelled when the process has to stop and recover at its next start.
    pub(crate) fn new(log: Log, catalog: Catalog, fatal: CancellationToken) -> Journal {
        let (missed, writable) = (AtomicU64::new(0), AtomicBool::new(true));
        Journal { log, catalog, control: Mutex::new(Applied::All), missed, writable, fatal }
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
        let batch = batch_of(&[], account, event)?;
        Ok(self.append(batch).await.map(drop)?)
    }

    /// Counts an event that is missing.
    pub(crate) fn miss(&self, error: &JournalError) {
        self.missed.fetch_add(1, Ordering::Relaxed);
        tracing::error!(%error, "an event about a call is missing");
    }

    /// Waits for the right to change the control plane.
    pub(crate) async fn control(&self) -> Control<'_> {
        Control { journal: self, applied: self.control.lock().await }
    }

    /// Moves the catalog's saved position up, so that the log's segments below can go.
    pub(crate) async fn checkpoint(&self) -> Result<(), JournalError> {
        let mut control = self.control().await;
        control.begin()?;
        // Under the lock every change that is in the log has been applied.
        let end = self.log.committed();
        control.apply(&[], end).await
    }
}

impl Control<'_> {
    /// Records changes and the event of their call as one record, then lets them take effect. A crash before
    /// the record is durable means that nothing happened; after it, start-up applies what the catalog has
    /// not seen.
    pub(crate) async fn commit(
        &mut self,
        changes: &[Change],
        account: AccountId,
        event: &[u8],
    ) -> Result<(), JournalError> {
        self.commit_batch(batch_of(changes, account, event)?, changes).await
    }

    /// As [`Control::commit`], of several calls: `batch` holds the record of each, `changes` are those in it, in their order.
    /// All of them become durable and take effect, or none.
    pub(crate) async fn commit_batch(
        &mut self,
        batch: Batch,
        changes: &[Change],
    ) -> Result<(), JournalError> {
        self.begin()?;
        let appended = match self.journal.append(batch).await {
            Ok(appended) => appended,
            Err(error) => {
                // Any other error says that the record is not in the log and never will be.
                if !matches!(error, AppendError::Fatal(_)) {
                    *self.applied = Applied::All;
                }
                return Err(error.into());
            }
        };
        self.apply(changes, appended.next).await
    }

    fn begin(&mut self) -> Result<(), JournalError> {
        match *self.applied {
            Applied::Unknown => Err(JournalError::Stopping),
            Applied::All => {
                *self.applied = Applied::Unknown;
                Ok(())
            }
        }
    }

    /// A change that stands in the log takes effect: now, or at the next start, which then has to come at
    /// once.
    async fn apply(&mut self, changes: &[Change], next: Position) -> Result<(), JournalError> {
        let applied = self.journal.catalog.apply(changes, next).await;
        applied.inspect_err(|error| self.journal.give_up(error))?;
        *self.applied = Applied::All;
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

fn batch_of(changes: &[Change], account: AccountId, event: &[u8]) -> Result<Batch, Refusal> {
    let mut batch = Batch::with_capacity(event.len() + 1024);
    admit_with(&mut batch, changes, account, event)?;
    Ok(batch)
}

/// Adds the event of a call and its changes to a batch, as one record.
pub(crate) fn admit_with(
    batch: &mut Batch,
    changes: &[Change],
    account: AccountId,
    event: &[u8],
) -> Result<(), Refusal> {
    let admission = Admission { origin: Origin::Recorded, account, arrival: clock::now() };
    let added = batch.push_with(|out| {
        match changes {
            [] => Record::start_event(out),
            changes => Record::start_changes(changes, out),
        }
        Door::default().admit(event, &admission, clock::random_bits, out).map(drop)
    });
    added.map(drop)
}

/// Adds an event that Cairn itself wrote to a batch.
pub(crate) fn admit(
    batch: &mut Batch,
    account: AccountId,
    arrival: Timestamp,
    event: &[u8],
) -> Result<(), Refusal> {
    let admission = Admission { origin: Origin::Recorded, account, arrival };
    let added = batch.push_with(|out| {
        Record::start_event(out);
        Door::default().admit(event, &admission, clock::random_bits, out).map(drop)
    });
    added.map(drop)
}

/// Applies to the catalog what the log holds beyond its position: the changes of calls that a crash
/// cut off between log and catalog.
pub(crate) async fn replay(log: &Log, catalog: &Catalog) -> Result<u64, ReplayError> {
    let mut reader = log.reader(catalog.position())?;
    let mut replayed = 0;
    while let Some(chunk) = reader.next(1 << 20)? {
        let mut records = chunk.iter().peekable();
        while let Some((position, payload)) = records.next() {
            let damaged = |source| ReplayError::Record { position, source };
            let record = Record::decode(payload).map_err(damaged)?;
            if record.has_changes() {
                let changes = record.changes().map_err(damaged)?;
                let next = records.peek().map_or(chunk.next(), |(next, _)| *next);
                catalog.apply(&changes, next).await?;
                replayed += 1;
            }
        }
    }
    catalog.apply(&[], log.committed()).await?;
    Ok(replayed)
}

/// Why start-up cannot bring the catalog up to the log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReplayError {
    #[error(transparent)]
    Read(#[from] cairn_store::log::ReadError),
    #[error("the record at position {position}: {source}")]
    Record { position: Position, source: cairn_model::record::NotARecord },
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

#[cfg(test)]
mod tests;
