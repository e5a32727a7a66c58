//! Tags of objects and buckets.

use std::collections::{BTreeMap, BTreeSet};

/// Tags by their keys.
pub type Tags = BTreeMap<String, String>;

/// Most tags of an object and of a bucket, as in S3.
pub(crate) const OBJECT_TAGS_MAX: usize = 10;
pub(crate) const BUCKET_TAGS_MAX: usize = 50;
/// Characters of a key and of a value, as in S3.
const KEY_CHARACTERS_MAX: usize = 128;
const VALUE_CHARACTERS_MAX: usize = 256;

/// Why tags are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TagFault {
    /// More tags than there may be.
    #[error("there are more than {0} tags")]
    TooMany(usize),
    /// A key is empty, too long, reserved, or holds characters that tags cannot have.
    #[error("The TagKey you have provided is invalid")]
    Key,
    /// A value is too long or holds characters that tags cannot have.
    #[error("The TagValue you have provided is invalid")]
    Value,
    /// Two tags have the same key.
    #[error("Cannot provide multiple Tags with the same key")]
    Twice,
}

/// Checks tags as S3 does: letters, digits, white space and `_ . : / = + - @`; no key begins with `aws:`.
pub(crate) fn checked(pairs: Vec<(String, String)>, tags_max: usize) -> Result<Tags, TagFault> {
    if pairs.len() > tags_max {
        return Err(TagFault::TooMany(tags_max));
    }
    let mut keys = BTreeSet::new();
    for (key, value) in &pairs {
        let is_reserved = key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
        if key.is_empty() || key.chars().count() > KEY_CHARACTERS_MAX || is_reserved || !is_plain(key) {
            return Err(TagFault::Key);
        }
        if value.chars().count() > VALUE_CHARACTERS_MAX || !is_plain(value) {
            return Err(TagFault::Value);
        }
        if !keys.insert(key.as_str()) {
            return Err(TagFault::Twice);
        }
    }
    Ok(pairs.into_iter().collect())
}

fn is_plain(text: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    text.chars().all(allowed)
}

#[cfg(test)]
mod tests;
