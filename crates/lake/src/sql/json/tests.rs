#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::sql::values::show;
use datafusion::arrow::array::Array;

const JSON: &str = r#"{"a":{"b c":[10,{"d":"x\"y"}]},"A":null,"n":1.50}"#;

fn find(path: &str) -> Option<&'static str> {
    Path::parse(path).unwrap().find(JSON)
}

#[test]
fn paths_find_values() {
    assert_eq!(find("$"), Some(JSON));
    assert_eq!(find("$.a[\"b c\"][0]"), Some("10"));
    assert_eq!(find("$.a['b c'][1].d"), Some(r#""x\"y""#));
    assert_eq!(find("$.A"), Some("null"));
    assert_eq!(find("$.a.b"), None);
    assert_eq!(find("$.n[0]"), None);
    assert_eq!(find("$.a['b c'][7]"), None);
}

#[test]
fn what_is_no_path_is_refused() {
    for text in ["", "a", "$a", "$.", "$[", "$['a'", "$[x]", "$.*", "$..a"] {
        assert_eq!(Path::parse(text), None, "{text}");
    }
}

#[test]
fn members_of_structs_are_found_in_any_case() {
    assert_eq!(Path::members(&["N"]).find(JSON), Some("1.50"));
}

fn shown(rows: &[Option<&str>], to: &DataType) -> Vec<Option<String>> {
    let array = decode(rows, to, Misfit::Null).unwrap();
    assert_eq!(array.data_type(), to);
    (0..array.len()).map(|row| show(&array, row)).collect()
}

fn check(rows: &[&str], to: DataType, expected: &[Option<&str>]) {
    let rows: Vec<Option<&str>> = rows.iter().copied().map(Some).collect();
    let expected: Vec<_> = expected.iter().map(|text| text.map(str::to_owned)).collect();
    assert_eq!(shown(&rows, &to), expected, "{to}");
}

#[test]
fn texts_become_values_of_any_type() {
    check(
        &["1", "\"2\"", "3.7", "true", "null"],
        DataType::Int64,
        &[Some("1"), Some("2"), Some("4"), None, None],
    );
    check(&["true", "\"false\"", "1"], DataType::Boolean, &[Some("true"), Some("false"), None]);
    check(&["\"a\\nb\"", "{\"x\": 1}", "null"], DataType::Utf8, &[Some("a\nb"), Some("{\"x\": 1}"), None]);
    check(&["\"2026-01-05T13:51:00Z\"", "\"x\""], types::time(), &[Some("2026-01-05 13:51:00.000"), None]);
    check(&["[1,null]", "[]", "1"], types::list(DataType::Int64), &[Some("[1, null]"), Some("[]"), None]);
    check(&["{\"a\":1,\"b\":[2]}", "{}", "[]"], types::text_map(), &[Some("{a=1, b=[2]}"), Some("{}"), None]);
    let structure = types::structure([("arn", DataType::Utf8), ("n", DataType::Int32)]);
    check(&["{\"ARN\":\"x\"}", "7"], structure, &[Some("{arn=x, n=null}"), None]);
}

#[test]
fn a_strict_cast_says_what_does_not_fit() {
    let error = decode(&[Some("{}")], &DataType::Int64, Misfit::Error).unwrap_err();
    assert!(error.to_string().contains("Cannot cast JSON '{}' to bigint"), "{error}");
}

#[test]
fn only_json_is_walked() {
    assert_eq!(checked(" [1] "), Some("[1]"));
    for text in ["", "}", "[1,}", "{\"a\"}", "x"] {
        assert_eq!(checked(text), None, "{text}");
    }
}
