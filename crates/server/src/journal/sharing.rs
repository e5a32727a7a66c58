//! A catalog that several processes share: their turns, and what this one makes of the changes of others.
//!
//! Each process has a log of its own, and its catalog is a reader of that log like any other. What others changed is adopted: it goes
//! into the log as a record, so that trails meet it in the log's order (ARCHITECTURE.md, "One catalog, several processes").

use super::control::is_session;
use super::records::batch_of;
use super::{Journal, JournalError, Standing, Unsettled};
use crate::clock;
use crate::events;
use cairn_model::record::Mark;
use cairn_model::{AccountId, Change, Position, Session};
use cairn_store::catalog::shared::{Everything, Shared, SharedError, Turn};
use cairn_store::catalog::{CatalogState, differences, name_of};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tokio::sync::MutexGuard;

/// Changes that are adopted in one record at most, and about how many bytes.
const TOGETHER_MAX: usize = 256;
const TOGETHER_BYTES: usize = 4 << 20;

/// The shared catalog as this process knows it.
#[derive(Debug)]
pub(crate) struct Sharing {
    pub(super) shared: Shared,
    /// The home region, which events of Cairn's own have.
    region: String,
    /// The version up to which this process has adopted all changes.
    seen: AtomicU64,
    /// Whether PostgreSQL answered when it was last asked.
    reachable: AtomicBool,
}

/// What is adopted, and why.
pub(super) struct Adopting {
    pub(super) mark: Mark,
    pub(super) changes: Vec<Change>,
    /// Ids of the events that tell of what did not take effect.
    pub(super) void: Vec<String>,
}

impl Sharing {
    pub(crate) fn new(shared: Shared, region: String) -> Sharing {
        Sharing { shared, region, seen: AtomicU64::new(0), reachable: AtomicBool::new(true) }
    }

    /// The version up to which this process has adopted all changes.
    pub(super) fn seen(&self) -> u64 {
        self.seen.load(Ordering::Acquire)
    }

    pub(super) fn saw(&self, version: u64) {
        self.seen.store(version, Ordering::Release);
    }

    fn reached(&self, reachable: bool) -> bool {
        self.reachable.swap(reachable, Ordering::AcqRel) != reachable
    }
}

impl Journal {
    /// Whether PostgreSQL answered when it was last asked. `None`: the catalog is this process' alone.
    pub(crate) fn reaches_catalog(&self) -> Option<bool> {
        self.sharing.as_ref().map(|sharing| sharing.reachable.load(Ordering::Acquire))
    }

    /// Tells the shared catalog from every other, if there is one.
    pub(crate) fn shared_identity(&self) -> Option<&str> {
        self.sharing.as_ref().map(|sharing| sharing.shared.identity())
    }

    /// Adopts what other processes changed, if they did, and settles what is unsettled.
    pub(crate) async fn refresh(&self) -> Result<(), JournalError> {
        let Some(sharing) = &self.sharing else { return Ok(()) };
        let version = sharing.shared.version().await.map_err(|error| self.failed(&error))?;
        if sharing.reached(true) {
            tracing::info!("the catalog on PostgreSQL answers again");
        }
        if version == sharing.seen() && self.is_settled() {
            return Ok(());
        }
        self.control().await.check()
    }

    /// Whether there is nothing to settle; `true` too while somebody else has the lock, and sees to it.
    fn is_settled(&self) -> bool {
        !self.control.try_lock().is_ok_and(|standing| matches!(*standing, Standing::Unsettled(_)))
    }

    /// Tells why PostgreSQL was of no use. If it does not answer, nobody waits for it until it does.
    pub(super) fn failed(&self, error: &SharedError) -> JournalError {
        if !error.is_unreachable() {
            tracing::error!(%error, "the catalog on PostgreSQL was not read or changed; events are recorded");
            return JournalError::Refused;
        }
        if self.sharing.as_ref().is_some_and(|sharing| sharing.reached(false)) {
            tracing::error!(
                %error, "the catalog on PostgreSQL cannot be reached; events are recorded, the control plane cannot be changed"
            );
        }
        JournalError::Unavailable
    }

    /// Waits for this process' turn, and adopts what others changed since its last.
    pub(super) async fn take_turn(
        &self,
        sharing: &Sharing,
        standing: &mut MutexGuard<'_, Standing>,
    ) -> Result<Turn, JournalError> {
        if !sharing.reachable.load(Ordering::Acquire) {
            return Err(JournalError::Unavailable);
        }
        let failed = |error| self.failed(&error);
        let mut turn = sharing.shared.turn().await.map_err(failed)?;
        match **standing {
            Standing::Unknown => return Err(JournalError::Stopping),
            Standing::Unsettled(unsettled) => {
                self.settle(sharing, standing, turn, unsettled).await?;
                turn = sharing.shared.turn().await.map_err(failed)?;
            }
            Standing::Applied => {}
        }
        if turn.version() != sharing.seen() {
            match turn.since(sharing.seen()).await.map_err(failed)? {
                Some(changes) => self.adopt(sharing, standing, &mut turn, changes).await?,
                None => self.adopt_everything(sharing, standing, &mut turn).await?,
            }
        }
        Ok(turn)
    }

    /// Joins the others at the start: what this process knows becomes the catalog if that is empty, and else the other way round.
    /// `unsettled` is what [`super::replay`] found.
    pub(crate) async fn join(&self, unsettled: Option<Unsettled>) -> Result<(), JournalError> {
        let Some(sharing) = &self.sharing else { return Ok(()) };
        let mut standing = self.control.lock().await;
        let failed = |error| self.failed(&error);
        if let Some(unsettled) = unsettled {
            *standing = Standing::Unsettled(unsettled);
            let turn = sharing.shared.turn().await.map_err(failed)?;
            self.settle(sharing, &mut standing, turn, unsettled).await?;
        }
        let mut turn = sharing.shared.turn().await.map_err(failed)?;
        if turn.version() > 0 {
            self.adopt_everything(sharing, &mut standing, &mut turn).await?;
        } else {
            let known = self.catalog.changes();
            if !known.is_empty() {
                turn.write(&self.catalog, &known).await.map_err(failed)?;
            }
            sharing.saw(turn.version());
        }
        turn.commit(self.log.committed()).await.map_err(failed)
    }

    /// Compares all that the shared catalog has with all that this process knows.
    async fn adopt_everything(
        &self,
        sharing: &Sharing,
        standing: &mut MutexGuard<'_, Standing>,
        turn: &mut Turn,
    ) -> Result<(), JournalError> {
        let Everything { state, sessions } = turn.everything().await.map_err(|error| self.failed(&error))?;
        let mut changes = differences(&self.catalog.state(), &state);
        let is_new = |session: &Session| {
            self.catalog.session(&session.access_key_id).is_none_or(|known| *known != *session)
        };
        let sessions = sessions.into_iter().filter(is_new);
        changes.extend(sessions.map(|session| Change::PutSession(Box::new(session))));
        self.adopt(sharing, standing, turn, changes).await
    }

    /// Lets changes of other processes take effect, at the place that this process' log has reached. A crash before they are
    /// in the log, or applied, leaves them to the next start. After an error that left some of them in the log, all come once
    /// more with the next turn.
    async fn adopt(
        &self,
        sharing: &Sharing,
        standing: &mut MutexGuard<'_, Standing>,
        turn: &mut Turn,
        changes: Vec<Change>,
    ) -> Result<(), JournalError> {
        let version = turn.version();
        // Sessions are nobody's but the catalog's, and come often: no record tells of them.
        let (sessions, changes): (Vec<_>, Vec<_>) = changes.into_iter().partition(is_session);
        if !changes.is_empty() {
            let adopting = Adopting { mark: Mark::Adopted { version }, changes, void: Vec::new() };
            let mut next = self.log.committed();
            for part in parts(&adopting.changes) {
                next = self.append_adopted(sharing, &adopting, part).await?;
                turn.hold().await.map_err(|error| self.failed(&error))?;
            }
            self.apply(standing, &adopting.changes, next).await?;
        }
        if !sessions.is_empty() {
            self.catalog.adopt(&sessions).await.inspect_err(|error| self.give_up(error))?;
        }
        sharing.saw(version);
        Ok(())
    }

    /// Appends a part of what is adopted. When this returns `Ok`, it survives power loss.
    pub(super) async fn append_adopted(
        &self,
        sharing: &Sharing,
        adopting: &Adopting,
        part: &[Change],
    ) -> Result<Position, JournalError> {
        let account = home(&self.catalog.state(), &adopting.changes);
        let told = told(adopting, part);
        let event = events::by_cairn("AdoptChanges", account, &sharing.region, clock::now(), Some(told));
        let batch = batch_of(Some(adopting.mark), part, account, &event)?;
        Ok(self.append(batch).await?.next)
    }
}

/// As much as one record takes. There is one part at least: even without changes a record tells of what is void.
pub(super) fn parts(changes: &[Change]) -> Vec<&[Change]> {
    let (mut parts, mut start, mut bytes) = (Vec::new(), 0, 0);
    for (at, change) in changes.iter().enumerate() {
        let size = serde_json::to_vec(change).map_or(0, |json| json.len());
        if at > start && (at - start == TOGETHER_MAX || bytes + size > TOGETHER_BYTES) {
            parts.push(&changes[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes += size;
    }
    parts.push(&changes[start..]);
    parts
}

/// The operator's account, whose events tell of what Cairn itself does.
fn home(state: &CatalogState, changes: &[Change]) -> AccountId {
    let adopted = changes.iter().find_map(|change| match change {
        Change::PutKey(key) if key.operator => Some(key.account),
        _ => None,
    });
    let known = || state.keys.values().find(|key| key.operator).map(|key| key.account);
    let first = || state.accounts.keys().next().copied();
    adopted.or_else(known).or_else(first).unwrap_or_else(|| "000000000000".parse().expect("12 digits"))
}

/// `requestParameters`: what was changed, by name; nothing of its content.
fn told(adopting: &Adopting, part: &[Change]) -> Value {
    let (Mark::Decided { version } | Mark::Adopted { version } | Mark::Rectified { version }) = adopting.mark;
    let names: Vec<String> = part.iter().map(name_of).collect();
    match adopting.void.as_slice() {
        [] => json!({ "version": version, "changes": names }),
        void => json!({ "version": version, "changes": names, "withoutEffect": void }),
    }
}
