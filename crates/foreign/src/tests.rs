#![allow(clippy::unwrap_used, reason = "tests")]

mod property;

use super::{
    Defaults, Encoding, Format, ORIGINAL_BYTES_MAX, Outcome, Refusal, Unreadable, otlp_records, records,
};
use serde_json::{Value, json};
use std::ops::ControlFlow;

pub(crate) const ACCOUNT: &str = "111122223333";

fn defaults() -> Defaults<'static> {
    Defaults { account: ACCOUNT.parse().unwrap(), region: "eu-central-1" }
}

/// What becomes of a body.
pub(crate) fn outcomes(format: Format, body: &[u8]) -> Vec<(u64, Outcome)> {
    let mut all = Vec::new();
    records(format, body, &defaults(), &mut |number, outcome| {
        all.push((number, outcome));
        ControlFlow::Continue(())
    })
    .unwrap();
    all
}

/// What becomes of an OpenTelemetry request in protobuf.
pub(crate) fn protobuf_outcomes(body: &[u8]) -> Vec<(u64, Outcome)> {
    let mut all = Vec::new();
    otlp_records(Encoding::Protobuf, body, &defaults(), &mut |number, outcome| {
        all.push((number, outcome));
        ControlFlow::Continue(())
    })
    .unwrap();
    all
}

/// The only record of a body.
pub(crate) fn record(format: Format, body: &Value) -> Value {
    let outcomes = outcomes(format, body.to_string().as_bytes());
    let [(1, Outcome::Record(text))] = outcomes.as_slice() else { panic!("{outcomes:?}") };
    serde_json::from_slice(text).unwrap()
}

/// Checks the only record of a body. What all records have need not be expected, nor what is kept of the
/// original; this is returned.
pub(crate) fn check(format: Format, body: &Value, expected: &Value) -> Value {
    let mut record = record(format, body);
    let members = record.as_object_mut().unwrap();
    let additional = members.remove("additionalEventData").unwrap();
    assert_eq!(additional["format"], format.name());
    let id = members.remove("eventID").unwrap();
    assert_eq!(id.as_str().unwrap().len(), 36);
    let mut whole = json!({
        "eventVersion": "1.11", "awsRegion": "eu-central-1", "recipientAccountId": ACCOUNT, "eventType": "AwsApiCall",
        "eventCategory": "Management", "managementEvent": true, "responseElements": null, "requestParameters": null,
    });
    for (name, value) in expected.as_object().unwrap() {
        whole[name] = value.clone();
    }
    assert_eq!(record, whole, "{record:#}");
    additional["original"].clone()
}

/// The refusal of the only event of a body.
pub(crate) fn refusal(format: Format, body: &Value) -> Refusal {
    let outcomes = outcomes(format, body.to_string().as_bytes());
    let [(1, Outcome::Refused(refusal))] = outcomes.as_slice() else { panic!("{outcomes:?}") };
    refusal.clone()
}

fn action(number: u64) -> Value {
    json!({"action": "repo.create", "@timestamp": 1_772_352_251_000u64 + number, "actor": "eve"})
}

#[test]
fn formats_have_names() {
    for format in Format::ALL {
        assert_eq!(Format::from_name(format.name()), Some(format));
    }
    assert_eq!(Format::from_name("Kubernetes"), None);
}

#[test]
fn a_malformed_event_takes_no_other_with_it() {
    let body = format!("[{},{{\"action\":1,}},{}]", action(1), action(2));
    let outcomes = outcomes(Format::GitHub, body.as_bytes());
    assert!(matches!(
        outcomes.as_slice(),
        [(1, Outcome::Record(_)), (2, Outcome::Refused(Refusal::Json(_))), (3, Outcome::Record(_))]
    ));
}

#[test]
fn walking_ends_when_it_is_asked_to() {
    let body = format!("{}\n{}\n", action(1), action(2));
    let mut seen = 0;
    records(Format::GitHub, body.as_bytes(), &defaults(), &mut |_, _| {
        seen += 1;
        ControlFlow::Break(())
    })
    .unwrap();
    assert_eq!(seen, 1);
}

#[test]
fn what_is_no_text_is_unreadable() {
    let read = records(Format::Gcp, b"\xff{}", &defaults(), &mut |_, _| ControlFlow::Continue(()));
    assert_eq!(read, Err(Unreadable::NotUtf8));
}

#[test]
fn an_event_that_is_delivered_again_has_the_same_record() {
    let once = record(Format::GitHub, &action(1));
    assert_eq!(once, record(Format::GitHub, &json!([action(1)])));
    assert_ne!(once["eventID"], record(Format::GitHub, &action(2))["eventID"]);
}

#[test]
fn a_record_stays_below_its_limit_and_says_what_was_left_out() {
    let mut event = action(1);
    event["huge"] = "x".repeat(1 << 20).into();
    event["small"] = "y".into();
    let text = serde_json::to_vec(&record(Format::GitHub, &event)).unwrap();
    assert!(text.len() <= 256 * 1024, "{}", text.len());
    let record: Value = serde_json::from_slice(&text).unwrap();
    let original = &record["additionalEventData"]["original"];
    assert_eq!(original["small"], "y");
    assert_eq!(
        original["huge"],
        json!({"omitted": true, "originalSize": (1 << 20) + 2, "reason": "huge too large"})
    );
    assert_eq!(record["requestParameters"]["omitted"], true);
}

#[test]
fn an_event_that_is_too_long_is_refused() {
    let mut event = action(1);
    event["huge"] = "x".repeat(ORIGINAL_BYTES_MAX).into();
    assert_eq!(refusal(Format::GitHub, &event), Refusal::TooLong);
}

#[test]
fn secrets_are_hidden_in_parameters_and_in_the_original() {
    let mut event = action(1);
    event["hashed_token"] = "canary".into();
    event["config"] = json!({"url": "https://hooks.example/x?token=canary", "client_secret": "canary"});
    let text = record(Format::GitHub, &event).to_string();
    assert!(!text.contains("canary"), "{text}");
}
