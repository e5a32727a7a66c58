mod property;

use super::{Next, Shape, Split, value_end};
use cairn_model::event::TEXT_BYTES_MAX;

/// Splits through windows that grow by `step` bytes. Whoever refuses says so in angle brackets. Whether the ends
/// of records are found by the walk or told to it makes no difference.
fn split(body: &[u8], shape: Shape, step: usize) -> Vec<(u64, String)> {
    let found = split_by(body, shape, step, |_| None);
    assert_eq!(split_by(body, shape, step, value_end), found);
    found
}

fn split_by(body: &[u8], shape: Shape, step: usize, end: fn(&[u8]) -> Option<usize>) -> Vec<(u64, String)> {
    let mut split = Split::new(shape);
    let (mut window, mut at, mut taken) = (Vec::new(), 0, 0);
    let mut found = Vec::new();
    loop {
        if let Some(line) = split.begins_record(&window, &mut at)
            && let Some(length) = end(&window[at..])
        {
            found.push((line, String::from_utf8_lossy(&window[at..at + length]).into_owned()));
            split.took(&mut at, length);
        }
        match split.next(&window, &mut at, taken == body.len()) {
            Next::Record(line, range) => {
                found.push((line, String::from_utf8_lossy(&window[range]).into_owned()));
            }
            Next::Refused(line, why) => found.push((line, format!("<{why}>"))),
            Next::More => {
                window.drain(..at);
                at = 0;
                let more = step.max(window.len()).min(body.len() - taken);
                assert!(more > 0, "more was asked for behind the end");
                window.extend_from_slice(&body[taken..taken + more]);
                taken += more;
            }
            Next::End => return found,
        }
    }
}

fn check_bytes(body: &[u8], shape: Shape, expected: &[(u64, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(line, text)| (*line, (*text).to_owned())).collect();
    for step in [1, 2, 3, 7, 100_000] {
        assert_eq!(split(body, shape, step), expected, "{} by {step}", String::from_utf8_lossy(body));
    }
}

fn check(body: &str, expected: &[(u64, &str)]) {
    check_bytes(body.as_bytes(), Shape::Any, expected);
}

const BROKEN: &str = "<the list breaks off here>";

#[test]
fn lines_are_counted_with_empty_ones() {
    check("{\"a\":1}\n\n  \n{\"b\":2}\r\nnonsense", &[(1, "{\"a\":1}"), (4, "{\"b\":2}\r"), (5, "nonsense")]);
    check("\r\n{\"a\":1}\r\n", &[(2, "{\"a\":1}\r")]);
    check("", &[]);
    check("\n\n", &[]);
}

#[test]
fn elements_of_arrays_and_wrapped_lists_are_found() {
    check(" [ {\"a\":\"]\"} , 7,{}]", &[(1, "{\"a\":\"]\"}"), (2, "7"), (3, "{}")]);
    check("{ \"Records\" : [\n{\"a\":1},\n{\"b\":2}\n] }", &[(1, "{\"a\":1}"), (2, "{\"b\":2}")]);
    check("{\"Events\":[{\"EventId\":\"x\"}],\"NextToken\":\"}]\"}", &[(1, "{\"EventId\":\"x\"}")]);
    check(
        "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"message\":\"\"}]}",
        &[(1, "{\"message\":\"\"}")],
    );
    check("[]", &[]);
    check("{\"Records\":[]}", &[]);
}

#[test]
fn lists_in_lists_are_entered() {
    check(
        "[{\"Records\":[1,2]},[3],{\"eventName\":4}]",
        &[(1, "1"), (2, "2"), (3, "3"), (4, "{\"eventName\":4}")],
    );
    check(&("[".repeat(100) + &"]".repeat(100)), &[(1, &("[".repeat(84) + &"]".repeat(84)))]);
}

#[test]
fn a_record_is_no_list_whatever_its_members_are_called() {
    for record in
        ["{\"eventVersion\":\"1.11\",\"Records\":[1]}", "{\"Records\":7}", "{\"Records\":{\"a\":[1]}}"]
    {
        check(record, &[(1, record)]);
    }
}

#[test]
fn a_malformed_element_does_not_hide_the_next() {
    check("[{\"a\":},{\"b\":2}]", &[(1, "{\"a\":}"), (2, "{\"b\":2}")]);
}

#[test]
fn a_list_that_breaks_off_says_where() {
    check("[{\"a\":1},{\"b\":", &[(1, "{\"a\":1}"), (2, BROKEN)]);
    check("[{\"a\":1} {\"b\":2}]", &[(1, "{\"a\":1}"), (2, BROKEN)]);
    check("[{\"a\":1},", &[(1, "{\"a\":1}"), (2, BROKEN)]);
    check("[1,]", &[(1, "1"), (2, BROKEN)]);
    check("[", &[(1, BROKEN)]);
    check("{\"Records\":[1]", &[(1, "1"), (2, BROKEN)]);
    check("{\"Records\":[]", &[(1, BROKEN)]);
    check("{\"Records\":[1],\"more", &[(1, "1"), (2, BROKEN)]);
    check("{\"Records\":[1],\"more\":{\"a\"", &[(1, "1"), (2, BROKEN)]);
}

#[test]
fn lists_may_stand_one_behind_the_other() {
    check("{\"Records\":[1,2]}\n{\"Records\":[]}{\"Records\":[3]}", &[(1, "1"), (2, "2"), (3, "3")]);
    check("[1]\n[2]\n", &[(1, "1"), (2, "2")]);
    check(
        "{\"eventName\":1}\n[2]\n{\"eventName\":3}",
        &[(1, "{\"eventName\":1}"), (2, "2"), (3, "{\"eventName\":3}")],
    );
}

#[test]
fn what_stands_behind_a_list_is_not_passed_over() {
    check("[1] x", &[(1, "1"), (2, " x")]);
    check("[1]]", &[(1, "1"), (2, "]")]);
    check(
        "{\"Records\":[1],\"Records\":[2]}",
        &[(1, "1"), (2, "<a second list of records in the same object>")],
    );
}

#[test]
fn values_may_span_lines_and_follow_one_another() {
    check("{\n \"a\": 1\n}", &[(1, "{\n \"a\": 1\n}")]);
    check("{\n \"a\": 1\n}\n{\n}\n", &[(1, "{\n \"a\": 1\n}"), (2, "{\n}")]);
    check("{\"a\":1}{\"b\":2} {\"c\":3}", &[(1, "{\"a\":1}"), (2, "{\"b\":2}"), (3, "{\"c\":3}")]);
}

#[test]
fn a_damaged_first_line_does_not_hide_the_second() {
    for damaged in ["{\"a\": \"b", "{\"a\": {\"b\": 1", "{\"a\":1} x", "{\"a\":1,"] {
        check(&format!("{damaged}\n{{\"b\":2}}"), &[(1, damaged), (2, "{\"b\":2}")]);
    }
}

#[test]
fn lines_are_lines_when_told_so() {
    let body = "[1,2]\n{\"Records\":[1]}\n{\n";
    check_bytes(body.as_bytes(), Shape::Lines, &[(1, "[1,2]"), (2, "{\"Records\":[1]}"), (3, "{")]);
}

#[test]
fn a_byte_order_mark_is_passed_and_utf_16_refused() {
    check("\u{feff}[1]", &[(1, "1")]);
    check("\u{feff}{\"eventName\":1}\n", &[(1, "{\"eventName\":1}")]);
    let refused = [(1, "<the text is UTF-16; convert it to UTF-8>")];
    for text in [&b"\xff\xfe{\0}\0"[..], b"\xfe\xff\0{\0}", b"{\0}\0", b"\0[\0]"] {
        check_bytes(text, Shape::Any, &refused);
    }
}

#[test]
fn an_object_without_records_is_a_line() {
    check("{\"eventTime\":\"x\"}", &[(1, "{\"eventTime\":\"x\"}")]);
}

const TOO_LONG: &str = "<longer than 1048576 bytes>";

fn check_long(body: &str, expected: &[(u64, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(line, text)| (*line, (*text).to_owned())).collect();
    for step in [1000, 64 << 10] {
        assert_eq!(split(body.as_bytes(), Shape::Any, step), expected);
    }
}

#[test]
fn a_line_without_end_is_refused_and_the_next_is_found() {
    let long = "x".repeat(3 * TEXT_BYTES_MAX);
    check_long(&format!("{{}}\n{long}\n{{\"b\":2}}"), &[(1, "{}"), (2, TOO_LONG), (3, "{\"b\":2}")]);
}

#[test]
fn an_element_that_is_too_long_is_refused_and_the_next_is_found() {
    let long = format!("{{\"a\":\"{}\\\"]}}\"}}", "x".repeat(3 * TEXT_BYTES_MAX));
    check_long(&format!("[1,{long},{{\"b\":2}}]"), &[(1, "1"), (2, TOO_LONG), (3, "{\"b\":2}")]);
    check_long(&format!("{{\n{long}:1}}\n{{}}"), &[(1, TOO_LONG), (2, "{}")]);
}

#[test]
fn no_window_grows_beyond_a_record() {
    let body = format!("[{}]", "7".repeat(5 * TEXT_BYTES_MAX));
    let mut split = Split::new(Shape::Any);
    let (mut window, mut at, mut largest) = (Vec::new(), 0, 0);
    for chunk in body.as_bytes().chunks(64 << 10) {
        window.drain(..at);
        at = 0;
        window.extend_from_slice(chunk);
        largest = largest.max(window.len());
        while split.next(&window, &mut at, false) != Next::More {}
    }
    assert!(largest <= TEXT_BYTES_MAX + (128 << 10), "{largest}");
}
