#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Kind, Pattern, Shape};
use crate::generated::shapes;

fn pattern(shape: &'static Shape) -> &'static Pattern {
    let Kind::String { pattern: Some(pattern), .. } = &shape.kind else {
        panic!("{} has a pattern", shape.name);
    };
    pattern
}

#[track_caller]
fn check(shape: &'static Shape, matching: &[&str], others: &[&str]) {
    let pattern = pattern(shape);
    for text in matching {
        assert!(pattern.matches(text), "{text:?} should match {}", pattern.text);
    }
    for text in others {
        assert!(!pattern.matches(text), "{text:?} should not match {}", pattern.text);
    }
}

#[test]
fn patterns_match_the_whole_text() {
    check(&shapes::UUID, &["0a-f", "11111111-2222-3333-4444-555555555555"], &["", "A", "0 ", "g"]);
    check(
        &shapes::EVENT_SOURCE,
        &["s3.amazonaws.com", "a.amazonaws.com"],
        &["amazonaws.com", ".amazonaws.com", "s3.amazonaws.comx", "s3xamazonaws.com"],
    );
    check(&shapes::QUERY_ALIAS, &["a", "aB.-_9"], &["", "1a", "-"]);
    check(&shapes::TIME_OF_DAY, &["00:00"], &["0:00", "00:000", "00:00\n"]);
    check(&shapes::SELECTOR_FIELD, &["resources.ARN", "a|b"], &["", "a b", "é"]);
    check(&shapes::OPERATOR_VALUE, &["x", "é\t"], &["", "a\nb"]);
    check(&shapes::QUERY_STATEMENT, &["", "SELECT\n1"], &[]);
    check(&shapes::PROMPT, &["a b\n~"], &["\t", "é"]);
    check(&shapes::DATA_EXTERNAL_ID, &["a/b:c@d+e=f,g."], &["a b"]);
}

#[test]
fn an_optional_group_may_be_absent() {
    let repeat = "a".repeat(61);
    let longest = format!("s3://b{repeat}c");
    let matching = ["s3://abc", "s3://abc/", "s3://a.c/x y", longest.as_str()];
    check(&shapes::DELIVERY_S3_URI, &matching, &["s3://ab", "s3://abcX", "s3://-bc", "abc", "s3://abc\n"]);
}
