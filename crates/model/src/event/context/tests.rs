#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::Timestamp;
use crate::event::{Admission, Door, Origin};

const CONTEXT: &str = r#"{"requestContext":{"aws:ViaAWSService":"false"},"tagContext":{}}"#;

fn admit(text: &str) -> Vec<u8> {
    let arrival = Timestamp::parse("2026-03-01T09:00:00Z").unwrap();
    let admission = Admission { origin: Origin::Posted, account: "111122223333".parse().unwrap(), arrival };
    let mut out = Vec::new();
    Door::default().admit(text.as_bytes(), &admission, || 0, &mut out).unwrap();
    out
}

fn text(more: &str) -> String {
    format!(
        r#"{{"eventTime":"2026-03-01T08:04:11Z","eventSource":"s3.amazonaws.com","eventName":"CreateBucket","eventID":"e","recipientAccountId":"111122223333"{more} }}"#
    )
}

#[test]
fn context_makes_the_event_that_the_door_would_have_let_in_with_it() {
    let plain = admit(&text(r#", "zebra":{"a":1}"#));
    let event = Event::decode(&plain).unwrap();
    assert_eq!(event.encoded_len(), plain.len());
    let mut enriched = vec![7];
    assert!(event.write_with_context(CONTEXT, &mut enriched));
    assert_eq!(enriched[0], 7);
    let enriched = Event::decode(&enriched[1..]).unwrap();
    assert_eq!(enriched.raw(Field::EventContext), Some(CONTEXT));
    let again = admit(enriched.text());
    let again = Event::decode(&again).unwrap();
    assert_eq!(again.fields().collect::<Vec<_>>(), enriched.fields().collect::<Vec<_>>());
    assert_eq!(again.unknown().collect::<Vec<_>>(), enriched.unknown().collect::<Vec<_>>());
    assert_eq!((again.account(), again.event_time()), (enriched.account(), enriched.event_time()));
}

#[test]
fn an_event_keeps_the_context_that_it_came_with() {
    let bytes = admit(&text(r#","eventContext":{"requestContext":{}}"#));
    let mut out = Vec::new();
    assert!(!Event::decode(&bytes).unwrap().write_with_context(CONTEXT, &mut out));
    assert!(out.is_empty());
}

#[test]
fn an_event_that_would_be_too_long_gets_none() {
    let space = TEXT_BYTES_MAX - text("").len() - 10;
    let bytes = admit(&text(&format!(r#","z":"{}""#, "x".repeat(space))));
    let mut out = Vec::new();
    assert!(!Event::decode(&bytes).unwrap().write_with_context(CONTEXT, &mut out));
    assert!(out.is_empty());
}
