//! One page of a listing.

use crate::error::BucketError;
use crate::object::{self, Headers, ObjectInfo, Sha256};
use crate::tags::Tags;
use crate::walk::{Found, Walk};
use cairn_model::Timestamp;
use std::path::Path;

/// Which keys to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Only keys that start with this.
    pub prefix: String,
    /// Keys that hold this (never empty) after the prefix are rolled up into one common prefix that ends
    /// with it.
    pub delimiter: Option<String>,
    /// Only what comes after this key or common prefix; `""` lists from the start.
    pub after: String,
    /// Keys and common prefixes together; 0 lists nothing.
    pub limit: usize,
}

/// What a listing found, each in ascending byte order of its key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The objects. One whose file is damaged comes with an ETag and a SHA-256 of zeros and the size of its
    /// file, so that it is seen; reading it fails.
    pub objects: Vec<ObjectInfo>,
    /// The common prefixes.
    pub prefixes: Vec<String>,
    /// If more follows: the last key or common prefix of this page, to be the next query's `after`.
    pub next: Option<String>,
}

/// Lists the objects below the folder `objects`.
pub(crate) fn list(objects: &Path, query: &ListQuery) -> Result<Page, BucketError> {
    let mut page = Page::default();
    if query.limit == 0 {
        return Ok(page);
    }
    let mut walk = Walk::new(objects, &query.prefix, &query.after)?;
    let (prefix, delimiter) = (query.prefix.as_str(), query.delimiter.as_deref());
    if let Some(group) = common_prefix(&query.after, prefix, delimiter).filter(|group| *group == query.after)
    {
        walk.skip(group);
    }
    let mut last = String::new();
    while let Some(found) = walk.next()? {
        if page.objects.len() + page.prefixes.len() == query.limit {
            page.next = Some(last);
            break;
        }
        if let Some(group) = common_prefix(&found.key, prefix, delimiter) {
            walk.skip(group);
            page.prefixes.push(group.to_owned());
            last = group.to_owned();
        } else if let Some(info) = info(&found)? {
            last = found.key;
            page.objects.push(info);
        }
    }
    Ok(page)
}

/// What `key` is rolled up into, if anything.
pub(crate) fn common_prefix<'a>(key: &'a str, prefix: &str, delimiter: Option<&str>) -> Option<&'a str> {
    let delimiter = delimiter?;
    let end = prefix.len() + key.strip_prefix(prefix)?.find(delimiter)? + delimiter.len();
    Some(&key[..end])
}

/// Nothing if the object went since its folder was read.
fn info(found: &Found) -> Result<Option<ObjectInfo>, BucketError> {
    match object::open(&found.path, &found.key) {
        // A listing shows nothing of the parts, and there may be thousands.
        Ok((_, info)) => Ok(Some(ObjectInfo { parts: Vec::new(), ..info })),
        Err(BucketError::NoSuchKey) => Ok(None),
        Err(BucketError::Damaged(path)) => {
            tracing::error!("damaged object: {}", path.display());
            Ok(Some(ObjectInfo {
                key: found.key.clone(),
                size: std::fs::metadata(&path)?.len(),
                etag: "0".repeat(32),
                sha256: Sha256([0; 32]),
                modified: Timestamp::from_micros(0),
                locked_until: None,
                headers: Headers::default(),
                tags: Tags::new(),
                checksum: None,
                parts: Vec::new(),
            }))
        }
        Err(error) => Err(error),
    }
}
