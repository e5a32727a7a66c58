#![allow(clippy::unwrap_used, reason = "tests")]
use super::strings::Strings;
use super::{CHUNK_ROWS, Tail};
use crate::keys::Keys;
use crate::testing::{admit, event};
use cairn_model::{Event, Position};

fn tail(rows: u64) -> Tail {
    let mut tail = Tail::default();
    let bytes = admit(&event(1, "Some", ""));
    let event = Event::decode(&bytes).unwrap();
    for start in (0..rows).step_by(1000) {
        let mut appending = tail.append();
        for position in start..rows.min(start + 1000) {
            appending.push(&Keys::of(Position::new(position), &event), 100, 7, false);
        }
        tail.publish(appending);
    }
    tail
}

#[test]
fn a_view_does_not_see_what_is_appended_later() {
    let mut tail = tail(10);
    let view = tail.clone();
    let bytes = admit(&event(1, "Later", ""));
    let mut appending = tail.append();
    appending.push(&Keys::of(Position::new(10), &Event::decode(&bytes).unwrap()), 100, 7, false);
    assert_eq!(tail.rows(Position::ZERO), 10);
    tail.publish(appending);
    assert_eq!((view.rows(Position::ZERO), tail.rows(Position::ZERO)), (10, 11));
}

#[test]
fn rows_are_taken_in_log_order_up_to_a_size() {
    let rows = CHUNK_ROWS as u64 * 2 + 5;
    let tail = tail(rows);
    let (taken, left) = tail.take(Position::new(3), 250);
    assert_eq!(taken.rows.iter().map(|row| row.position().get()).collect::<Vec<_>>(), [3, 4, 5]);
    assert_eq!(left, Some(Position::new(6)));
    let (one, _) = tail.take(Position::ZERO, 0);
    assert_eq!(one.rows.len(), 1);
    let (all, left) = tail.take(Position::new(1), u64::MAX);
    assert_eq!((all.rows.len() as u64, left), (rows - 1, None));
}

#[test]
fn the_size_of_what_is_left_is_exact() {
    let tail = tail(CHUNK_ROWS as u64 + 5);
    assert_eq!(tail.text_bytes(Position::ZERO), (CHUNK_ROWS as u64 + 5) * 100);
    assert_eq!(tail.text_bytes(Position::new(CHUNK_ROWS as u64 - 1)), 600);
    assert_eq!(tail.text_bytes(Position::new(CHUNK_ROWS as u64 + 5)), 0);
}

#[test]
fn events_with_long_texts_take_chunks_of_few_rows() {
    let mut tail = Tail::default();
    let mut appending = tail.append();
    for position in 0..70 {
        let arn = format!("{position}{}", "x".repeat(500_000));
        let bytes = admit(&event(1, "Long", &format!(r#","userIdentity":{{"arn":"{arn}"}}"#)));
        appending.push(&Keys::of(Position::new(position), &Event::decode(&bytes).unwrap()), 100, 7, false);
    }
    tail.publish(appending);
    assert!(tail.parts.len() > 1);
    assert_eq!(tail.rows(Position::ZERO), 70);
    assert_eq!(tail.take(Position::new(1), u64::MAX).0.rows.len(), 69);
}

#[test]
fn memory_is_given_back_when_rows_are_committed() {
    let rows = CHUNK_ROWS as u64 * 2 + 5;
    let mut tail = tail(rows);
    let full = tail.bytes();
    tail.drop_below(Position::new(CHUNK_ROWS as u64 + 1));
    assert!(tail.bytes() < full);
    assert_eq!(tail.rows(Position::new(CHUNK_ROWS as u64 + 1)), CHUNK_ROWS as u64 + 4);
    tail.drop_below(Position::new(rows));
    assert_eq!((tail.bytes(), tail.rows(Position::ZERO)), (0, 0));
}

#[test]
fn equal_texts_have_one_number() {
    let mut strings = Strings::default();
    let one = strings.intern("one");
    let other = strings.intern("");
    assert_eq!(strings.intern("one"), one);
    assert_eq!((strings.find(""), strings.find("two")), (Some(other), None));
    assert_eq!((strings.get(one), strings.get(other)), (Some("one"), Some("")));
    assert_eq!(strings.get(super::strings::ABSENT), None);
}
