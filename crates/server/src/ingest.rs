//! `POST /_cairn/events`: many events in, acknowledged when all that were taken are durable.

mod split;
mod unpack;

pub(crate) use unpack::{Budget, Encoding, Share, UnpackError};

use crate::auth::Caller;
use crate::clock;
use crate::journal::{Journal, JournalError};
use bytes::Bytes;
use cairn_model::event::{Admission, Door};
use cairn_model::{Account, AccountId, Change, Origin, Record};
use cairn_store::catalog::CatalogState;
use cairn_store::log::Batch;
use serde::Serialize;
use split::{Next, Split};
use std::collections::BTreeSet;
use unpack::Window;

/// The most bytes of a body as sent: 64 MiB.
pub(crate) const BODY_BYTES_MAX: usize = 64 << 20;
/// The most bytes of a body when unpacked: 512 MiB.
pub(crate) const UNPACKED_BYTES_MAX: usize = 512 << 20;
/// The most bytes of the events of one body as the log holds them: 640 MiB. They become durable together, so
/// the log's queue has to take them whole.
pub(crate) const ENCODED_BYTES_MAX: usize = 640 << 20;
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
    /// How many records were refused, if not all of them are listed.
    #[serde(rename = "refusedTotal", skip_serializing_if = "Option::is_none")]
    pub(crate) refused_total: Option<u64>,
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
    pub(crate) fn new(caller: &Caller, origin: Origin) -> Poster {
        let key = &caller.key;
        Poster { account: key.account, any_account: key.any_account || key.operator, origin }
    }
}

/// A body's events, judged and encoded, not yet in the log.
pub(crate) struct Judged {
    batch: Batch,
    new_accounts: Vec<Account>,
    receipt: Receipt,
    refused: u64,
}

/// Unpacks a body and judges each of its records. No record is parsed twice, and no more is held than the
/// window and what was encoded, both counted in `share`.
pub(crate) fn judge(
    body: Bytes,
    encoding: Encoding,
    poster: Poster,
    known: &CatalogState,
    share: &mut Share,
) -> Result<Judged, UnpackError> {
    let as_sent = body.len();
    let mut judge = Judge::new(poster, as_sent + as_sent / 4);
    let mut window = Window::new(body, encoding)?;
    let (mut split, mut at) = (Split::new(), 0);
    loop {
        let (bytes, last) = window.bytes();
        match split.next(bytes, &mut at, last) {
            Next::Record(line, range) => judge.record(line, &bytes[range], known),
            Next::Refused(line, why) => judge.judged.refuse(line, why.to_owned()),
            Next::More => {
                window.advance(at)?;
                at = 0;
            }
            Next::End => return Ok(judge.finish()),
        }
        let encoded = judge.judged.batch.bytes();
        if encoded > ENCODED_BYTES_MAX {
            return Err(UnpackError::TooManyRecords);
        }
        share.hold(as_sent + window.memory() + encoded)?;
    }
}

/// Judging in progress.
struct Judge {
    poster: Poster,
    admission: Admission,
    door: Door,
    judged: Judged,
    new_accounts: BTreeSet<AccountId>,
}

impl Judge {
    fn new(poster: Poster, capacity: usize) -> Judge {
        let batch = Batch::with_capacity(capacity);
        Judge {
            poster,
            admission: Admission { origin: poster.origin, account: poster.account, arrival: clock::now() },
            door: Door::default(),
            judged: Judged { batch, new_accounts: Vec::new(), receipt: Receipt::default(), refused: 0 },
            new_accounts: BTreeSet::new(),
        }
    }

    fn record(&mut self, line: u64, text: &[u8], known: &CatalogState) {
        let Judge { poster, admission, door, judged, new_accounts } = self;
        let mut future = false;
        let admitted = judged.batch.push_with(|out| {
            Record::start_event(out);
            let admitted = door
                .admit(text, admission, clock::random_bits, out)
                .map_err(|refusal| refusal.to_string())?;
            if admitted.account != poster.account && !poster.any_account {
                return Err(format!("this key may not post events of account {}", admitted.account));
            }
            if !known.accounts.contains_key(&admitted.account) {
                new_accounts.insert(admitted.account);
            }
            future = admitted.future;
            Ok(())
        });
        match admitted {
            Ok(_) => judged.receipt.accepted += 1,
            Err(reason) => judged.refuse(line, reason),
        }
        if future {
            judged.receipt.note(line, FUTURE.to_owned());
        }
    }

    fn finish(mut self) -> Judged {
        let account = |id| Account { id, name: None, created: self.admission.arrival };
        let all_listed = self.judged.refused == self.judged.receipt.refused.len() as u64;
        self.judged.receipt.refused_total = Some(self.judged.refused).filter(|_| !all_listed);
        self.judged.new_accounts = self.new_accounts.into_iter().map(account).collect();
        self.judged
    }
}

const FUTURE: &str = "eventTime is more than 24 hours in the future: kept, but not in event history";

/// Makes what was judged durable. Accounts that Cairn meets for the first time come to be before their
/// events. `describe` makes the event that tells of them.
pub(crate) async fn commit(
    journal: &Journal,
    judged: Judged,
    describe: impl FnOnce(&[String]) -> Vec<u8>,
) -> Result<Receipt, JournalError> {
    if !judged.new_accounts.is_empty() {
        let mut control = journal.control().await;
        // Another request may have met them meanwhile, or somebody given them a name.
        let known = journal.catalog().state();
        let new = judged.new_accounts.into_iter().filter(|account| !known.accounts.contains_key(&account.id));
        let new: Vec<Account> = new.collect();
        if let Some(first) = new.first() {
            let account = first.id;
            let names: Vec<String> = new.iter().map(|account| account.id.to_string()).collect();
            let changes: Vec<Change> = new.into_iter().map(Change::PutAccount).collect();
            control.commit(&changes, account, &describe(&names)).await?;
        }
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
