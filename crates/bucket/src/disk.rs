//! Every change of the disk, one function each, so that tests can fail, repeat or stop any of them.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

#[cfg(test)]
pub(crate) mod faults;

/// One change of the disk.
#[derive(Clone, Copy)]
pub(crate) enum Change<'a> {
    /// A new, empty file.
    Create(&'a Path),
    /// Bytes added at the end of a file.
    Write(&'a Path),
    /// A file's bytes made to survive power loss.
    SyncFile(&'a Path),
    /// A second name for a file, refused if the name is taken.
    Link(&'a Path, &'a Path),
    /// A file moved, replacing what has the name.
    Rename(&'a Path, &'a Path),
    /// A file's name removed.
    Unlink(&'a Path),
    /// A new folder.
    MakeFolder(&'a Path),
    /// An empty folder removed.
    RemoveFolder(&'a Path),
    /// The names in a folder made to survive power loss.
    SyncFolder(&'a Path),
}

impl fmt::Display for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Create(path) => write!(f, "create {}", path.display()),
            Change::Write(path) => write!(f, "write {}", path.display()),
            Change::SyncFile(path) => write!(f, "sync {}", path.display()),
            Change::Link(from, to) => write!(f, "link {} to {}", from.display(), to.display()),
            Change::Rename(from, to) => write!(f, "rename {} to {}", from.display(), to.display()),
            Change::Unlink(path) => write!(f, "unlink {}", path.display()),
            Change::MakeFolder(path) => write!(f, "make folder {}", path.display()),
            Change::RemoveFolder(path) => write!(f, "remove folder {}", path.display()),
            Change::SyncFolder(path) => write!(f, "sync folder {}", path.display()),
        }
    }
}

/// The disk as this crate changes it; reading needs no such care.
#[derive(Clone, Default)]
pub(crate) struct Disk {
    #[cfg(test)]
    faults: Option<std::sync::Arc<dyn faults::Faults>>,
}

impl Disk {
    /// A disk on which `faults` decides the fate of every change.
    #[cfg(test)]
    pub(crate) fn with_faults(faults: std::sync::Arc<dyn faults::Faults>) -> Disk {
        Disk { faults: Some(faults) }
    }

    pub(crate) fn create(&self, path: &Path) -> io::Result<File> {
        self.change(Change::Create(path), || File::create_new(path))
    }

    pub(crate) fn write(&self, file: &mut File, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.change(Change::Write(path), || file.write_all(bytes))
    }

    pub(crate) fn sync_file(&self, file: &File, path: &Path) -> io::Result<()> {
        self.change(Change::SyncFile(path), || file.sync_all())
    }

    pub(crate) fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.change(Change::Link(from, to), || fs::hard_link(from, to))
    }

    pub(crate) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.change(Change::Rename(from, to), || fs::rename(from, to))
    }

    pub(crate) fn unlink(&self, path: &Path) -> io::Result<()> {
        self.change(Change::Unlink(path), || fs::remove_file(path))
    }

    /// Makes the folder unless it is there.
    pub(crate) fn make_folder(&self, path: &Path) -> io::Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        self.change(Change::MakeFolder(path), || fs::create_dir(path))
    }

    pub(crate) fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.change(Change::RemoveFolder(path), || fs::remove_dir(path))
    }

    pub(crate) fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.change(Change::SyncFolder(path), || File::open(path)?.sync_all())
    }

    fn change<T>(&self, change: Change<'_>, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        #[cfg(test)]
        let act = || faults::act(self.faults.as_deref(), change, act);
        act().inspect_err(|error| tracing::debug!("{change}: {error}"))
    }
}
