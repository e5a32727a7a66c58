#![allow(clippy::unwrap_used, reason = "tests")]

use super::Identities;
use crate::duplicates::Verdict::{self, Conflict, Duplicate, New};
use crate::testing::{MemoryLog, admit, event};
use crate::{Bodies, BodyError};
use bytes::Bytes;
use cairn_model::{Event, Position};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A log that counts what is read of it.
#[derive(Default)]
struct CountingLog {
    log: MemoryLog,
    reads: AtomicU64,
}

impl Bodies for CountingLog {
    fn read(&self, at: Position) -> Result<Bytes, BodyError> {
        self.reads.fetch_add(1, Relaxed);
        self.log.read(at)
    }

    fn read_all(
        &self,
        range: Range<Position>,
        take: &mut dyn FnMut(Position, Bytes),
    ) -> Result<(), BodyError> {
        self.log.read_all(range, take)
    }
}

impl CountingLog {
    /// Adds an event and judges it as one of the identity 7.
    fn judge(&self, identities: &mut Identities, text: &str) -> Verdict {
        let bytes = admit(text);
        let position = self.log.add(&bytes);
        identities.judge(7, position, &Event::decode(&bytes).unwrap(), self)
    }
}

fn numbered(number: u32) -> String {
    event(1, "A", &format!(r#","eventID":"e","number":{number}"#))
}

#[test]
fn the_first_event_of_an_identity_is_read_once_however_many_follow() {
    let (log, mut identities) = (CountingLog::default(), Identities::default());
    let first = event(1, "A", &format!(r#","eventID":"e","long":"{}""#, "x".repeat(100_000)));
    assert_eq!(log.judge(&mut identities, &first), New);
    assert_eq!(log.reads.load(Relaxed), 0);
    for number in 0..100 {
        assert_eq!(log.judge(&mut identities, &numbered(number)), Conflict);
        assert_eq!(log.judge(&mut identities, &first), Duplicate);
    }
    assert_eq!(log.reads.load(Relaxed), 1);
}

#[test]
fn where_the_first_event_cannot_be_read_the_next_takes_its_place() {
    let (log, mut identities) = (CountingLog::default(), Identities::default());
    log.judge(&mut identities, &numbered(1));
    log.log.drop_below(log.log.end());
    assert_eq!(log.judge(&mut identities, &numbered(2)), New);
    assert_eq!(log.judge(&mut identities, &numbered(2)), Duplicate);
    assert_eq!(log.judge(&mut identities, &numbered(3)), Conflict);
    assert_eq!(log.reads.load(Relaxed), 1);
}

#[test]
fn memory_is_counted_and_given_back() {
    let (log, mut identities) = (MemoryLog::default(), Identities::default());
    let bytes = admit(&numbered(1));
    let event = Event::decode(&bytes).unwrap();
    let count = 10_000;
    for number in 0..count {
        identities.judge(number, Position::new(number), &event, &log);
    }
    assert!(identities.bytes() >= 10_000 * 32);
    identities.drop_below(Position::new(count - 10));
    assert!((10 * 32..100 * 64).contains(&identities.bytes()));
    identities.drop_below(Position::new(count));
    assert_eq!(identities.bytes(), 0);
}
