use super::export_response;
use super::messages::{AnyKind, AnyValue, KeyValue, ListOfPairs, ListOfValues, LogRecord, Scope, Source};
use crate::otlp::tests::log_record;
use crate::tests::{outcomes, protobuf_outcomes};
use crate::{Encoding, Format, Outcome, Refusal};
use prost::Message;
use serde_json::json;

fn text(text: &str) -> Option<AnyValue> {
    Some(AnyValue { kind: Some(AnyKind::Text(text.to_owned())) })
}

fn attribute(key: &str, value: Option<AnyValue>) -> KeyValue {
    KeyValue { key: key.to_owned(), value }
}

fn any(kind: AnyKind) -> Option<AnyValue> {
    Some(AnyValue { kind: Some(kind) })
}

/// The same as [`log_record`].
fn message() -> LogRecord {
    let pairs = vec![attribute("customer", text("c-1")), attribute("password", text("canary"))];
    let list = ListOfValues { values: vec![text("canary").unwrap_or_default()] };
    LogRecord {
        time_unix_nano: 1_772_352_251_500_000_000,
        event_name: "invoice.created".to_owned(),
        severity_number: 9,
        trace_id: hex::decode("5b8efff798038103d269b633813fc60c").unwrap_or_default(),
        body: any(AnyKind::Pairs(ListOfPairs { values: pairs })),
        attributes: vec![
            attribute("user.id", text("u-17")),
            attribute("user.name", text("eve")),
            attribute("client.address", text("203.0.113.9")),
            attribute("user_agent.original", text("curl/8")),
            attribute("http.request.method", text("POST")),
            attribute("http.route", text("/invoices")),
            attribute("http.response.status_code", any(AnyKind::Integer(201))),
            attribute("http.request.header.authorization", any(AnyKind::List(list))),
        ],
        ..LogRecord::default()
    }
}

/// A field that holds a message.
fn field(number: u8, message: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2];
    prost::encode_length_delimiter(message.len(), &mut bytes).unwrap_or_default();
    bytes.extend_from_slice(message);
    bytes
}

fn request(records: &[Vec<u8>]) -> Vec<u8> {
    let source = Source { attributes: vec![attribute("service.name", text("billing"))], ..Source::default() };
    let scope = Scope { name: "audit".to_owned(), version: "1".to_owned(), ..Scope::default() };
    let records: Vec<u8> = records.iter().flat_map(|record| field(2, record)).collect();
    let scope_logs = [records, field(1, &scope.encode_to_vec())].concat();
    // The resource stands behind its logs: order means nothing.
    field(1, &[field(2, &scope_logs), field(1, &source.encode_to_vec()), vec![0x1a, 0]].concat())
}

#[test]
fn both_encodings_make_the_same_record() {
    let body = json!({"resourceLogs": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "billing"}}]},
        "scopeLogs": [{"scope": {"name": "audit", "version": "1"}, "logRecords": [log_record()]}],
    }]});
    let parse = |outcomes: Vec<(u64, Outcome)>| match outcomes.as_slice() {
        [(1, Outcome::Record(text))] => {
            let mut record: serde_json::Value = serde_json::from_slice(text).unwrap_or_default();
            // The order of members is another, and so is what is made of the content.
            record["eventID"].take();
            record
        }
        other => panic!("{other:?}"),
    };
    let from_json = parse(outcomes(Format::Otlp, body.to_string().as_bytes()));
    assert_eq!(parse(protobuf_outcomes(&request(&[message().encode_to_vec()]))), from_json);
}

#[test]
fn values_of_all_kinds_are_kept() {
    let mut message = message();
    message.attributes.extend([
        attribute("flag", any(AnyKind::Flag(true))),
        attribute("double", any(AnyKind::Double(0.5))),
        attribute("nan", any(AnyKind::Double(f64::NAN))),
        attribute("bytes", any(AnyKind::Bytes(vec![0xff]))),
        attribute("nothing", None),
    ]);
    let outcomes = protobuf_outcomes(&request(&[message.encode_to_vec()]));
    let [(_, Outcome::Record(record))] = outcomes.as_slice() else { panic!("{outcomes:?}") };
    let record: serde_json::Value = serde_json::from_slice(record).unwrap_or_default();
    let parameters = &record["requestParameters"];
    let found = ["flag", "double", "nan", "bytes", "nothing"].map(|name| parameters[name].clone());
    assert_eq!(json!(found), json!([true, 0.5, "NaN", "/w==", null]));
}

#[test]
fn a_damaged_record_takes_no_other_with_it_and_a_damaged_request_says_so() {
    let outcomes =
        protobuf_outcomes(&request(&[message().encode_to_vec(), vec![0x0a], message().encode_to_vec()]));
    assert!(matches!(
        outcomes.as_slice(),
        [(1, Outcome::Record(_)), (2, Outcome::Refused(Refusal::Not(_))), (3, Outcome::Record(_))]
    ));
    let mut cut = request(&[message().encode_to_vec()]);
    cut.pop();
    assert_eq!(protobuf_outcomes(&cut), [(1, Outcome::Refused(Refusal::BrokenOff))]);
    assert_eq!(protobuf_outcomes(&[]), []);
}

#[test]
fn answers_tell_what_was_refused() {
    assert_eq!(export_response(Encoding::Json, 0, ""), b"{}");
    assert!(export_response(Encoding::Protobuf, 0, "").is_empty());
    assert_eq!(
        export_response(Encoding::Json, 2, "no"),
        br#"{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"no"}}"#
    );
    assert_eq!(export_response(Encoding::Protobuf, 2, "no"), b"\x0a\x06\x08\x02\x12\x02no");
}
