use super::{Window, is_due, window};
use cairn_model::Timestamp;
use std::time::Duration;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_772_352_000 + seconds)
}

#[test]
fn the_first_window_begins_when_logging_started() {
    let started = Timestamp::from_micros(at(0).as_micros() + 700_000);
    let now = Timestamp::from_micros(at(3600).as_micros() + 900_000);
    let expected = Window { start: at(0), end: at(3600) };
    assert_eq!(window(None, started, now), expected);
}

#[test]
fn windows_follow_one_another_even_after_downtime() {
    let expected = Window { start: at(3600), end: at(90_000) };
    assert_eq!(window(Some(at(3600)), at(0), at(90_000)), expected);
}

#[test]
fn an_end_is_always_later_than_the_previous_one() {
    let expected = Window { start: at(60), end: at(61) };
    assert_eq!(window(Some(at(60)), at(0), at(60)), expected);
    assert_eq!(window(Some(at(60)), at(0), at(10)), expected);
}

#[test]
fn a_digest_is_due_once_its_period_has_passed() {
    let hour = Duration::from_secs(3600);
    assert!(!is_due(None, at(0), at(3599), hour));
    assert!(is_due(None, at(0), at(3600), hour));
    assert!(!is_due(Some(at(3600)), at(0), at(7199), hour));
    assert!(is_due(Some(at(3600)), at(0), at(7200), hour));
    assert!(!is_due(Some(at(3600)), at(0), at(0), hour));
}
