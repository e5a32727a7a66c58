use super::{Body, HIDDEN, Secrets, body, query};
use crate::schema::Schemas;
use serde_json::{Value, json};

fn check_query(text: &str, expected: Value) {
    let shown = query(text, |name| name == "key" || name.starts_with("key["));
    assert_eq!(shown.unwrap_or_default(), expected, "{text}");
}

fn check_body(given: Body<'_>, expected: Value) {
    assert_eq!(body(given, &Secrets::default(), &Schemas::default()).unwrap_or_default(), expected);
}

#[test]
fn a_query_parameter_stands_once_or_as_a_list() {
    check_query("a=1&b=x%20y+z&a=2&a=3&c", json!({"a": ["1", "2", "3"], "b": "x y z", "c": ""}));
    check_query("&&", Value::Null);
    check_query("%ff=%zz", json!({"\u{fffd}": "%zz"}));
}

#[test]
fn secrets_of_a_query_are_hidden_however_they_are_written() {
    check_query("KEY=1&k%65y=2&key[a]=3", json!({"KEY": HIDDEN, "key": HIDDEN, "key[a]": HIDDEN}));
}

#[test]
fn a_body_is_recorded_if_it_is_small_whole_json() {
    let json_type = Some("application/json; charset=utf-8");
    check_body(Body::whole(json_type, b"{\"a\": 1}"), json!({"a": 1}));
    check_body(Body::whole(Some("application/merge-patch+JSON"), b"[1]"), json!([1]));
    check_body(Body::default(), Value::Null);
    let omitted = |size: u64, reason: &str| json!({"omitted": true, "originalSize": size, "reason": reason});
    check_body(Body::whole(json_type, b"{\"a\""), omitted(4, "body is not well-formed JSON"));
    check_body(Body::whole(Some("text/plain"), b"1"), omitted(1, "body is not JSON"));
    check_body(Body::whole(None, b"1"), omitted(1, "body is not JSON"));
    check_body(Body { size: 9, ..Body::whole(json_type, b"1") }, omitted(9, "body too large"));
    let long = format!("\"{}\"", "x".repeat(100 * 1024));
    check_body(Body::whole(json_type, long.as_bytes()), omitted(102_402, "body too large"));
    let deep = "[".repeat(50_000);
    check_body(Body::whole(json_type, deep.as_bytes()), omitted(50_000, "body is not well-formed JSON"));
}

#[test]
fn a_secret_body_is_hidden_whatever_it_is() {
    let secrets = Secrets { body: true, ..Secrets::default() };
    let shown = body(Body::whole(Some("text/plain"), b"secret"), &secrets, &Schemas::default());
    assert_eq!(shown, Some(json!(HIDDEN)));
}
