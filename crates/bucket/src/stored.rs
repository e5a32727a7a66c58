//! Small JSON files, each with a `version`.

use crate::error::BucketError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::io;
use std::path::Path;

#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// Reads the JSON file at `path`; nothing if there is none.
///
/// Errors: [`BucketError::TooNew`] if its version is beyond `version`, [`BucketError::Damaged`], or what the
/// disk says.
pub(crate) fn read<T: DeserializeOwned>(path: &Path, version: u32) -> Result<Option<T>, BucketError> {
    let json = match std::fs::read(path) {
        Ok(json) => json,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let damaged = |_| BucketError::Damaged(path.to_owned());
    let found = serde_json::from_slice::<Versioned>(&json).map_err(damaged)?.version;
    if found > version {
        return Err(BucketError::TooNew { path: path.to_owned(), found, known: version });
    }
    serde_json::from_slice(&json).map(Some).map_err(damaged)
}
