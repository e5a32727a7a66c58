//! The buckets' files, for whoever copies them.

use crate::bucket::Bucket;
use crate::error::BucketError;
use std::io;
use std::path::{Path, PathBuf};

/// A file of a bucket.
///
/// It never changes: a new state gets the name by a rename. So copies can be made while the bucket is used. A
/// file that is gone when its turn comes was deleted; one of another length was replaced, and is whole too. An
/// object and its note may be of different moments: a note names the object it is about, and counts for no
/// other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketFile {
    /// Its path below the folder of all buckets, with `/`.
    pub name: String,
    /// Its length.
    pub bytes: u64,
}

/// Bodies on their way in: nobody was promised them.
const UNFINISHED: &str = "tmp";

/// Adds the files of `bucket`. One that is deleted meanwhile may be left out.
pub(crate) fn add(bucket: &Bucket, files: &mut Vec<BucketFile>) -> Result<(), BucketError> {
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in entries(&bucket.root().join(&folder))? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                if path != Path::new(UNFINISHED) {
                    folders.push(path);
                }
                continue;
            }
            let bytes = match entry.metadata() {
                Ok(metadata) => metadata.len(),
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error.into()),
            };
            // Names that are not UTF-8 are none of ours.
            if let Some(name) = path.to_str() {
                files.push(BucketFile { name: format!("{}/{name}", bucket.info.name), bytes });
            }
        }
    }
    Ok(())
}

/// What is in a folder; nothing if it was removed.
fn entries(
    folder: &Path,
) -> Result<impl Iterator<Item = io::Result<std::fs::DirEntry>> + use<>, BucketError> {
    match std::fs::read_dir(folder) {
        Ok(entries) => Ok(Some(entries).into_iter().flatten()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None.into_iter().flatten()),
        Err(error) => Err(error.into()),
    }
}
