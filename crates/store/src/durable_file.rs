//! The one way to put a small file on disk so that it survives power loss.

use crate::disk::{Disk, write_all_at};
use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};

#[cfg(test)]
mod tests;

/// What a file is called until it is whole.
const ASIDE: &str = ".new";

/// Puts `bytes` at `path`, over what was there. One writer a path at a time.
///
/// When this returns `Ok`, the bytes survive power loss. After an error, and after a crash at any
/// step, the path holds the old file or the new one, whole; never a part, never a mixture. A
/// leftover `<path>.new` may stay and is overwritten by the next call.
pub fn write_durably(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let aside = aside_of(path);
    if let Err(error) = write_aside(disk, &aside, bytes) {
        // What is left aside takes space until the next call, and nothing reads it.
        let _ = disk.remove(&aside);
        return Err(error);
    }
    disk.rename(&aside, path)?;
    disk.sync_folder(folder)
}

/// The name a file has until it is whole: the same with `.new` behind it.
pub(crate) fn aside_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ASIDE);
    PathBuf::from(name)
}

/// Whether a name is one that [`aside_of`] makes.
pub(crate) fn is_aside(name: &str) -> bool {
    name.ends_with(ASIDE)
}

fn write_aside(disk: &dyn Disk, aside: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = disk.create(aside)?;
    write_all_at(&*file, &mut [IoSlice::new(bytes)], 0)?;
    file.sync_data()
}
