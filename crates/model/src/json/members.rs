//! Walking values of texts that were checked before, and finding the end of one that was not.

use super::special::find_special;

/// The end of the value that starts at `start`, by its brackets and quotes alone: what is between them is not
/// checked. `None` if the text ends before the value does.
pub fn value_end(text: &[u8], start: usize) -> Option<usize> {
    match text.get(start)? {
        b'"' => string_end(text, start),
        b'{' | b'[' => nested_end(text, start),
        _ => {
            let length = text[start..]
                .iter()
                .position(|byte| matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r'));
            Some(length.map_or(text.len(), |length| start + length))
        }
    }
}

fn string_end(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at += find_special(text.get(at..)?)?;
        match text[at] {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            // A control character: the text was not checked.
            _ => at += 1,
        }
    }
}

fn nested_end(text: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = start;
    loop {
        match text.get(at)? {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b'"' => {
                at = string_end(text, at)?;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// The members of an object, each as (raw key with quotes, raw value), in their order.
/// Nothing if `raw` is not an object. `raw` must come from a text that [`super::Scanner`] has passed.
pub fn members(raw: &str) -> Members<'_> {
    let inner = raw.strip_prefix('{').and_then(|raw| raw.strip_suffix('}'));
    Members { rest: inner.unwrap_or("") }
}

/// See [`members`].
#[derive(Clone, Debug)]
pub struct Members<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<(&'a str, &'a str)> {
        let (text, bytes) = (self.rest, self.rest.as_bytes());
        let key_start = bytes.iter().position(|byte| *byte == b'"')?;
        let key_end = string_end(bytes, key_start)?;
        let colon = key_end + bytes[key_end..].iter().position(|byte| *byte == b':')?;
        let is_value = |byte: &u8| !byte.is_ascii_whitespace();
        let value_start = colon + 1 + bytes[colon + 1..].iter().position(is_value)?;
        let end = value_end(bytes, value_start)?;
        self.rest = &text[end..];
        Some((&text[key_start..key_end], &text[value_start..end]))
    }
}

/// The elements of an array, each as its raw JSON, in their order; nothing if `raw` is not an array.
pub fn elements(raw: &str) -> impl Iterator<Item = &str> {
    let inner = raw.strip_prefix('[').and_then(|raw| raw.strip_suffix(']')).unwrap_or("");
    let mut rest = inner;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([',', ' ', '\t', '\n', '\r']);
        let end = value_end(rest.as_bytes(), 0)?;
        let (element, after) = rest.split_at(end);
        rest = after;
        Some(element)
    })
}
