//! The door: the one place where an event's text is parsed and judged.

mod scanned;

use super::Origin;
use super::field::{Field, Place, UNKNOWN_KEY, UNKNOWN_VALUE};
use crate::json::{self, JsonError, Scanner, Visit};
use crate::{AccountId, Timestamp};
use scanned::{Scanned, Span};
use std::borrow::Cow;
use std::ops::Range;
use std::time::Duration;

/// The most bytes that the text of one event may have: 1 MiB.
pub const TEXT_BYTES_MAX: usize = 1 << 20;

/// How far in the future an event's time may be on arrival before history leaves it out.
const FUTURE_MAX: Duration = Duration::from_secs(24 * 3600);

/// What the door knows about events beside their text.
#[derive(Clone, Copy, Debug)]
pub struct Admission {
    /// How they came.
    pub origin: Origin,
    /// The account of events that name none: the key's.
    pub account: AccountId,
    /// Now.
    pub arrival: Timestamp,
}

/// What the door found out about an event that it let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// The account that it belongs to.
    pub account: AccountId,
    /// Its time.
    pub event_time: Timestamp,
    /// Whether its time is more than 24 hours in the future.
    pub future: bool,
}

/// Why an event was not let in. The text is for the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not JSON that everybody reads alike.
    #[error("malformed JSON: {0}")]
    Json(#[from] JsonError),
    /// More than [`TEXT_BYTES_MAX`].
    #[error("longer than {TEXT_BYTES_MAX} bytes")]
    TooLong,
    /// Not a JSON object.
    #[error("not a JSON object")]
    NotAnObject,
    /// A required member is missing, null or empty.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A member has a value of the wrong type or form.
    #[error("{member} is not {expected}")]
    Invalid {
        /// The member's key.
        member: &'static str,
        /// What it should be.
        expected: &'static str,
    },
}

/// Parses and judges events. Reusable: its buffers are allocated once.
#[derive(Debug, Default)]
pub struct Door {
    scanner: Scanner,
    found: Found,
}

impl Door {
    /// Judges one event's text and appends its encoded form to `out`; on refusal `out` is as it was. A
    /// missing eventID becomes a UUID of version 4 made of `random_id`'s 128 bits, a missing
    /// recipientAccountId the admission's account; both are added at the end of the text, which is otherwise
    /// kept to the byte.
    pub fn admit(
        &mut self,
        text: &[u8],
        admission: &Admission,
        random_id: impl FnOnce() -> u128,
        out: &mut Vec<u8>,
    ) -> Result<Admitted, Refusal> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(Refusal::TooLong);
        }
        let text = json::text(text)?;
        self.found.spans.clear();
        let object = self.scanner.scan(text, Place::Root, &mut self.found)?;
        self.found.begin_at(object.start);
        self.judge(&text[object], admission, random_id, out)
    }

    /// Judges the event that `text` begins with, as [`Door::admit`] does, and says where its text ends; what
    /// stands behind it is not looked at. `random_id` is given the event's text.
    pub fn admit_first(
        &mut self,
        text: &str,
        admission: &Admission,
        random_id: impl FnOnce(&str) -> u128,
        out: &mut Vec<u8>,
    ) -> Result<(Admitted, usize), Refusal> {
        self.found.spans.clear();
        let object = self.scanner.scan_first(text, Place::Root, &mut self.found)?;
        if object.len() > TEXT_BYTES_MAX {
            return Err(Refusal::TooLong);
        }
        self.found.begin_at(object.start);
        let end = object.end;
        let text = &text[object];
        let admitted = self.judge(text, admission, || random_id(text), out)?;
        Ok((admitted, end))
    }

    fn judge(
        &mut self,
        text: &str,
        admission: &Admission,
        random_id: impl FnOnce() -> u128,
        out: &mut Vec<u8>,
    ) -> Result<Admitted, Refusal> {
        if !text.starts_with('{') {
            return Err(Refusal::NotAnObject);
        }
        let mut scanned = Scanned { text: Cow::Borrowed(text), spans: &mut self.found.spans };
        let event_time = scanned.event_time()?;
        scanned.require_names()?;
        let account = scanned.account(admission.account)?;
        scanned.event_id(random_id)?;
        let future = event_time > admission.arrival.plus(FUTURE_MAX);
        let admitted = Admitted { account, event_time, future };
        scanned.write(admission, &admitted, out);
        Ok(admitted)
    }
}

/// What the scan of one text found.
#[derive(Debug, Default)]
struct Found {
    spans: Vec<Span>,
}

impl Found {
    /// Counts places from the object's start.
    fn begin_at(&mut self, start: usize) {
        if start > 0 {
            for (_, range) in &mut self.spans {
                *range = range.start - start..range.end - start;
            }
        }
    }
}

impl Visit for Found {
    type Place = Place;

    fn enter(&mut self, place: Place, key: &str, _: Range<usize>) -> Option<Place> {
        match (place, key) {
            (Place::Root, "userIdentity") => Some(Place::UserIdentity),
            (Place::UserIdentity, "sessionContext") => Some(Place::SessionContext),
            (Place::SessionContext, "sessionIssuer") => Some(Place::SessionIssuer),
            _ => None,
        }
    }

    fn leave(&mut self, place: Place, key: &str, key_range: Range<usize>, value: Range<usize>) {
        match Field::find(place, key) {
            Some(field) => self.spans.push((field as u8, value)),
            None if place == Place::Root => {
                self.spans.push((UNKNOWN_KEY, key_range));
                self.spans.push((UNKNOWN_VALUE, value));
            }
            None => {}
        }
    }
}
