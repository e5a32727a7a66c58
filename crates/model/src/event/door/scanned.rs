//! An event that the scanner has passed, while the door judges, completes and encodes it.

use super::{Admission, Admitted, Refusal};
use crate::event::field::{Field, UNKNOWN_KEY};
use crate::event::{
    Category, FLAG_FUTURE, FLAG_READ_ONLY, FLAG_READ_ONLY_KNOWN, HEADER_BYTES, SPAN_BYTES, VERSION,
};
use crate::json;
use crate::{AccountId, Timestamp};
use std::borrow::Cow;
use std::ops::Range;

/// What a place of the text is, and where it is.
pub(super) type Span = (u8, Range<usize>);

/// An event's text, and where its members stand in it.
pub(super) struct Scanned<'d, 't> {
    /// Copied only if something is added to it.
    pub(super) text: Cow<'t, str>,
    pub(super) spans: &'d mut Vec<Span>,
}

impl Scanned<'_, '_> {
    /// Appends the encoded form.
    pub(super) fn write(&self, admission: &Admission, admitted: &Admitted, out: &mut Vec<u8>) {
        let mut flags = self.read_only_flags();
        if admitted.future {
            flags |= FLAG_FUTURE;
        }
        out.reserve(HEADER_BYTES + self.spans.len() * SPAN_BYTES + self.text.len());
        out.extend_from_slice(&[VERSION, admission.origin as u8, self.category() as u8, flags]);
        out.extend_from_slice(admitted.account.as_bytes());
        out.extend_from_slice(&admitted.event_time.as_micros().to_le_bytes());
        out.extend_from_slice(&admission.arrival.as_micros().to_le_bytes());
        out.extend_from_slice(&(self.spans.len() as u32).to_le_bytes());
        out.extend_from_slice(&(self.text.len() as u32).to_le_bytes());
        for (field, range) in &*self.spans {
            let start = range.start.to_le_bytes();
            let length = range.len().to_le_bytes();
            out.extend_from_slice(&[*field, start[0], start[1], start[2], length[0], length[1], length[2]]);
        }
        out.extend_from_slice(self.text.as_bytes());
    }

    fn raw(&self, field: Field) -> Option<&str> {
        let (_, range) = self.spans.iter().find(|(f, _)| *f == field as u8)?;
        Some(&self.text[range.clone()])
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

    pub(super) fn event_time(&self) -> Result<Timestamp, Refusal> {
        let text = self.required_text(Field::EventTime)?;
        Timestamp::parse(&text).ok_or(Refusal::Invalid {
            member: Field::EventTime.key(),
            expected: "a time like 2026-03-01T08:04:11Z",
        })
    }

    /// Insights events carry the source and name inside insightDetails or, in event data stores, under names of their own;
    /// what is not of calls carries all that it tells inside eventData.
    pub(super) fn require_names(&self) -> Result<(), Refusal> {
        if self.raw(Field::InsightDetails).is_some() {
            return Ok(());
        }
        let source = self.required_text(Field::EventSource);
        if source.is_err() {
            match self.category() {
                Category::ActivityAuditLog | Category::ConfigurationItem | Category::Evidence => {
                    return self.require_event_data();
                }
                Category::Insight => return Ok(()),
                _ => {}
            }
        }
        source?;
        self.required_text(Field::EventName)?;
        Ok(())
    }

    fn require_event_data(&self) -> Result<(), Refusal> {
        let mut spans = self.spans.iter();
        let is_key =
            |(kind, range): &&Span| *kind == UNKNOWN_KEY && &self.text[range.clone()] == "\"eventData\"";
        // The value of a member stands behind its key.
        let data = spans.find(is_key).and_then(|_| spans.next()).map(|(_, range)| &self.text[range.clone()]);
        match data {
            Some(data) if data.starts_with('{') => Ok(()),
            Some(_) => Err(Refusal::Invalid { member: "eventData", expected: "an object" }),
            None => Err(Refusal::Missing("eventData")),
        }
    }

    /// The account that the event names; `default`, which is added, if it names none.
    pub(super) fn account(&mut self, default: AccountId) -> Result<AccountId, Refusal> {
        if let Some(text) = self.text(Field::RecipientAccountId)? {
            return text.parse().map_err(|_| Refusal::Invalid {
                member: Field::RecipientAccountId.key(),
                expected: "an account id of 12 digits",
            });
        }
        self.add(Field::RecipientAccountId, default.as_str());
        Ok(default)
    }

    /// Gives the event an id if it has none.
    pub(super) fn event_id(&mut self, random_id: impl FnOnce() -> u128) -> Result<(), Refusal> {
        let present = self.text(Field::EventId)?.is_some_and(|id| !id.is_empty());
        if !present {
            self.add(Field::EventId, &uuid_v4(random_id()));
        }
        Ok(())
    }

    /// Adds a member at the end of the object, or gives it its value if it is there and says nothing. The
    /// value needs no escapes.
    fn add(&mut self, field: Field, value: &str) {
        let value = format!("\"{value}\"");
        if let Some((_, range)) = self.spans.iter().find(|(f, _)| *f == field as u8) {
            self.replace(range.clone(), &value);
            return;
        }
        let is_empty_object = self.spans.is_empty();
        let text = self.text.to_mut();
        text.pop();
        let separator = if is_empty_object { "" } else { "," };
        text.push_str(&format!("{separator}\"{}\":", field.key()));
        let start = text.len();
        text.push_str(&value);
        let range = start..text.len();
        text.push('}');
        self.spans.push((field as u8, range));
    }

    /// Puts `value` where a null or an empty string stood; what stands behind it moves.
    fn replace(&mut self, range: Range<usize>, value: &str) {
        let grown = value.len() - range.len();
        self.text.to_mut().replace_range(range.clone(), value);
        for (_, other) in &mut *self.spans {
            if other.start > range.start {
                other.start += grown;
            }
            if other.end > range.start {
                other.end += grown;
            }
        }
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

fn uuid_v4(bits: u128) -> String {
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
