//! The canonical form of a record, and the hash of it.
//!
//! Minified, keys sorted by the bytes of their text, numbers as received, strings with the shortest
//! escapes. Not RFC 8785, which turns numbers into doubles.

use aws_lc_rs::digest::{SHA256, digest};
use cairn_model::json::{elements, members, string, write_string};
use std::borrow::Cow;

/// The first 16 bytes of the SHA-256 of a record's canonical form. Records with the same hash have the
/// same content: nobody can make a second record with the hash of a given one. Of what came through a channel
/// `metadata.ingestionTime` is left out: when its caller sends it once more, as its answer was lost, it is taken at another
/// time and is the same event. `eventContext` is left out too: it is what was known beside an event when it was kept, and an
/// event that comes twice is the same one whatever was known then.
pub type ContentHash = [u8; 16];

/// The hash of the canonical form of a JSON text that the door has passed (FORMAT.md, "History").
pub fn content_hash(text: &str) -> ContentHash {
    let mut form = Vec::with_capacity(text.len());
    write_record(text, &mut form);
    let digest = digest(&SHA256, &form);
    *digest.as_ref().first_chunk().expect("SHA-256 has 32 bytes")
}

/// Appends the canonical form of a record.
fn write_record(text: &str, out: &mut Vec<u8>) {
    let mut sorted = sorted(text);
    sorted.retain(|(key, _)| key != "eventContext");
    let is_activity =
        |(key, value): &(Cow<'_, str>, &str)| key == "eventCategory" && *value == "\"ActivityAuditLog\"";
    if !sorted.iter().any(is_activity) {
        return write_members(&sorted, out);
    }
    let metadata: Vec<u8> = match sorted.iter().find(|(key, _)| key == "metadata") {
        Some((_, metadata)) => without_ingestion_time(metadata),
        None => return write_members(&sorted, out),
    };
    let metadata = std::str::from_utf8(&metadata).expect("members of a text are text");
    for (_, value) in sorted.iter_mut().filter(|(key, _)| key == "metadata") {
        *value = metadata;
    }
    write_members(&sorted, out);
}

fn without_ingestion_time(metadata: &str) -> Vec<u8> {
    let mut kept = sorted(metadata);
    kept.retain(|(key, _)| key != "ingestionTime");
    let mut form = Vec::with_capacity(metadata.len());
    write_members(&kept, &mut form);
    form
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
    write_members(&sorted(raw), out);
}

/// The members of an object by key.
fn sorted(object: &str) -> Vec<(Cow<'_, str>, &str)> {
    let mut sorted: Vec<(Cow<'_, str>, &str)> =
        members(object).map(|(key, value)| (string(key).unwrap_or(Cow::Borrowed(key)), value)).collect();
    sorted.sort_unstable_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
    sorted
}

fn write_members(sorted: &[(Cow<'_, str>, &str)], out: &mut Vec<u8>) {
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
