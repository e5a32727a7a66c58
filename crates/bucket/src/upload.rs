//! Multipart uploads: parts kept aside until they are put together into one object.

use crate::bucket::{Bucket, PutOutcome};
use crate::error::{BoxError, BucketError};
use crate::incoming::{Facts, Incoming};
use crate::object::{self, Headers, StoredHeaders};
use crate::read::Object;
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
}

/// An upload ready to become an object.
pub(crate) struct Assembly {
    pub(crate) headers: Headers,
    /// The MD5 of the parts' MD5s, `-`, and their number.
    pub(crate) etag: String,
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
}

const VERSION: u32 = 1;

impl Bucket {
    /// Begins a multipart upload under the fresh id `id`, durably.
    pub(crate) fn begin_upload(
        &self,
        id: &str,
        key: &str,
        headers: Headers,
        now: Timestamp,
    ) -> Result<(), BucketError> {
        let stored = Stored {
            version: VERSION,
            key: key.to_owned(),
            created_us: now,
            headers: StoredHeaders::from(headers),
        };
        let temp = self.write_json(&stored)?;
        let folder = self.uploads_folder().join(id);
        self.uploads.add(&self.disk, &folder, || self.disk.rename(&temp.path, &json_path(&folder)))
    }

    /// Ends a part's body and makes it part `number` of the upload, replacing an earlier one, durably.
    pub(crate) fn publish_part(
        &self,
        id: &str,
        key: &str,
        number: u16,
        incoming: Incoming,
        now: Timestamp,
    ) -> Result<PutOutcome, BucketError> {
        let folder = self.upload_folder(id, key)?.0;
        let facts = Facts {
            key: key.to_owned(),
            headers: Headers::default(),
            modified: now,
            locked_until: None,
            etag: None,
        };
        let (temp, info) = incoming.finish(facts)?;
        let path = part_path(&folder, number);
        match self.uploads.change(&self.disk, &folder, || self.disk.rename(&temp.path, &path))? {
            true => Ok(PutOutcome { etag: info.etag, sha256: info.sha256, size: info.size }),
            // Completed or aborted meanwhile.
            false => Err(BucketError::NoSuchUpload),
        }
    }

    /// Opens the parts that a completion names.
    pub(crate) fn assemble(&self, id: &str, key: &str, named: &[NamedPart]) -> Result<Assembly, BucketError> {
        let (folder, headers) = self.upload_folder(id, key)?;
        if !named.is_sorted_by(|one, next| one.number < next.number) {
            return Err(BucketError::InvalidPartOrder);
        }
        let parts = named.iter().map(|part| open_part(&folder, key, part)).collect::<Result<Vec<_>, _>>()?;
        let Some((_, all_but_last)) = parts.split_last() else { return Err(BucketError::InvalidPart) };
        if all_but_last.iter().any(|part| part.info.size < PART_BYTES_MIN) {
            return Err(BucketError::PartTooSmall);
        }
        let mut md5s = Md5::new();
        for part in &parts {
            md5s.update(hex::decode(&part.info.etag).map_err(|_| BucketError::InvalidPart)?);
        }
        Ok(Assembly { headers, etag: format!("{}-{}", hex::encode(md5s.finalize()), parts.len()), parts })
    }

    /// Forgets the upload and its parts. A crash in between leaves parts without `upload.json`, which go at
    /// the next opening.
    pub(crate) fn end_upload(&self, id: &str, key: &str) -> Result<(), BucketError> {
        let folder = self.upload_folder(id, key)?.0;
        self.uploads.change(&self.disk, &folder, || self.disk.unlink(&json_path(&folder)))?;
        self.remove_upload(&folder)?;
        self.uploads.prune(&self.disk, &folder);
        Ok(())
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

    fn upload_folder(&self, id: &str, key: &str) -> Result<(PathBuf, Headers), BucketError> {
        if !is_upload_id(id) {
            return Err(BucketError::NoSuchUpload);
        }
        let folder = self.uploads_folder().join(id);
        let path = json_path(&folder);
        let json = std::fs::read(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => BucketError::NoSuchUpload,
            _ => BucketError::from(error),
        })?;
        match serde_json::from_slice::<Stored>(&json) {
            Ok(stored) if stored.version != VERSION => Err(BucketError::Damaged(path)),
            Ok(stored) if stored.key != key => Err(BucketError::NoSuchUpload),
            Ok(stored) => Ok((folder, Headers::from(stored.headers))),
            Err(_) => Err(BucketError::Damaged(path)),
        }
    }
}

fn open_part(folder: &Path, key: &str, part: &NamedPart) -> Result<Object, BucketError> {
    let path = part_path(folder, part.number);
    match object::open(&path, key) {
        Ok((file, info)) if info.etag == part.etag => Ok(Object::new(info, file, path)),
        Ok(_) | Err(BucketError::NoSuchKey) => Err(BucketError::InvalidPart),
        Err(error) => Err(error),
    }
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
