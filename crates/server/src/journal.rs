//! Cairn's own way into the log: events about its own calls, alone or with the changes they made.

use crate::clock;
use cairn_model::event::{Admission, Door, Refusal};
use cairn_model::{AccountId, Change, Origin, Position, Record};
use cairn_store::catalog::{Catalog, CatalogError};
use cairn_store::log::{AppendError, Appended, Batch, Log};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{Mutex, MutexGuard, oneshot};

/// Appends to the log and keeps the catalog in step with it.
pub(crate) struct Journal {
    log: Log,
    catalog: Catalog,
    control: Mutex<()>,
    missed: AtomicU64,
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
    /// Cairn wrote an event that its own door refuses.
    #[error("an event of Cairn's own was refused: {0}")]
    Event(#[from] Refusal),
}

/// Held while a control-plane call decides, records and applies.
pub(crate) struct Control<'a> {
    journal: &'a Journal,
    _guard: MutexGuard<'a, ()>,
}

impl Journal {
    pub(crate) fn new(log: Log, catalog: Catalog) -> Journal {
        Journal { log, catalog, control: Mutex::new(()), missed: AtomicU64::new(0) }
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

    /// Makes a batch durable. When this returns `Ok`, it survives power loss.
    pub(crate) async fn append(&self, batch: Batch) -> Result<Appended, AppendError> {
        let (sender, receiver) = oneshot::channel();
        self.log.append(
            batch,
            Box::new(move |result| {
                // A caller that went away does not ask any more; the batch stays as it was answered.
                let _ = sender.send(result);
            }),
        )?;
        receiver.await.unwrap_or(Err(AppendError::Closed))
    }

    /// Records the event of a call that changed nothing. A failure is counted, not told: a read answers all the same.
    pub(crate) async fn note(&self, account: AccountId, event: &[u8]) {
        let recorded = match batch_of(&[], account, event) {
            Ok(batch) => self.append(batch).await.map(drop).map_err(JournalError::from),
            Err(refusal) => Err(JournalError::from(refusal)),
        };
        if let Err(error) = recorded {
            self.missed.fetch_add(1, Ordering::Relaxed);
            tracing::error!(%error, "an event about a call of Cairn's own is missing");
        }
    }

    /// Waits for the right to change the control plane.
    pub(crate) async fn control(&self) -> Control<'_> {
        Control { journal: self, _guard: self.control.lock().await }
    }

    /// Moves the catalog's saved position up, so that the log's segments below can go.
    pub(crate) async fn checkpoint(&self) -> Result<Position, CatalogError> {
        let _guard = self.control.lock().await;
        // Under the lock every change that is in the log has been applied.
        let end = self.log.committed();
        self.catalog.apply(&[], end).await?;
        Ok(end)
    }
}

impl Control<'_> {
    /// Records changes and the event of their call as one record, then lets them take effect. A crash before the record is durable means that
    /// nothing happened; after it, start-up applies what the catalog has not seen.
    pub(crate) async fn commit(
        &self,
        changes: &[Change],
        account: AccountId,
        event: &[u8],
    ) -> Result<Position, JournalError> {
        let batch = batch_of(changes, account, event)?;
        self.commit_batch(batch, changes).await
    }

    /// The same for a batch that already holds the changes.
    pub(crate) async fn commit_batch(
        &self,
        batch: Batch,
        changes: &[Change],
    ) -> Result<Position, JournalError> {
        let appended = self.journal.append(batch).await?;
        self.journal.catalog.apply(changes, appended.next).await?;
        Ok(appended.first)
    }
}

fn batch_of(changes: &[Change], account: AccountId, event: &[u8]) -> Result<Batch, Refusal> {
    let admission = Admission { origin: Origin::Recorded, account, arrival: clock::now() };
    let mut batch = Batch::with_capacity(event.len() + 1024);
    batch.push_with(|out| {
        match changes {
            [] => Record::start_event(out),
            changes => Record::start_changes(changes, out),
        }
        Door::default().admit(event, &admission, clock::random_bits, out).map(drop)
    })?;
    Ok(batch)
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
