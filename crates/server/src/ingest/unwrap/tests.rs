#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Format, unwrap};
use serde_json::{Value, json};

const RECORD: &str = r#"{"eventVersion":"1.11","eventName":"A \"quoted\" ☃ name"}"#;

fn check(text: &str, format: Format, expected: Option<&str>) {
    let found = unwrap(text.as_bytes(), format).map(|inside| String::from_utf8(inside.into_owned()).unwrap());
    assert_eq!(found.as_deref(), expected, "{text}");
}

fn envelope() -> String {
    format!(r#"{{"version":"0","detail-type":"AWS API Call via CloudTrail","detail":{RECORD}}}"#)
}

fn looked_up() -> String {
    json!({"EventId": "x", "EventTime": 1772352251.0, "Resources": [], "CloudTrailEvent": RECORD}).to_string()
}

#[test]
fn the_record_of_an_envelope_is_its_detail() {
    check(&envelope(), Format::Auto, Some(RECORD));
    check(&envelope(), Format::EventBridge, Some(RECORD));
    check(
        &format!(" {} ", envelope().replace(',', " ,\n ")),
        Format::Auto,
        Some(&RECORD.replace(',', " ,\n ")),
    );
}

#[test]
fn the_record_of_a_look_up_is_text() {
    check(&looked_up(), Format::Auto, Some(RECORD));
    check(&looked_up(), Format::LookupEvents, Some(RECORD));
}

#[test]
fn the_record_of_a_log_is_its_message() {
    check(&json!({"id": "1", "timestamp": 1, "message": RECORD}).to_string(), Format::Auto, Some(RECORD));
    check(&format!("2026-03-01T08:04:11.123Z {RECORD}"), Format::Auto, Some(RECORD));
    check("START RequestId: 8 Version: 1", Format::Auto, None);
}

#[test]
fn what_is_of_another_form_has_no_record_inside() {
    check(&envelope(), Format::LookupEvents, None);
    check(&looked_up(), Format::EventBridge, None);
    check(&looked_up(), Format::CloudTrail, None);
    for text in
        [RECORD, r#"{"detail":{}}"#, r#"{"message":"hello"}"#, r#"{"CloudTrailEvent":7}"#, "", "{", "7"]
    {
        check(text, Format::Auto, None);
    }
}

#[test]
fn an_aggregated_event_gets_what_every_event_has() {
    let aggregated = json!({
        "eventVersion": "1.0",
        "accountId": "111122223333",
        "eventId": "7b1f6c1e-0000-4000-8000-000000000001",
        "eventCategory": "Aggregated",
        "eventType": "AwsAggregatedEvent",
        "awsRegion": "us-east-1",
        "eventSource": "s3.amazonaws.com",
        "timeWindow": {"windowStart": "2026-03-01T08:00:00Z", "windowEnd": "2026-03-01T08:05:00Z"},
    });
    let inside = unwrap(aggregated.to_string().as_bytes(), Format::Auto).unwrap().into_owned();
    let whole: Value = serde_json::from_slice(&inside).unwrap();
    let mut expected = aggregated.clone();
    expected["eventTime"] = json!("2026-03-01T08:00:00Z");
    expected["eventName"] = json!("AwsAggregatedEvent");
    expected["eventID"] = aggregated["eventId"].clone();
    expected["recipientAccountId"] = json!("111122223333");
    assert_eq!(whole, expected);
}
