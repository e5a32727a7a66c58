//! The rules of `eventData`.

use super::error::{AuditEventError, Kind};
use cairn_model::json::{members, string};
use cairn_model::{AccountId, Timestamp};
use std::borrow::Cow;
use std::time::Duration;

/// How far in the future an event's time may be: beyond it history takes no event.
const FUTURE_MAX: Duration = Duration::from_secs(24 * 3600);
/// `yyyy-MM-DDTHH:mm:ss`.
const TIME_BYTES: usize = 19;

/// A member of `eventData`, or one of its `userIdentity`.
struct Rule {
    /// Its path.
    field: &'static str,
    kind: Kind,
    is_required: bool,
    /// Characters of a text, bytes of an object.
    max: usize,
}

const fn required(field: &'static str, max: usize) -> Rule {
    Rule { field, kind: Kind::Text, is_required: true, max }
}

const fn text(field: &'static str, max: usize) -> Rule {
    Rule { field, kind: Kind::Text, is_required: false, max }
}

const fn object(field: &'static str, max: usize) -> Rule {
    Rule { field, kind: Kind::Object, is_required: false, max }
}

/// In the order in which they are looked at. The time and the recipient have rules of their own besides.
const RULES: [Rule; 16] = [
    required("version", 256),
    Rule { field: "userIdentity", kind: Kind::Object, is_required: true, max: usize::MAX },
    required("userIdentity.type", 128),
    required("userIdentity.principalId", 1024),
    object("userIdentity.details", usize::MAX),
    text("userAgent", 1024),
    required("eventSource", 1024),
    required("eventName", 1024),
    required("UID", 1024),
    object("requestParameters", 100 << 10),
    object("responseElements", 100 << 10),
    text("errorCode", 256),
    text("errorMessage", 256),
    text("sourceIPAddress", usize::MAX),
    object("additionalEventData", 28 << 10),
    required("recipientAccountId", usize::MAX),
];

/// Judges the text of an object or of something else, which is well formed. Returns the event's time.
pub(super) fn judge(data: &str, owner: AccountId, now: Timestamp) -> Result<Timestamp, AuditEventError> {
    if !data.starts_with('{') {
        return Err(AuditEventError::Kind { field: "eventData", kind: Kind::Object });
    }
    RULES.iter().try_for_each(|rule| rule.check(data))?;
    let recipient = member(data, "recipientAccountId").and_then(string);
    if recipient.as_deref() != Some(owner.as_str()) {
        return Err(AuditEventError::Recipient(owner));
    }
    let time = event_time(data)?;
    match time > now.plus(FUTURE_MAX) {
        true => Err(AuditEventError::Future),
        false => Ok(time),
    }
}

impl Rule {
    fn check(&self, data: &str) -> Result<(), AuditEventError> {
        let Rule { field, kind, is_required, max } = *self;
        let value = match field.split_once('.') {
            None => member(data, field),
            Some((object, name)) => member(data, object).and_then(|object| member(object, name)),
        };
        let value = match value {
            None | Some("\"\"") if is_required => return Err(AuditEventError::FieldNotFound(field)),
            None => return Ok(()),
            Some(value) => value,
        };
        let length = match kind {
            Kind::Text | Kind::Time => string(value).map(|text| text.chars().count()),
            Kind::Object => value.starts_with('{').then_some(value.len()),
        };
        let length = length.ok_or(AuditEventError::Kind { field, kind })?;
        if length > max { Err(AuditEventError::FieldTooLong { field, kind, max }) } else { Ok(()) }
    }
}

fn event_time(data: &str) -> Result<Timestamp, AuditEventError> {
    const FIELD: &str = "eventTime";
    let raw = member(data, FIELD).filter(|raw| *raw != "\"\"");
    let raw = raw.ok_or(AuditEventError::FieldNotFound(FIELD))?;
    let time = string(raw).and_then(|text| time_of(&text));
    time.ok_or(AuditEventError::Kind { field: FIELD, kind: Kind::Time })
}

/// Reads `yyyy-MM-DDTHH:mm:ss`, with a fraction and a `Z` or without.
fn time_of(text: &str) -> Option<Timestamp> {
    let whole = text.strip_suffix('Z').unwrap_or(text);
    let (seconds, fraction) = whole.split_at_checked(TIME_BYTES)?;
    let is_fraction = fraction.is_empty()
        || fraction.strip_prefix('.').is_some_and(|digits| {
            !digits.is_empty() && digits.len() <= 9 && digits.bytes().all(|digit| digit.is_ascii_digit())
        });
    if !is_fraction || seconds.as_bytes()[10] != b'T' {
        return None;
    }
    Timestamp::parse(&format!("{whole}Z"))
}

/// The raw value of a member; `None` if it is not there or null, or if `object` is none.
fn member<'a>(object: &'a str, name: &str) -> Option<&'a str> {
    let is_it = |key: &str| string(key).unwrap_or(Cow::Borrowed("")) == name;
    members(object).find(|(key, _)| is_it(key)).map(|(_, value)| value).filter(|value| *value != "null")
}
