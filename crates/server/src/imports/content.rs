//! What a file holds, by its first bytes: names are only a hint.

use crate::ingest::is_utf_16;
use flate2::bufread::MultiGzDecoder;
use std::io::{BufRead, Read};

/// Bytes of text that are looked at.
const HEAD_BYTES: u64 = 16 << 10;
/// A file that unpacks to more is not sent as it is.
const UNPACKED_BYTES_MAX: u64 = 64 << 20;

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    Plain,
    Gzip,
    Zstd,
}

impl Packing {
    /// What the first bytes of a file say.
    pub(crate) fn of(start: &[u8]) -> Packing {
        match start {
            [0x1f, 0x8b, ..] => Packing::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Packing::Zstd,
            _ => Packing::Plain,
        }
    }

    /// Unpacks as it is read.
    pub(crate) fn reader<'r>(
        self,
        packed: impl BufRead + Send + 'r,
    ) -> std::io::Result<Box<dyn Read + Send + 'r>> {
        Ok(match self {
            Packing::Plain => Box::new(packed),
            Packing::Gzip => Box::new(MultiGzDecoder::new(packed)),
            Packing::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(packed)?),
        })
    }

    /// Whether a whole file unpacks to so little that the server takes it as it is.
    pub(crate) fn is_small(self, file: &[u8]) -> bool {
        let unpacked = match self {
            Packing::Plain => Some(file.len() as u64),
            // The length modulo 2^32 that gzip ends with, RFC 1952.
            Packing::Gzip => file.last_chunk().map(|length| u64::from(u32::from_le_bytes(*length))),
            Packing::Zstd => zstd::zstd_safe::get_frame_content_size(file).ok().flatten(),
        };
        unpacked.is_some_and(|bytes| bytes <= UNPACKED_BYTES_MAX)
    }
}

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Events, or nothing at all.
    Events,
    /// A digest: it names log files and holds no events.
    Digest,
    /// Text in an encoding that JSON is not written in.
    Utf16,
    /// Anything else.
    Other,
}

/// Members of a digest that no event has.
const OF_DIGESTS: [&str; 4] = ["digestStartTime", "digestEndTime", "digestS3Bucket", "digestS3Object"];

/// Members of events, of their wrappings, and of wrapped lists.
const OF_EVENTS: [&str; 14] = [
    "Records",
    "Events",
    "logEvents",
    "events",
    "eventVersion",
    "eventTime",
    "eventName",
    "eventSource",
    "eventID",
    "userIdentity",
    "detail-type",
    "CloudTrailEvent",
    "insightDetails",
    "timeWindow",
];

/// Looks at the start of a file, packed as it is. What does not unpack from its first byte on is an error.
pub(crate) fn content(start: &[u8]) -> std::io::Result<Content> {
    let mut text = Vec::new();
    let reader = Packing::of(start).reader(start)?;
    match reader.take(HEAD_BYTES).read_to_end(&mut text) {
        // Cut off somewhere behind what was read: whoever reads all of it will say so.
        Err(error) if text.is_empty() && !start.is_empty() => Err(error),
        _ => Ok(content_of_text(&text)),
    }
}

fn content_of_text(text: &[u8]) -> Content {
    if is_utf_16(text) {
        return Content::Utf16;
    }
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start();
    match text.first() {
        None => Content::Events,
        Some(b'{' | b'[') => by_members(text),
        // Lines of a CloudWatch Logs export: `2026-03-01T08:04:11.123Z {"eventVersion": ...`.
        Some(b'0'..=b'9') if text.get(24..26) == Some(b" {") => by_members(text),
        Some(_) => Content::Other,
    }
}

/// What the names say that stand in the text as members: `"name"`, white space, a colon.
fn by_members(text: &[u8]) -> Content {
    let holds = |names: &[&str]| {
        names.iter().any(|name| {
            let quoted = format!("\"{name}\"");
            memchr::memmem::find_iter(text, &quoted).any(|at| {
                let behind = text[at + quoted.len()..].trim_ascii_start();
                behind.first().is_none_or(|byte| *byte == b':')
            })
        })
    };
    // A file without events: `[]`, `{"Records": []}`.
    let is_empty_list = text.strip_prefix(b"[").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"]"));
    match () {
        () if holds(&OF_DIGESTS) && !holds(&["eventVersion", "eventTime"]) => Content::Digest,
        () if is_empty_list || holds(&OF_EVENTS) || holds_escaped_event(text) => Content::Events,
        () => Content::Other,
    }
}

/// A record as text inside of what wraps it.
fn holds_escaped_event(text: &[u8]) -> bool {
    memchr::memmem::find(text, br#"\"eventVersion\""#).is_some()
}

#[cfg(test)]
mod tests;
