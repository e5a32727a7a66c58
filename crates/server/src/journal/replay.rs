//! Start-up: the catalog catches up with the log.

use super::Unsettled;
use cairn_model::record::{Mark, NotARecord};
use cairn_model::{Change, Position, Record};
use cairn_store::catalog::{Catalog, CatalogError};
use cairn_store::log::Log;

/// What start-up found beyond the catalog's position.
#[derive(Debug, Default)]
pub(crate) struct Replayed {
    /// Records with changes.
    pub(crate) records: u64,
    /// Changes of which the shared catalog has not said that it has them.
    pub(crate) unsettled: Option<Unsettled>,
}

/// Why start-up cannot bring the catalog up to the log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReplayError {
    #[error(transparent)]
    Read(#[from] cairn_store::log::ReadError),
    #[error("the record at position {position}: {source}")]
    Record { position: Position, source: NotARecord },
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// Applies to the catalog what the log holds beyond its position: the changes of calls that a crash
/// cut off between log and catalog.
///
/// `agreed`: below it the shared catalog has all of them, and what was decided beyond is not applied unless a later record
/// tells what became of it. `None`: no other process has a say.
pub(crate) async fn replay(
    log: &Log,
    catalog: &Catalog,
    agreed: Option<Position>,
) -> Result<Replayed, ReplayError> {
    let mut replaying = Replaying { catalog, agreed, held: Vec::new(), found: Replayed::default() };
    let mut reader = log.reader(catalog.position())?;
    while let Some(chunk) = reader.next(1 << 20)? {
        let mut records = chunk.iter().peekable();
        while let Some((position, payload)) = records.next() {
            let damaged = |source| ReplayError::Record { position, source };
            let record = Record::decode(payload).map_err(damaged)?;
            if record.has_changes() {
                let changes = record.changes().map_err(damaged)?;
                let next = records.peek().map_or(chunk.next(), |(next, _)| *next);
                replaying.take(record.mark(), changes, position, next).await?;
            }
        }
    }
    if replaying.found.unsettled.is_none() {
        catalog.apply(&[], log.committed()).await?;
    }
    Ok(replaying.found)
}

struct Replaying<'a> {
    catalog: &'a Catalog,
    agreed: Option<Position>,
    /// Changes of what is unsettled.
    held: Vec<Change>,
    found: Replayed,
}

impl Replaying<'_> {
    async fn take(
        &mut self,
        mark: Option<Mark>,
        changes: Vec<Change>,
        first: Position,
        next: Position,
    ) -> Result<(), CatalogError> {
        self.found.records += 1;
        if let (Some(Mark::Decided { version }), Some(agreed)) = (mark, self.agreed)
            && next > agreed
        {
            let first = self.found.unsettled.map_or(first, |unsettled| unsettled.first);
            self.found.unsettled = Some(Unsettled { first, next, version });
            self.held.extend(changes);
            return Ok(());
        }
        // What follows says what became of it: it is told first, and then what is true instead.
        self.found.unsettled = None;
        let mut all = std::mem::take(&mut self.held);
        all.extend(changes);
        self.catalog.apply(&all, next).await
    }
}
