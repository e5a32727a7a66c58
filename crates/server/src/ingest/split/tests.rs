#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Piece, Split};

fn check(body: &str, expected: &[(u64, &str)]) {
    let found: Vec<(u64, String)> = Split::new(body.as_bytes())
        .map(|(line, piece)| match piece {
            Piece::Record(range) => (line, body[range].to_owned()),
            Piece::Broken(_) => (line, "broken".to_owned()),
        })
        .collect();
    let expected: Vec<_> = expected.iter().map(|(line, text)| (*line, (*text).to_owned())).collect();
    assert_eq!(found, expected, "{body}");
}

#[test]
fn lines_are_counted_with_empty_ones() {
    check("{\"a\":1}\n\n  \n{\"b\":2}\r\nnonsense", &[(1, "{\"a\":1}"), (4, "{\"b\":2}\r"), (5, "nonsense")]);
    check("", &[]);
    check("\n\n", &[]);
}

#[test]
fn elements_of_arrays_and_records_are_found() {
    check(" [ {\"a\":\"]\"} , 7,{}]", &[(1, "{\"a\":\"]\"}"), (2, "7"), (3, "{}")]);
    check("{ \"Records\" : [\n{\"a\":1},\n{\"b\":2}\n] }", &[(1, "{\"a\":1}"), (2, "{\"b\":2}")]);
    check("[]", &[]);
    check("{\"Records\":[]}", &[]);
}

#[test]
fn a_malformed_element_does_not_hide_the_next() {
    check("[{\"a\":},{\"b\":2}]", &[(1, "{\"a\":}"), (2, "{\"b\":2}")]);
}

#[test]
fn a_list_that_breaks_off_says_where() {
    check("[{\"a\":1},{\"b\":", &[(1, "{\"a\":1}"), (2, "broken")]);
    check("[{\"a\":1} {\"b\":2}]", &[(1, "{\"a\":1}"), (2, "broken")]);
    check("[{\"a\":1},", &[(1, "{\"a\":1}"), (2, "broken")]);
    check("[1,]", &[(1, "1"), (2, "broken")]);
    check("[", &[(1, "broken")]);
}

#[test]
fn an_object_without_records_is_a_line() {
    check("{\"eventTime\":\"x\"}", &[(1, "{\"eventTime\":\"x\"}")]);
}
