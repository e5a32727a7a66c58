#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Edge, parse};
use cairn_model::Timestamp;

const NOW: &str = "2026-03-02T03:04:05Z";

fn check(text: &str, start: &str, end: &str) {
    let now = Timestamp::parse(NOW).unwrap();
    let read = |edge| parse(text, edge, now).map(|time| time.to_string());
    assert_eq!(read(Edge::Start).as_deref(), Some(start), "{text}");
    assert_eq!(read(Edge::End).as_deref(), Some(end), "{text}");
}

#[test]
fn times_read_as_people_write_them() {
    let same = |text, time| check(text, time, time);
    same("now", NOW);
    same("10m", "2026-03-02T02:54:05Z");
    same("2h", "2026-03-02T01:04:05Z");
    same("7d", "2026-02-23T03:04:05Z");
    same("2026-03-01T08:00:00Z", "2026-03-01T08:00:00Z");
    same("2026-03-01T08:00:00+02:00", "2026-03-01T06:00:00Z");
    same("2026-03-01T08:00", "2026-03-01T08:00:00Z");
    same("2026-03-01 08:00:09", "2026-03-01T08:00:09Z");
}

#[test]
fn a_day_begins_and_ends_with_itself() {
    check("today", "2026-03-02T00:00:00Z", "2026-03-02T23:59:59Z");
    check("yesterday", "2026-03-01T00:00:00Z", "2026-03-01T23:59:59Z");
    check("2026-02-28", "2026-02-28T00:00:00Z", "2026-02-28T23:59:59Z");
}

#[test]
fn what_is_no_time_is_none() {
    let now = Timestamp::parse(NOW).unwrap();
    for text in ["", "soon", "10", "-10m", "2026-02-30", "08:00", "2026-03-01T25:00", "2026-03-01T08:00[UTC]"]
    {
        assert_eq!(parse(text, Edge::Start, now), None, "{text}");
    }
}
