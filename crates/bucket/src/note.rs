//! Notes: what has changed about an object since it was put (FORMAT.md, "Notes"). Object files never change,
//! so that a note lies beside: a new object under the key leaves it behind without any step in between.

use crate::error::BucketError;
use crate::object::ObjectInfo;
use crate::stored;
use crate::tags::Tags;
use cairn_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What a note says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Note {
    /// Instead of the object's own.
    pub(crate) tags: Option<Tags>,
    /// When and why the operator broke the object's lock.
    pub(crate) broken: Option<Broken>,
}

/// A broken lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Broken {
    pub(crate) at_us: Timestamp,
    pub(crate) reason: String,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    /// Which object it is about: one of the same key with other values has no note.
    sha256: String,
    etag: String,
    modified_us: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tags: Option<Tags>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lock_broken: Option<Broken>,
}

const VERSION: u32 = 1;

/// The file of the note on the object in the file `object`: `.note` in place of `.obj`.
pub(crate) fn path(object: &Path) -> PathBuf {
    let name = object.file_name().unwrap_or_default().to_string_lossy();
    object.with_file_name(format!("{}{SUFFIX}", name.strip_suffix(".obj").unwrap_or(&name)))
}

/// What notes' files end in.
pub(crate) const SUFFIX: &str = ".note";

impl Note {
    /// The note on the object `info` in the file `object`.
    ///
    /// Errors: [`BucketError::Damaged`], [`BucketError::TooNew`], or what the disk says.
    pub(crate) fn read(object: &Path, info: &ObjectInfo) -> Result<Note, BucketError> {
        let stored = stored::read::<Stored>(&path(object), VERSION)?;
        let stored = stored.filter(|stored| {
            stored.modified_us == info.modified
                && stored.etag == info.etag
                && stored.sha256 == info.sha256.to_string()
        });
        Ok(stored.map_or_else(Note::default, |stored| Note { tags: stored.tags, broken: stored.lock_broken }))
    }

    /// The JSON of a note on the object `info`.
    pub(crate) fn stored(self, info: &ObjectInfo) -> impl Serialize + use<> {
        Stored {
            version: VERSION,
            sha256: info.sha256.to_string(),
            etag: info.etag.clone(),
            modified_us: info.modified,
            tags: self.tags,
            lock_broken: self.broken,
        }
    }

    /// Brings what is known of an object up to date.
    pub(crate) fn apply(self, info: &mut ObjectInfo) {
        if let Some(tags) = self.tags {
            info.tags = tags;
        }
        if self.broken.is_some() {
            info.locked_until = None;
        }
    }
}
