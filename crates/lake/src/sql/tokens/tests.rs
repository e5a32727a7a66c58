#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

const ID: &str = "0a1b2c3d-1e5f-4a6b-8c7d-9e0f1a2b3c4d";
const MASKED: &str = "eds_0a1b2c3d1e5f4a6b8c7d9e0f1a2b3c4d";

#[test]
fn uuids_become_words_of_the_same_length() {
    assert_eq!(MASKED.len(), ID.len());
    assert_eq!(mask_stores(&format!("SELECT * FROM {ID} x")), format!("SELECT * FROM {MASKED} x"));
    assert_eq!(mask_stores(&format!("FROM {ID};")), format!("FROM {MASKED};"));
    assert_eq!(mask_stores(ID), MASKED);
    assert_eq!(store(MASKED), Some(ID.parse().unwrap()));
}

#[test]
fn uuids_in_quotes_and_comments_and_longer_words_stay() {
    for text in [
        format!("'{ID}'"),
        format!("'it''s {ID}'"),
        format!("-- {ID}\n"),
        format!("/* {ID} */"),
        format!("x{ID}"),
        format!("{ID}a"),
        format!("{ID}-1"),
        "é' ".to_owned(),
        "'open".to_owned(),
    ] {
        assert_eq!(mask_stores(&text), text);
    }
}

#[test]
fn a_quoted_uuid_is_a_store_too() {
    let tokens = tokens(&format!("\"{ID}\"")).unwrap();
    assert!(matches!(&tokens.tokens[0].token, Token::Word(word) if word.value == MASKED));
}

#[test]
fn types_get_angle_brackets_and_calls_do_not() {
    let tokens = tokens("cast(f(x) as ARRAY (map(varchar, array(json))))").unwrap();
    let text: String = tokens.tokens.iter().map(ToString::to_string).collect();
    assert_eq!(text, "cast(f(x) as array <map(varchar, array<json>)>)");
}

#[test]
fn names_are_lower_case_and_remember_how_they_were_written() {
    let tokens = tokens("SELECT \"EventName\",\n  userIdentity").unwrap();
    let last = tokens.tokens.last().unwrap();
    assert!(matches!(&last.token, Token::Word(word) if word.value == "useridentity"));
    assert_eq!(tokens.names.written(last.span.start), Some("userIdentity"));
    assert_eq!(tokens.names.place_of("USERIDENTITY"), Some(Place { line: 2, column: 3 }));
    assert_eq!(tokens.names.place_of("eventname"), Some(Place { line: 1, column: 8 }));
}
