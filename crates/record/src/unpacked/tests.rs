#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use crate::testing::Sent;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write;

const TARGET: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.CreateTrail";

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn answered(status: u16, answer: impl AsRef<[u8]>) -> Sent {
    Sent::json("cloudtrail", TARGET, r#"{"Name":"t"}"#)
        .answer(status, answer)
        .answer_header("content-encoding", "gzip")
}

fn responses(sent: &Sent) -> (Option<Value>, Value) {
    let call = sent.outcome().call;
    let additional = call.additional_event_data.unwrap_or_default();
    (call.response_elements, additional["cairn"]["responseBody"].clone())
}

#[test]
fn a_packed_answer_is_recorded_as_a_plain_one() {
    let answer = r#"{"Name":"t"}"#;
    assert_eq!(responses(&answered(200, packed(answer))), (Some(json!({"name": "t"})), Value::Null));
    let in_two = [packed(r#"{"Name":"#), packed(r#""t"}"#)].concat();
    assert_eq!(responses(&answered(200, in_two)), (Some(json!({"name": "t"})), Value::Null));
}

#[test]
fn a_packed_error_keeps_its_code() {
    let body = packed(r#"{"__type":"TrailAlreadyExistsException","message":"m"}"#);
    assert_eq!(answered(400, body).outcome().failure.unwrap().code, "TrailAlreadyExistsException");
}

#[test]
fn a_packed_request_tells_its_parameters() {
    let sent = Sent::json("cloudtrail", TARGET, "")
        .header("content-encoding", "GZIP")
        .body(packed(r#"{"Name":"t"}"#));
    assert_eq!(sent.outcome().call.request_parameters.unwrap(), json!({"name": "t"}));
}

#[test]
fn what_is_not_packed_as_it_says_is_unreadable() {
    assert_eq!(responses(&answered(200, r#"{"Name":"t"}"#)), (None, json!("unreadable")));
    let whole = packed(r#"{"Name":"t"}"#);
    assert_eq!(responses(&answered(200, &whole[..whole.len() - 9])), (None, json!("unreadable")));
}

#[test]
fn a_small_body_that_would_fill_the_memory_is_read_in_part() {
    let bomb = packed(&format!(r#"{{"Name":"t","S3KeyPrefix":"{}"}}"#, "x".repeat(64 << 20)));
    assert!(bomb.len() < 100_000);
    let sent = answered(200, bomb);
    let unpacked = Unpacked::of(&sent.recognized(), &sent.observed());
    assert_eq!(unpacked.answer.unwrap().start.len(), 4 << 20);
    assert_eq!(responses(&sent), (Some(json!({"name": "t"})), json!("cut")));
}

#[test]
fn an_object_is_not_unpacked() {
    let sent =
        Sent::new("s3", "GET", "/b/k").answer(200, packed("x")).answer_header("content-encoding", "gzip");
    assert!(Unpacked::of(&sent.recognized(), &sent.observed()).answer.is_none());
}

#[test]
fn of_a_packed_form_the_start_is_read_however_it_ends() {
    let text = "Action=CreateUser&Version=2010-05-08";
    let mut headers = HeaderMap::new();
    let start = |headers: &HeaderMap, packed: &[u8], max| unpacked_start(headers, packed, max);
    assert_eq!(start(&headers, &packed(text), 100), None);
    headers.insert(CONTENT_ENCODING, "GZIP".parse().unwrap());
    assert_eq!(start(&headers, &packed(text), 100).unwrap(), text.as_bytes());
    assert_eq!(start(&headers, &packed(text), 6).unwrap(), b"Action");
    let damaged = [&packed(text)[..], b"no gzip"].concat();
    assert_eq!(start(&headers, &damaged, 100).unwrap(), text.as_bytes());
    assert_eq!(start(&headers, text.as_bytes(), 100), None);
}
