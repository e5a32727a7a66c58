#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use cairn_delivery::{GAP_EVENT_NAME, GapId, GapReason};
use cairn_model::{Position, Timestamp};
use serde_json::Value;

#[test]
fn the_event_of_a_gap_says_what_is_missing_under_the_name_that_trails_never_skip() {
    let gap = Gap {
        id: GapId(1),
        event_id: "0d5d1b3e-9f57-4a52-8d8f-6f9d1f6b3a11".to_owned(),
        trail: "arn:aws:cloudtrail:eu-west-1:111122223333:trail/t1".parse().unwrap(),
        reason: GapReason::OutboxFull,
        from: Position::new(4096),
        to: Position::new(8192),
        oldest: Timestamp::from_micros(0),
        newest: Timestamp::from_micros(1_000_000),
        events: 7,
        closed: Timestamp::from_micros(61_000_000),
    };
    let event: Value = serde_json::from_slice(&gap_event(&gap)).unwrap();
    assert_eq!(event["eventName"], GAP_EVENT_NAME);
    assert_eq!(event["eventSource"], "cairn.amazonaws.com");
    assert_eq!(event["eventID"], gap.event_id.as_str());
    assert_eq!(event["eventTime"], "1970-01-01T00:01:01Z");
    assert_eq!(event["awsRegion"], "eu-west-1");
    assert_eq!(event["recipientAccountId"], "111122223333");
    assert_eq!((&event["managementEvent"], &event["readOnly"]), (&json!(true), &json!(false)));
    assert_eq!(event["resources"][0]["ARN"], gap.trail.to_string());
    let details = json!({
        "trailARN": gap.trail.to_string(),
        "reason": "OutboxFull",
        "fromPosition": 4096,
        "toPosition": 8192,
        "oldestEventTime": "1970-01-01T00:00:00Z",
        "newestEventTime": "1970-01-01T00:00:01Z",
        "eventCount": 7,
    });
    assert_eq!(event["additionalEventData"], details);
    assert_eq!(gap_event(&gap), gap_event(&gap));
}
