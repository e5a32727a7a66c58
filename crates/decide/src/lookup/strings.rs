//! All strings of a JSON value in one pass. Walking it level by level would read the innermost bytes once
//! per level.

use cairn_model::json::value_end;

/// Calls `visit` with (parent, key, raw string) for every string in `raw`, at any depth: `key` is the member
/// that the string is the value of, or that holds the list it is in; `parent` is the member that holds the
/// object that the key is in, empty for the members of `raw` itself. Keys come without their quotes, strings
/// with them. `raw` must come from a text that the door has passed.
pub(super) fn each_string<'a>(raw: &'a str, mut visit: impl FnMut(&'a str, &'a str, &'a str)) {
    let bytes = raw.as_bytes();
    let mut outer: Vec<(&str, &str)> = Vec::with_capacity(8);
    let (mut parent, mut key) = ("", "");
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let Some(end) = value_end(bytes, at) else { return };
                if is_key(&bytes[end..]) {
                    key = &raw[at + 1..end - 1];
                } else {
                    visit(parent, key, &raw[at..end]);
                }
                at = end;
                continue;
            }
            b'{' => {
                outer.push((parent, key));
                (parent, key) = (key, "");
            }
            b'[' => outer.push((parent, key)),
            b'}' | b']' => (parent, key) = outer.pop().unwrap_or_default(),
            _ => {}
        }
        at += 1;
    }
}

/// Whether what follows a string makes it a key.
fn is_key(rest: &[u8]) -> bool {
    let is_space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    rest.iter().find(|byte| !is_space(byte)) == Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::each_string;

    #[test]
    fn every_string_comes_with_its_key_and_what_holds_that() {
        let text = r#"{"a" : "1", "n": 7, "l": ["2", {"b": "3"}, "4"], "o": {"p": {"c": "5"}, "q": null, "d": "\"6"}, "e": "7"}"#;
        let mut found = Vec::new();
        each_string(text, |parent, key, value| found.push((parent, key, value)));
        let expected = [
            ("", "a", r#""1""#),
            ("", "l", r#""2""#),
            ("l", "b", r#""3""#),
            ("", "l", r#""4""#),
            ("p", "c", r#""5""#),
            ("o", "d", r#""\"6""#),
            ("", "e", r#""7""#),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_no_object_has_no_keys() {
        let mut found = Vec::new();
        each_string(r#""text""#, |parent, key, value| found.push((parent, key, value)));
        assert_eq!(found, [("", "", r#""text""#)]);
        each_string("null", |_, _, _| panic!("no string in null"));
    }
}
