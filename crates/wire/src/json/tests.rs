#![allow(clippy::unwrap_used, reason = "tests")]

use super::{DEPTH_MAX, object};

fn nested(depth: usize) -> String {
    // The object itself is the first level.
    format!("{{\"a\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1))
}

#[track_caller]
fn refused(body: &[u8], why: &str) {
    let message = object(body).unwrap_err().to_string();
    assert!(message.contains(why), "{message}");
}

#[test]
fn an_empty_body_is_an_empty_object() {
    assert!(object(b"").unwrap().is_empty());
    assert!(object(b" \r\n").unwrap().is_empty());
    assert!(object(b"{}").unwrap().is_empty());
}

#[test]
fn values_come_out_as_they_went_in() {
    let text = r#"{"b":[1,-2.50,1e+400,true,null,"é\u0000"],"a":{"c":18446744073709551616}}"#;
    let object = object(text.as_bytes()).unwrap();
    let again = serde_json::to_string(&object).unwrap();
    assert_eq!(again, text);
}

#[test]
fn a_key_twice_is_refused_at_any_depth_and_in_any_spelling() {
    refused(br#"{"a":1,"a":2}"#, "twice");
    refused(br#"{"x":[{"a":1,"b":{},"a":2}]}"#, "twice");
    refused(br#"{"a":1,"\u0061":2}"#, "twice");
    object(br#"{"a":{"a":{"A":1}}}"#).unwrap();
}

#[test]
fn nesting_has_a_bound() {
    object(nested(DEPTH_MAX).as_bytes()).unwrap();
    refused(nested(DEPTH_MAX + 1).as_bytes(), "nested deeper than 64");
    refused("[".repeat(1 << 20).as_bytes(), "nested deeper than 64");
}

#[test]
fn what_is_no_json_object_is_refused() {
    refused(b"[]", "not a JSON object");
    refused(b"3", "not a JSON object");
    refused(b"\"text\"", "not a JSON object");
    refused(b"{", "not valid JSON");
    refused(b"{} {}", "trailing");
    refused(b"{\"a\":\"\xff\"}", "not valid JSON");
    refused(br#"{"a":"\ud800"}"#, "not valid JSON");
    refused(b"{\"a\":01}", "not valid JSON");
}

#[test]
fn the_parsers_own_key_for_numbers_does_no_harm() {
    let key = "$serde_json::private::Number";
    let text = format!(r#"{{"a":{{"{key}":"12"}}}}"#);
    assert!(object(text.as_bytes()).unwrap()["a"].is_number());
    refused(format!(r#"{{"a":{{"{key}":"x"}}}}"#).as_bytes(), "no number");
    refused(format!(r#"{{"a":{{"{key}":"1","b":2}}}}"#).as_bytes(), "a number with members");
    object(format!(r#"{{"b":1,"{key}":"12"}}"#).as_bytes()).unwrap();
}
