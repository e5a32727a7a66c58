//! The two ways a signed request tells its time.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, fmt};

const BASIC: &str = "%Y%m%dT%H%M%SZ";

/// `20261120T230000Z`, ISO 8601's basic format, as in `x-amz-date`.
pub(super) fn basic(timestamp: Timestamp) -> String {
    timestamp.strftime(BASIC).to_string()
}

/// Reads ISO 8601's basic format; nothing else, so that text and time are one to one.
pub(super) fn parse_basic(text: &str) -> Option<Timestamp> {
    let civil = DateTime::strptime(BASIC, text).ok()?;
    let timestamp = TimeZone::UTC.to_timestamp(civil).ok()?;
    (basic(timestamp) == text).then_some(timestamp)
}

/// Reads the `Date` header: HTTP's format, or ISO 8601's basic one.
pub(super) fn parse_date_header(text: &str) -> Option<Timestamp> {
    let http = || Some(fmt::rfc2822::parse(text).ok()?.timestamp());
    parse_basic(text).or_else(http)
}
