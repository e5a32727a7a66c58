//! Multipart uploads: parts kept aside until they are put together into one object.

mod listing;

pub(crate) use listing::{PartInfo, PartsPage, UploadInfo, UploadsPage, UploadsQuery};

use crate::bucket::{Bucket, PutOutcome};
use crate::checksum::{Algorithm, Checksum, Coverage};
use crate::error::{BoxError, BucketError};
use crate::incoming::{Facts, Filled};
use crate::object::{self, Headers, StoredHeaders, runs};
use crate::read::Object;
use crate::stored;
use crate::tags::Tags;
use bytes::Bytes;
use cairn_model::Timestamp;
use futures::StreamExt;
use futures::stream::{self, Stream};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};

/// Every part but the last has at least this many bytes, as in S3.
const PART_BYTES_MIN: u64 = 5 * 1024 * 1024;

/// A part that a completion names.
pub(crate) struct NamedPart {
    /// 1 to 10,000.
    pub(crate) number: u16,
    /// Without quotes.
    pub(crate) etag: String,
    /// Checksums that the part must have, in base64.
    pub(crate) checksums: Vec<(Algorithm, String)>,
}

/// What an upload's maker said of the object to come.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    pub(crate) headers: Headers,
    pub(crate) tags: Tags,
    pub(crate) checksum: Option<(Algorithm, Coverage)>,
}

/// An upload ready to become an object.
pub(crate) struct Assembly {
    pub(crate) plan: Plan,
    /// The MD5 of the parts' MD5s, `-`, and their number.
    pub(crate) etag: String,
    /// As [`crate::ObjectInfo::parts`].
    pub(crate) runs: Vec<(u32, u64)>,
    /// If it is one of the parts' checksums.
    pub(crate) composite: Option<Checksum>,
    parts: Vec<Object>,
}

impl Assembly {
    /// The parts' bodies one after another.
    pub(crate) fn body(self) -> impl Stream<Item = Result<Bytes, BoxError>> + Send + Sync + 'static {
        stream::iter(self.parts).flat_map(Object::checked_body)
    }
}

/// `upload.json`.
#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    key: String,
    created_us: Timestamp,
    headers: StoredHeaders,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    tags: Tags,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    checksum: Option<(Algorithm, Coverage)>,
}

const VERSION: u32 = 1;

impl Bucket {
    /// Begins a multipart upload under the fresh id `id`, durably.
    pub(crate) fn begin_upload(
        &self,
        id: &str,
        key: &str,
        plan: Plan,
        now: Timestamp,
    ) -> Result<(), BucketError> {
        let stored = Stored {
            version: VERSION,
            key: key.to_owned(),
            created_us: now,
            headers: StoredHeaders::from(plan.headers),
            tags: plan.tags,
            checksum: plan.checksum,
        };
        let temp = self.write_json(&stored)?;
        let folder = self.uploads_folder().join(id);
        self.uploads.add(&self.disk, &folder, || self.disk.rename(&temp.path, &json_path(&folder)))
    }

    /// What the upload's maker said.
    pub(crate) fn plan(&self, id: &str, key: &str) -> Result<Plan, BucketError> {
        let (_, stored) = self.upload(id, key)?;
        Ok(Plan { headers: Headers::from(stored.headers), tags: stored.tags, checksum: stored.checksum })
    }

    /// Makes a body part `number` of the upload, replacing an earlier one, durably.
    pub(crate) fn publish_part(
        &self,
        id: &str,
        key: &str,
        number: u16,
        filled: Filled,
        now: Timestamp,
    ) -> Result<PutOutcome, BucketError> {
        let folder = self.upload(id, key)?.0;
        let facts = Facts {
            key: key.to_owned(),
            headers: Headers::default(),
            tags: Tags::new(),
            modified: now,
            locked_until: None,
            etag: None,
            parts: Vec::new(),
        };
        let (temp, info) = filled.finish(facts)?;
        let path = part_path(&folder, number);
        match self.uploads.change(&self.disk, &folder, || self.disk.rename(&temp.path, &path))? {
            true => Ok(PutOutcome::from(info)),
            // Completed or aborted meanwhile.
            false => Err(BucketError::NoSuchUpload),
        }
    }

    /// Opens the parts that a completion names.
    pub(crate) fn assemble(&self, id: &str, key: &str, named: &[NamedPart]) -> Result<Assembly, BucketError> {
        let (folder, _) = self.upload(id, key)?;
        let plan = self.plan(id, key)?;
        if !named.is_sorted_by(|one, next| one.number < next.number) {
            return Err(BucketError::InvalidPartOrder);
        }
        let parts = named.iter().map(|part| open_part(&folder, key, part)).collect::<Result<Vec<_>, _>>()?;
        let Some((_, all_but_last)) = parts.split_last() else { return Err(BucketError::InvalidPart) };
        if all_but_last.iter().any(|part| part.info.size < PART_BYTES_MIN) {
            return Err(BucketError::PartTooSmall);
        }
        let composite = match plan.checksum {
            Some((algorithm, Coverage::Composite)) => {
                Checksum::composite(algorithm, parts.iter().map(|part| part.info.checksum.as_ref()))
            }
            Some((_, Coverage::FullObject)) | None => None,
        };
        Ok(Assembly {
            etag: combined_etag(named).ok_or(BucketError::InvalidPart)?,
            runs: runs(parts.iter().map(|part| part.info.size)),
            plan,
            composite,
            parts,
        })
    }

    /// Forgets the upload and its parts. A crash in between leaves parts without `upload.json`, which go at
    /// the next opening.
    pub(crate) fn end_upload(&self, id: &str, key: &str) -> Result<(), BucketError> {
        let folder = self.upload(id, key)?.0;
        self.uploads.change(&self.disk, &folder, || self.disk.unlink(&json_path(&folder)))?;
        self.remove_upload(&folder)?;
        self.uploads.prune(&self.disk, &folder);
        Ok(())
    }

    /// Forgets the uploads that were begun before `time`; says how many.
    pub(crate) fn end_uploads_before(&self, time: Timestamp) -> Result<usize, BucketError> {
        let mut ended = 0;
        for folder in self.upload_folders()? {
            let Some(id) = folder.file_name().and_then(|name| name.to_str()) else { continue };
            match stored::read::<Stored>(&json_path(&folder), VERSION) {
                Ok(Some(upload)) if upload.created_us < time => {
                    match self.end_upload(id, &upload.key) {
                        Ok(()) => ended += 1,
                        // Its maker was faster.
                        Err(BucketError::NoSuchUpload) => {}
                        Err(error) => return Err(error),
                    }
                }
                Ok(_) => {}
                Err(error) => tracing::error!("an upload is left alone: {error}"),
            }
        }
        Ok(ended)
    }

    /// Removes all uploads' files.
    pub(crate) fn clear_uploads(&self) -> io::Result<()> {
        self.upload_folders()?.iter().try_for_each(|folder| self.remove_upload(folder))
    }

    /// Removes the parts that a crash left behind when their upload had ended.
    pub(crate) fn clear_ended_uploads(&self) -> io::Result<()> {
        for folder in self.upload_folders()?.iter().filter(|folder| !json_path(folder).exists()) {
            self.remove_upload(folder)?;
            self.uploads.prune(&self.disk, folder);
        }
        Ok(())
    }

    fn upload_folders(&self) -> io::Result<Vec<PathBuf>> {
        let mut folders = Vec::new();
        for entry in std::fs::read_dir(self.uploads_folder())? {
            let entry = entry?;
            if entry.file_name().to_str().is_some_and(is_upload_id) {
                folders.push(entry.path());
            }
        }
        Ok(folders)
    }

    fn remove_upload(&self, folder: &Path) -> io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let is_ours = path.extension().is_some_and(|extension| extension == "obj" || extension == "json");
            if is_ours {
                self.disk.unlink(&path)?;
            }
        }
        Ok(())
    }

    fn upload(&self, id: &str, key: &str) -> Result<(PathBuf, Stored), BucketError> {
        if !is_upload_id(id) {
            return Err(BucketError::NoSuchUpload);
        }
        let folder = self.uploads_folder().join(id);
        let stored = stored::read::<Stored>(&json_path(&folder), VERSION)?;
        let stored = stored.filter(|stored| stored.key == key).ok_or(BucketError::NoSuchUpload)?;
        Ok((folder, stored))
    }
}

/// The ETag of an object of these parts; nothing if one's ETag is not an MD5.
pub(crate) fn combined_etag(named: &[NamedPart]) -> Option<String> {
    let mut md5s = Md5::new();
    for part in named {
        md5s.update(hex::decode(&part.etag).ok()?);
    }
    Some(format!("{}-{}", hex::encode(md5s.finalize()), named.len()))
}

fn open_part(folder: &Path, key: &str, part: &NamedPart) -> Result<Object, BucketError> {
    let path = part_path(folder, part.number);
    let (file, info) = match object::open(&path, key) {
        Err(BucketError::NoSuchKey) => return Err(BucketError::InvalidPart),
        opened => opened?,
    };
    let differs = |(algorithm, value): &(Algorithm, String)| {
        let known = info.checksum.as_ref().filter(|checksum| checksum.algorithm == *algorithm);
        known.is_none_or(|checksum| checksum.value != *value)
    };
    if info.etag != part.etag || part.checksums.iter().any(differs) {
        return Err(BucketError::InvalidPart);
    }
    Ok(Object::new(info, file, path))
}

fn json_path(folder: &Path) -> PathBuf {
    folder.join("upload.json")
}

fn part_path(folder: &Path, number: u16) -> PathBuf {
    folder.join(format!("{number:05}.obj"))
}

/// Ids come from callers and become folder names, so anything else does not exist.
fn is_upload_id(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
