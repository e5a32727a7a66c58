//! Changes that stand in the log, and of which nobody knows whether the shared catalog has them.

use super::control::is_session;
use super::sharing::{Adopting, Sharing, parts};
use super::{Journal, JournalError, Standing, Unsettled};
use cairn_model::event::Field;
use cairn_model::record::Mark;
use cairn_model::{Change, Record};
use cairn_store::catalog::shared::{Everything, Turn};
use cairn_store::catalog::{CatalogState, differences};
use std::time::Duration;
use tokio::sync::MutexGuard;

/// Before each try to find out what became of a change. Then its caller is told that nobody knows.
const SETTLE_AFTER: [Duration; 3] = [Duration::ZERO, Duration::from_millis(200), Duration::from_millis(600)];

/// What became of changes of which nobody knew whether the shared catalog has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    /// They took effect.
    Done,
    /// They did not and never will.
    Void,
}

impl Journal {
    /// Finds out what became of changes that stand in the log, and lets the catalog follow.
    ///
    /// The shared catalog has them, or takes them now, as long as no other process changed anything since they were decided.
    pub(super) async fn settle(
        &self,
        sharing: &Sharing,
        standing: &mut MutexGuard<'_, Standing>,
        mut turn: Turn,
        unsettled: Unsettled,
    ) -> Result<Settled, JournalError> {
        let found = self.find(unsettled)?;
        let failed = |error| self.failed(&error);
        let changes: Vec<Change> = found.iter().flat_map(|found| found.changes.iter().cloned()).collect();
        if turn.position() < Some(unsettled.next) {
            if turn.version() != unsettled.version {
                return self.settle_late(sharing, standing, turn, unsettled, &found).await;
            }
            turn.write(&self.catalog, &changes).await.map_err(failed)?;
            turn.commit(unsettled.next).await.map_err(failed)?;
        }
        self.apply(standing, &changes, unsettled.next).await?;
        sharing.saw(unsettled.version + 1);
        Ok(Settled::Done)
    }

    /// The same of changes that another process was before: the shared catalog gets of them what contradicts nothing, and all
    /// others are void. The log, which has them already, gets what is true instead, and their events are named.
    async fn settle_late(
        &self,
        sharing: &Sharing,
        standing: &mut MutexGuard<'_, Standing>,
        mut turn: Turn,
        unsettled: Unsettled,
        found: &[Found],
    ) -> Result<Settled, JournalError> {
        let failed = |error| self.failed(&error);
        let Everything { mut state, .. } = turn.everything().await.map_err(failed)?;
        let changes: Vec<Change> = found.iter().flat_map(|found| found.changes.iter().cloned()).collect();
        let lasting: Vec<Change> = changes.iter().filter(|change| lasts(change, &state)).cloned().collect();
        let is_void = |found: &&Found| !found.changes.iter().all(|change| lasts(change, &state));
        let void: Vec<String> =
            found.iter().filter(is_void).filter_map(|found| found.event.clone()).collect();
        let settled = if lasting.len() == changes.len() { Settled::Done } else { Settled::Void };
        if !lasting.is_empty() {
            turn.write(&self.catalog, &lasting).await.map_err(failed)?;
            lasting.iter().for_each(|change| state.apply(change));
        }
        let version = turn.version();
        // A crash from here on leaves a position below them: the next start does all this once more, to the same end.
        turn.commit(unsettled.first).await.map_err(failed)?;
        let mut believed = CatalogState::clone(&self.catalog.state());
        changes.iter().for_each(|change| believed.apply(change));
        let instead = differences(&believed, &state);
        let adopting = Adopting { mark: Mark::Rectified { version }, changes: instead, void };
        let mut next = unsettled.next;
        for part in parts(&adopting.changes) {
            next = self.append_adopted(sharing, &adopting, part).await?;
        }
        if settled == Settled::Void {
            tracing::warn!(events = ?adopting.void, "changes came too late: another process had changed the catalog");
        }
        let both: Vec<Change> = changes.into_iter().chain(adopting.changes).collect();
        self.apply(standing, &both, next).await?;
        // What else there is to adopt, of sessions, comes with the next turn.
        Ok(settled)
    }

    /// The same right after an answer failed to come, while the call waits.
    pub(super) async fn settle_soon(
        &self,
        standing: &mut MutexGuard<'_, Standing>,
        unsettled: Unsettled,
    ) -> Result<Settled, JournalError> {
        let Some(sharing) = &self.sharing else { return Err(JournalError::Unsettled) };
        for pause in SETTLE_AFTER {
            tokio::time::sleep(pause).await;
            match sharing.shared.turn().await {
                Ok(turn) => match self.settle(sharing, standing, turn, unsettled).await {
                    Err(JournalError::Unavailable | JournalError::Refused) => {}
                    settled => return settled,
                },
                Err(error) => drop(self.failed(&error)),
            }
        }
        Err(JournalError::Unsettled)
    }

    /// What the log holds of an unsettled part.
    fn find(&self, unsettled: Unsettled) -> Result<Vec<Found>, JournalError> {
        let mut found = Vec::new();
        let mut reader = self.log.reader(unsettled.first)?;
        while reader.position() < unsettled.next
            && let Some(chunk) = reader.next(1 << 20)?
        {
            for (at, payload) in chunk.iter() {
                if at < unsettled.next
                    && let Ok(record) = Record::decode(payload)
                    && let Ok(changes) = record.changes()
                    && !changes.is_empty()
                {
                    found.push(Found { changes, event: event_id(&record) });
                }
            }
        }
        Ok(found)
    }
}

/// What the log holds of an unsettled call.
struct Found {
    changes: Vec<Change>,
    /// Its event's id.
    event: Option<String>,
}

/// Whether a change that came late is one that only adds, and contradicts nothing.
fn lasts(change: &Change, state: &CatalogState) -> bool {
    match change {
        Change::PutAccount(account) => state.accounts.get(&account.id).is_none_or(|known| known == account),
        Change::PutSigningKey(key) => {
            let known = state.signing_keys.get(&(key.account, key.fingerprint.clone()));
            known.is_none_or(|known| **known == *key)
        }
        change => is_session(change),
    }
}

fn event_id(record: &Record<'_>) -> Option<String> {
    record.event().string(Field::EventId).map(|id| id.into_owned())
}
