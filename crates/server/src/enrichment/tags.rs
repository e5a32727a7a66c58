//! Tags of principals and resources that Cairn does not have itself: from a file of the operator's, and from those who put
//! them here.

use crate::gateway::{FileError, Reloaded};
use cairn_model::Timestamp;
use cairn_store::checked_file::{CheckedError, Kind, read_checked, write_checked};
use cairn_store::disk::LocalDisk;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// The file of tags that were put here, in the data folder.
pub(crate) const FILE: &str = "tags";

const KIND: Kind = Kind { name: "tags", version: 1 };

/// What may be put here altogether, in bytes of that file.
const FILE_BYTES_MAX: usize = 64 << 20;

/// The longest ARN, key and value of a tag, in characters.
const ARN_MAX: usize = 2_048;
const KEY_MAX: usize = 128;
const VALUE_MAX: usize = 256;

/// Tags by the ARN of what they are on.
pub(crate) type TagMap = BTreeMap<String, BTreeMap<String, String>>;

/// Tags from both places.
pub(crate) struct Tags {
    given: Option<Arc<Reloaded<TagMap>>>,
    put: RwLock<Arc<TagMap>>,
    path: PathBuf,
    /// Held by whoever writes.
    writing: Mutex<()>,
}

/// Why tags cannot be used, or kept. The texts are for whoever wrote them, or for the operator.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TagsFault {
    #[error("lake.tags_file: {0}")]
    File(#[from] FileError),
    #[error("{path}: {source}")]
    Unreadable { path: String, source: CheckedError },
    #[error("{path}: {source}")]
    Unwritable { path: String, source: io::Error },
    #[error("{0}")]
    Invalid(String),
}

impl Tags {
    /// Reads the operator's file, if there is one, and what was put here.
    pub(crate) fn open(data: &Path, given: Option<&Path>) -> Result<Tags, TagsFault> {
        let given = given.map(|path| Reloaded::load(path, parse)).transpose()?.map(Arc::new);
        let path = data.join(FILE);
        let put = match read_checked(&LocalDisk, &path, KIND) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| CheckedError::Damaged),
            Err(CheckedError::Io(error)) if error.kind() == io::ErrorKind::NotFound => Ok(TagMap::new()),
            Err(error) => Err(error),
        };
        let put = put.map_err(|source| TagsFault::Unreadable { path: path.display().to_string(), source })?;
        Ok(Tags { given, put: RwLock::new(Arc::new(put)), path, writing: Mutex::new(()) })
    }

    /// The file's, and over them those that were put here. Reads the file again if it has changed.
    pub(crate) fn current(&self, now: Timestamp) -> [Arc<TagMap>; 2] {
        let given = self.given.as_ref().map(|file| file.current_here(now)).unwrap_or_default();
        [given, self.put()]
    }

    /// What was put here.
    pub(crate) fn put(&self) -> Arc<TagMap> {
        Arc::clone(&self.put.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts these in place of what was here of their ARNs; an ARN without tags is forgotten. When this returns, they survive
    /// power loss. They have passed [`check`]. Blocks.
    pub(crate) fn replace(&self, new: TagMap) -> Result<(), TagsFault> {
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = TagMap::clone(&self.put());
        all.extend(new);
        all.retain(|_, tags| !tags.is_empty());
        let bytes = serde_json::to_vec(&all).expect("tags have string keys");
        if bytes.len() > FILE_BYTES_MAX {
            return Err(TagsFault::Invalid(format!("all tags would take more than {FILE_BYTES_MAX} bytes")));
        }
        let unwritable = |source| TagsFault::Unwritable { path: self.path.display().to_string(), source };
        write_checked(&LocalDisk, &self.path, KIND, &bytes).map_err(unwritable)?;
        *self.put.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(all);
        Ok(())
    }
}

/// One line of a file of lines.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    arn: String,
    tags: BTreeMap<String, String>,
}

/// Reads tags: one JSON object of ARNs with objects of tags, or a line `{"arn": ..., "tags": {...}}` for each ARN.
pub(crate) fn parse(text: &str) -> Result<TagMap, String> {
    let is_lines =
        serde_json::from_str::<Line>(text.lines().find(|line| !line.trim().is_empty()).unwrap_or("")).is_ok();
    let tags = match is_lines {
        true => parse_lines(text)?,
        false if text.trim().is_empty() => TagMap::new(),
        false => serde_json::from_str(text).map_err(|error| error.to_string())?,
    };
    check(&tags)?;
    Ok(tags)
}

fn parse_lines(text: &str) -> Result<TagMap, String> {
    let mut tags = TagMap::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let line: Line = serde_json::from_str(line).map_err(|error| format!("line {number}: {error}"))?;
        tags.entry(line.arn).or_default().extend(line.tags);
    }
    Ok(tags)
}

/// Refuses what are no ARNs, and no tags.
pub(crate) fn check(tags: &TagMap) -> Result<(), String> {
    let is_long = |text: &str, most: usize| text.chars().count() > most;
    for (arn, tags) in tags {
        if !arn.starts_with("arn:") || is_long(arn, ARN_MAX) {
            return Err(format!("{arn:.100} is not an ARN of at most {ARN_MAX} characters"));
        }
        let odd = tags
            .iter()
            .find(|(key, value)| key.is_empty() || is_long(key, KEY_MAX) || is_long(value, VALUE_MAX));
        if let Some((key, _)) = odd {
            return Err(format!(
                "the tag {key:.130} of {arn} is not a key of 1 to {KEY_MAX} characters with a value of at most {VALUE_MAX}"
            ));
        }
    }
    Ok(())
}
