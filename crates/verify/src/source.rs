//! Where objects are read from.

mod folder;
mod stored;

pub use folder::Folder;
pub use stored::StoredBuckets;

use std::fmt;
use std::io::{self, Read};
use std::path::PathBuf;

/// Where a source holds an object. Two places are the same object only if they are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The bucket, if the source knows: a copied folder does not.
    pub bucket: Option<String>,
    /// The key, or what of its path the source has.
    pub path: String,
}

/// `s3://bucket/key`, or the path.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.bucket {
            Some(bucket) => write!(f, "s3://{bucket}/{}", self.path),
            None => f.write_str(&self.path),
        }
    }
}

/// The user metadata of a digest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// `x-amz-meta-signature`: lower-case hex.
    pub signature: Option<String>,
    /// `x-amz-meta-signature-algorithm`.
    pub algorithm: Option<String>,
}

/// An object to be read.
pub struct Opened {
    /// Its user metadata; nothing if the source keeps none of any object, as a copied folder. In a source that does, a
    /// signature that is missing was taken away.
    pub metadata: Option<Metadata>,
    /// Its body.
    pub body: Box<dyn Read + Send>,
}

/// Why an object, or a list of them, cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It is not there.
    #[error("it is not there")]
    NotFound,
    /// It may be there, but cannot be read.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// Log files and digests, somewhere. All calls block.
pub trait Source: Sync {
    /// Gives the place of every object that may be a log file or a digest, in any order.
    fn list(&self, visit: &mut dyn FnMut(Place)) -> Result<(), SourceError>;

    /// Where the object with this key of this bucket may be, the likeliest first. At a place that is none of
    /// these, an object that says it is this one has been moved.
    fn places(&self, bucket: &str, key: &str) -> Vec<Place>;

    /// Opens what is at a place.
    fn open(&self, place: &Place) -> Result<Opened, SourceError>;

    /// Whether an object with this key of this bucket would be here; nothing if only what is here can tell.
    fn covers(&self, bucket: &str, key: &str) -> Option<bool>;
}

/// The path is not what was expected.
#[derive(Debug, thiserror::Error)]
pub enum NotAFolder {
    /// Nothing is there, or it cannot be looked at.
    #[error("{path}: {source}")]
    Io {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A folder inside of what a trail delivers: where its objects were cannot be told.
    #[error("{path} lies inside of a copy: give the folder that holds AWSLogs, {holder}")]
    Inside {
        /// The path.
        path: PathBuf,
        /// The folder to give.
        holder: PathBuf,
    },
    /// A bucket that a newer Cairn wrote.
    #[error("{path} is of a newer format: use the Cairn that wrote it, or a newer one")]
    Newer {
        /// The bucket's folder.
        path: PathBuf,
    },
    /// A file.
    #[error("{path} is not a folder")]
    NotOne {
        /// The path.
        path: PathBuf,
    },
}

/// Opens a regular file.
fn open_file(path: &std::path::Path) -> Result<std::fs::File, SourceError> {
    match std::fs::File::open(path) {
        Ok(file) if file.metadata()?.is_file() => Ok(file),
        Ok(_) => Err(SourceError::NotFound),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(SourceError::NotFound),
        // A name that is longer than the file system takes, or goes through a file, is one that is not there.
        Err(error)
            if matches!(error.kind(), io::ErrorKind::InvalidFilename | io::ErrorKind::NotADirectory) =>
        {
            Err(SourceError::NotFound)
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests;
