//! Records that come wrapped: in the envelope of EventBridge, as text in what `aws cloudtrail lookup-events`
//! and CloudWatch Logs answer, behind the time that CloudWatch Logs exports write; and aggregated events,
//! whose members have other names.

use cairn_model::json;
use std::borrow::Cow;

/// The form that records come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// As each record shows.
    #[default]
    Auto,
    /// Records as CloudTrail's log files hold them.
    CloudTrail,
    /// Records as one a line.
    Ndjson,
    /// The events that `aws cloudtrail lookup-events` prints, each with its record as text.
    LookupEvents,
    /// Envelopes of EventBridge, each with its record as `detail`.
    EventBridge,
    /// Events of another system.
    Foreign(cairn_foreign::Format),
}

impl Format {
    /// The names that `format=` and `--format` take.
    pub(crate) const NAMES: [(&str, Format); 11] = [
        ("auto", Format::Auto),
        ("cloudtrail", Format::CloudTrail),
        ("lookup-events", Format::LookupEvents),
        ("eventbridge", Format::EventBridge),
        ("ndjson", Format::Ndjson),
        ("kubernetes", Format::Foreign(cairn_foreign::Format::Kubernetes)),
        ("otlp", Format::Foreign(cairn_foreign::Format::Otlp)),
        ("gcp", Format::Foreign(cairn_foreign::Format::Gcp)),
        ("azure", Format::Foreign(cairn_foreign::Format::Azure)),
        ("github", Format::Foreign(cairn_foreign::Format::GitHub)),
        ("ocsf", Format::Foreign(cairn_foreign::Format::Ocsf)),
    ];

    /// What a name stands for.
    pub(crate) fn of(name: &str) -> Option<Format> {
        Format::NAMES.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }

    /// Whether what is no record itself is looked into.
    pub(super) fn may_be_wrapped(self) -> bool {
        !matches!(self, Format::CloudTrail | Format::Ndjson | Format::Foreign(_))
    }

    /// Why what has no record inside is refused; `None` if it may be a record itself.
    pub(super) fn must_be_wrapped(self) -> Option<&'static str> {
        match self {
            Format::LookupEvents => Some("CloudTrailEvent is missing"),
            Format::EventBridge => Some("detail is missing"),
            Format::Auto | Format::CloudTrail | Format::Ndjson | Format::Foreign(_) => None,
        }
    }
}

/// The record inside of `text`; `None` if there is none of this format.
pub(super) fn unwrap(text: &[u8], format: Format) -> Option<Cow<'_, [u8]>> {
    let text = std::str::from_utf8(text).ok()?.trim_ascii();
    if !text.starts_with('{') {
        return if format == Format::Auto { behind_time(text).map(bytes) } else { None };
    }
    let member = |name: &str| {
        let quoted = |key: &str| key.strip_prefix('"')?.strip_suffix('"').map(|key| key == name);
        json::members(text).find(|(key, _)| quoted(key) == Some(true)).map(|(_, value)| value)
    };
    let inside = |name| json::string(member(name)?).filter(|text| text.trim_ascii_start().starts_with('{'));
    let detail = || member("detail").filter(|detail| detail.starts_with('{')).map(Cow::Borrowed);
    match format {
        Format::EventBridge => detail(),
        Format::LookupEvents => inside("CloudTrailEvent"),
        Format::Auto => {
            let enveloped = || member("detail-type").and_then(|_| detail());
            let logged = || inside("message").or_else(|| Some(Cow::Owned(aggregated(text, member)?)));
            inside("CloudTrailEvent").or_else(enveloped).or_else(logged)
        }
        Format::CloudTrail | Format::Ndjson | Format::Foreign(_) => None,
    }
    .map(bytes)
}

fn bytes<'a>(text: impl Into<Cow<'a, str>>) -> Cow<'a, [u8]> {
    match text.into() {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// What stands behind `2026-03-01T08:04:11.123Z `, which exports of CloudWatch Logs put before each record.
fn behind_time(text: &str) -> Option<&str> {
    let (time, record) = text.split_once(' ')?;
    let is_time = time.len() >= "2026-03-01T08:04:11Z".len() && time.ends_with('Z') && time.contains('T');
    (is_time && record.starts_with('{')).then_some(record)
}

/// An aggregated event with the members that every event has: its time is its window's start, its id and
/// account stand under names of their own, and it has no eventName.
fn aggregated<'t>(text: &'t str, member: impl Fn(&str) -> Option<&'t str>) -> Option<String> {
    if member("eventCategory") != Some("\"Aggregated\"") || member("eventTime").is_some() {
        return None;
    }
    let start = json::members(member("timeWindow")?).find(|(key, _)| *key == "\"windowStart\"")?.1;
    let mut whole = text.strip_suffix('}')?.trim_ascii_end().to_owned();
    let mut add = |name: &str, value: &str| {
        if member(name).is_none() {
            whole.push_str(&format!(",\"{name}\":{value}"));
        }
    };
    add("eventTime", start);
    add("eventName", "\"AwsAggregatedEvent\"");
    for (name, of) in [("eventID", "eventId"), ("recipientAccountId", "accountId")] {
        if let Some(value) = member(of) {
            add(name, value);
        }
    }
    whole.push('}');
    Some(whole)
}

#[cfg(test)]
mod tests;
