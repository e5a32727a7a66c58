//! The canonical form of a record, and the hash of it.
//!
//! Minified, keys sorted by the bytes of their text, numbers as received, strings with the shortest
//! escapes. Not RFC 8785, which turns numbers into doubles.

use aws_lc_rs::digest::{SHA256, digest};
use cairn_model::json::{elements, members, string, write_string};
use std::borrow::Cow;

/// The first 16 bytes of the SHA-256 of a record's canonical form. Records with the same hash have the
/// same content: nobody can make a second record with the hash of a given one.
pub type ContentHash = [u8; 16];

/// The hash of the canonical form of a JSON text that the door has passed (FORMAT.md, "History").
pub fn content_hash(text: &str) -> ContentHash {
    let mut form = Vec::with_capacity(text.len());
    write_canonical(text, &mut form);
    let digest = digest(&SHA256, &form);
    *digest.as_ref().first_chunk().expect("SHA-256 has 32 bytes")
}

/// Appends the canonical form of a JSON text that the door has passed.
fn write_canonical(raw: &str, out: &mut Vec<u8>) {
    match raw.as_bytes().first() {
        Some(b'{') => write_object(raw, out),
        Some(b'[') => write_array(raw, out),
        Some(b'"') => match string(raw) {
            Some(text) => write_string(out, &text),
            None => out.extend_from_slice(raw.as_bytes()),
        },
        _ => out.extend_from_slice(raw.as_bytes()),
    }
}

fn write_object(raw: &str, out: &mut Vec<u8>) {
    let mut sorted: Vec<(Cow<'_, str>, &str)> =
        members(raw).map(|(key, value)| (string(key).unwrap_or(Cow::Borrowed(key)), value)).collect();
    sorted.sort_unstable_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
    out.push(b'{');
    for (index, (key, value)) in sorted.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_string(out, key);
        out.push(b':');
        write_canonical(value, out);
    }
    out.push(b'}');
}

fn write_array(raw: &str, out: &mut Vec<u8>) {
    out.push(b'[');
    for (index, element) in elements(raw).enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_canonical(element, out);
    }
    out.push(b']');
}

#[cfg(test)]
mod tests;
