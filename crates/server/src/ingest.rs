//! `POST /_cairn/events`: many events in, acknowledged when all that were taken are durable.

mod split;
mod unpack;

pub(crate) use unpack::{Budget, Encoding, UnpackError, unpack};

use crate::auth::Caller;
use crate::clock;
use crate::journal::{Journal, JournalError};
use cairn_model::event::{Admission, Door};
use cairn_model::{Account, AccountId, Change, Origin, Record};
use cairn_store::catalog::CatalogState;
use cairn_store::log::Batch;
use serde::Serialize;
use split::{Piece, Split};
use std::collections::BTreeSet;

/// The most bytes of a body as sent: 64 MiB.
pub(crate) const BODY_BYTES_MAX: usize = 64 << 20;
/// The most bytes of a body when unpacked: 512 MiB.
pub(crate) const UNPACKED_BYTES_MAX: usize = 512 << 20;
/// Refusals and notes that an answer lists at most; `accepted` always counts exactly.
const LISTED_MAX: usize = 10_000;

/// The answer: `{"accepted": N, "refused": [{"line", "reason"}], "noted": [{"line", "reason"}]}`.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Receipt {
    /// How many events are in the log now.
    pub(crate) accepted: u64,
    /// What was not taken. Lines, or elements of an array, count from 1.
    pub(crate) refused: Vec<Line>,
    /// What was taken, but is treated otherwise than the caller may think.
    pub(crate) noted: Vec<Line>,
}

/// One line and what is to be said of it.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) line: u64,
    pub(crate) reason: String,
}

/// Who posts, and what they may.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Poster {
    /// The account of events that name none.
    pub(crate) account: AccountId,
    /// Whether events of other accounts are taken.
    pub(crate) any_account: bool,
    /// Posted or imported.
    pub(crate) origin: Origin,
}

impl Poster {
    pub(crate) fn new(caller: &Caller, operator: bool, origin: Origin) -> Poster {
        let key = &caller.key;
        Poster { account: key.account, any_account: key.any_account || operator, origin }
    }
}

/// A body's events, judged and encoded, not yet in the log.
pub(crate) struct Judged {
    batch: Batch,
    new_accounts: Vec<Account>,
    receipt: Receipt,
    refused: u64,
}

/// Judges every record of an unpacked body. Pure but for the clock and random ids; no record is parsed twice.
pub(crate) fn judge(body: &[u8], poster: &Poster, known: &CatalogState) -> Judged {
    let arrival = clock::now();
    let admission = Admission { origin: poster.origin, account: poster.account, arrival };
    let mut door = Door::default();
    let mut judged = Judged {
        batch: Batch::with_capacity(body.len() + body.len() / 4),
        new_accounts: Vec::new(),
        receipt: Receipt::default(),
        refused: 0,
    };
    let mut new_accounts = BTreeSet::new();
    for (line, piece) in Split::new(body) {
        let range = match piece {
            Piece::Record(range) => range,
            Piece::Broken(why) => {
                judged.refuse(line, why.to_owned());
                continue;
            }
        };
        let admitted = judged.batch.push_with(|out| {
            Record::start_event(out);
            let admitted = door
                .admit(&body[range], &admission, clock::random_bits, out)
                .map_err(|refusal| refusal.to_string())?;
            if admitted.account != poster.account && !poster.any_account {
                return Err(format!("this key may not post events of account {}", admitted.account));
            }
            if !known.accounts.contains_key(&admitted.account) {
                new_accounts.insert(admitted.account);
            }
            if admitted.future {
                judged.receipt.note(line, FUTURE.to_owned());
            }
            Ok(())
        });
        match admitted {
            Ok(_) => judged.receipt.accepted += 1,
            Err(reason) => judged.refuse(line, reason),
        }
    }
    let account = |id| Account { id, name: None, created: arrival };
    judged.new_accounts = new_accounts.into_iter().map(account).collect();
    judged
}

const FUTURE: &str = "eventTime is more than 24 hours in the future: kept, but not in event history";

/// Makes what was judged durable. Accounts that Cairn meets for the first time come to be before their
/// events. The event that tells of them is `describe`d, and belongs to the first of them.
pub(crate) async fn commit(
    journal: &Journal,
    judged: Judged,
    describe: impl FnOnce(&[String]) -> Vec<u8>,
) -> Result<Receipt, JournalError> {
    if let Some(first) = judged.new_accounts.first() {
        let names: Vec<String> = judged.new_accounts.iter().map(|account| account.id.to_string()).collect();
        let event = describe(&names);
        let changes: Vec<Change> = judged.new_accounts.iter().cloned().map(Change::PutAccount).collect();
        let control = journal.control().await;
        control.commit(&changes, first.id, &event).await?;
    }
    if !judged.batch.is_empty() {
        journal.append(judged.batch).await?;
    }
    Ok(judged.receipt)
}

impl Judged {
    /// How many records were not taken.
    pub(crate) fn refused(&self) -> u64 {
        self.refused
    }

    fn refuse(&mut self, line: u64, reason: String) {
        self.refused += 1;
        if self.receipt.refused.len() < LISTED_MAX {
            self.receipt.refused.push(Line { line, reason });
        }
    }
}

impl Receipt {
    fn note(&mut self, line: u64, reason: String) {
        if self.noted.len() < LISTED_MAX {
            self.noted.push(Line { line, reason });
        }
    }
}
