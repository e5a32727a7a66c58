#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use proptest::prelude::*;

const DAY: Duration = Duration::from_secs(86_400);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_772_352_000 + seconds)
}

fn key(made: Timestamp, every: Duration) -> SigningKey {
    let (valid_from, valid_to) = validity(made, every);
    SigningKey {
        account: "111122223333".parse().unwrap(),
        fingerprint: format!("{:032x}", made.as_micros()),
        public_der: Vec::new(),
        sealed_private: Vec::new(),
        valid_from,
        valid_to,
    }
}

fn day(days: u32) -> Timestamp {
    at(0).plus(DAY * days)
}

#[test]
fn an_account_without_a_valid_key_needs_one() {
    assert!(is_due([], at(0), DAY * 30));
    assert!(is_due([&key(at(0), DAY * 30)], day(400), DAY * 30));
    // Made by a clock that was then set back.
    assert!(is_due([&key(day(2), DAY * 30)], at(0), DAY * 30));
}

#[test]
fn a_key_is_replaced_after_its_period_and_valid_for_a_quarter_more() {
    let first = key(at(0), DAY * 30);
    assert!(!is_due([&first], at(0), DAY * 30));
    assert!(!is_due([&first], day(29), DAY * 30));
    assert!(is_due([&first], day(30), DAY * 30));
    let second = key(day(30), DAY * 30);
    assert!(!is_due([&first, &second], day(30), DAY * 30));
    assert!(first.valid_to > day(37) && first.valid_to < day(38));
}

#[test]
fn another_period_counts_for_the_keys_that_are_there() {
    assert!(is_due([&key(at(0), DAY * 400)], day(30), DAY * 30), "a shorter one");
    assert!(is_due([&key(at(0), DAY * 7)], day(2), DAY * 30), "the old key ends before a longer one");
}

proptest! {
    /// However the looks fall, whoever signs at one of them finds a valid key right after it.
    #[test]
    fn there_is_a_valid_key_at_every_look(
        every in 4u64..4_000_000,
        steps in prop::collection::vec(0u64..8_000_000, 1..40),
    ) {
        let every = Duration::from_secs(every);
        let mut now = at(0);
        let mut keys: Vec<SigningKey> = Vec::new();
        for step in steps {
            now = now.plus(Duration::from_secs(step));
            if is_due(&keys, now, every) {
                keys.push(key(now, every));
            }
            prop_assert!(keys.iter().any(|key| key.valid_from <= now && now < key.valid_to));
            prop_assert!(!is_due(&keys, now, every), "once is enough");
        }
    }
}
