#![allow(clippy::unwrap_used, reason = "tests")]

use super::{BYTES_MAX, load};
use crate::fault::{Mark, Problem};
use proptest::prelude::*;
use serde_json::{Value, json};

fn check(text: &str, expected: Value) {
    assert_eq!(load(text).unwrap().json(), expected, "{text}");
}

fn fault(text: &str) -> (usize, usize, Problem) {
    let fault = load(text).unwrap_err();
    (fault.mark.line, fault.mark.column, fault.problem)
}

#[test]
fn yaml_and_json_make_the_same_tree() {
    let expected = json!({"a": ["x", 1, true, null, "yes", "007", 1.5], "b": {"c": "d: e"}});
    check("a: [x, 1, true, ~, yes, '007', 1.5]\nb:\n  c: 'd: e'\n", expected.clone());
    check(r#"{"a": ["x", 1, true, null, "yes", "007", 1.5], "b": {"c": "d: e"}}"#, expected);
    check("\u{feff} \n{\"smile\": \"\\ud83d\\ude00\"}", json!({"smile": "😀"}));
    check(
        "date: 2012-10-17\naccount: 000000000000",
        json!({"date": "2012-10-17", "account": "000000000000"}),
    );
}

#[test]
fn short_forms_are_the_long_ones() {
    check("a: !Ref x", json!({"a": {"Ref": "x"}}));
    check("a: !GetAtt Store.EventDataStoreArn", json!({"a": {"Fn::GetAtt": ["Store", "EventDataStoreArn"]}}));
    check("a: !GetAtt [Store, Status]", json!({"a": {"Fn::GetAtt": ["Store", "Status"]}}));
    check("a: !Join ['-', [a, !Ref b]]", json!({"a": {"Fn::Join": ["-", ["a", {"Ref": "b"}]]}}));
    check("a: !If [c, !Sub '${x}', 2]", json!({"a": {"Fn::If": ["c", {"Fn::Sub": "${x}"}, 2]}}));
    check("a: !And [!Condition b]", json!({"a": {"Fn::And": [{"Condition": "b"}]}}));
    check("a: !!str 12", json!({"a": "12"}));
}

#[test]
fn values_know_their_places() {
    let yaml = load("a:\n  b: [x,\n    y]\n").unwrap();
    let list = &yaml.map().unwrap()[0].value.map().unwrap()[0].value;
    assert_eq!(list.list().unwrap()[1].mark, Mark { line: 3, column: 5 });
    let json = load("{\"ä\": {\n  \"b\": [1, 2]}}").unwrap();
    let member = &json.map().unwrap()[0];
    assert_eq!((member.mark, member.value.mark), (Mark { line: 1, column: 2 }, Mark { line: 1, column: 7 }));
    let list = &member.value.map().unwrap()[0].value;
    assert_eq!(list.list().unwrap()[1].mark, Mark { line: 2, column: 12 });
}

#[test]
fn faults_of_syntax_name_line_and_column() {
    assert_eq!(fault("a: 1\nb: 2\na: 3\n"), (3, 1, Problem::DuplicateKey("a".to_owned())));
    assert_eq!(fault("{\"a\": 1,\n \"a\": 2}"), (2, 2, Problem::DuplicateKey("a".to_owned())));
    let (line, _, problem) = fault("{\"a\": 1,\n \"b\" 2}");
    assert!(line == 2 && matches!(problem, Problem::Syntax(_)), "{problem}");
    let (line, _, problem) = fault("a: 1\nb: [\n");
    assert!(line == 3 && matches!(problem, Problem::Syntax(_)), "{problem}");
    assert_eq!(fault("a: &x 1\nb: *x\n"), (2, 4, Problem::Alias));
    assert_eq!(fault("a:\n  <<: {}\n"), (2, 3, Problem::Alias));
    assert_eq!(fault("a: 1\n---\nb: 2\n").2, Problem::Expected("one document"));
    assert_eq!(fault("").2, Problem::Expected("a template"));
    assert_eq!(fault("? [a]\n: b").2, Problem::Expected("a text as key"));
    assert_eq!(fault(&"- ".repeat(200)).2, Problem::TooDeep);
    assert_eq!(fault(&format!("{}1{}", "{\"a\":".repeat(110), "}".repeat(110))).2, Problem::TooDeep);
    assert_eq!(fault(&" ".repeat(BYTES_MAX + 1)).2, Problem::TooLong);
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "[\\[\\]{}:,&*a!R<|>%'\"#?\\- \n\t1é]{0,200}") {
        let _ = load(&text);
    }
}
