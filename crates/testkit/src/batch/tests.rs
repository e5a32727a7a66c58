#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use serde_json::Value;
use std::collections::HashSet;

fn events(batch: &Batch) -> Vec<Value> {
    let lines = batch.text().split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

#[test]
fn renewed_events_are_new_and_otherwise_the_same() {
    let (old_time, new_time) =
        (Timestamp::from_seconds(1_700_000_000), Timestamp::from_seconds(1_800_000_000));
    let mut batch = Batch::new(&mut Traffic::new(1), 200, old_time);
    let mut before = events(&batch);
    batch.renew(&mut EventIds::new(2), new_time);
    let mut after = events(&batch);
    assert_eq!((batch.events(), after.len()), (200, 200));
    let mut ids = HashSet::new();
    for (old, new) in before.iter_mut().zip(&mut after) {
        assert_eq!(new["eventTime"], new_time.to_string());
        assert!(ids.insert(old["eventID"].take().to_string()));
        assert!(ids.insert(new["eventID"].take().to_string()));
        old["eventTime"].take();
        new["eventTime"].take();
        for event in [old, new] {
            if let Some(id) = event.get_mut("requestID") {
                *id = Value::from(id.as_str().unwrap().len());
            }
        }
    }
    assert_eq!(before, after);
}

#[test]
fn every_line_is_ended() {
    let batch = Batch::new(&mut Traffic::new(1), 3, Timestamp::from_seconds(0));
    assert_eq!(batch.text().iter().filter(|byte| **byte == b'\n').count(), 3);
    assert_eq!(batch.text().last(), Some(&b'\n'));
}
