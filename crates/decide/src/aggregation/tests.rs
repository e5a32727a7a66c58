#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod naive;
mod property;

use super::*;
use cairn_model::event::{Admission, Door};
use cairn_model::{Event, Origin};
use serde_json::{Value, json};

const EVERY: [AggregationTemplate; 3] = AggregationTemplate::ALL;
const WAIT: Duration = Duration::from_secs(300);

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// Passes the event through the door, and its facts to `use_facts`.
fn with_facts<T>(event: &Value, use_facts: impl FnOnce(&Facts<'_>) -> T) -> T {
    let admission = Admission {
        origin: Origin::Recorded,
        account: "111122223333".parse().unwrap(),
        arrival: at("2026-03-01T09:00:00Z"),
    };
    let mut bytes = Vec::new();
    Door::default().admit(event.to_string().as_bytes(), &admission, || 0, &mut bytes).unwrap();
    use_facts(&Facts::of(&Event::decode(&bytes).unwrap()))
}

/// Counts an event in eu-central-1.
fn count(aggregates: &mut Aggregates, event: &Value, now: &str) -> Vec<Summary> {
    let mut closed = Vec::new();
    with_facts(event, |facts| aggregates.count(facts, "eu-central-1", at(now), &mut closed));
    closed
}

fn counted(templates: &[AggregationTemplate], events: &[Value]) -> Vec<Summary> {
    let mut aggregates = Aggregates::new(templates);
    for event in events {
        assert_eq!(count(&mut aggregates, event, "2026-03-01T08:02:00Z"), []);
    }
    aggregates.close_all()
}

fn call(name: &str, user: &str, bucket: &str) -> Value {
    json!({
        "eventTime": "2026-03-01T08:04:59Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": name,
        "userIdentity": {"type": "IAMUser", "arn": user},
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli",
        "managementEvent": false,
        "resources": [
            {"type": "AWS::S3::Object", "ARN": format!("{bucket}/a")},
            {"type": "AWS::S3::Bucket", "ARN": bucket},
        ],
    })
}

fn text(summary: &Summary) -> String {
    let mut out = Vec::new();
    summary.write("111122223333".parse().unwrap(), "62759c1a-6248-48e1-a6b3-d5fb7e6c4bc0", &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn a_record_has_the_members_of_aws_in_their_order() {
    let mut failed = call("PutObject", "arn:aws:iam::111122223333:user/ann", "arn:aws:s3:::two");
    failed["errorCode"] = json!("AccessDenied");
    let put = call("PutObject", "arn:aws:iam::111122223333:user/ann", "arn:aws:s3:::one");
    let summaries = counted(&[AggregationTemplate::ApiActivity], &[failed, put.clone(), put]);
    let [summary] = &summaries[..] else { panic!("{summaries:?}") };
    let expected = [
        r#"{"eventVersion":"1.0","accountId":"111122223333","eventId":"62759c1a-6248-48e1-a6b3-d5fb7e6c4bc0","#,
        r#""eventCategory":"Aggregated","eventType":"AwsAggregatedEvent","awsRegion":"eu-central-1","#,
        r#""eventSource":"s3.amazonaws.com","timeWindow":{"windowStart":"2026-03-01T08:00:00Z","#,
        r#""windowEnd":"2026-03-01T08:05:00Z","windowSize":"PT5M"},"summary":{"primaryDimension":"#,
        r#"{"dimension":"eventName","statistics":[{"name":"PutObject","value":3}],"aggregationType":"Count"},"#,
        r#""details":[{"dimension":"resourceARN","statistics":[{"name":"arn:aws:s3:::one","value":2},"#,
        r#"{"name":"arn:aws:s3:::two","value":1}],"aggregationType":"Count"},"#,
        r#"{"dimension":"userIdentity","statistics":[{"name":"arn:aws:iam::111122223333:user/ann","value":3}],"#,
        r#""aggregationType":"Count"},{"dimension":"userAgent","statistics":[{"name":"aws-cli","value":3}],"#,
        r#""aggregationType":"Count"},{"dimension":"sourceIpAddress","statistics":["#,
        r#"{"name":"198.51.100.7","value":3}],"aggregationType":"Count"},"#,
        r#"{"dimension":"errorCodes","statistics":[{"name":"AccessDenied","value":1}],"#,
        r#""aggregationType":"Count"}]}}"#,
    ];
    assert_eq!(text(summary), expected.concat());
}

#[test]
fn each_template_has_a_record_for_each_value_of_its_primary_dimension() {
    let events =
        [call("PutObject", "u1", "b1"), call("GetObject", "u2", "b1"), call("PutObject", "u2", "b2")];
    let primaries = |template| {
        let summaries = counted(&[template], &events);
        summaries.into_iter().map(|s| (s.primary.0.name(), s.primary.1.to_string(), s.events)).collect()
    };
    let check = |template, dimension: &'static str, expected: [(&str, u64); 2]| {
        let found: Vec<(&str, String, u64)> = primaries(template);
        let expected = expected.map(|(name, events)| (dimension, name.to_owned(), events));
        assert_eq!(found, expected);
    };
    check(AggregationTemplate::ApiActivity, "eventName", [("PutObject", 2), ("GetObject", 1)]);
    check(AggregationTemplate::ResourceAccess, "resourceARN", [("b1", 2), ("b2", 1)]);
    check(AggregationTemplate::UserActions, "userIdentity", [("u1", 1), ("u2", 2)]);
}

#[test]
fn services_are_counted_apart() {
    let mut other = call("PutObject", "u", "b");
    other["eventSource"] = json!("s3-outposts.amazonaws.com");
    let summaries = counted(&[AggregationTemplate::ApiActivity], &[call("PutObject", "u", "b"), other]);
    assert_eq!(summaries.iter().map(|summary| summary.events).collect::<Vec<_>>(), [1, 1]);
}

fn resource_of(resources: Value) -> Option<String> {
    let mut event = call("PutObject", "u", "b");
    event["resources"] = resources;
    with_facts(&event, |facts| facts.value(Dimension::ResourceArn).map(str::to_owned))
}

#[test]
fn the_resource_of_an_object_is_its_bucket() {
    let check = |resources, expected: Option<&str>| assert_eq!(resource_of(resources).as_deref(), expected);
    let object = json!({"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::acme/a/b"});
    let bucket = json!({"type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::acme"});
    check(json!([object, bucket]), Some("arn:aws:s3:::acme"));
    check(json!([object]), Some("arn:aws:s3:::acme"));
    check(json!([{"type": "AWS::S3::Object", "ARNPrefix": "arn:aws:s3:::acme/"}]), Some("arn:aws:s3:::acme"));
    let table = "arn:aws:dynamodb:eu-central-1:111122223333:table/one";
    check(
        json!([{"accountId": "1"}, {"type": "AWS::DynamoDB::Table", "ARN": table}, bucket]),
        Some("arn:aws:s3:::acme"),
    );
    check(json!([{"type": "AWS::DynamoDB::Table", "ARN": table}]), Some(table));
    let point = "arn:aws:s3:eu-central-1:111122223333:accesspoint/one";
    check(json!([{"type": "AWS::S3::AccessPoint", "ARN": point}]), Some(point));
    check(json!([{"type": "AWS::S3::Object"}]), None);
    check(json!(null), None);
}

#[test]
fn who_has_no_arn_is_named_otherwise() {
    let check = |identity, expected: Option<&str>| {
        let mut event = call("PutObject", "u", "b");
        event["userIdentity"] = identity;
        let found = with_facts(&event, |facts| facts.value(Dimension::UserIdentity).map(str::to_owned));
        assert_eq!(found.as_deref(), expected);
    };
    check(json!({"type": "AWSAccount", "principalId": "AIDA", "accountId": "444455556666"}), Some("AIDA"));
    check(json!({"type": "AWSService", "invokedBy": "logs.amazonaws.com"}), Some("logs.amazonaws.com"));
    check(json!({"type": "AWSAccount", "principalId": "", "accountId": "anonymous"}), Some("anonymous"));
    check(json!({}), None);
}

#[test]
fn an_event_without_the_primary_dimension_is_not_counted() {
    let mut event = call("PutObject", "u", "b");
    event["resources"] = json!([]);
    let mut aggregates = Aggregates::new(&[AggregationTemplate::ResourceAccess]);
    count(&mut aggregates, &event, "2026-03-01T08:02:00Z");
    assert!(aggregates.is_empty());
    assert_eq!(counted(&EVERY, &[event]).len(), 2);
}

/// Whether a window 08:00 to 08:05 that was opened at one time is due at another.
fn is_due(opened: &str, now: &str) -> bool {
    let mut aggregates = Aggregates::new(&EVERY);
    count(&mut aggregates, &call("PutObject", "u", "b"), opened);
    let due = aggregates.is_due(at(now), WAIT);
    assert_eq!(aggregates.close_due(at(now), WAIT).is_empty(), !due);
    assert_eq!(aggregates.is_empty(), due);
    due
}

#[test]
fn a_window_is_closed_half_a_minute_after_its_end() {
    assert!(!is_due("2026-03-01T08:00:00Z", "2026-03-01T08:05:29Z"));
    assert!(is_due("2026-03-01T08:00:00Z", "2026-03-01T08:05:30Z"));
    // Events that come later wait for each other.
    assert!(!is_due("2026-03-01T08:05:30Z", "2026-03-01T08:10:29Z"));
    assert!(is_due("2026-03-01T08:05:30Z", "2026-03-01T08:10:30Z"));
    assert!(!is_due("2026-04-01T00:00:00Z", "2026-04-01T00:04:59Z"));
    // Events of the future do not wait for it.
    assert!(!is_due("2026-02-28T08:00:00Z", "2026-02-28T08:05:29Z"));
    assert!(is_due("2026-02-28T08:00:00Z", "2026-02-28T08:05:30Z"));
    // The clock was set back.
    assert!(is_due("2026-03-01T08:02:00Z", "2026-03-01T08:01:59Z"));
}

#[test]
fn a_record_that_grows_too_large_goes_on_in_another() {
    let mut aggregates = Aggregates::new(&EVERY);
    let mut closed = Vec::new();
    for number in 0..10_000 {
        let event = call("PutObject", &format!("arn:aws:iam::111122223333:user/{number}"), "b");
        closed.extend(count(&mut aggregates, &event, "2026-03-01T08:02:00Z"));
    }
    assert!(!closed.is_empty());
    closed.extend(aggregates.close_all());
    for summary in &closed {
        assert!(text(summary).len() < 256 << 10, "{} bytes", text(summary).len());
    }
    let of_api = closed.iter().filter(|summary| summary.primary.0 == Dimension::EventName);
    assert!(of_api.clone().count() > 1);
    assert_eq!(of_api.map(|summary| summary.events).sum::<u64>(), 10_000);
    assert_eq!(aggregates.bytes(), 0);
}

#[test]
fn memory_follows_what_is_kept() {
    let mut aggregates = Aggregates::new(&EVERY);
    count(&mut aggregates, &call("PutObject", "u", "b"), "2026-03-01T08:02:00Z");
    let first = aggregates.bytes();
    count(&mut aggregates, &call("PutObject", "u", "b"), "2026-03-01T08:02:00Z");
    assert_eq!(aggregates.bytes(), first);
    count(&mut aggregates, &call("PutObject", &"u".repeat(1000), "b"), "2026-03-01T08:02:00Z");
    assert!(aggregates.bytes() > first + 1000);
    let stored = aggregates.to_stored();
    assert_eq!(Aggregates::from_stored(&EVERY, stored).bytes(), aggregates.bytes());
}
