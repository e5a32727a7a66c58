#![allow(clippy::unwrap_used, reason = "tests")]

use super::Timestamp;
use proptest::prelude::*;

fn check(text: &str, micros: Option<i64>) {
    assert_eq!(Timestamp::parse(text).map(Timestamp::as_micros), micros, "{text}");
}

#[test]
fn reads_the_forms_events_have() {
    check("1970-01-01T00:00:00Z", Some(0));
    check("2026-03-01T08:04:11Z", Some(1_772_352_251_000_000));
    check("2026-03-01T08:04:11.25Z", Some(1_772_352_251_250_000));
    check("2026-03-01T09:04:11+01:00", Some(1_772_352_251_000_000));
    check("2024-02-29T00:00:00Z", Some(1_709_164_800_000_000));
}

#[test]
fn refuses_what_is_no_time() {
    for text in [
        "",
        "yesterday",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "1772352251",
    ] {
        check(text, None);
    }
}

proptest! {
    #[test]
    fn written_seconds_read_back(seconds in Timestamp::MIN.as_seconds()..=Timestamp::MAX.as_seconds()) {
        let time = Timestamp::from_seconds(seconds);
        prop_assert_eq!(Timestamp::parse(&time.to_string()), Some(time));
        let oracle = jiff::Timestamp::from_second(seconds).unwrap();
        if (1..=9999).contains(&time.civil().0) {
            prop_assert_eq!(time.to_string(), oracle.to_string());
        }
    }
}
