#![allow(clippy::unwrap_used, reason = "tests")]
use super::{content_hash, write_canonical};

fn check(raw: &str, expected: &str) {
    let mut out = Vec::new();
    write_canonical(raw, &mut out);
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn white_space_key_order_and_escapes_do_not_matter() {
    check(
        "{ \"b\" : [ 1 , \"x\" , {\"d\":null,\"c\":true} ] ,\n \"a\" : \"\\u0041\\/\\u00e9\" }",
        r#"{"a":"A/é","b":[1,"x",{"c":true,"d":null}]}"#,
    );
    check(r#"{"\u0061":1,"B":2}"#, r#"{"B":2,"a":1}"#);
    check("[ ]", "[]");
    check("{ }", "{}");
}

#[test]
fn numbers_stay_as_received() {
    check("[1.0, 1e3, -0, 12345678901234567890]", "[1.0,1e3,-0,12345678901234567890]");
}

#[test]
fn control_characters_take_their_shortest_escape() {
    check(r#""\u000a\u0000\u001f\u007f""#, "\"\\n\\u0000\\u001f\u{7f}\"");
}

#[test]
fn equal_contents_have_equal_hashes_and_others_not() {
    assert_eq!(content_hash(r#"{"a":1,"b":2}"#), content_hash(r#"{"b": 2, "a": 1}"#));
    assert_ne!(content_hash(r#"{"a":1}"#), content_hash(r#"{"a":1.0}"#));
}

#[test]
fn what_came_through_a_channel_is_the_same_whenever_it_was_taken() {
    let sent = |category: &str, at: &str, channel: &str, data: &str| {
        let metadata = format!(r#"{{"ingestionTime":"{at}","channelARN":"{channel}"}}"#);
        content_hash(&format!(r#"{{"eventCategory":"{category}","metadata":{metadata},"eventData":{data}}}"#))
    };
    let first = sent("ActivityAuditLog", "2026-03-01T08:04:11Z", "c", "{}");
    assert_eq!(first, sent("ActivityAuditLog", "2026-03-01T08:04:12Z", "c", "{}"));
    assert_ne!(first, sent("ActivityAuditLog", "2026-03-01T08:04:11Z", "d", "{}"));
    assert_ne!(first, sent("ActivityAuditLog", "2026-03-01T08:04:11Z", "c", "[]"));
    assert_ne!(sent("Data", "1", "c", "{}"), sent("Data", "2", "c", "{}"));
}

#[test]
fn what_was_known_beside_an_event_is_not_its_content() {
    let plain = content_hash(r#"{"a":1,"b":{"eventContext":1}}"#);
    assert_eq!(plain, content_hash(r#"{"eventContext":{"tagContext":{}},"a":1,"b":{"eventContext":1}}"#));
    assert_ne!(plain, content_hash(r#"{"a":1,"b":{"eventContext":2}}"#));
}
