#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Admission, Category, Door, Event, Field, Origin, Refusal};
use crate::{AccountId, Timestamp};
use proptest::prelude::*;

fn admission() -> Admission {
    Admission {
        origin: Origin::Posted,
        account: "111122223333".parse::<AccountId>().unwrap(),
        arrival: Timestamp::parse("2026-03-01T09:00:00Z").unwrap(),
    }
}

fn admit(text: &str) -> Result<Vec<u8>, Refusal> {
    let mut out = Vec::new();
    Door::default().admit(text.as_bytes(), &admission(), || 0, &mut out)?;
    Ok(out)
}

const SMALL: &str =
    r#"{"eventTime":"2026-03-01T08:04:11Z","eventSource":"s3.amazonaws.com","eventName":"CreateBucket"}"#;

fn with(members: &str) -> String {
    format!("{},{members}}}", &SMALL[..SMALL.len() - 1])
}

#[test]
fn an_event_keeps_its_text_and_is_found_by_its_fields() {
    let text = with(
        r#""eventID":"e-1","recipientAccountId":"210987654321","readOnly":false,"awsRegion":"eu-\u0063entral-1",
        "userIdentity":{"type":"AssumedRole","arn":"a","sessionContext":{"sessionIssuer":{"userName":"Deployer"}}},
        "zebra":{"type":"not the user's"}"#,
    );
    let bytes = admit(&text).unwrap();
    let event = Event::decode(&bytes).unwrap();
    assert_eq!(event.text(), text);
    assert_eq!(event.account().as_str(), "210987654321");
    assert_eq!(event.event_time().to_string(), "2026-03-01T08:04:11Z");
    assert_eq!(event.category(), Category::Management);
    assert_eq!(event.read_only(), Some(false));
    assert_eq!(event.string(Field::AwsRegion).unwrap(), "eu-central-1");
    assert_eq!(event.string(Field::UserType).unwrap(), "AssumedRole");
    assert_eq!(event.string(Field::SessionIssuerUserName).unwrap(), "Deployer");
    assert_eq!(event.string(Field::ErrorCode), None);
    assert_eq!(event.unknown().collect::<Vec<_>>(), [("\"zebra\"", "{\"type\":\"not the user's\"}")]);
}

#[test]
fn a_missing_id_and_account_are_added() {
    for text in [
        SMALL.to_owned(),
        with(r#""eventID":null,"recipientAccountId":null,"awsRegion":"r""#),
        with(r#""eventID":"""#),
    ] {
        let bytes = admit(&text).unwrap();
        let event = Event::decode(&bytes).unwrap();
        assert_eq!(event.account().as_str(), "111122223333");
        assert_eq!(event.string(Field::EventId).unwrap(), "00000000-0000-4000-8000-000000000000");
        let parsed: serde_json::Value = serde_json::from_str(event.text()).unwrap();
        assert_eq!(parsed["recipientAccountId"], "111122223333");
        for (field, raw) in event.fields() {
            assert_eq!(parsed[field.key()].to_string(), raw);
        }
    }
}

#[test]
fn the_first_event_of_a_text_ends_where_its_object_does() {
    let (mut door, mut first) = (Door::default(), Vec::new());
    let text = format!(" {SMALL} ,nonsense");
    let id = |text: &str| {
        assert_eq!(text, SMALL);
        0
    };
    let (_, end) = door.admit_first(&text, &admission(), id, &mut first).unwrap();
    assert_eq!(&text[end..], " ,nonsense");
    assert_eq!(first, admit(SMALL).unwrap());
    let long = format!("{}, 7", with(&format!("\"a\":\"{}\"", "x".repeat(1 << 20))));
    assert_eq!(door.admit_first(&long, &admission(), |_| 0, &mut first), Err(Refusal::TooLong));
    assert_eq!(first, admit(SMALL).unwrap());
}

#[test]
fn what_came_through_a_channel_has_its_names_in_its_data() {
    let admitted = |members: &str| {
        admit(&format!(
            r#"{{"eventTime":"2026-03-01T08:04:11Z","eventCategory":"ActivityAuditLog"{members}}}"#
        ))
    };
    let bytes = admitted(r#","eventData":{"eventName":"Sell"},"metadata":{}"#).unwrap();
    let event = Event::decode(&bytes).unwrap();
    assert_eq!(event.category(), Category::ActivityAuditLog);
    assert_eq!(event.event_data(), Some(r#"{"eventName":"Sell"}"#));
    assert_eq!(admitted("").unwrap_err(), Refusal::Missing("eventData"));
    let odd = Refusal::Invalid { member: "eventData", expected: "an object" };
    assert_eq!(admitted(r#","eventData":"{}""#).unwrap_err(), odd);
    let management = admit(&with(r#""eventData":{"eventName":"Sell"}"#)).unwrap();
    assert_eq!(Event::decode(&management).unwrap().event_data(), None);
}

#[test]
fn white_space_around_an_event_is_dropped() {
    let bytes = admit(&format!("  {SMALL}\r\n")).unwrap();
    let event = Event::decode(&bytes).unwrap();
    assert!(event.text().starts_with("{\"eventTime\""));
    assert_eq!(event.string(Field::EventName).unwrap(), "CreateBucket");
}

fn check_refused(text: &str, reason: &str) {
    assert_eq!(admit(text).unwrap_err().to_string(), reason);
}

#[test]
fn what_is_no_event_is_refused_with_its_reason() {
    check_refused("[1]", "not a JSON object");
    check_refused("{}", "eventTime is missing");
    check_refused(&SMALL.replace("eventName", "eventname"), "eventName is missing");
    check_refused(&SMALL.replace("2026-03", "2026-99"), "eventTime is not a time like 2026-03-01T08:04:11Z");
    check_refused(&SMALL.replace("\"s3.amazonaws.com\"", "7"), "eventSource is not a string");
    check_refused(
        &with(r#""recipientAccountId":"12""#),
        "recipientAccountId is not an account id of 12 digits",
    );
    check_refused(&with(r#""eventName":"x""#), "malformed JSON: duplicate key \"eventName\" at byte 112");
    check_refused(&with(&format!("\"a\":\"{}\"", "x".repeat(1 << 20))), "longer than 1048576 bytes");
}

#[test]
fn a_refusal_leaves_the_output_as_it_was() {
    let mut out = b"before".to_vec();
    let mut door = Door::default();
    assert!(door.admit(b"{", &admission(), || 0, &mut out).is_err());
    assert!(door.admit(b"{\"eventTime\":\"x\"}", &admission(), || 0, &mut out).is_err());
    assert_eq!(out, b"before");
}

#[test]
fn the_category_comes_from_what_the_event_says() {
    let category = |members: &str| Event::decode(&admit(&with(members)).unwrap()).unwrap().category();
    assert_eq!(category(r#""eventCategory":"Data""#), Category::Data);
    assert_eq!(category(r#""eventCategory":"Novel""#), Category::Other);
    assert_eq!(category(r#""managementEvent":false"#), Category::Data);
    assert_eq!(category(r#""eventType":"AwsVpceEvent""#), Category::NetworkActivity);
    assert_eq!(category(r#""eventType":"AwsApiCall""#), Category::Management);
}

#[test]
fn a_day_ahead_is_future() {
    let future = |time: &str| {
        let bytes = admit(&SMALL.replace("2026-03-01T08:04:11Z", time)).unwrap();
        Event::decode(&bytes).unwrap().is_future()
    };
    assert!(!future("2026-03-02T09:00:00Z"));
    assert!(future("2026-03-02T09:00:01Z"));
}

#[test]
fn every_field_is_found_where_it_belongs_and_nowhere_else() {
    for field in Field::ALL.iter().filter(|field| field.is_top_level()) {
        let text = with(&format!("\"{}\":{{\"eventName\":1}}", field.key()));
        let required = ["eventTime", "eventSource", "eventName", "eventID", "recipientAccountId"];
        if required.contains(&field.key()) {
            continue;
        }
        let bytes = admit(&text).unwrap();
        let event = Event::decode(&bytes).unwrap();
        assert_eq!(event.raw(*field), Some(r#"{"eventName":1}"#), "{}", field.key());
        assert_eq!(event.unknown().count(), 0, "{}", field.key());
        assert_eq!(event.fields().filter(|(found, _)| *found == Field::EventName).count(), 1);
    }
    let bytes = admit(&with(r#""userName":1,"":2,"sessionContext":3"#)).unwrap();
    let event = Event::decode(&bytes).unwrap();
    assert_eq!((event.unknown().count(), event.raw(Field::UserName)), (3, None));
}

#[test]
fn a_newer_version_is_named() {
    let mut bytes = admit(SMALL).unwrap();
    bytes[0] = 9;
    assert_eq!(Event::decode(&bytes).unwrap_err(), super::NotAnEvent::Version(9));
}

proptest! {
    #[test]
    fn any_members_survive(members in prop::collection::hash_map("[a-z]{4,12}", ".{0,20}", 0..12)) {
        let extra: String = members
            .iter()
            .map(|(key, value)| format!(",{}:{}", serde_json::json!(key), serde_json::json!(value)))
            .collect();
        let text = format!("{}{extra}}}", &SMALL[..SMALL.len() - 1]);
        let bytes = admit(&text).unwrap();
        let event = Event::decode(&bytes).unwrap();
        let sent: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut read: serde_json::Value = serde_json::from_str(event.text()).unwrap();
        let read = read.as_object_mut().unwrap();
        read.remove("eventID");
        read.remove("recipientAccountId");
        prop_assert_eq!(&serde_json::Value::from(read.clone()), &sent);
        prop_assert_eq!(event.unknown().count() + 3, sent.as_object().unwrap().len());
    }
}

#[test]
fn what_is_not_of_calls_needs_no_names() {
    for (name, category) in
        [("ConfigurationItem", Category::ConfigurationItem), ("Evidence", Category::Evidence)]
    {
        let of = |members: &str| {
            let text = format!(r#"{{"eventTime":"2026-03-01T08:00:00Z","eventCategory":"{name}"{members}}}"#);
            admit(&text)
        };
        let bytes = of(r#","eventData":{"resourceId":"r"}"#).unwrap();
        assert_eq!(Event::decode(&bytes).unwrap().category(), category);
        assert_eq!(of("").unwrap_err(), Refusal::Missing("eventData"));
        assert_eq!(Category::from_name(category.name()), category);
    }
    let insight = r#"{"eventTime":"2026-03-01T08:00:00Z","eventCategory":"Insight","insightType":"ApiCallRateInsight"}"#;
    let bytes = admit(insight).unwrap();
    assert_eq!(Event::decode(&bytes).unwrap().category(), Category::Insight);
}
