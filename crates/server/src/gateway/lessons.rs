//! Calls that teach something, such as whose a temporary key is: those that end together go into the log together.
//!
//! A change of the control plane takes its lock, a sync of the log and a transaction of the catalog. While one group of
//! calls has them, the next gathers; whoever gets the lock first takes all that wait.

use crate::clock;
use crate::journal::{Control, Journal, JournalError, Taught, admit_with};
use cairn_model::event::Refusal;
use cairn_model::record::Mark;
use cairn_model::{Account, AccountId, Change};
use cairn_store::log::{AppendError, Batch};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Calls that go into the log together at most.
const TOGETHER_MAX: usize = 256;
/// And so many bytes of their events, or a single larger one.
const TOGETHER_BYTES: usize = 4 << 20;

/// The event of a call, and what the call taught. Its account is one more change if nobody has met it.
#[derive(Clone, Debug)]
pub(crate) struct Lesson {
    pub(crate) account: AccountId,
    /// The event's JSON.
    pub(crate) event: Vec<u8>,
    pub(crate) changes: Vec<Change>,
}

/// Lessons that wait for the control plane's lock: at most one of each call under way.
#[derive(Debug, Default)]
pub(crate) struct Lessons(Mutex<VecDeque<Waiting>>);

#[derive(Debug)]
struct Waiting {
    lesson: Lesson,
    learned: oneshot::Sender<Result<(), JournalError>>,
}

impl Lessons {
    /// Puts a lesson into the log and lets it take effect. When this returns `Ok`, it survives power loss.
    pub(crate) async fn learn(&self, journal: &Journal, lesson: Lesson) -> Result<(), JournalError> {
        let (learned, mut outcome) = oneshot::channel();
        self.waiting().push_back(Waiting { lesson, learned });
        loop {
            let mut control = tokio::select! {
                biased;
                // Whoever took it and went without a word leaves the control plane in doubt.
                outcome = &mut outcome => return outcome.unwrap_or(Err(JournalError::Stopping)),
                control = journal.control() => control,
            };
            learn_together(journal, &mut control, self.together()).await;
        }
    }

    /// The first ones that wait.
    fn together(&self) -> Vec<Waiting> {
        let mut waiting = self.waiting();
        let mut bytes = 0;
        let fits = |waiting: &&Waiting| {
            bytes += waiting.lesson.event.len();
            bytes <= TOGETHER_BYTES
        };
        let count = waiting.iter().take(TOGETHER_MAX).take_while(fits).count().max(1).min(waiting.len());
        waiting.drain(..count).collect()
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One record each, all in one batch: all of them become durable, or none.
async fn learn_together(journal: &Journal, control: &mut Control<'_>, waiting: Vec<Waiting>) {
    let (mut changes, mut records, mut taken) = (Vec::new(), Vec::new(), Vec::new());
    for Waiting { lesson, learned } in waiting {
        let own = changes_of(&lesson, journal, &changes);
        // One that the door refuses must not take the others with it.
        match admit_with(&mut Batch::default(), None, &[], lesson.account, &lesson.event) {
            Ok(()) => {
                changes.extend(own.iter().cloned());
                records.push((lesson, own));
                taken.push(learned);
            }
            Err(refusal) => answer(learned, Err(refusal.into())),
        }
    }
    if taken.is_empty() {
        return;
    }
    let committed = control.learn(&changes, |mark, taught| batch_of(&records, mark, taught)).await;
    for learned in taken {
        answer(learned, committed.as_ref().copied().map_err(same));
    }
}

fn batch_of(records: &[(Lesson, Vec<Change>)], mark: Option<Mark>, taught: Taught) -> Result<Batch, Refusal> {
    let mut batch = Batch::default();
    for (lesson, own) in records {
        let own: &[Change] = if taught == Taught::Told { own } else { &[] };
        admit_with(&mut batch, mark, own, lesson.account, &lesson.event)?;
    }
    Ok(batch)
}

/// What a lesson changes behind those before it. Another call may have met its account since, or somebody given that a
/// name.
fn changes_of(lesson: &Lesson, journal: &Journal, before: &[Change]) -> Vec<Change> {
    let id = lesson.account;
    let is_met = |change: &Change| matches!(change, Change::PutAccount(account) if account.id == id);
    let is_new = !journal.catalog().state().accounts.contains_key(&id) && !before.iter().any(is_met);
    let account = is_new.then(|| Change::PutAccount(Account { id, name: None, created: clock::now() }));
    account.into_iter().chain(lesson.changes.iter().cloned()).collect()
}

fn answer(learned: oneshot::Sender<Result<(), JournalError>>, outcome: Result<(), JournalError>) {
    // A call that went does not ask any more; its lesson is in the log or not, as it was answered.
    let _ = learned.send(outcome);
}

/// The same for another one of the group.
fn same(error: &JournalError) -> JournalError {
    match error {
        JournalError::Append(error) => AppendError::clone(error).into(),
        JournalError::Unavailable => JournalError::Unavailable,
        JournalError::Refused => JournalError::Refused,
        JournalError::Unsettled => JournalError::Unsettled,
        JournalError::Void => JournalError::Void,
        JournalError::Catalog(_)
        | JournalError::Read(_)
        | JournalError::Stopping
        | JournalError::Event(_) => JournalError::Stopping,
    }
}

#[cfg(test)]
mod tests;
