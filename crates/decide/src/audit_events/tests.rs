#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use cairn_model::event::{Admission, Door, Refusal};
use cairn_model::json::JsonError;
use cairn_model::{Category, Event, Origin};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const ID: &str = "11111111-2222-4333-8444-555555555555";

fn owner() -> AccountId {
    "111122223333".parse().unwrap()
}

fn now() -> Timestamp {
    Timestamp::parse("2026-03-01T09:00:00.25Z").unwrap()
}

fn channel() -> Channel {
    Channel {
        arn: ChannelArn { region: "eu-central-1".to_owned(), account: owner(), id: ID.to_owned() },
        name: "shop".to_owned(),
        source: "Custom".to_owned(),
        destinations: Vec::new(),
        tags: BTreeMap::new(),
        created: now(),
    }
}

fn whole() -> Value {
    json!({
        "version": "1.0",
        "userIdentity": {"type": "Employee", "principalId": "carol", "details": {"team": "till"}},
        "userAgent": "till/7",
        "eventSource": "shop.example.com",
        "eventName": "Sell",
        "eventTime": "2026-03-01T08:04:11",
        "UID": "sale-1",
        "requestParameters": {"item": "tea"},
        "responseElements": {"price": 3},
        "errorCode": "Late",
        "errorMessage": "The shop is closed.",
        "sourceIPAddress": "192.0.2.7",
        "recipientAccountId": "111122223333",
        "additionalEventData": {},
    })
}

/// The whole event with the member at `path` replaced; without it if `value` is absent.
fn with(path: &str, value: Option<Value>) -> Value {
    let mut event = whole();
    let (object, name) = match path.split_once('.') {
        None => (&mut event, path),
        Some((object, name)) => (&mut event[object], name),
    };
    let object = object.as_object_mut().unwrap();
    object.remove(name);
    object.extend(value.map(|value| (name.to_owned(), value)));
    event
}

fn judged(data: &str) -> Result<Timestamp, AuditEventError> {
    judge(&Sent { data, is_intact: true }, owner(), now(), &mut Scanner::default())
}

fn judged_with(path: &str, value: impl Into<Value>) -> Result<Timestamp, AuditEventError> {
    judged(&with(path, Some(value.into())).to_string())
}

fn code(path: &str, value: impl Into<Value>) -> &'static str {
    judged_with(path, value).err().map_or("taken", |error| error.code())
}

#[test]
fn a_whole_event_is_taken() {
    let time = Timestamp::parse("2026-03-01T08:04:11Z").unwrap();
    assert_eq!(judged(&whole().to_string()), Ok(time));
    assert_eq!(judged(&format!(" {}\n", whole())), Ok(time));
    assert_eq!(judged_with("somethingElse", json!([1])), Ok(time));
}

#[test]
fn what_is_not_required_may_be_absent_or_null() {
    let optional = [
        "userIdentity.details",
        "userAgent",
        "requestParameters",
        "responseElements",
        "errorCode",
        "errorMessage",
        "sourceIPAddress",
        "additionalEventData",
    ];
    for path in optional {
        assert!(judged(&with(path, None).to_string()).is_ok(), "{path}");
        assert!(judged_with(path, Value::Null).is_ok(), "{path}");
    }
}

#[test]
fn what_is_required_must_be_there_and_say_something() {
    for path in [
        "version",
        "userIdentity",
        "userIdentity.type",
        "userIdentity.principalId",
        "eventSource",
        "eventName",
        "eventTime",
        "UID",
        "recipientAccountId",
    ] {
        for missing in [None, Some(Value::Null), Some(json!(""))] {
            let error = judged(&with(path, missing).to_string()).unwrap_err();
            assert_eq!(error, AuditEventError::FieldNotFound(path));
            assert_eq!(error.code(), "FieldNotFound");
            assert_eq!(error.to_string(), format!("{path} is required and was not found."));
        }
    }
}

#[test]
fn texts_are_as_long_as_the_schema_lets_them_be() {
    for (path, max) in [
        ("version", 256),
        ("userIdentity.type", 128),
        ("userIdentity.principalId", 1024),
        ("userAgent", 1024),
        ("eventSource", 1024),
        ("eventName", 1024),
        ("UID", 1024),
        ("errorCode", 256),
        ("errorMessage", 256),
    ] {
        assert_eq!(code(path, "é".repeat(max)), "taken", "{path}");
        assert_eq!(code(path, "é".repeat(max + 1)), "FieldTooLong", "{path}");
    }
    let error = judged_with("version", "1".repeat(257)).unwrap_err();
    assert_eq!(error.to_string(), "version is longer than 256 characters.");
}

#[test]
fn objects_are_as_large_as_the_schema_lets_them_be() {
    for (path, max) in
        [("requestParameters", 100 << 10), ("responseElements", 100 << 10), ("additionalEventData", 28 << 10)]
    {
        let of = |bytes: usize| json!({"x": "y".repeat(bytes - r#"{"x":""}"#.len())});
        assert_eq!(code(path, of(max)), "taken", "{path}");
        assert_eq!(code(path, of(max + 1)), "FieldTooLong", "{path}");
    }
    let error = judged_with("additionalEventData", json!({"x": "y".repeat(29 << 10)})).unwrap_err();
    assert_eq!(error.to_string(), "additionalEventData is longer than 28672 bytes.");
}

#[test]
fn values_are_of_their_types() {
    for path in ["version", "userIdentity.type", "eventName", "UID", "userAgent", "recipientAccountId"] {
        assert_eq!(code(path, 7), "InvalidData", "{path}");
    }
    for path in ["userIdentity", "userIdentity.details", "requestParameters", "additionalEventData"] {
        assert_eq!(code(path, "text"), "InvalidData", "{path}");
    }
    let error = judged_with("requestParameters", json!([])).unwrap_err();
    assert_eq!(error.to_string(), "requestParameters is not a JSON object.");
}

#[test]
fn times_are_in_utc_and_not_far_in_the_future() {
    for time in
        ["2026-03-01T08:04:11", "2026-03-01T08:04:11Z", "2026-03-01T08:04:11.5", "2026-03-02T09:00:00Z"]
    {
        assert_eq!(code("eventTime", time), "taken", "{time}");
    }
    let odd = [
        "2026-03-01",
        "2026-03-01 08:04:11",
        "2026-03-01T08:04:11+01:00",
        "2026-02-30T08:04:11",
        "1772352251",
    ];
    for time in
        odd.into_iter().chain(["2026-03-01T08:04:11.", "2026-03-01T08:04:11.xZ", "2026-03-01T08:04:1é"])
    {
        assert_eq!(code("eventTime", time), "InvalidData", "{time}");
    }
    assert_eq!(code("eventTime", 1_772_352_251), "InvalidData");
    assert_eq!(judged_with("eventTime", "2026-03-02T09:00:01"), Err(AuditEventError::Future));
}

#[test]
fn the_recipient_is_the_account_that_owns_the_channel() {
    let error = judged_with("recipientAccountId", "444455556666").unwrap_err();
    assert_eq!((error.code(), &error), ("InvalidRecipient", &AuditEventError::Recipient(owner())));
}

#[test]
fn data_are_one_json_object_and_arrive_as_they_were_sent() {
    let objects = AuditEventError::Kind { field: "eventData", kind: Kind::Object };
    for other in ["[]", "null", "7", "\"{}\""] {
        assert_eq!(judged(other), Err(objects.clone()), "{other}");
    }
    for broken in ["", "{", "{} {}", r#"{"version": "1.0",}"#] {
        assert!(matches!(judged(broken), Err(AuditEventError::Json(_))), "{broken}");
    }
    let twice = judged(r#"{"version":"1","version":"2"}"#);
    assert!(matches!(twice, Err(AuditEventError::Json(JsonError::DuplicateKey { .. }))));
    let other = Sent { data: &whole().to_string(), is_intact: false };
    let error = judge(&other, owner(), now(), &mut Scanner::default()).unwrap_err();
    assert_eq!((error.code(), error), ("InvalidChecksum", AuditEventError::Checksum));
}

#[test]
fn escaped_keys_are_the_members_that_they_spell() {
    let data = whole().to_string().replace("\"UID\"", "\"\\u0055ID\"");
    assert!(data.contains("\\u0055ID") && judged(&data).is_ok());
}

#[test]
fn a_record_holds_the_data_as_they_came() {
    let data = format!(" {}\n", whole().to_string().replace("\"price\":3", "\"price\" : 3.10"));
    let time = judged(&data).unwrap();
    let record = record(&channel(), "an-id", time, now(), &data);
    let text = std::str::from_utf8(&record).unwrap();
    assert!(text.ends_with(&format!("\"eventData\":{}}}", data.trim())));
    let parsed: Value = serde_json::from_str(text).unwrap();
    let expected = json!({
        "eventVersion": "1.0",
        "eventCategory": "ActivityAuditLog",
        "eventType": "ActivityLog",
        "eventID": "an-id",
        "eventTime": "2026-03-01T08:04:11Z",
        "awsRegion": "eu-central-1",
        "recipientAccountId": "111122223333",
        "metadata": {"ingestionTime": now().to_string(), "channelARN": channel().arn.to_string()},
        "eventData": serde_json::from_str::<Value>(&data).unwrap(),
    });
    assert_eq!(parsed, expected);
}

#[test]
fn the_door_lets_the_record_in_as_an_event_of_the_channels_account() {
    let (mut door, mut out) = (Door::default(), Vec::new());
    let admission =
        Admission { origin: Origin::Recorded, account: "444455556666".parse().unwrap(), arrival: now() };
    let data = whole().to_string();
    let record = record(&channel(), ID, judged(&data).unwrap(), now(), &data);
    door.admit(&record, &admission, || unreachable!("it has an id"), &mut out).unwrap();
    let event = Event::decode(&out).unwrap();
    assert_eq!((event.category(), event.account()), (Category::ActivityAuditLog, owner()));
    assert_eq!(event.event_data(), Some(&*data));
    assert_eq!(event.text().as_bytes(), record);
}

#[test]
fn a_record_that_is_no_event_is_told_as_data_that_are_wrong() {
    assert_eq!(AuditEventError::from(Refusal::TooLong).code(), "FieldTooLong");
    let deep = Refusal::Json(JsonError::TooDeep { at: 7 });
    assert_eq!(AuditEventError::from(deep).code(), "InvalidData");
}

#[test]
fn a_channel_is_named_by_its_arn_wherever_it_is_or_by_its_id_at_home() {
    let place = Place { account: owner(), region: "eu-central-1" };
    let own = channel().arn;
    assert_eq!(channel_arn(place, ID), Ok(own.clone()));
    assert_eq!(channel_arn(place, &own.to_string()), Ok(own.clone()));
    let far = ChannelArn { region: "us-east-1".to_owned(), account: "444455556666".parse().unwrap(), ..own };
    assert_eq!(channel_arn(place, &far.to_string()), Ok(far));
    for odd in [
        "",
        "channel",
        "arn:aws:s3:::bucket",
        "arn:aws:cloudtrail:eu-central-1:111122223333:channel/shop",
        "arn:aws:cloudtrail:eu-central-1:acme:channel/11111111-2222-4333-8444-555555555555",
        "arn:aws:cloudtrail:eu-central-1:111122223333:eventdatastore/11111111-2222-4333-8444-555555555555",
    ] {
        assert_eq!(channel_arn(place, odd), Err(PutError::InvalidChannelArn(odd.to_owned())), "{odd}");
    }
}

#[test]
fn a_call_names_each_event_once() {
    assert_eq!(refuse_repeated_ids(["a", "b", "A"]), Ok(()));
    assert_eq!(refuse_repeated_ids(["a", "b", "a"]), Err(PutError::DuplicatedId("a".to_owned())));
}

#[test]
fn a_channel_fares_as_the_calls_on_it_tell() {
    let at = |seconds| Timestamp::from_seconds(seconds);
    assert_eq!(ingestion_status([]), IngestionStatus::default());
    let refused = json!({
        "errorCode": "DuplicatedAuditEventId",
        "requestParameters": {"auditEvents": [{"id": "mine"}]},
        "responseElements": null,
    })
    .to_string();
    let taken = json!({
        "requestParameters": {"auditEvents": [{"id": "a"}, {"id": "b"}]},
        "responseElements": {
            "successful": [{"id": "a", "eventID": "event-a"}],
            "failed": [{"id": "b", "errorCode": "InvalidData", "errorMessage": "no"}],
        },
    })
    .to_string();
    let omitted = json!({"responseElements": {"omitted": true}}).to_string();
    let status = ingestion_status([(at(4), &*omitted), (at(3), &*refused), (at(2), &*taken)]);
    assert_eq!(status.attempt, Some((at(4), None)));
    assert_eq!(status.success, Some((at(2), "event-a".to_owned())));
    assert_eq!(status.error_code.as_deref(), Some("DuplicatedAuditEventId"));
    let status = ingestion_status([(at(3), &*refused)]);
    assert_eq!((status.success, status.attempt), (None, Some((at(3), Some("mine".to_owned())))));
    let status = ingestion_status([(at(2), &*taken), (at(1), &*refused)]);
    assert_eq!(status.attempt, Some((at(2), Some("event-a".to_owned()))));
    assert_eq!(status.error_code.as_deref(), Some("InvalidData"));
    let stranger = refused.replace("DuplicatedAuditEventId", "ChannelInsufficientPermission");
    assert_eq!(ingestion_status([(at(3), &*stranger)]), IngestionStatus::default());
}
