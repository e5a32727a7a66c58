//! Dates, as date conditions have them.

use cairn_model::Timestamp;

/// Reads one of the forms of ISO 8601 that the W3C's note on dates names, or seconds since 1970.
/// Source: IAM User Guide, "Date condition operators"; W3C Note "Date and Time Formats".
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    if let Some(time) = Timestamp::parse(text) {
        return Some(time);
    }
    let is_seconds = text.len() > 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_seconds {
        return text.parse().ok().map(Timestamp::from_seconds);
    }
    let whole = match text.len() {
        4 => format!("{text}-01-01T00:00:00Z"),
        7 => format!("{text}-01T00:00:00Z"),
        10 => format!("{text}T00:00:00Z"),
        _ => with_seconds(text)?,
    };
    Timestamp::parse(&whole)
}

/// `2026-03-01T08:04Z` or with an offset, to the minute.
fn with_seconds(text: &str) -> Option<String> {
    let (minutes, zone) = text.split_at_checked(16)?;
    Some(format!("{minutes}:00{zone}"))
}
