//! Walking values of texts that were checked before, and finding the end of one that was not.

use memchr::memchr2;

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
        at += memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
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
        let text = self.rest;
        let key_start = text.find('"')?;
        let key_end = string_end(text.as_bytes(), key_start)?;
        let colon = key_end + text[key_end..].find(':')?;
        let value_start = colon + 1 + text[colon + 1..].find(|c: char| !c.is_ascii_whitespace())?;
        let end = value_end(text.as_bytes(), value_start)?;
        self.rest = &text[end..];
        Some((&text[key_start..key_end], &text[value_start..end]))
    }
}
