//! `POST /_cairn/events`: many events in, acknowledged when all that were taken are durable.

mod again;
mod judge;
mod receipt;
mod split;
mod under_way;
mod unpack;
mod unwrap;

pub(crate) use judge::{Destined, Foreign, Judged, judge, judge_destined, judge_foreign};
pub(crate) use receipt::Receipt;
pub(crate) use split::{Next, Shape, Split, is_utf_16};
pub(crate) use under_way::UnderWay;
pub(crate) use unpack::{Budget, Encoding, Share, UnpackError};
pub(crate) use unwrap::Format;

use crate::auth::Caller;
use crate::journal::{Journal, JournalError};
use again::Earlier;
use cairn_model::{Account, AccountId, Change, Origin, Position};
use cairn_store::log::ReadError;

/// The most bytes of a body as sent: 64 MiB.
pub(crate) const BODY_BYTES_MAX: usize = 64 << 20;
/// The most bytes of a body when unpacked: 512 MiB.
pub(crate) const UNPACKED_BYTES_MAX: usize = 512 << 20;
/// The most bytes of the events of one body as the log holds them: 640 MiB. They become durable together, so
/// the log's queue has to take them whole.
pub(crate) const ENCODED_BYTES_MAX: usize = 640 << 20;

/// What a request asks for beside its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Posted or imported.
    pub(crate) origin: Origin,
    /// The form that records come in.
    pub(crate) format: Format,
    /// Whether the answer tells where the events stand in the log.
    pub(crate) positions: bool,
    /// The request was sent before, and its answer lost: if its events are in the log already, at this
    /// position or beyond, they are not appended again.
    pub(crate) again: Option<Position>,
}

/// Who posts, what they may, and what they ask for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Poster {
    /// The account of events that name none.
    account: AccountId,
    /// Whether events of other accounts are taken.
    any_account: bool,
    origin: Origin,
    format: Format,
    positions: bool,
    again: Option<Position>,
}

impl Poster {
    pub(crate) fn new(caller: &Caller, asked: Asked) -> Poster {
        let key = &caller.key;
        let Asked { origin, format, positions, again } = asked;
        let any_account = key.any_account || key.operator;
        Poster { account: key.account, any_account, origin, format, positions, again }
    }

    /// Cairn itself, which imports log files. Events that name no account become those of `account`.
    pub(crate) fn importer(account: AccountId) -> Poster {
        Poster {
            account,
            any_account: true,
            origin: Origin::Imported,
            format: Format::CloudTrail,
            positions: false,
            again: None,
        }
    }
}

/// Why nothing was taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommitError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The place from which an earlier copy is looked for cannot be read from.
    #[error("again is no position of the log: {0}")]
    Again(#[from] ReadError),
}

/// Makes what was judged durable. Accounts that Cairn meets for the first time come to be before their
/// events. `describe` makes the event that tells of them.
pub(crate) async fn commit(
    journal: &Journal,
    poster: Poster,
    mut judged: Judged,
    describe: impl FnOnce(&[String]) -> Vec<u8>,
) -> Result<Receipt, CommitError> {
    let earlier = match poster.again {
        Some(from) => earlier(journal, from, std::mem::take(&mut judged.prints)).await?,
        None => None,
    };
    let is_there = earlier.as_ref().is_some_and(|earlier| earlier.whole);
    let mut ranges: Vec<_> = earlier.into_iter().map(|earlier| earlier.range).collect();
    if !is_there && !judged.batch.is_empty() {
        if !judged.new_accounts.is_empty() {
            make_accounts(journal, judged.new_accounts, describe).await?;
        }
        let appended = journal.append(judged.batch).await.map_err(JournalError::from)?;
        ranges.push(appended.first..appended.next);
    }
    if poster.positions {
        judged.receipt.stands_at(ranges);
    }
    Ok(judged.receipt)
}

async fn earlier(
    journal: &Journal,
    from: Position,
    prints: Vec<again::Print>,
) -> Result<Option<Earlier>, ReadError> {
    let log = journal.log().clone();
    let found = tokio::task::spawn_blocking(move || again::find(&log, from, &prints)).await;
    found.expect("looking through the log does not panic")
}

async fn make_accounts(
    journal: &Journal,
    new: Vec<Account>,
    describe: impl FnOnce(&[String]) -> Vec<u8>,
) -> Result<(), JournalError> {
    let mut control = journal.control().await;
    // Another request may have met them meanwhile, or somebody given them a name.
    let known = journal.catalog().state();
    let new: Vec<Account> =
        new.into_iter().filter(|account| !known.accounts.contains_key(&account.id)).collect();
    let Some(first) = new.first().map(|account| account.id) else { return Ok(()) };
    let names: Vec<String> = new.iter().map(|account| account.id.to_string()).collect();
    let changes: Vec<Change> = new.into_iter().map(Change::PutAccount).collect();
    match control.commit(&changes, first, &describe(&names)).await {
        // Their events are recorded all the same; the first ones after PostgreSQL answers again make the accounts.
        Err(
            JournalError::Unavailable | JournalError::Refused | JournalError::Unsettled | JournalError::Void,
        ) => Ok(()),
        made => made,
    }
}

impl Judged {
    /// How many records were not taken.
    pub(crate) fn refused(&self) -> u64 {
        self.receipt.refused()
    }
}
