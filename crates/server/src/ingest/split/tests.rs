use super::{Next, Split};
use cairn_model::event::TEXT_BYTES_MAX;

/// Splits through windows that grow by `step` bytes.
fn split(body: &[u8], step: usize) -> Vec<(u64, String)> {
    let mut split = Split::new();
    let (mut window, mut at, mut taken) = (Vec::new(), 0, 0);
    let mut found = Vec::new();
    loop {
        match split.next(&window, &mut at, taken == body.len()) {
            Next::Record(line, range) => {
                found.push((line, String::from_utf8_lossy(&window[range]).into_owned()));
            }
            Next::Refused(line, _) => found.push((line, "refused".to_owned())),
            Next::More => {
                window.drain(..at);
                at = 0;
                let more = step.max(window.len()).min(body.len() - taken);
                window.extend_from_slice(&body[taken..taken + more]);
                taken += more;
            }
            Next::End => return found,
        }
    }
}

fn check(body: &str, expected: &[(u64, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(line, text)| (*line, (*text).to_owned())).collect();
    for step in [1, 2, 3, 7, 100_000] {
        assert_eq!(split(body.as_bytes(), step), expected, "{body} by {step}");
    }
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
    check("[{\"a\":1},{\"b\":", &[(1, "{\"a\":1}"), (2, "refused")]);
    check("[{\"a\":1} {\"b\":2}]", &[(1, "{\"a\":1}"), (2, "refused")]);
    check("[{\"a\":1},", &[(1, "{\"a\":1}"), (2, "refused")]);
    check("[1,]", &[(1, "1"), (2, "refused")]);
    check("[", &[(1, "refused")]);
}

#[test]
fn lists_may_stand_one_behind_the_other() {
    check("{\"Records\":[1,2]}\n{\"Records\":[]}{\"Records\":[3]}", &[(1, "1"), (2, "2"), (3, "3")]);
    check("[1]\n[2]\n", &[(1, "1"), (2, "2")]);
}

#[test]
fn what_stands_behind_a_list_is_not_passed_over() {
    check("[1] x", &[(1, "1"), (2, "refused")]);
    check("[1]]", &[(1, "1"), (2, "refused")]);
    check("{\"Records\":[1]", &[(1, "1"), (2, "refused")]);
    check("{\"Records\":[1],\"more\":2}", &[(1, "1"), (2, "refused")]);
    check("{\"Records\":[]", &[(1, "refused")]);
}

#[test]
fn an_object_without_records_is_a_line() {
    check("{\"eventTime\":\"x\"}", &[(1, "{\"eventTime\":\"x\"}")]);
}

#[test]
fn a_line_without_end_is_refused_and_the_next_is_found() {
    let body = format!("{{}}\n{}\n{{\"b\":2}}", "x".repeat(3 * TEXT_BYTES_MAX));
    let expected = [(1, "{}"), (2, "refused"), (3, "{\"b\":2}")].map(|(line, text)| (line, text.to_owned()));
    assert_eq!(split(body.as_bytes(), 64 << 10), expected);
}
