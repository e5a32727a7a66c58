#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use proptest::prelude::*;

fn check(statement: &str, parameters: &[&str], expected: &str) {
    let parameters: Vec<String> = parameters.iter().map(|value| (*value).to_owned()).collect();
    assert_eq!(fill(statement, &parameters).unwrap(), expected);
}

#[test]
fn places_are_filled_in_order() {
    check("SELECT ? LIMIT ?", &["a", "5"], "SELECT 'a' LIMIT 5");
    check("t > '?' AND t < '?'", &["2026-01-01 00:00:00", "5"], "t > '2026-01-01 00:00:00' AND t < '5'");
    let store = "0a7b4c3e-0000-4000-8000-000000000001";
    check("FROM ? x", &[store], &format!("FROM {store} x"));
    check("DATE_TRUNC('?', t)", &["hour"], "DATE_TRUNC('hour', t)");
}

#[test]
fn texts_and_comments_have_no_places() {
    for statement in ["LIKE '%?%'", "'a''?'", "-- ?\n", "/* ? */", "\"?\"", "''"] {
        assert_eq!(places(statement).len(), 0, "{statement}");
        check(statement, &[], statement);
    }
    assert_eq!(places("/* ? */ '?' -- ?\n ?").len(), 2);
}

#[test]
fn without_parameters_a_statement_stays_as_it_is() {
    check("SELECT ?", &[], "SELECT ?");
}

#[test]
fn there_are_as_many_parameters_as_places() {
    let many = fill("'?'", &["a".to_owned(), "b".to_owned()]);
    assert_eq!(many, Err(StatementError::TooManyParameters { places: 1, parameters: 2 }));
    let few = fill("? ?", &["a".to_owned()]);
    assert_eq!(few, Err(StatementError::TooFewParameters { places: 2, parameters: 1 }));
}

proptest! {
    #[test]
    fn a_value_stays_one_value(value in "[a'\"?\\-/* 0-9]{0,12}") {
        for (statement, before) in [("'?' , end", ""), ("x = ? , end", "x = ")] {
            let filled = fill(statement, std::slice::from_ref(&value)).unwrap();
            let text = filled.strip_prefix(before).unwrap().strip_suffix(" , end").unwrap();
            if !is_plain(text) {
                prop_assert!(text.starts_with('\'') && quoted(text, '\'') == text.len(), "{}", filled);
                prop_assert_eq!(text[1..text.len() - 1].replace("''", "'"), value.as_str());
            }
        }
    }
}
