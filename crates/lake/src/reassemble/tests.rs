#![allow(clippy::unwrap_used, reason = "tests")]
use super::{Batch, Rows, text_column};
use crate::columns::ColumnsBuilder;
use crate::keys::{ColumnKeys, Keys, TextKey};
use crate::testing::{admit, json_value};
use cairn_model::{Event, Position};
use proptest::prelude::*;
use serde_json::Value;

fn append(builder: &mut ColumnsBuilder, event: &Event<'_>, keys: &Keys<'_>) {
    let column_keys = ColumnKeys {
        position: keys.position,
        event_time: keys.event_time,
        arrival: keys.arrival,
        category: keys.category,
        event_source: keys.text(TextKey::EventSource),
        event_name: keys.text(TextKey::EventName),
        event_id: keys.text(TextKey::EventId),
        username: keys.text(TextKey::Username),
    };
    let resources = keys.resources.iter().map(|resource| (resource.kind.as_deref(), &*resource.name));
    builder.append(event, &column_keys, resources, false);
}

/// The records that come back from columns.
fn through_columns(texts: &[String]) -> Vec<(String, String)> {
    let mut builder = ColumnsBuilder::new();
    let mut sent = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        let bytes = admit(text);
        let event = Event::decode(&bytes).unwrap();
        let keys = Keys::of(Position::new(number as u64), &event);
        append(&mut builder, &event, &keys);
        sent.push(event.text().to_owned());
    }
    let batch = builder.finish().unwrap();
    let rows = Rows::of(&batch).unwrap();
    let back = (0..texts.len()).map(|row| rows.text(row));
    sent.into_iter().zip(back.collect::<Vec<_>>()).collect()
}

fn check(members: &str) {
    let text = format!(
        r#"{{"eventTime":"2026-03-01T08:04:11Z","eventSource":"s3.amazonaws.com","eventName":"X"{members}}}"#
    );
    for (sent, back) in through_columns(&[text]) {
        let (sent, back): (Value, Value) =
            (serde_json::from_str(&sent).unwrap(), serde_json::from_str(&back).unwrap());
        assert_eq!(sent, back);
    }
}

#[test]
fn null_stays_apart_from_absent() {
    check("");
    check(r#","responseElements":null,"readOnly":null,"userAgent":null,"zebra":null"#);
}

#[test]
fn values_that_do_not_fit_their_column_come_back() {
    check(
        r#","userAgent":7.10,"readOnly":"true","managementEvent":1e3,"userIdentity":"root","errorCode":{}"#,
    );
    check(r#","tlsDetails":"HIDDEN_DUE_TO_SECURITY_REASONS","resources":12345678901234567890"#);
}

#[test]
fn unknown_members_and_escaped_keys_come_back() {
    check(r#","zebra":{"a":[1.0,-0,"\u00e9\ud83d\ude00"]},"userAg\u0065nt":"x","\"\\":"\u0000""#);
}

#[test]
fn unusual_times_come_back() {
    for time in ["2026-03-01T08:04:11.5Z", "2026-03-01T09:04:11+01:00", "2026-03-01t08:04:11z"] {
        let text = format!(r#"{{"eventTime":"{time}","eventSource":"s3.amazonaws.com","eventName":"X"}}"#);
        for (sent, back) in through_columns(&[text]) {
            assert!(back.contains(time) && sent.contains(time), "{back}");
        }
    }
}

#[test]
fn an_insights_event_is_found_by_its_details_and_keeps_its_members() {
    let text = r#"{"eventTime":"2026-03-01T08:04:11Z","eventName":null,"eventType":"AwsCloudTrailInsight",
        "insightDetails":{"eventSource":"ec2.amazonaws.com","eventName":"RunInstances","state":"Start"}}"#;
    let bytes = admit(text);
    let event = Event::decode(&bytes).unwrap();
    let keys = Keys::of(Position::ZERO, &event);
    let mut builder = ColumnsBuilder::new();
    append(&mut builder, &event, &keys);
    let batch = builder.finish().unwrap();
    let column = |key| Batch(&batch).text(text_column(key)).unwrap().value(0);
    assert_eq!(column(TextKey::EventName), "RunInstances");
    assert_eq!(column(TextKey::EventSource), "ec2.amazonaws.com");
    let back: Value = serde_json::from_str(&Rows::of(&batch).unwrap().text(0)).unwrap();
    assert_eq!(back, serde_json::from_str::<Value>(event.text()).unwrap());
}

#[test]
fn what_came_through_a_channel_is_found_by_its_data_and_keeps_its_members() {
    let text = r#"{"eventTime":"2026-03-01T08:04:11Z","eventCategory":"ActivityAuditLog","eventType":"ActivityLog",
        "metadata":{"ingestionTime":"2026-03-01T08:04:12Z","channelARN":"arn:c"},
        "eventData":{"eventSource":"shop","eventName":"Sell","userIdentity":{"principalId":"carol"}}}"#;
    let bytes = admit(text);
    let event = Event::decode(&bytes).unwrap();
    let keys = Keys::of(Position::ZERO, &event);
    assert_eq!(keys.text(TextKey::Username), Some("carol"));
    let mut builder = ColumnsBuilder::new();
    append(&mut builder, &event, &keys);
    let batch = builder.finish().unwrap();
    let column = |key| Batch(&batch).text(text_column(key)).unwrap().value(0);
    assert_eq!(column(TextKey::EventName), "Sell");
    assert_eq!(column(TextKey::EventSource), "shop");
    let back: Value = serde_json::from_str(&Rows::of(&batch).unwrap().text(0)).unwrap();
    assert_eq!(back, serde_json::from_str::<Value>(event.text()).unwrap());
}

/// A member that CloudTrail knows, or one that it does not, with any value.
fn member() -> impl Strategy<Value = (String, String)> {
    let known = prop::sample::select(crate::columns::MEMBERS.iter().collect::<Vec<_>>());
    let key = prop_oneof![
        4 => known.prop_map(|member| member.field.key().to_owned()),
        1 => any::<String>(),
    ];
    (key, json_value())
}

proptest! {
    #[test]
    fn what_was_sent_comes_back(members in prop::collection::vec(member(), 0..12)) {
        let taken = ["eventTime", "eventSource", "eventName", "eventID", "recipientAccountId"];
        let mut keys = std::collections::HashSet::from(taken.map(str::to_owned));
        let mut text = String::from(
            r#"{"eventTime":"2026-03-01T08:04:11Z","eventSource":"s3.amazonaws.com","eventName":"X""#,
        );
        for (key, value) in members {
            if keys.insert(key.clone()) {
                text.push_str(&format!(",{}:{value}", Value::from(key)));
            }
        }
        text.push('}');
        for (sent, back) in through_columns(&[text]) {
            let sent: Value = serde_json::from_str(&sent).unwrap();
            let back: Value = serde_json::from_str(&back).unwrap();
            prop_assert_eq!(sent, back);
        }
    }
}
