//! The door: the one place where an event's text is parsed and judged.

use super::field::{Field, Place, UNKNOWN_KEY, UNKNOWN_VALUE};
use super::{
    Category, FLAG_FUTURE, FLAG_READ_ONLY, FLAG_READ_ONLY_KNOWN, HEADER_BYTES, Origin, SPAN_BYTES, VERSION,
};
use crate::json::{self, JsonError, Scanner, Visit};
use crate::{AccountId, Timestamp};
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
    text: Vec<u8>,
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
        self.found.spans.clear();
        let object = self.scanner.scan(text, Place::Root, &mut self.found)?;
        if text[object.start] != b'{' {
            return Err(Refusal::NotAnObject);
        }
        self.text.clear();
        self.text.extend_from_slice(&text[..object.end]);
        self.found.base = object.start;

        let event_time = self.event_time()?;
        self.require_names()?;
        let account = self.account(admission.account)?;
        self.event_id(random_id)?;
        let future = event_time > admission.arrival.plus(FUTURE_MAX);

        let mut flags = self.read_only_flags();
        if future {
            flags |= FLAG_FUTURE;
        }
        let category = self.category();
        out.reserve(HEADER_BYTES + self.found.spans.len() * SPAN_BYTES + self.text.len());
        out.extend_from_slice(&[VERSION, admission.origin as u8, category as u8, flags]);
        out.extend_from_slice(account.as_bytes());
        out.extend_from_slice(&event_time.as_micros().to_le_bytes());
        out.extend_from_slice(&admission.arrival.as_micros().to_le_bytes());
        self.write_spans_and_text(out);
        Ok(Admitted { account, event_time, future })
    }

    fn write_spans_and_text(&self, out: &mut Vec<u8>) {
        let base = self.found.base;
        let text = &self.text[base..];
        out.extend_from_slice(&(self.found.spans.len() as u32).to_le_bytes());
        out.extend_from_slice(&(text.len() as u32).to_le_bytes());
        for (field, range) in &self.found.spans {
            let start = (range.start - base).to_le_bytes();
            let length = range.len().to_le_bytes();
            out.extend_from_slice(&[*field, start[0], start[1], start[2], length[0], length[1], length[2]]);
        }
        out.extend_from_slice(text);
    }

    fn raw(&self, field: Field) -> Option<&str> {
        let (_, range) = self.found.spans.iter().find(|(f, _)| *f == field as u8)?;
        let raw = std::str::from_utf8(&self.text[range.clone()]);
        Some(raw.expect("the scanner checked the text"))
    }

    /// A member that is absent or null, or a text.
    fn text(&self, field: Field) -> Result<Option<Cow<'_, str>>, Refusal> {
        match self.raw(field) {
            None | Some("null") => Ok(None),
            Some(raw) => json::string(raw)
                .map(Some)
                .ok_or(Refusal::Invalid { member: field.key(), expected: "a string" }),
        }
    }

    fn required_text(&self, field: Field) -> Result<Cow<'_, str>, Refusal> {
        let text = self.text(field)?.filter(|text| !text.is_empty());
        text.ok_or(Refusal::Missing(field.key()))
    }

    fn event_time(&self) -> Result<Timestamp, Refusal> {
        let text = self.required_text(Field::EventTime)?;
        Timestamp::parse(&text).ok_or(Refusal::Invalid {
            member: Field::EventTime.key(),
            expected: "a time like 2026-03-01T08:04:11Z",
        })
    }

    /// Insights events carry the source and name inside insightDetails.
    fn require_names(&self) -> Result<(), Refusal> {
        if self.raw(Field::InsightDetails).is_some() {
            return Ok(());
        }
        self.required_text(Field::EventSource)?;
        self.required_text(Field::EventName)?;
        Ok(())
    }

    fn account(&mut self, default: AccountId) -> Result<AccountId, Refusal> {
        if let Some(text) = self.text(Field::RecipientAccountId)? {
            return text.parse().map_err(|_| Refusal::Invalid {
                member: Field::RecipientAccountId.key(),
                expected: "an account id of 12 digits",
            });
        }
        self.add(Field::RecipientAccountId, default.as_str());
        Ok(default)
    }

    fn event_id(&mut self, random_id: impl FnOnce() -> u128) -> Result<(), Refusal> {
        let present = self.text(Field::EventId)?.is_some_and(|id| !id.is_empty());
        if !present {
            self.add(Field::EventId, &uuid_v4(random_id()));
        }
        Ok(())
    }

    /// Adds a member at the end of the object, or gives it its value if it is there and says nothing.
    fn add(&mut self, field: Field, value: &str) {
        let span = self.found.spans.iter().position(|(f, _)| *f == field as u8);
        if let Some(index) = span {
            let range = self.found.spans[index].1.clone();
            self.replace(index, range, value);
            return;
        }
        self.text.pop();
        let is_empty_object = self.found.spans.is_empty();
        if !is_empty_object {
            self.text.push(b',');
        }
        json::write_string(&mut self.text, field.key());
        self.text.push(b':');
        let start = self.text.len();
        json::write_string(&mut self.text, value);
        let range = start..self.text.len();
        self.text.push(b'}');
        self.found.spans.push((field as u8, range));
    }

    /// Puts `value` where a null or an empty string stood; what stands behind it moves.
    fn replace(&mut self, index: usize, range: Range<usize>, value: &str) {
        let mut quoted = Vec::with_capacity(value.len() + 2);
        json::write_string(&mut quoted, value);
        let grown = quoted.len() - range.len();
        self.text.splice(range.clone(), quoted);
        for (_, other) in &mut self.found.spans {
            if other.start > range.start {
                other.start += grown;
            }
            if other.end > range.start {
                other.end += grown;
            }
        }
        debug_assert_eq!(self.found.spans[index].1.start, range.start);
    }

    fn read_only_flags(&self) -> u8 {
        match self.raw(Field::ReadOnly) {
            Some("true" | "\"true\"") => FLAG_READ_ONLY_KNOWN | FLAG_READ_ONLY,
            Some("false" | "\"false\"") => FLAG_READ_ONLY_KNOWN,
            _ => 0,
        }
    }

    fn category(&self) -> Category {
        if let Ok(Some(name)) = self.text(Field::EventCategory) {
            return Category::from_name(&name);
        }
        match self.raw(Field::EventType) {
            Some("\"AwsCloudTrailInsight\"") => Category::Insight,
            Some("\"AwsVpceEvent\"" | "\"AwsVpceEvents\"") => Category::NetworkActivity,
            _ if self.raw(Field::ManagementEvent) == Some("false") => Category::Data,
            _ => Category::Management,
        }
    }
}

/// What the scan of one text found; `base` is where its object starts.
#[derive(Debug, Default)]
struct Found {
    spans: Vec<(u8, Range<usize>)>,
    base: usize,
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

fn uuid_v4(bits: u128) -> String {
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
