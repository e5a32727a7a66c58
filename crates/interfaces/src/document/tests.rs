#![allow(clippy::unwrap_used, reason = "tests")]

use super::{DOCUMENT_BYTES_MAX, Fault, Problem, lines, load};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::fmt::Write;

fn check(text: &str, expected: Value) {
    assert_eq!(load(text).unwrap(), expected, "{text}");
}

fn fault(text: &str) -> Fault {
    load(text).unwrap_err()
}

#[test]
fn yaml_and_json_make_the_same_tree() {
    let expected = json!({"a": ["x", 1, true, null, "yes", "007", 1.5], "b": {"c": "d: e"}, "200": {}});
    check("a: [x, 1, true, ~, yes, '007', 1.5]\nb:\n  c: 'd: e'\n200: {}\n", expected.clone());
    check(r#"{"a": ["x", 1, true, null, "yes", "007", 1.5], "b": {"c": "d: e"}, "200": {}}"#, expected);
    check("\u{feff} \n{\"smile\": \"\\ud83d\\ude00\"}", json!({"smile": "😀"}));
    check("a: !!str 12\nb: 0x1F\nc: 007\nd: .inf", json!({"a": "12", "b": "0x1F", "c": "007", "d": ".inf"}));
}

#[test]
fn aliases_repeat_and_merge_keys_add_what_is_not_there() {
    check(
        "base: &b {x: 1, y: 2}\nlist: [*b]\nmap: {<<: *b, y: 3}\nmany: {<<: [{y: 4}, *b]}",
        json!({"base": {"x": 1, "y": 2}, "list": [{"x": 1, "y": 2}], "map": {"y": 3, "x": 1}, "many": {"y": 4, "x": 1}}),
    );
    assert!(matches!(fault("a: {<<: 7}").problem, Problem::Expected(_)));
}

#[test]
fn what_blows_up_or_nests_too_deep_is_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        writeln!(bomb, "a{level}: &a{level} [{}]", [before.as_str(); 10].join(", ")).unwrap();
    }
    assert_eq!(fault(&bomb).problem, Problem::TooManyAliases);
    let long = format!("a: &a {}\nb: [{}]", "x".repeat(1 << 20), vec!["*a"; 100].join(", "));
    assert_eq!(fault(&long).problem, Problem::TooManyAliases);
    assert!(matches!(fault("a: &a [*a]").problem, Problem::NotYaml(_)));
    assert_eq!(fault(&"- ".repeat(200)).problem, Problem::TooDeep);
    assert!(load(&format!("a: {}{}", "[".repeat(100_000), "]".repeat(100_000))).is_err());
    assert!(load(&format!("{}{}", "{\"a\":".repeat(100_000), "}".repeat(100_000))).is_err());
    assert_eq!(fault(&" ".repeat(DOCUMENT_BYTES_MAX + 1)).problem, Problem::TooLong);
}

#[test]
fn faults_of_syntax_name_their_line() {
    let duplicate = fault("a: 1\nb: 2\na: 3\n");
    assert_eq!((duplicate.line, duplicate.problem), (Some(3), Problem::DuplicateKey("a".to_owned())));
    assert_eq!(fault("a: 1\nb: [\n").line, Some(3));
    assert_eq!(fault("{\"a\": 1,\n \"b\" 2}").line, Some(2));
    assert!(matches!(fault("a: 1\n---\nb: 2\n").problem, Problem::Expected("one document")));
    assert!(matches!(fault("").problem, Problem::NotOpenApi));
    assert!(matches!(fault("? [a]\n: b").problem, Problem::Expected("a text as key")));
}

#[test]
fn pointers_find_their_lines() {
    let text = "a:\n  x/y:\n    - p\n    - q: 1\n      r~: 2\nb: 3\n";
    let check = |pointer, line| assert_eq!(lines::line_of(text, pointer), line, "{pointer}");
    check("/a", Some(1));
    check("/a/x~1y", Some(2));
    check("/a/x~1y/0", Some(3));
    check("/a/x~1y/1/r~0", Some(5));
    check("/b", Some(6));
    check("/b/absent", Some(6));
    check("/a/absent", Some(1));
    check("", None);
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "[\\[\\]{}:,&*a<|>!%'\"#?\\- \n\t1é]{0,200}", pointer in "(/[a-z0-9~]{0,3}){0,4}") {
        let _ = load(&text);
        let _ = lines::line_of(&text, &pointer);
    }

    #[test]
    fn json_read_as_yaml_is_the_same(value in value()) {
        let text = serde_json::to_string_pretty(&value).unwrap();
        prop_assert_eq!(super::yaml::load(&text).unwrap(), value);
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[ -~é]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map("[a-z/~ ]{0,6}", inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
