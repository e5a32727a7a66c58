//! Events, as they stand in the log: the text as it came, and beside it what the one parse at the
//! door found, so that no reader parses again.
//!
//! Encoded form, little-endian, described to the byte in FORMAT.md ("Event"):
//!
//! | offset | size | what |
//! |---|---|---|
//! | 0 | 1 | version, 1 |
//! | 1 | 1 | [`Origin`] |
//! | 2 | 1 | [`Category`] |
//! | 3 | 1 | flags: 1 readOnly is known, 2 its value, 4 more than 24 h in the future on arrival |
//! | 4 | 12 | recipient account |
//! | 16 | 8 | eventTime, microseconds since 1970 |
//! | 24 | 8 | arrival, likewise |
//! | 32 | 4 | number of spans |
//! | 36 | 4 | length of the text |
//! | 40 | 7 each | spans: field (1), start in the text (3), length (3) |
//! | then | | the text |

mod context;
mod door;
mod field;

pub use door::{Admission, Admitted, Door, Refusal, TEXT_BYTES_MAX};
pub use field::Field;

use crate::json;
use crate::{AccountId, Timestamp};
use std::borrow::Cow;
use std::ops::Range;

/// How an event came to Cairn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Origin {
    /// Recorded by the gateway or by Cairn itself.
    Recorded = 0,
    /// Posted by a caller.
    Posted = 1,
    /// Imported from files; trails do not take it.
    Imported = 2,
}

/// An event's category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Category {
    /// Management events.
    Management = 0,
    /// Data events.
    Data = 1,
    /// Network activity events.
    NetworkActivity = 2,
    /// Insights events.
    Insight = 3,
    /// Aggregated data events.
    Aggregated = 4,
    /// What came through a channel: their own names and identities stand in `eventData`.
    ActivityAuditLog = 5,
    /// Configuration items of AWS Config.
    ConfigurationItem = 6,
    /// Evidence of AWS Audit Manager.
    Evidence = 7,
    /// A category that Cairn does not know.
    Other = 255,
}

impl Category {
    /// The name in `eventCategory`; unknown names are [`Category::Other`].
    pub fn from_name(name: &str) -> Category {
        match name {
            "Management" => Category::Management,
            "Data" => Category::Data,
            "NetworkActivity" => Category::NetworkActivity,
            "Insight" => Category::Insight,
            "Aggregated" => Category::Aggregated,
            "ActivityAuditLog" => Category::ActivityAuditLog,
            "ConfigurationItem" => Category::ConfigurationItem,
            "Evidence" => Category::Evidence,
            _ => Category::Other,
        }
    }

    /// The name in `eventCategory`; `Other` for unknown ones.
    pub fn name(self) -> &'static str {
        match self {
            Category::Management => "Management",
            Category::Data => "Data",
            Category::NetworkActivity => "NetworkActivity",
            Category::Insight => "Insight",
            Category::Aggregated => "Aggregated",
            Category::ActivityAuditLog => "ActivityAuditLog",
            Category::ConfigurationItem => "ConfigurationItem",
            Category::Evidence => "Evidence",
            Category::Other => "Other",
        }
    }

    fn from_byte(byte: u8) -> Category {
        match byte {
            0 => Category::Management,
            1 => Category::Data,
            2 => Category::NetworkActivity,
            3 => Category::Insight,
            4 => Category::Aggregated,
            5 => Category::ActivityAuditLog,
            6 => Category::ConfigurationItem,
            7 => Category::Evidence,
            _ => Category::Other,
        }
    }
}

const VERSION: u8 = 1;
const HEADER_BYTES: usize = 40;
const SPAN_BYTES: usize = 7;
const FLAG_READ_ONLY_KNOWN: u8 = 1;
const FLAG_READ_ONLY: u8 = 2;
const FLAG_FUTURE: u8 = 4;

/// An event of the log, borrowed from its record.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    header: &'a [u8; HEADER_BYTES],
    spans: &'a [u8],
    text: &'a str,
}

/// The bytes are not an event of a known version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEvent {
    /// Written by a newer Cairn.
    #[error("event of format version {0}, this Cairn knows up to {VERSION}")]
    Version(u8),
    /// Not what the format says.
    #[error("not an event")]
    Malformed,
}

impl<'a> Event<'a> {
    /// Reads the encoded form; the spans are trusted, as a checksum stands over every record.
    pub fn decode(bytes: &'a [u8]) -> Result<Event<'a>, NotAnEvent> {
        let (header, rest) = bytes.split_first_chunk().ok_or(NotAnEvent::Malformed)?;
        if header[0] != VERSION {
            return Err(NotAnEvent::Version(header[0]));
        }
        let span_bytes = (u32_at(header, 32) as usize).saturating_mul(SPAN_BYTES);
        let (spans, text) = rest.split_at_checked(span_bytes).ok_or(NotAnEvent::Malformed)?;
        if text.len() != u32_at(header, 36) as usize {
            return Err(NotAnEvent::Malformed);
        }
        let text = simdutf8::basic::from_utf8(text).map_err(|_| NotAnEvent::Malformed)?;
        Ok(Event { header, spans, text })
    }

    /// How it came.
    #[inline]
    pub fn origin(&self) -> Origin {
        match self.header[1] {
            0 => Origin::Recorded,
            1 => Origin::Posted,
            _ => Origin::Imported,
        }
    }

    /// Its category: `eventCategory`, or what `managementEvent` and `eventType` say.
    #[inline]
    pub fn category(&self) -> Category {
        Category::from_byte(self.header[2])
    }

    /// `readOnly`, if the event says it.
    #[inline]
    pub fn read_only(&self) -> Option<bool> {
        let flags = self.header[3];
        (flags & FLAG_READ_ONLY_KNOWN != 0).then_some(flags & FLAG_READ_ONLY != 0)
    }

    /// Whether its time was more than 24 hours in the future when it arrived: history leaves it out.
    #[inline]
    pub fn is_future(&self) -> bool {
        self.header[3] & FLAG_FUTURE != 0
    }

    /// The account that it belongs to (`recipientAccountId`).
    pub fn account(&self) -> AccountId {
        AccountId::from_bytes(&self.header[4..16]).expect("the door wrote an account here")
    }

    /// `eventTime`.
    #[inline]
    pub fn event_time(&self) -> Timestamp {
        Timestamp::from_micros(i64_at(self.header, 16))
    }

    /// When Cairn took it.
    #[inline]
    pub fn arrival(&self) -> Timestamp {
        Timestamp::from_micros(i64_at(self.header, 24))
    }

    /// The JSON text, as it came but for members that the door added.
    #[inline]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The raw JSON of a field's value; `None` if the event lacks the field.
    #[inline]
    pub fn raw(&self, field: Field) -> Option<&'a str> {
        let (spans, _) = self.spans.as_chunks::<SPAN_BYTES>();
        let span = spans.iter().find(|span| span[0] == field as u8)?;
        Some(self.text.get(range_of(span)).unwrap_or(""))
    }

    /// A field's text; `None` if the event lacks it or its value is not a string.
    #[inline]
    pub fn string(&self, field: Field) -> Option<Cow<'a, str>> {
        json::string(self.raw(field)?)
    }

    /// All fields that the door knows, as (field, raw JSON value), in the event's order.
    #[inline]
    pub fn fields(&self) -> impl Iterator<Item = (Field, &'a str)> + use<'a> {
        self.spans().filter_map(|(field, value)| Some((Field::from_byte(field)?, value)))
    }

    /// All fields that the door knows, as (field, where its raw value stands in the text), those of nested
    /// objects before that of the object.
    #[inline]
    pub fn places(&self) -> impl Iterator<Item = (Field, Range<usize>)> + use<'a> {
        let (spans, _) = self.spans.as_chunks::<SPAN_BYTES>();
        spans.iter().filter_map(|span| Some((Field::from_byte(span[0])?, range_of(span))))
    }

    /// Top-level members that the door does not know, as (raw key with quotes, raw value).
    #[inline]
    pub fn unknown(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let mut spans = self.spans();
        std::iter::from_fn(move || {
            let (_, key) = spans.find(|(field, _)| *field == field::UNKNOWN_KEY)?;
            let (_, value) = spans.find(|(field, _)| *field == field::UNKNOWN_VALUE)?;
            Some((key, value))
        })
    }

    /// The raw `eventData` of what came through a channel; `None` for all other events.
    #[inline]
    pub fn event_data(&self) -> Option<&'a str> {
        let is_activity = self.category() == Category::ActivityAuditLog;
        let mut unknown = self.unknown().filter(|_| is_activity);
        unknown.find(|(key, _)| *key == "\"eventData\"").map(|(_, data)| data)
    }

    #[inline]
    fn spans(&self) -> impl Iterator<Item = (u8, &'a str)> + use<'a> {
        let text = self.text;
        let (spans, _) = self.spans.as_chunks::<SPAN_BYTES>();
        spans.iter().map(move |span| (span[0], text.get(range_of(span)).unwrap_or("")))
    }
}

impl std::fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Event")
            .field("origin", &self.origin())
            .field("category", &self.category())
            .field("account", &self.account())
            .field("text", &self.text)
            .finish()
    }
}

#[inline]
fn range_of(span: &[u8; SPAN_BYTES]) -> Range<usize> {
    let start = u24(span[1], span[2], span[3]);
    start..start + u24(span[4], span[5], span[6])
}

#[inline]
fn u24(a: u8, b: u8, c: u8) -> usize {
    usize::from(a) | usize::from(b) << 8 | usize::from(c) << 16
}

fn u32_at(bytes: &[u8; HEADER_BYTES], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn i64_at(bytes: &[u8; HEADER_BYTES], at: usize) -> i64 {
    i64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

#[cfg(test)]
mod tests;
