#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use std::collections::HashSet;

#[test]
fn no_event_is_posted_twice_however_often_the_pool_is_used() {
    let mut pool = Pool::generate(1, 3, 20);
    let mut ids = HashSet::new();
    for _ in 0..10 {
        let body = pool.next_body();
        let text = std::str::from_utf8(&body).unwrap();
        for line in text.lines() {
            let event: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(ids.insert(event["eventID"].to_string()));
        }
    }
    assert_eq!(ids.len(), 200);
}

#[test]
fn a_sample_is_of_the_same_events() {
    let pool = Pool::generate(1, 3, 20);
    let sample = pool.sample();
    assert!(sample.starts_with(pool.batches[0].text()) && sample.ends_with(pool.batches[2].text()));
}
