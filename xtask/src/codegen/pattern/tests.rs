use super::{Repeat, parse};

fn one(class: &[(char, char)], min: u32, max: Option<u32>) -> Repeat {
    Repeat { class: class.to_vec(), min, max }
}

#[test]
fn a_class_is_sorted_and_joined() {
    let expect = one(&[('.', '.'), ('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'), ('|', '|')], 1, None);
    assert_eq!(parse(r"[\w|\d|\.|_]+"), Ok(vec![vec![expect]]));
}

#[test]
fn a_dash_at_the_end_of_a_class_is_itself() {
    let expect = one(&[('-', '-'), ('a', 'c')], 0, None);
    assert_eq!(parse("^[a-c-]*$"), Ok(vec![vec![expect]]));
}

#[test]
fn an_optional_group_becomes_two_alternatives() {
    let letter = one(&[('a', 'a')], 1, Some(1));
    let slash = one(&[('/', '/')], 1, Some(1));
    assert_eq!(parse("a(/)?"), Ok(vec![vec![letter.clone()], vec![letter, slash]]));
}

#[test]
fn a_dot_stops_at_lines_unless_told_otherwise() {
    let lines = parse(".").unwrap_or_default();
    assert!(lines[0][0].class.iter().all(|(from, to)| !(*from..=*to).contains(&'\n')));
    assert_eq!(parse("(?s).*"), Ok(vec![vec![one(&[('\0', char::MAX)], 0, None)]]));
}

#[test]
fn surrogate_pairs_are_one_character() {
    let expect = one(&[('\u{10000}', char::MAX)], 1, Some(1));
    assert_eq!(parse(r"[\uD800\uDC00-\uDBFF\uDFFF]"), Ok(vec![vec![expect]]));
}

#[test]
fn what_is_not_understood_is_refused() {
    for text in ["a|b", "[^a]", "(a)+", r"\p{L}", "a{x}", "[a"] {
        assert!(parse(text).is_err(), "{text}");
    }
}
