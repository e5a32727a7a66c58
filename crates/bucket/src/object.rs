//! What is known of an object.

mod trailer;

pub(crate) use trailer::{StoredHeaders, open, trailer};

use crate::checksum::Checksum;
use crate::tags::Tags;
use cairn_model::Timestamp;
use std::collections::BTreeMap;
use std::fmt;

/// The SHA-256 of a body.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sha256(pub [u8; 32]);

/// 64 lowercase hexadecimal digits.
impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The headers that come with an object and are served back as they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers {
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Content-Encoding`, without the transfer's own `aws-chunked`.
    pub content_encoding: Option<String>,
    /// `Content-Disposition`.
    pub content_disposition: Option<String>,
    /// `Content-Language`.
    pub content_language: Option<String>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// `Expires`.
    pub expires: Option<String>,
    /// User metadata: lowercase names without `x-amz-meta-`, values as in the header.
    pub user: BTreeMap<String, String>,
}

/// What is known of an object without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// 1 to 1,024 bytes.
    pub key: String,
    /// Bytes of the body.
    pub size: u64,
    /// Without quotes: the MD5 of the body in hexadecimal; of a multipart upload the MD5 of its parts' MD5s,
    /// `-`, and their number.
    pub etag: String,
    /// Of the body.
    pub sha256: Sha256,
    /// When it was put.
    pub modified: Timestamp,
    /// Before this time it can be neither overwritten nor deleted.
    pub locked_until: Option<Timestamp>,
    /// Served back with it.
    pub headers: Headers,
    /// Its tags.
    pub tags: Tags,
    /// The checksum that its maker asked to be kept.
    pub checksum: Option<Checksum>,
    /// The parts of a multipart upload in their order, as runs of (how many, bytes of each).
    pub parts: Vec<(u32, u64)>,
}

impl ObjectInfo {
    /// How many parts it was uploaded in; nothing if in one piece.
    pub fn parts_count(&self) -> Option<u32> {
        (!self.parts.is_empty()).then(|| self.parts.iter().map(|(count, _)| count).sum())
    }

    /// The bytes of part `number`, counted from 1.
    pub(crate) fn part(&self, number: u32) -> Option<std::ops::Range<u64>> {
        if self.parts.is_empty() {
            return (number == 1).then_some(0..self.size);
        }
        let (mut before, mut start) = (0, 0);
        for (count, bytes) in &self.parts {
            if number <= before + count {
                let start = start + u64::from(number.checked_sub(before + 1)?) * bytes;
                return Some(start..start + bytes);
            }
            before += count;
            start += u64::from(*count) * bytes;
        }
        None
    }
}

/// Sizes of parts as runs of equal ones: most uploads have two.
pub(crate) fn runs(sizes: impl Iterator<Item = u64>) -> Vec<(u32, u64)> {
    let mut runs: Vec<(u32, u64)> = Vec::new();
    for size in sizes {
        match runs.last_mut() {
            Some((count, bytes)) if *bytes == size => *count += 1,
            _ => runs.push((1, size)),
        }
    }
    runs
}

#[cfg(test)]
mod tests;
