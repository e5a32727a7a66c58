#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn statements_are_told_by_their_first_word() {
    for (statement, expected) in [
        ("SELECT * FROM history", Asked::Events),
        ("  -- a comment\n(select 1 FROM history)", Asked::Events),
        ("WITH a AS (SELECT 1) SELECT * FROM a", Asked::Events),
        ("EXPLAIN SELECT 1", Asked::Events),
        ("SELECT c.relname FROM pg_catalog.pg_class c", Asked::Catalog),
        ("select table_name from information_schema.tables", Asked::Catalog),
        ("SELECT version()", Asked::Catalog),
        ("SELECT 'pg_class' FROM history", Asked::Events),
        ("START TRANSACTION", Asked::Begin),
        ("COMMIT", Asked::End("COMMIT")),
        ("ROLLBACK", Asked::End("ROLLBACK")),
        ("ROLLBACK TO SAVEPOINT a", Asked::Nothing("ROLLBACK")),
        ("set extra_float_digits = 3", Asked::Set),
        ("SHOW server_version", Asked::Show),
        ("DELETE FROM history", Asked::Writes),
        ("CREATE TABLE x (y int)", Asked::Writes),
        ("COPY history TO STDOUT", Asked::Writes),
    ] {
        assert_eq!(asked(statement), expected, "{statement}");
    }
}

#[test]
fn values_stand_where_parameters_stood() {
    let values = [text("it's $2"), Value::Literal("7".to_owned()), text("10")];
    let filled = fill("SELECT '$1' FROM x WHERE a = $1 AND b > $2 LIMIT $3", &values).unwrap();
    assert_eq!(filled.text, "SELECT '$1' FROM x WHERE a = 'it''s $2' AND b > 7 LIMIT 10");
    assert_eq!(fill("SELECT $2", &[text("one")]), None);
    assert_eq!(fill("SELECT $0", &[text("one")]), None);
    assert_eq!(parameters("SELECT $2, '$9', $1"), 2);
}

#[test]
fn a_text_cannot_leave_its_quotes() {
    for value in ["' OR 1=1 --", "''", "\\'", "a\nb", "1; SELECT"] {
        let filled = fill("SELECT $1, 2", &[text(value)]).unwrap();
        let words = words(&filled.text);
        let values: Vec<String> = words.iter().map(Piece::value).collect();
        assert_eq!(values, ["select", value, ",", "2"], "{value}");
    }
    assert_eq!(fill("LIMIT $1", &[text("1; x")]).unwrap().text, "LIMIT '1; x'");
}

#[test]
fn places_are_those_of_the_text_that_was_sent() {
    let sent = "SELECT $1,\n$2, nowhere";
    let filled = fill(sent, &[text("a long text"), text("b")]).unwrap();
    let column = filled.text.lines().nth(1).unwrap().find("nowhere").unwrap() as u64 + 1;
    let position = filled.position(2, column).unwrap();
    assert_eq!(&sent[position - 1..], "nowhere");
    // A place inside of a value is that of its parameter.
    assert_eq!(filled.position(1, 12), Some(8));
    assert_eq!(Filled::of("SELECT x").position(1, 8), Some(8));
    assert_eq!(Filled::of("SELECT x").position(0, 8), None);
}

#[test]
fn options_are_settings() {
    let expected = [("statement_timeout".to_owned(), "5s".to_owned()), ("x".to_owned(), "a b".to_owned())];
    assert_eq!(options("-c statement_timeout=5s  --x=a\\ b"), expected);
    assert_eq!(options("-c geqo=off -cx=1").len(), 2);
    assert_eq!(options(""), []);
}
