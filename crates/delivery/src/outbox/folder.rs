//! The outbox's folder of finished files.

use crate::error::DeliveryError;
use crate::log_file::sha256_hex;
use crate::steps::{Step, Steps};
use std::collections::HashSet;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// What a file is called until it is whole.
const ASIDE: &str = ".new";

/// The folder. Names in it are ours: 16 random characters and `.json.gz`.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    steps: Steps,
}

/// Why a file of the outbox cannot be delivered. Nothing can bring it back but a backup.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Damaged {
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    #[error("its bytes are not those that were written")]
    Altered,
}

impl Damaged {
    /// Whether the file may be whole all the same: it is there, and reading it failed.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Damaged::Unreadable(error) if error.kind() != io::ErrorKind::NotFound)
    }
}

impl Folder {
    pub(super) fn open(path: PathBuf, steps: Steps) -> Result<Folder, DeliveryError> {
        DirBuilder::new().recursive(true).mode(0o700).create(&path).map_err(DeliveryError::folder(&path))?;
        Ok(Folder { path, steps })
    }

    /// When this returns `Ok`, the folder itself and the database beside it survive power loss by name.
    pub(super) fn sync_parents(&self) -> Result<(), DeliveryError> {
        for folder in self.path.ancestors().skip(1).take(2) {
            // A relative path ends in an empty one, which means here.
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            let synced = File::open(folder).and_then(|folder| folder.sync_all());
            synced.map_err(DeliveryError::folder(folder))?;
        }
        Ok(())
    }

    /// Writes a new file. It survives power loss after [`Folder::sync`]; after an error or a crash it may be
    /// there, whole or under its temporary name, and no row names it.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), DeliveryError> {
        let path = self.path.join(name);
        let written = self.write_aside_and_rename(&path, bytes);
        written.map_err(DeliveryError::folder(&path))
    }

    fn write_aside_and_rename(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut aside = path.as_os_str().to_owned();
        aside.push(ASIDE);
        let mut file = File::options().write(true).create_new(true).mode(0o600).open(&aside)?;
        file.write_all(bytes)?;
        file.sync_data()?;
        self.steps.pass(Step::FileAside)?;
        fs::rename(&aside, path)?;
        self.steps.pass(Step::FileNamed)
    }

    /// Gives what is written as `name` another name, or writes the bytes once more where the file system has
    /// no second names. Survives power loss after [`Folder::sync`].
    pub(crate) fn link(&self, name: &str, other: &str, bytes: &[u8]) -> Result<(), DeliveryError> {
        let path = self.path.join(other);
        if fs::hard_link(self.path.join(name), &path).is_err() {
            return self.write(other, bytes);
        }
        self.steps.pass(Step::FileNamed).map_err(DeliveryError::folder(&path))
    }

    /// Where the file of this name lies.
    pub(super) fn path_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// When this returns `Ok`, all files written before survive power loss.
    pub(crate) fn sync(&self) -> Result<(), DeliveryError> {
        File::open(&self.path)
            .and_then(|folder| folder.sync_all())
            .and_then(|()| self.steps.pass(Step::FilesDurable))
            .map_err(DeliveryError::folder(&self.path))
    }

    /// The file's bytes, if they are those that were written.
    pub(crate) async fn read(&self, name: &str, gzip_sha256: &str) -> Result<Vec<u8>, Damaged> {
        let bytes = tokio::fs::read(self.path.join(name)).await;
        let bytes = bytes.map_err(Damaged::Unreadable)?;
        if sha256_hex(&bytes) != gzip_sha256 {
            return Err(Damaged::Altered);
        }
        Ok(bytes)
    }

    /// Removes files that no row names any more. A file that stays goes at the next start.
    pub(crate) fn remove<'a>(&self, names: impl Iterator<Item = &'a str>) -> Result<(), DeliveryError> {
        let step = self.steps.pass(Step::BeforeRemove);
        step.map_err(DeliveryError::folder(&self.path))?;
        for name in names {
            if let Err(error) = fs::remove_file(self.path.join(name)) {
                tracing::debug!(file = name, %error, "a delivered file stays until the next start");
            }
        }
        Ok(())
    }

    /// Removes all files but these.
    pub(super) fn retain(&self, names: &HashSet<String>) -> Result<u64, DeliveryError> {
        let mut removed = 0;
        let error = DeliveryError::folder(&self.path);
        self.names()
            .and_then(|found| {
                for name in found.iter().filter(|name| !names.contains(*name)) {
                    removed += u64::from(remove_if_there(&self.path.join(name))?);
                }
                Ok(())
            })
            .map_err(error)?;
        Ok(removed)
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let ours = |name: &String| name.ends_with(".json.gz") || name.ends_with(ASIDE);
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            names.extend(entry?.file_name().into_string().ok().filter(ours));
        }
        Ok(names)
    }
}

fn remove_if_there(path: &Path) -> io::Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        // An upload that just ended removed it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
