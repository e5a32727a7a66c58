#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Blob, Epoch};

#[test]
fn seconds_are_kept_to_the_millisecond() {
    for (text, expect) in [
        ("1794996930", "2026-11-18T10:15:30Z"),
        ("1794996930.0", "2026-11-18T10:15:30Z"),
        ("1.79499693E9", "2026-11-18T10:15:30Z"),
        ("1794996930.1234", "2026-11-18T10:15:30.123Z"),
        ("-0.0015", "1969-12-31T23:59:59.998Z"),
    ] {
        let epoch: Epoch = serde_json::from_str(text).unwrap();
        assert_eq!(epoch.0.to_string(), expect);
    }
}

#[test]
fn what_is_no_date_is_refused() {
    for seconds in [f64::NAN, f64::INFINITY, f64::MAX, -1e15, 1e15] {
        assert_eq!(Epoch::from_seconds(seconds), None);
    }
    assert!(serde_json::from_str::<Epoch>("\"2026-11-18\"").is_err());
}

#[test]
fn blobs_survive_the_way() {
    let blob = Blob((0..=255).collect());
    let text = serde_json::to_string(&blob).unwrap();
    assert_eq!(serde_json::from_str::<Blob>(&text).unwrap(), blob);
    assert!(serde_json::from_str::<Blob>("\"a\"").is_err());
}
