//! What multipart uploads are under way, and what parts they have.

use super::{Stored, VERSION, json_path, part_path};
use crate::bucket::Bucket;
use crate::checksum::{Algorithm, Checksum, Coverage};
use crate::error::BucketError;
use crate::list::common_prefix;
use crate::object;
use crate::stored;
use cairn_model::Timestamp;
use std::collections::BTreeMap;

/// Which uploads to list.
#[derive(Debug, Clone, Default)]
pub(crate) struct UploadsQuery {
    /// Only keys that start with this.
    pub(crate) prefix: String,
    /// As in [`crate::ListQuery`].
    pub(crate) delimiter: Option<String>,
    /// Only what comes after this key or common prefix.
    pub(crate) after_key: String,
    /// With it, also uploads of `after_key` whose ids come after this.
    pub(crate) after_id: Option<String>,
    pub(crate) limit: usize,
}

/// A page of uploads, in ascending order of keys and, for one key, of ids.
#[derive(Debug, Default)]
pub(crate) struct UploadsPage {
    pub(crate) uploads: Vec<UploadInfo>,
    pub(crate) prefixes: Vec<String>,
    /// If more follows: key (or common prefix) and id (or nothing) to go on after.
    pub(crate) next: Option<(String, String)>,
}

/// One upload.
#[derive(Debug)]
pub(crate) struct UploadInfo {
    pub(crate) key: String,
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) checksum: Option<(Algorithm, Coverage)>,
}

/// A page of parts in ascending order of numbers.
#[derive(Debug, Default)]
pub(crate) struct PartsPage {
    pub(crate) parts: Vec<PartInfo>,
    pub(crate) is_truncated: bool,
    pub(crate) checksum: Option<(Algorithm, Coverage)>,
}

/// One part.
#[derive(Debug)]
pub(crate) struct PartInfo {
    pub(crate) number: u16,
    pub(crate) etag: String,
    pub(crate) size: u64,
    pub(crate) modified: Timestamp,
    pub(crate) checksum: Option<Checksum>,
}

impl Bucket {
    /// Lists uploads. Every one's file is read for every page, but no more than a page is held.
    pub(crate) fn list_uploads(&self, query: &UploadsQuery) -> Result<UploadsPage, BucketError> {
        let mut page = UploadsPage::default();
        if query.limit == 0 {
            return Ok(page);
        }
        // Entries of the page and one more, by key (or common prefix) and id (or nothing).
        let mut entries: BTreeMap<(String, String), Option<UploadInfo>> = BTreeMap::new();
        for folder in self.upload_folders()? {
            let Ok(Some(upload)) = stored::read::<Stored>(&json_path(&folder), VERSION) else { continue };
            let id = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            entries.extend(query.entry(upload, id));
            if entries.len() > query.limit + 1 {
                entries.pop_last();
            }
        }
        if entries.len() > query.limit {
            entries.pop_last();
            page.next = entries.last_key_value().map(|(at, _)| at.clone());
        }
        for ((key, _), upload) in entries {
            match upload {
                Some(upload) => page.uploads.push(upload),
                None => page.prefixes.push(key),
            }
        }
        Ok(page)
    }

    /// Lists the parts of an upload whose numbers are greater than `after`.
    pub(crate) fn list_parts(
        &self,
        id: &str,
        key: &str,
        after: u16,
        limit: usize,
    ) -> Result<PartsPage, BucketError> {
        let (folder, upload) = self.upload(id, key)?;
        let mut numbers = Vec::new();
        for entry in std::fs::read_dir(&folder)? {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.strip_suffix(".obj")?.parse::<u16>().ok());
            numbers.extend(number.filter(|number| *number > after));
        }
        numbers.sort_unstable();
        let is_truncated = numbers.len() > limit;
        numbers.truncate(limit);
        let mut parts = Vec::with_capacity(numbers.len());
        for number in numbers {
            let (_, info) = object::open(&part_path(&folder, number), key)?;
            parts.push(PartInfo {
                number,
                etag: info.etag,
                size: info.size,
                modified: info.modified,
                checksum: info.checksum,
            });
        }
        Ok(PartsPage { parts, is_truncated, checksum: upload.checksum })
    }
}

impl UploadsQuery {
    /// What an upload shows up as, if it is asked for.
    fn entry(&self, upload: Stored, id: String) -> Option<((String, String), Option<UploadInfo>)> {
        if !upload.key.starts_with(&self.prefix) {
            return None;
        }
        if let Some(group) = common_prefix(&upload.key, &self.prefix, self.delimiter.as_deref()) {
            return (group > self.after_key.as_str()).then(|| ((group.to_owned(), String::new()), None));
        }
        let is_after = match (&self.after_id, upload.key == self.after_key) {
            (Some(after_id), true) => id > *after_id,
            _ => upload.key > self.after_key,
        };
        is_after.then(|| {
            let at = (upload.key.clone(), id.clone());
            let (key, created) = (upload.key, upload.created_us);
            (at, Some(UploadInfo { key, id, created, checksum: upload.checksum }))
        })
    }
}
