use super::{Found, Walk, member};
use crate::ORIGINAL_BYTES_MAX;
use std::ops::ControlFlow;

fn found(body: &str) -> Vec<String> {
    let mut all = Vec::new();
    Walk::new(&["items", "records"]).walk(body, &mut |found, around| {
        let depth = "/".repeat(around.len());
        all.push(match found {
            Found::Event(text) => format!("{depth}{text}"),
            Found::Refused(refusal) => {
                format!("<{}>", refusal.to_string().split(' ').next().unwrap_or_default())
            }
        });
        ControlFlow::Continue(())
    });
    all
}

fn check(body: &str, expected: &[&str]) {
    assert_eq!(found(body), expected, "{body}");
}

const BROKEN: &str = "<what>";
const MALFORMED: &str = "<malformed>";

#[test]
fn events_stand_one_a_line_or_behind_one_another() {
    check("{\"a\":1}\n\n{\"b\":2}\r\n", &["{\"a\":1}", "{\"b\":2}"]);
    check("{\"a\":1}{\"b\":2} {}", &["{\"a\":1}", "{\"b\":2}", "{}"]);
    check("{\n\"a\":1\n}\n{\n}\n", &["{\n\"a\":1\n}", "{\n}"]);
    check("", &[]);
    check(" \n", &[]);
}

#[test]
fn events_stand_in_lists_bare_or_wrapped() {
    check("[1, {\"a\":[2]} ,[3]]", &["1", "{\"a\":[2]}", "3"]);
    check("{\"kind\":\"EventList\",\"items\":[{},1],\"more\":[]}", &["/{}", "/1"]);
    check("{\"records\":[1]}\n{\"records\":\n[2]}", &["/1", "/2"]);
    check("[{\"records\":[1]},{\"items\":[{\"records\":[2]}]}]", &["/1", "//2"]);
    check("{\"items\":7}", &["{\"items\":7}"]);
}

#[test]
fn a_damaged_line_hides_none_behind_it() {
    check("{\"a\": \"b\n{\"b\":2}\n{\"c\"}\n{}", &[BROKEN, "{\"b\":2}", MALFORMED, "{}"]);
    check("{\n{}\nx\n", &[BROKEN, "{}", MALFORMED]);
    check("{\"items\":[1,2\n{}", &["/1", "/2", BROKEN]);
}

#[test]
fn a_list_that_breaks_off_says_so() {
    check("[{},{\"a\":", &["{}", BROKEN]);
    check("[1 2]", &["1", BROKEN]);
    check("{\"items\":[1],\"items\":[2]}", &["/1", BROKEN]);
    check("[", &[BROKEN]);
    check("]", &[BROKEN]);
}

#[test]
fn an_event_that_is_too_long_hides_none_behind_it() {
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(ORIGINAL_BYTES_MAX));
    check(&format!("[{long},{{}}]"), &["<longer>", "{}"]);
    check(&format!("{long}\n{{}}"), &["<longer>", "{}"]);
}

#[test]
fn lists_in_lists_end_somewhere() {
    let deep = "[".repeat(100) + &"]".repeat(100);
    check(&deep, &[&("[".repeat(84) + &"]".repeat(84))]);
}

#[test]
fn bodies_of_brackets_are_read_in_linear_time() {
    for unit in ["{\n", "{}", "[\n", "{\"items\":[", "\"\n", "{\"a\":1\n"] {
        assert!(!found(&unit.repeat(500_000)).is_empty());
    }
}

#[test]
fn members_are_found_without_the_end_of_their_object() {
    assert_eq!(member("{ \"a\" : [1] , \"b\": {\"a\":2}, \"c\":", "b"), Some("{\"a\":2}"));
    assert_eq!(member("{\"a\":1}", "b"), None);
    assert_eq!(member("[1]", "b"), None);
}
