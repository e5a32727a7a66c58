//! HTTP messages of seeds.

use http::{HeaderMap, HeaderName, HeaderValue};

/// The parts of a seed, between lines `%%`.
pub fn parts(seed: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(seed);
    std::iter::from_fn(move || {
        let (part, behind) = split(rest?, b"\n%%\n");
        rest = behind;
        Some(part)
    })
}

/// A request or an answer.
pub struct Message<'a> {
    /// Its first line.
    pub line: &'a str,
    /// Its headers; lines that are none are left out.
    pub headers: HeaderMap,
    /// What stands behind the empty line.
    pub body: &'a [u8],
}

impl<'a> Message<'a> {
    /// Reads a message; none if its first line is no text.
    pub fn read(text: &'a [u8]) -> Option<Message<'a>> {
        let (head, body) = split(text, b"\n\n");
        let mut lines = head.split(|byte| *byte == b'\n');
        Some(Message {
            line: std::str::from_utf8(lines.next()?).ok()?,
            headers: lines.filter_map(header).collect(),
            body: body.unwrap_or_default(),
        })
    }

    /// A header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = split(line, b":");
    Some((HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value?.trim_ascii()).ok()?))
}

/// What stands before and behind the first `separator`.
fn split<'a>(text: &'a [u8], separator: &[u8]) -> (&'a [u8], Option<&'a [u8]>) {
    match text.windows(separator.len()).position(|window| window == separator) {
        Some(at) => (&text[..at], Some(&text[at + separator.len()..])),
        None => (text, None),
    }
}
