#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;

fn rate(per_second: u32) -> NonZeroU32 {
    NonZeroU32::new(per_second).unwrap()
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_micros(1_772_352_000_000_000 + millis * 1000)
}

/// How many of `tries` at this time are allowed.
fn taken(pace: &mut Pace, per_second: u32, tries: usize, now: Timestamp) -> usize {
    (0..tries).filter(|_| pace.take(rate(per_second), now)).count()
}

#[test]
fn a_seconds_worth_may_come_at_once_and_then_the_rate_holds() {
    let mut pace = Pace::new(at(0));
    assert_eq!(taken(&mut pace, 10, 30, at(0)), 10);
    assert_eq!(taken(&mut pace, 10, 30, at(99)), 0);
    assert_eq!(taken(&mut pace, 10, 30, at(100)), 1);
    assert_eq!(taken(&mut pace, 10, 30, at(500)), 4);
    assert!(!pace.is_free(at(1_499)));
    assert!(pace.is_free(at(1_500)));
    assert_eq!(taken(&mut pace, 10, 30, at(9_000)), 10);
}

#[test]
fn a_rate_of_one_allows_one_a_second() {
    let mut pace = Pace::new(at(0));
    assert_eq!(taken(&mut pace, 1, 5, at(0)), 1);
    assert_eq!(taken(&mut pace, 1, 5, at(999)), 0);
    assert_eq!(taken(&mut pace, 1, 5, at(1_000)), 1);
}

#[test]
fn a_clock_that_is_set_back_does_not_lock_anybody_out() {
    let mut pace = Pace::new(at(0));
    assert_eq!(taken(&mut pace, 2, 5, at(3_600_000)), 2);
    assert_eq!(taken(&mut pace, 2, 5, at(0)), 2);
    assert_eq!(taken(&mut pace, 2, 5, at(1)), 0);
}
