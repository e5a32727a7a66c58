#![allow(clippy::unwrap_used, reason = "tests")]

use super::{JsonError, Scanner, Visit, elements, members, string, value_end, write_string};
use proptest::prelude::*;
use std::ops::Range;

struct Nobody;

impl Visit for Nobody {
    type Place = ();
    fn enter(&mut self, (): (), _: &str, _: Range<usize>) -> Option<()> {
        Some(())
    }
    fn leave(&mut self, (): (), _: &str, _: Range<usize>, _: Range<usize>) {}
}

fn scan(text: &[u8]) -> Result<Range<usize>, JsonError> {
    Scanner::default().scan(super::text(text)?, (), &mut Nobody)
}

#[test]
fn takes_what_the_grammar_takes() {
    for text in [
        "{}",
        "[]",
        " 1 ",
        "-0.5e+10",
        "\"\\u00e9\\ud83d\\ude00\"",
        "[[],{\"a\":[null,true,false]}]",
        "{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}]}",
        "1E5",
        "\"\u{7f}\"",
    ] {
        assert!(scan(text.as_bytes()).is_ok(), "{text}");
    }
}

#[test]
fn what_stands_behind_the_first_value_is_not_looked_at() {
    let first = |text| Scanner::default().scan_first(text, (), &mut Nobody);
    assert_eq!(first(r#" {"a":[1]},{"a""#), Ok(1..10));
    assert!(first(r#"{"a":[1]"#).is_err());
}

#[test]
fn refuses_what_the_grammar_refuses() {
    for text in [
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "01",
        "1.",
        ".5",
        "+1",
        "1e",
        "nul",
        "\"\\x\"",
        "\"\n\"",
        "'a'",
        "{a:1}",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "\"\\u12\"",
        "[1 2]",
        "{\"a\" 1}",
        "1 2",
        "\"a",
        "NaN",
        "[\"a\\",
    ] {
        assert!(scan(text.as_bytes()).is_err(), "{text}");
    }
    assert_eq!(scan(b"\"\xff\""), Err(JsonError::NotUtf8));
}

#[test]
fn a_key_twice_is_refused_at_any_depth_and_in_any_spelling() {
    for text in [
        r#"{"a":1,"a":2}"#,
        r#"{"x":[{"deep":{"a":1,"b":2,"a":3}}]}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"{"longer than eight a":1,"longer than eight a":2}"#,
    ] {
        assert!(matches!(scan(text.as_bytes()), Err(JsonError::DuplicateKey { .. })), "{text}");
    }
    let wide: String = (0..1000).map(|n| format!("\"key{n}\":{n},")).collect();
    assert!(scan(format!("{{{wide}\"z\":0}}").as_bytes()).is_ok());
    assert!(scan(format!("{{{wide}\"key7\":0}}").as_bytes()).is_err());
}

#[test]
fn nesting_ends_at_the_limit() {
    let nest = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(scan(nest(128).as_bytes()).is_ok());
    assert!(matches!(scan(nest(129).as_bytes()), Err(JsonError::TooDeep { .. })));
    assert!(scan("[".repeat(10_000_000).as_bytes()).is_err());
}

#[test]
fn members_are_walked_in_order() {
    let raw = r#"{ "a" : 1 , "b\"}" : {"c":"]}"} ,"d":[1,{"e":","}], "f": null}"#;
    let found: Vec<_> = members(raw).collect();
    let expected =
        [("\"a\"", "1"), ("\"b\\\"}\"", "{\"c\":\"]}\"}"), ("\"d\"", "[1,{\"e\":\",\"}]"), ("\"f\"", "null")];
    assert_eq!(found, expected);
    assert_eq!(members("[1]").count(), 0);
}

#[test]
fn an_unfinished_value_has_no_end() {
    assert_eq!(value_end(b"{\"a\":\"}\"", 0), None);
    assert_eq!(value_end(b"[1,2] ,3", 0), Some(5));
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>()
            .prop_map(|n| serde_json::Number::from_f64(n).map_or(serde_json::Value::Null, Into::into)),
        ".*".prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
            prop::collection::hash_map(".{0,9}", inner, 0..8)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_serde_writes_is_taken(value in any_json()) {
        prop_assert!(scan(value.to_string().as_bytes()).is_ok());
        prop_assert!(scan(serde_json::to_string_pretty(&value).unwrap().as_bytes()).is_ok());
    }

    #[test]
    fn damaged_texts_are_judged_as_serde_judges_them(value in any_json(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut text = value.to_string().into_bytes();
        let at = at.index(text.len());
        text[at] = byte;
        let ours = scan(&text);
        let serde = serde_json::from_slice::<serde_json::Value>(&text);
        match ours {
            Ok(_) => prop_assert!(serde.is_ok()),
            Err(JsonError::DuplicateKey { .. }) => prop_assert!(serde.is_ok()),
            Err(_) => prop_assert!(serde.is_err()),
        }
    }

    #[test]
    fn random_bytes_never_panic(text in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = scan(&text);
        let _ = value_end(&text, 0);
    }

    #[test]
    fn strings_survive_writing_and_reading(text in ".*") {
        let mut raw = Vec::new();
        write_string(&mut raw, &text);
        let raw = String::from_utf8(raw).unwrap();
        prop_assert_eq!(string(&raw).unwrap(), text);
    }
}

#[test]
fn elements_come_in_order_with_their_raw_text() {
    let all = |raw| elements(raw).collect::<Vec<_>>();
    assert_eq!(all("[]"), Vec::<&str>::new());
    assert_eq!(all("{}"), Vec::<&str>::new());
    assert_eq!(all("[ ]"), Vec::<&str>::new());
    assert_eq!(
        all(r#"[1 , "a,]", {"b":[2]} ,[3,4],null]"#),
        ["1", r#""a,]""#, r#"{"b":[2]}"#, "[3,4]", "null"]
    );
}
