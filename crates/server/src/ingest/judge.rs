//! From a body to events: unpacked, divided into records, each judged once by the door.

mod foreign;

pub(crate) use foreign::{Foreign, judge_foreign};

use super::again::Print;
use super::receipt::Receipt;
use super::split::{Next, Shape, Split};
use super::unpack::{Encoding, Share, UnpackError, Window};
use super::unwrap::{Format, unwrap};
use super::{ENCODED_BYTES_MAX, Poster};
use crate::clock;
use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use cairn_decide::imports::Selection;
use cairn_model::event::{Admission, Admitted, Door, Refusal};
use cairn_model::record::StoreId;
use cairn_model::{Account, AccountId, Event, Origin, Record, json};
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

/// Which event data stores alone get the events, and which they take.
#[derive(Clone, Debug)]
pub(crate) struct Destined {
    pub(crate) stores: Vec<StoreId>,
    /// `None`: the stores choose by themselves.
    pub(crate) selection: Option<Selection>,
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
    judge_destined(body, encoding, poster, None, known, share)
}

/// The same of events that are for certain event data stores only.
pub(crate) fn judge_destined(
    body: Bytes,
    encoding: Encoding,
    poster: Poster,
    destined: Option<&Destined>,
    known: &CatalogState,
    share: &mut Share,
) -> Result<Judged, UnpackError> {
    let as_sent = body.len();
    let mut window = Window::new(body, encoding, |bytes| share.hold(as_sent + bytes))?;
    let mut judge = Judge::new(poster, destined, known, window.bytes().0.len().max(as_sent));
    let shape = if poster.format == Format::Ndjson { Shape::Lines } else { Shape::Any };
    let mut split = Split::new(shape);
    loop {
        let held = as_sent + window.memory();
        let (bytes, last) = window.bytes();
        match judge.window(&mut split, bytes, last, |encoded| share.hold(held + encoded))? {
            Some(passed) => window.advance(passed)?,
            None => return Ok(judge.finish()),
        }
    }
}

/// Judging in progress.
struct Judge<'k> {
    poster: Poster,
    destined: Option<&'k Destined>,
    known: &'k CatalogState,
    admission: Admission,
    door: Door,
    judged: Judged,
    new_accounts: BTreeSet<AccountId>,
    /// The record before came wrapped; then this one does, most likely.
    wrapped: bool,
    /// The record is one that its destinations do not take.
    is_unwanted: bool,
}

/// Why a record is not taken, in words for the caller.
type Reason = String;

impl<'k> Judge<'k> {
    /// `text_bytes` is how much text is expected; encoding adds about a quarter.
    fn new(
        poster: Poster,
        destined: Option<&'k Destined>,
        known: &'k CatalogState,
        text_bytes: usize,
    ) -> Judge<'k> {
        let batch = Batch::with_capacity(text_bytes + text_bytes / 3);
        Judge {
            poster,
            destined,
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
            is_unwanted: false,
        }
    }

    /// Judges the records of a window. Returns how much of it is not needed any more if more must be seen,
    /// `None` if all has been. `hold` is told how much memory the events take.
    fn window(
        &mut self,
        split: &mut Split,
        window: &[u8],
        last: bool,
        mut hold: impl FnMut(usize) -> Result<(), UnpackError>,
    ) -> Result<Option<usize>, UnpackError> {
        let mut at = 0;
        let mut text = None;
        loop {
            let taken = split.begins_record(window, &mut at).and_then(|line| {
                let text: &str = text.get_or_insert_with(|| text_of(window));
                self.first_record(line, text.get(at..)?)
            });
            match taken {
                Some(length) => split.took(&mut at, length),
                None => match split.next(window, &mut at, last) {
                    Next::Record(line, range) => self.record(line, &window[range]),
                    Next::Refused(line, why) => self.judged.receipt.refuse(line, why.to_owned()),
                    Next::More => return Ok(Some(at)),
                    Next::End => return Ok(None),
                },
            }
            let encoded = self.judged.batch.bytes();
            if encoded > ENCODED_BYTES_MAX {
                return Err(UnpackError::TooManyRecords);
            }
            hold(encoded)?;
        }
    }

    /// Takes the record that `text` begins with, whose end the door finds while it judges. Returns its length;
    /// `None` if it has to be measured first, because it is wrapped, not whole, or to be refused.
    fn first_record(&mut self, line: u64, text: &str) -> Option<usize> {
        if self.wrapped {
            return None;
        }
        let admitted = self.admit_by(|door, admission, out| {
            let id = |text: &str| id_bits(admission.origin, text.as_bytes());
            door.admit_first(text, admission, id, out)
        });
        let (admitted, length) = admitted.ok()?;
        self.accept(line, &admitted);
        Some(length)
    }

    fn record(&mut self, line: u64, text: &[u8]) {
        match self.admit_unwrapped(text) {
            Ok(admitted) => self.accept(line, &admitted),
            Err(reason) => self.judged.receipt.refuse(line, reason),
        }
    }

    fn accept(&mut self, line: u64, admitted: &Admitted) {
        if self.is_unwanted {
            return;
        }
        self.judged.receipt.accepted += 1;
        if admitted.future {
            self.judged.receipt.note(line, FUTURE);
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
        let admitted = self.admit_by(|door, admission, out| {
            let found = door.admit(text, admission, || id_bits(admission.origin, text), out)?;
            Ok((found, text.len()))
        });
        admitted.map(|(admitted, _)| admitted)
    }

    /// Has `show` show a record to the door. Also returns the length that it tells.
    fn admit_by(
        &mut self,
        show: impl FnOnce(&mut Door, &Admission, &mut Vec<u8>) -> Result<(Admitted, usize), Refusal>,
    ) -> Result<(Admitted, usize), Fault> {
        let Judge { poster, destined, known, admission, door, judged, new_accounts, is_unwanted, .. } = self;
        let mut admitted = None;
        *is_unwanted = false;
        let pushed = judged.batch.push_with(|out| {
            let start = out.len();
            if let Some(destined) = destined {
                Record::start_imported_to(&destined.stores, out);
                let event = out.len();
                admitted = Some(show(door, admission, out)?);
                return if destined.takes(&out[event..]) { Ok(()) } else { Err(Fault::Unwanted) };
            }
            Record::start_event(out);
            let (found, length) = show(door, admission, out)?;
            if found.account != poster.account && !poster.any_account {
                return Err(Fault::Foreign(found.account));
            }
            if !known.accounts.contains_key(&found.account) {
                new_accounts.insert(found.account);
            }
            if poster.again.is_some() {
                judged.prints.push(Print::of(&out[start..]));
            }
            admitted = Some((found, length));
            Ok(())
        });
        match pushed {
            Err(Fault::Unwanted) => *is_unwanted = true,
            pushed => drop(pushed?),
        }
        Ok(admitted.expect("what was pushed, or is not wanted, was admitted"))
    }

    fn finish(mut self) -> Judged {
        let account = |id| Account { id, name: None, created: self.admission.arrival };
        self.judged.new_accounts = self.new_accounts.into_iter().map(account).collect();
        self.judged.receipt.finish();
        self.judged
    }
}

/// A window as text, as far as it is one: its last character may not be whole.
fn text_of(window: &[u8]) -> &str {
    json::text(window).unwrap_or_else(|_| {
        let valid = window.utf8_chunks().next().map(|chunk| chunk.valid());
        valid.unwrap_or_default()
    })
}

impl Destined {
    /// Whether an event that the door has just encoded is taken.
    fn takes(&self, encoded: &[u8]) -> bool {
        let event = Event::decode(encoded).expect("the door made it");
        self.selection.as_ref().is_none_or(|selection| selection.takes(&event))
    }
}

/// Why a record is not taken.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("it is not wanted")]
    Unwanted,
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
