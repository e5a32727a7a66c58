//! Points in time as people write them.

use crate::config::parse_duration;
use cairn_model::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

/// Which end of a span of time is meant: a day is a span, and begins or ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    Start,
    End,
}

/// For the help of flags that take a time.
pub(super) const FORMS: &str = "10m, 2h or 7d ago, 2026-03-01T08:00:00Z, 2026-03-01, today, yesterday; UTC";

/// Reads `10m` (so long ago), `now`, `today`, `yesterday`, a date, a date and time, or RFC 3339. What names no
/// zone is UTC, as CloudTrail's times are. `None` if it is none of these.
pub(super) fn parse(text: &str, edge: Edge, now: Timestamp) -> Option<Timestamp> {
    let midnight = Timestamp::from_seconds(i64::from(now.day()) * 86_400);
    match text {
        "now" => return Some(now),
        "today" => return Some(day(midnight, edge)),
        "yesterday" => return Some(day(midnight.minus(DAY), edge)),
        _ => {}
    }
    let ago = parse_duration(text).map(|ago| now.minus(ago));
    ago.or_else(|| Timestamp::parse(text)).or_else(|| date(text, edge)).or_else(|| date_and_time(text))
}

/// The first or the last second of the day that begins at `midnight`.
fn day(midnight: Timestamp, edge: Edge) -> Timestamp {
    match edge {
        Edge::Start => midnight,
        Edge::End => midnight.plus(DAY - Duration::from_secs(1)),
    }
}

fn date(text: &str, edge: Edge) -> Option<Timestamp> {
    // The parser would take a longer text too and pass over its time.
    let date: civil::Date = Some(text).filter(|text| text.len() == "2026-03-01".len())?.parse().ok()?;
    Some(day(in_utc(date.at(0, 0, 0, 0))?, edge))
}

fn date_and_time(text: &str) -> Option<Timestamp> {
    let names_a_zone = text.ends_with(['Z', 'z', ']']);
    in_utc(Some(text).filter(|_| !names_a_zone)?.parse().ok()?)
}

fn in_utc(time: civil::DateTime) -> Option<Timestamp> {
    let zoned = time.to_zoned(TimeZone::UTC).ok()?;
    Some(Timestamp::from_micros(zoned.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests;
