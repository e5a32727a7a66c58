//! What a backup says of itself: written last, so that a backup without it is known to be unfinished.

use cairn_model::{Position, Timestamp};
use serde::{Deserialize, Serialize};

/// The manifest's name, beside the folder `data`.
pub(crate) const NAME: &str = "cairn-backup.json";
/// The folder of a backup that holds what a data folder holds.
pub(crate) const DATA: &str = "data";
/// The key file's name in the data folder: without it no secret of the backup opens.
pub(crate) const KEY_FILE: &str = "secret.key";

const FORMAT: &str = "cairn-backup";
const VERSION: u32 = 1;

/// The manifest, as JSON (FORMAT.md, "Backup").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    format: String,
    version: u32,
    /// The Cairn that made it.
    cairn: String,
    /// When it was made, RFC 3339.
    pub(crate) created: String,
    /// Where the log ends in it: every event acknowledged before is inside.
    pub(crate) position: u64,
    /// Every file but this one.
    pub(crate) files: Vec<Entry>,
}

/// One file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Its path below [`DATA`].
    pub(crate) name: String,
    /// Its length.
    pub(crate) bytes: u64,
    /// SHA-256, lower-case hex.
    pub(crate) sha256: String,
}

/// Why a manifest cannot be used. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ManifestError {
    #[error("{NAME} is not a backup's manifest: {0}")]
    Json(#[from] serde_json::Error),
    #[error("{NAME} is not a backup's manifest")]
    OtherFormat,
    #[error(
        "the backup is of format version {found}, this Cairn knows up to {VERSION}; restore it with the Cairn that made it \
         ({cairn}) or a newer one"
    )]
    Newer { found: u32, cairn: String },
    #[error("{NAME} names a file outside of the backup: {0:?}")]
    Outside(String),
}

impl Manifest {
    pub(crate) fn new(position: Position, created: Timestamp, files: Vec<Entry>) -> Manifest {
        Manifest {
            format: FORMAT.to_owned(),
            version: VERSION,
            cairn: env!("CARGO_PKG_VERSION").to_owned(),
            created: created.to_string(),
            position: position.get(),
            files,
        }
    }

    /// Reads a manifest; its names are safe to join to a folder.
    pub(crate) fn parse(json: &[u8]) -> Result<Manifest, ManifestError> {
        /// The members that keep their meaning in every version.
        #[derive(Deserialize)]
        struct Head {
            format: String,
            version: u32,
            #[serde(default)]
            cairn: String,
        }
        let head: Head = serde_json::from_slice(json)?;
        if head.format != FORMAT {
            return Err(ManifestError::OtherFormat);
        }
        if head.version > VERSION {
            return Err(ManifestError::Newer { found: head.version, cairn: head.cairn });
        }
        let manifest: Manifest = serde_json::from_slice(json)?;
        match manifest.files.iter().find(|file| !is_inside(&file.name)) {
            Some(file) => Err(ManifestError::Outside(file.name.clone())),
            None => Ok(manifest),
        }
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        let mut json = serde_json::to_vec_pretty(self).expect("a manifest has string keys only");
        json.push(b'\n');
        json
    }
}

/// Whether a name stays in the folder that it is joined to.
pub(crate) fn is_inside(name: &str) -> bool {
    use std::path::{Component, Path};
    !name.is_empty() && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests;
