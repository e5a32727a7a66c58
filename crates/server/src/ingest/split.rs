//! Where the records of a posted body stand: NDJSON, a JSON array, or `{"Records": [...]}`.

use cairn_model::json::value_end;
use std::ops::Range;

/// One record's bytes, or what stands where one should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A record, to be judged by the door.
    Record(Range<usize>),
    /// The body breaks off or is no list from here on; nothing behind it can be told apart.
    Broken(&'static str),
}

/// Walks a body. Items are (line or element, counted from 1; the piece).
pub(crate) struct Split<'a> {
    body: &'a [u8],
    at: usize,
    count: u64,
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Lines,
    Array,
    Done,
}

impl<'a> Split<'a> {
    /// Tells the three forms apart by how the body begins.
    pub(crate) fn new(body: &'a [u8]) -> Split<'a> {
        let start = space_end(body, 0);
        let (form, at) = match body.get(start) {
            Some(b'[') => (Form::Array, start + 1),
            _ => records_start(body, start).map_or((Form::Lines, 0), |at| (Form::Array, at)),
        };
        Split { body, at, count: 0, form }
    }

    fn next_line(&mut self) -> Option<(u64, Piece)> {
        while self.at < self.body.len() {
            let start = self.at;
            let length = memchr::memchr(b'\n', &self.body[start..]);
            let end = length.map_or(self.body.len(), |length| start + length);
            self.at = end + 1;
            self.count += 1;
            if !self.body[start..end].trim_ascii().is_empty() {
                return Some((self.count, Piece::Record(start..end)));
            }
        }
        None
    }

    fn next_element(&mut self) -> Option<(u64, Piece)> {
        let start = space_end(self.body, self.at);
        if self.count == 0 && self.body.get(start) == Some(&b']') {
            self.form = Form::Done;
            return None;
        }
        self.count += 1;
        let Some(end) = value_end(self.body, start).filter(|end| *end > start) else {
            return self.broken("the list breaks off here");
        };
        let after = space_end(self.body, end);
        match self.body.get(after) {
            Some(b',') => self.at = after + 1,
            Some(b']') => self.form = Form::Done,
            // The element itself may be whole: it is judged first, the break is told next.
            _ => self.at = self.body.len(),
        }
        Some((self.count, Piece::Record(start..end)))
    }

    fn broken(&mut self, why: &'static str) -> Option<(u64, Piece)> {
        self.form = Form::Done;
        Some((self.count, Piece::Broken(why)))
    }
}

impl Iterator for Split<'_> {
    type Item = (u64, Piece);

    fn next(&mut self) -> Option<(u64, Piece)> {
        match self.form {
            Form::Lines => self.next_line(),
            Form::Array => self.next_element(),
            Form::Done => None,
        }
    }
}

fn space_end(body: &[u8], start: usize) -> usize {
    let rest = body.get(start..).unwrap_or(&[]);
    let length = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    start + length.unwrap_or(rest.len())
}

/// The place behind the `[` of `{"Records": [`.
fn records_start(body: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    for part in [&b"{"[..], b"\"Records\"", b":", b"["] {
        at = space_end(body, at);
        if !body.get(at..)?.starts_with(part) {
            return None;
        }
        at += part.len();
    }
    Some(at)
}

#[cfg(test)]
mod tests;
