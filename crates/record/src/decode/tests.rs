#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use crate::testing::operation;
use proptest::prelude::*;
use serde_json::json;

/// Members by their names.
fn named(members: Members) -> Value {
    Value::Object(members.into_iter().map(|(member, value)| (member.name().to_owned(), value)).collect())
}

fn of_query(service: &str, name: &str, form: &str) -> Value {
    named(form::members(operation(service, name).input().unwrap(), form.as_bytes()).0)
}

#[test]
fn forms_tell_lists_maps_and_structures_apart_by_their_shapes() {
    let form =
        "Filters.Filter.2.Name=b&Filters.Filter.1.Name=a&Filters.Filter.1.Values.Value.1=x&MaxRecords=20";
    assert_eq!(
        of_query("rds", "DescribeDBInstances", form),
        json!({"Filters": [{"Name": "a", "Values": ["x"]}, {"Name": "b"}], "MaxRecords": 20})
    );
    let form = "Name=t&Attributes.entry.1.key=DisplayName&Attributes.entry.1.value=a%26b";
    assert_eq!(
        of_query("sns", "CreateTopic", form),
        json!({"Name": "t", "Attributes": {"DisplayName": "a&b"}})
    );
    let form = "Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1&Filter.1.Value.2=vpc-2&DryRun=false";
    assert_eq!(
        of_query("ec2", "DescribeSubnets", form),
        json!({"Filters": [{"Name": "vpc-id", "Value": ["vpc-1", "vpc-2"]}], "DryRun": false})
    );
}

#[test]
fn a_form_that_was_made_to_fill_the_memory_is_read_in_part() {
    let input = operation("rds", "DescribeDBInstances").input().unwrap();
    let read = |form: &str| form::members(input, form.as_bytes());
    let deep = format!("{}=1&MaxRecords=20", ["a"; 17].join("."));
    let (members, reading) = read(&deep);
    assert_eq!((named(members), reading), (json!({"MaxRecords": 20}), Reading::Cut));
    assert_eq!(read(&deep.replacen("a.", "", 1)).1, Reading::Whole);

    let wide = |nodes: usize| (1..nodes).map(|place| format!("x{place}=&")).collect::<String>();
    assert_eq!(read(&format!("{}MaxRecords=20", wide(20_000))).1, Reading::Whole);
    let (members, reading) = read(&format!("Marker=m&{}MaxRecords=20", wide(20_000)));
    assert_eq!((named(members), reading), (json!({"Marker": "m"}), Reading::Cut));
}

#[test]
fn text_that_is_none_of_its_kind_is_told_as_it_was_sent() {
    assert_eq!(
        of_query("rds", "DescribeDBInstances", "MaxRecords=many&Marker=%ff"),
        json!({"MaxRecords": "many", "Marker": "\u{fffd}"})
    );
}

#[test]
fn what_is_cut_off_json_is_read_up_to_its_last_complete_value() {
    let read = |text: &str| json::read_start(text.as_bytes());
    assert_eq!(read(r#"{"a":1,"b":"x"#), Some(json!({"a": 1})));
    assert_eq!(read(r#"{"a":[1,{"b":"}\"]","c"#), Some(json!({"a": [1, {"b": "}\"]"}]})));
    assert_eq!(read(r#"{"a":{"#), Some(json!({"a": {}})));
    assert_eq!(read(r#"{"a":{}}"#), Some(json!({"a": {}})));
    assert_eq!(read("{"), Some(json!({})));
    assert_eq!(read("]"), None);
    assert_eq!(read(&"[".repeat(1000)), None);
}

#[test]
fn cbor_is_read_with_indefinite_lengths_tags_and_halves() {
    let check = |bytes: &[u8], expected: Option<Value>| assert_eq!(cbor::read(bytes).ok(), expected);
    check(&[0xbf, 0x61, b'a', 0x9f, 0x01, 0x20, 0xff, 0xff], Some(json!({"a": [1, -1]})));
    check(&[0xc1, 0x1a, 0x64, 0xab, 0xf4, 0x69], Some(json!(1_688_990_825)));
    check(&[0x7f, 0x61, b'a', 0x61, b'b', 0xff], Some(json!("ab")));
    check(&[0xf9, 0x3e, 0x00], Some(json!(1.5)));
    check(&[0x43, 1, 2, 3], Some(Value::Null));
    check(&[0xf5], Some(json!(true)));
    // Lengths that are not there, and nesting without end.
    check(&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], None);
    check(&[0x7b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], None);
    check(&[0x81; 500], None);
    check(&[], None);
}

#[test]
fn xml_is_read_without_namespaces_and_refused_when_deep() {
    let root = Element::read(b"<a:b xmlns:a='u' c='&lt;'>x&amp;<![CDATA[<y>]]><a:d/></a:b>").unwrap();
    assert_eq!((root.name.as_str(), root.text.as_str()), ("b", "x&<y>"));
    assert_eq!(root.attributes, [("xmlns:a".into(), "u".into()), ("c".to_owned(), "<".to_owned())]);
    assert_eq!(root.children.len(), 1);
    let deep = "<a>".repeat(100);
    assert!(Element::read(deep.as_bytes()).is_err());
    assert!(Element::read(b"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>").is_err());
}

#[test]
fn a_service_of_several_protocols_is_read_in_the_one_that_is_spoken() {
    let alarms = operation("cloudwatch", "DeleteAlarms");
    let spoken_with = |name: &'static str, value: &'static str| {
        let name = http::HeaderName::from_static(name);
        let headers = HeaderMap::from_iter([(name, http::HeaderValue::from_static(value))]);
        spoken(alarms, &headers)
    };
    assert_eq!(spoken_with("smithy-protocol", "rpc-v2-cbor"), Protocol::RpcV2Cbor);
    assert!(spoken_with("x-amz-target", "GraniteServiceVersion20100801.DeleteAlarms").is_json());
    assert_eq!(spoken_with("content-type", "application/x-www-form-urlencoded"), Protocol::Query);
}

proptest! {
    #[test]
    fn no_bytes_make_a_decoder_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = cbor::read(&bytes);
        let _ = Element::read(&bytes);
        let _ = json::read_start(&bytes);
        let _ = form::members(operation("ec2", "RunInstances").input().unwrap(), &bytes);
    }

    #[test]
    fn every_start_of_a_document_is_read(cut in 0usize..60) {
        let whole = r#"{"a":[1,"x",{"b":null}],"c":{"d":"e\\\"f"},"g":true}"#;
        let start = &whole.as_bytes()[..cut.min(whole.len())];
        prop_assert!(start.is_empty() || json::read_start(start).is_some());
    }
}
