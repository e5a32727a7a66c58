//! One pass over a JSON text: is it well formed, has no object a key twice, and where do the
//! members stand that an event is found by.
//!
//! The pass allocates nothing per text (its stacks are reused) and copies nothing. Grammar: RFC 8259.
//! Stricter than it: duplicate keys at any depth, nesting beyond [`DEPTH_MAX`] and lone surrogates are
//! refused, because readers disagree about what they mean.

mod members;
mod scan;
mod special;

pub use members::{Members, elements, members, value_end};
pub use scan::{Scanner, Visit};

use std::borrow::Cow;
use std::ops::Range;

/// How deep arrays and objects may nest.
pub const DEPTH_MAX: u32 = 128;

/// Why a text is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// Not JSON.
    #[error("{expected} expected at byte {at}")]
    Syntax {
        /// Byte offset, from 0.
        at: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// An object has a key twice.
    #[error("duplicate key {key:?} at byte {at}")]
    DuplicateKey {
        /// Byte offset of the object's end, from 0.
        at: usize,
        /// The key.
        key: String,
    },
    /// Nested beyond [`DEPTH_MAX`].
    #[error("nested deeper than {DEPTH_MAX} at byte {at}")]
    TooDeep {
        /// Byte offset, from 0.
        at: usize,
    },
}

/// The bytes as text, which [`Scanner`] takes.
pub fn text(bytes: &[u8]) -> Result<&str, JsonError> {
    simdutf8::basic::from_utf8(bytes).map_err(|_| JsonError::NotUtf8)
}

/// Whether `text` is JSON that all readers read alike: a [`Scanner`]'s judgement alone. `scanner` can be used again.
pub fn check(scanner: &mut Scanner, text: &str) -> Result<(), JsonError> {
    scanner.scan(text, (), &mut Nobody).map(drop)
}

/// Asks for no member.
struct Nobody;

impl Visit for Nobody {
    type Place = ();

    fn enter(&mut self, (): (), _: &str, _: Range<usize>) -> Option<()> {
        None
    }

    fn leave(&mut self, (): (), _: &str, _: Range<usize>, _: Range<usize>) {}
}

/// Reads the text of a JSON string, quotes included; `None` if `raw` is not one.
/// `raw` must come from a text that [`Scanner`] has passed.
#[inline]
pub fn string(raw: &str) -> Option<Cow<'_, str>> {
    let [b'"', inner @ .., b'"'] = raw.as_bytes() else { return None };
    let is_plain = match inner.len() {
        // A search pays for long texts only.
        0..64 => !inner.iter().fold(false, |found, byte| found | (*byte == b'\\')),
        _ => memchr::memchr(b'\\', inner).is_none(),
    };
    if is_plain {
        return raw.get(1..raw.len() - 1).map(Cow::Borrowed);
    }
    serde_json::from_str(raw).ok().map(Cow::Owned)
}

/// Writes `text` as a JSON string, with the shortest escapes.
pub fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            0x00..0x20 => {
                out.extend_from_slice(b"\\u00");
                out.push(b"0123456789abcdef"[usize::from(byte >> 4)]);
                out.push(b"0123456789abcdef"[usize::from(byte & 15)]);
            }
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests;
