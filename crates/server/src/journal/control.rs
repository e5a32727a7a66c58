//! The control plane's lock: in this process, and by a turn in all that share a catalog.

use super::records::batch_of;
use super::settling::Settled;
use super::{Journal, JournalError, Standing, Unsettled};
use cairn_model::event::Refusal;
use cairn_model::record::Mark;
use cairn_model::{AccountId, Change};
use cairn_store::catalog::shared::Turn;
use cairn_store::log::{AppendError, Appended, Batch};
use tokio::sync::MutexGuard;

/// Held while a control-plane call decides, records and applies.
pub(crate) struct Control<'a> {
    journal: &'a Journal,
    standing: MutexGuard<'a, Standing>,
    right: Right,
}

/// By what right something is changed.
enum Right {
    /// The catalog is this process' alone.
    Owner,
    /// This process' turn at the shared catalog.
    Turn(Box<Turn>),
    /// The same, and what is to be changed is written to it.
    Written(Box<Turn>),
    /// PostgreSQL answers, and gave no turn.
    Refused,
    /// PostgreSQL cannot be reached, or the turn is over.
    None,
}

impl<'a> Control<'a> {
    pub(super) async fn take(journal: &'a Journal) -> Control<'a> {
        let mut standing = journal.control.lock().await;
        let right = match &journal.sharing {
            None => Right::Owner,
            Some(sharing) => match journal.take_turn(sharing, &mut standing).await {
                Ok(turn) => Right::Turn(Box::new(turn)),
                Err(JournalError::Refused) => Right::Refused,
                Err(error) => {
                    tracing::debug!(%error, "no turn at the shared catalog");
                    Right::None
                }
            },
        };
        Control { journal, standing, right }
    }

    /// Whether something can be changed. If not, what a call finds may be older than what other processes did, and it is
    /// better refused at once.
    pub(crate) fn check(&self) -> Result<(), JournalError> {
        match self.right {
            Right::None => Err(JournalError::Unavailable),
            Right::Refused => Err(JournalError::Refused),
            Right::Owner | Right::Turn(_) | Right::Written(_) => Ok(()),
        }
    }

    /// How records say on what their changes were decided.
    pub(crate) fn mark(&self) -> Option<Mark> {
        let sharing = self.journal.sharing.as_ref()?;
        Some(Mark::Decided { version: sharing.seen() })
    }

    /// Records changes and the event of their call as one record, then lets them take effect. A crash before
    /// the record is durable means that nothing happened; after it, start-up applies what the catalog has
    /// not seen.
    pub(crate) async fn commit(
        &mut self,
        changes: &[Change],
        account: AccountId,
        event: &[u8],
    ) -> Result<(), JournalError> {
        self.commit_batch(batch_of(self.mark(), changes, account, event)?, changes).await
    }

    /// As [`Control::commit`], of several calls: `batch` holds the record of each, `changes` are those in it, in their order.
    /// All of them become durable and take effect, or none.
    async fn commit_batch(&mut self, batch: Batch, changes: &[Change]) -> Result<(), JournalError> {
        self.write(changes).await?;
        self.append(batch, changes).await
    }

    /// Records the events of calls that taught `changes`, which take effect. `batch_of` makes the batch, with the changes or without:
    /// while PostgreSQL cannot be reached, or refuses, the events are recorded all the same, and what they taught of sessions this process
    /// knows alone.
    pub(crate) async fn learn(
        &mut self,
        changes: &[Change],
        batch_of: impl Fn(Option<Mark>, Taught) -> Result<Batch, Refusal>,
    ) -> Result<(), JournalError> {
        let learned = match self.write(changes).await {
            Ok(()) => self.append(batch_of(self.mark(), Taught::Told)?, changes).await,
            Err(JournalError::Unavailable | JournalError::Refused) => {
                self.learn_alone(batch_of(None, Taught::Untold)?, changes).await
            }
            Err(error) => Err(error),
        };
        match learned {
            // The events are on the record, and must not be once more.
            Err(JournalError::Unsettled | JournalError::Void) => Ok(()),
            other => other,
        }
    }

    /// The same of one call.
    pub(crate) async fn learn_one(
        &mut self,
        changes: &[Change],
        account: AccountId,
        event: &[u8],
    ) -> Result<(), JournalError> {
        let batch = |mark, taught| match taught {
            Taught::Told => batch_of(mark, changes, account, event),
            Taught::Untold => batch_of(None, &[], account, event),
        };
        self.learn(changes, batch).await
    }

    async fn learn_alone(&mut self, batch: Batch, changes: &[Change]) -> Result<(), JournalError> {
        self.journal.append(batch).await?;
        let sessions: Vec<Change> = changes.iter().filter(|change| is_session(change)).cloned().collect();
        let adopted = self.journal.catalog.adopt(&sessions).await;
        Ok(adopted.inspect_err(|error| self.journal.give_up(error))?)
    }

    /// Writes changes to the shared catalog, where nobody sees them yet: what PostgreSQL does not take is not in the log.
    pub(super) async fn write(&mut self, changes: &[Change]) -> Result<(), JournalError> {
        if changes.is_empty() {
            return Ok(());
        }
        match std::mem::replace(&mut self.right, Right::None) {
            Right::Owner => self.right = Right::Owner,
            Right::Turn(mut turn) => {
                let written = turn.write(&self.journal.catalog, changes).await;
                written.map_err(|error| self.journal.failed(&error))?;
                self.right = Right::Written(turn);
            }
            Right::Refused => return Err(JournalError::Refused),
            Right::Written(_) | Right::None => return Err(JournalError::Unavailable),
        }
        Ok(())
    }

    pub(super) async fn append(&mut self, batch: Batch, changes: &[Change]) -> Result<(), JournalError> {
        let before = *self.standing;
        if before == Standing::Unknown {
            return Err(JournalError::Stopping);
        }
        *self.standing = Standing::Unknown;
        let appended = match self.journal.append(batch).await {
            Ok(appended) => appended,
            Err(error) => {
                // Any other error says that the record is not in the log and never will be.
                if !matches!(error, AppendError::Fatal(_)) {
                    *self.standing = before;
                }
                return Err(error.into());
            }
        };
        match std::mem::replace(&mut self.right, Right::None) {
            Right::Written(turn) => self.agree(*turn, changes, appended).await,
            other => {
                self.right = other;
                match before {
                    // An event alone. The catalog's position stays below what is unsettled.
                    Standing::Unsettled(_) => *self.standing = before,
                    _ => self.journal.apply(&mut self.standing, changes, appended.next).await?,
                }
                Ok(())
            }
        }
    }

    /// Lets the shared catalog have what the log has. A crash before the commit, or one that is not answered, leaves changes
    /// that are settled next: they take effect if no other process changed anything meanwhile.
    async fn agree(
        &mut self,
        turn: Turn,
        changes: &[Change],
        appended: Appended,
    ) -> Result<(), JournalError> {
        let version = turn.version();
        if let Err(error) = turn.commit(appended.next).await {
            tracing::warn!(%error, "a change may have come to the catalog on PostgreSQL, or not");
            let Appended { first, next, .. } = appended;
            let unsettled = Unsettled { first, next, version: version.saturating_sub(1) };
            *self.standing = Standing::Unsettled(unsettled);
            return match self.journal.settle_soon(&mut self.standing, unsettled).await {
                Ok(Settled::Done) => Ok(()),
                Ok(Settled::Void) => Err(JournalError::Void),
                Err(error) => Err(error),
            };
        }
        if let Some(sharing) = &self.journal.sharing {
            sharing.saw(version);
        }
        self.journal.apply(&mut self.standing, changes, appended.next).await
    }
}

/// Whether records of a batch tell what was learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taught {
    /// They do.
    Told,
    /// They are events alone.
    Untold,
}

pub(super) fn is_session(change: &Change) -> bool {
    matches!(change, Change::PutSession(_))
}
