//! From a body to events: unpacked, divided into records, each judged once by the door.

use super::again::Print;
use super::receipt::Receipt;
use super::split::{Next, Shape, Split};
use super::unpack::{Encoding, Share, UnpackError, Window};
use super::unwrap::{Format, unwrap};
use super::{ENCODED_BYTES_MAX, Poster};
use crate::clock;
use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use cairn_model::event::{Admission, Admitted, Door, Refusal};
use cairn_model::{Account, AccountId, Origin, Record};
use cairn_store::catalog::CatalogState;
use cairn_store::log::Batch;
use std::collections::BTreeSet;

const FUTURE: &str = "eventTime is more than 24 hours in the future: kept, but not in event history";

/// A body's events, judged and encoded, not yet in the log.
pub(crate) struct Judged {
    pub(super) batch: Batch,
    pub(super) new_accounts: Vec<Account>,
    pub(super) receipt: Receipt,
    /// What tells the events from others, if they may be in the log already.
    pub(super) prints: Vec<Print>,
}

/// Unpacks a body and judges each of its records. No more is held than the window and what was encoded,
/// both counted in `share`.
pub(crate) fn judge(
    body: Bytes,
    encoding: Encoding,
    poster: Poster,
    known: &CatalogState,
    share: &mut Share,
) -> Result<Judged, UnpackError> {
    let as_sent = body.len();
    let mut window = Window::new(body, encoding, |bytes| share.hold(as_sent + bytes))?;
    let mut judge = Judge::new(poster, known, window.bytes().0.len().max(as_sent));
    let shape = if poster.format == Format::Ndjson { Shape::Lines } else { Shape::Any };
    let (mut split, mut at) = (Split::new(shape), 0);
    loop {
        let (bytes, last) = window.bytes();
        match split.next(bytes, &mut at, last) {
            Next::Record(line, range) => judge.record(line, &bytes[range]),
            Next::Refused(line, why) => judge.judged.receipt.refuse(line, why.to_owned()),
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
struct Judge<'k> {
    poster: Poster,
    known: &'k CatalogState,
    admission: Admission,
    door: Door,
    judged: Judged,
    new_accounts: BTreeSet<AccountId>,
    /// The record before came wrapped; then this one does, most likely.
    wrapped: bool,
}

/// Why a record is not taken, in words for the caller.
type Reason = String;

impl<'k> Judge<'k> {
    /// `text_bytes` is how much text is expected; encoding adds about a quarter.
    fn new(poster: Poster, known: &'k CatalogState, text_bytes: usize) -> Judge<'k> {
        let batch = Batch::with_capacity(text_bytes + text_bytes / 3);
        Judge {
            poster,
            known,
            admission: Admission { origin: poster.origin, account: poster.account, arrival: clock::now() },
            door: Door::default(),
            judged: Judged {
                batch,
                new_accounts: Vec::new(),
                receipt: Receipt::default(),
                prints: Vec::new(),
            },
            new_accounts: BTreeSet::new(),
            wrapped: poster.format.must_be_wrapped().is_some(),
        }
    }

    fn record(&mut self, line: u64, text: &[u8]) {
        match self.admit_unwrapped(text) {
            Ok(admitted) => {
                self.judged.receipt.accepted += 1;
                if admitted.future {
                    self.judged.receipt.note(line, FUTURE);
                }
            }
            Err(reason) => self.judged.receipt.refuse(line, reason),
        }
    }

    /// Takes a record, or the one inside of it.
    fn admit_unwrapped(&mut self, text: &[u8]) -> Result<Admitted, Reason> {
        let format = self.poster.format;
        if self.wrapped
            && let Some(inside) = unwrap(text, format)
        {
            return self.admit(&inside).map_err(|fault| fault.to_string());
        }
        if let Some(reason) = format.must_be_wrapped() {
            return Err(reason.to_owned());
        }
        let fault = match self.admit(text) {
            Ok(admitted) => {
                self.wrapped = false;
                return Ok(admitted);
            }
            Err(fault) => fault,
        };
        // What wraps a record has no eventTime of its own, and a line of an export does not begin as JSON.
        let may_be_wrapped = matches!(fault, Fault::Refused(Refusal::Missing(_) | Refusal::Json(_)));
        if may_be_wrapped
            && format.may_be_wrapped()
            && let Some(inside) = unwrap(text, format)
        {
            self.wrapped = true;
            return self.admit(&inside).map_err(|fault| fault.to_string());
        }
        Err(fault.to_string())
    }

    /// Shows a record to the door.
    fn admit(&mut self, text: &[u8]) -> Result<Admitted, Fault> {
        let Judge { poster, known, admission, door, judged, new_accounts, .. } = self;
        let mut admitted = None;
        judged.batch.push_with(|out| {
            let start = out.len();
            Record::start_event(out);
            let found = door.admit(text, admission, || id_bits(poster.origin, text), out)?;
            if found.account != poster.account && !poster.any_account {
                return Err(Fault::Foreign(found.account));
            }
            if !known.accounts.contains_key(&found.account) {
                new_accounts.insert(found.account);
            }
            if poster.again.is_some() {
                judged.prints.push(Print::of(&out[start..]));
            }
            admitted = Some(found);
            Ok(())
        })?;
        Ok(admitted.expect("what was pushed was admitted"))
    }

    fn finish(mut self) -> Judged {
        let account = |id| Account { id, name: None, created: self.admission.arrival };
        self.judged.new_accounts = self.new_accounts.into_iter().map(account).collect();
        self.judged.receipt.finish();
        self.judged
    }
}

/// Why a record is not taken.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("this key may not post events of account {0}")]
    Foreign(AccountId),
}

/// What an event without an id gets one of. An imported one gets it of its content, so that importing it
/// again makes no second event of it.
fn id_bits(origin: Origin, text: &[u8]) -> u128 {
    if origin != Origin::Imported {
        return clock::random_bits();
    }
    let hash = digest(&SHA256, text);
    let first = hash.as_ref().first_chunk().expect("SHA-256 has 32 bytes");
    u128::from_be_bytes(*first)
}

#[cfg(test)]
mod tests;
