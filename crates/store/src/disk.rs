//! The seam between the log and the disk.
//!
//! Everything that must survive power loss goes through these two traits, so that tests can put
//! a disk underneath that fails at any step, in any way, and ask what is left of it.

use std::io::{self, IoSlice};
use std::path::Path;
use std::sync::Arc;

#[cfg(any(test, feature = "testing"))]
pub mod faulty;
mod local;

#[cfg(test)]
mod tests;

pub use local::LocalDisk;

/// The kernel takes at most this many slices in one vectored write (`IOV_MAX` on Linux).
const SLICES_MAX: usize = 1024;

/// A tree of files. Paths are the caller's; nothing here knows what they mean.
///
/// What a call changes in a folder (a file that is new, renamed or removed) survives power loss
/// only after [`Disk::sync_folder`] on that folder has returned `Ok`.
pub trait Disk: Send + Sync {
    /// Makes the file, or empties it, and opens it for reading and writing. Only the user who
    /// runs Cairn may read it (mode 0600).
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;

    /// Opens a file that exists, for reading and writing.
    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;

    /// Gives the file another name in the same folder, in one step: whoever looks sees the one
    /// or the other. A file that had the new name is gone.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes the file.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes the folder, and those above it, where they are missing.
    fn create_folder(&self, path: &Path) -> io::Result<()>;

    /// The names in the folder, in no order. Names that are not UTF-8 are none of ours and left
    /// out.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;

    /// When this returns `Ok`, the names in the folder survive power loss.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// Bytes that may still be written below this folder.
    fn free_bytes(&self, folder: &Path) -> io::Result<u64>;

    /// Whether nobody but the file's owner may read or write it.
    fn is_private(&self, path: &Path) -> io::Result<bool>;
}

/// An open file. Calls may come from several threads at once; each names its offset.
pub trait DiskFile: Send + Sync {
    /// Reads up to `into.len()` bytes at the offset; 0 means the file ends there.
    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Reads up to `bytes` at the offset onto the end of `into`, whose capacity must suffice, and says how
    /// many came; 0 means the file ends there.
    fn read_onto(&self, into: &mut Vec<u8>, bytes: usize, offset: u64) -> io::Result<usize> {
        let start = into.len();
        into.resize(start + bytes, 0);
        let count = self.read_at(&mut into[start..], offset);
        into.truncate(start + count.as_ref().copied().unwrap_or(0));
        count
    }

    /// Writes the slices one after the other at the offset. May write less than all: the count
    /// says how much.
    fn write_at(&self, from: &[IoSlice<'_>], offset: u64) -> io::Result<usize>;

    /// Lengthens the file to `len` bytes of zeros and takes the space for them now, where the
    /// file system can, so that later writes cannot meet a full disk.
    fn allocate(&self, len: u64) -> io::Result<()>;

    /// Cuts the file, or lengthens it by zeros.
    fn set_len(&self, len: u64) -> io::Result<()>;

    /// The file's length in bytes.
    fn len(&self) -> io::Result<u64>;

    /// Whether the file has no bytes.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// When this returns `Ok`, the file's bytes and its length survive power loss (fdatasync).
    /// After an error nobody knows what does, and trying again proves nothing: the kernel may
    /// have dropped the bytes and call the file clean.
    fn sync_data(&self) -> io::Result<()>;
}

/// Writes all of the slices at the offset, however many calls it takes. After an error any part
/// of them may be in the file.
pub fn write_all_at(file: &dyn DiskFile, mut slices: &mut [IoSlice<'_>], mut offset: u64) -> io::Result<()> {
    while slices.iter().any(|slice| !slice.is_empty()) {
        let count = slices.len().min(SLICES_MAX);
        let written = file.write_at(&slices[..count], offset)?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        offset += written as u64;
        IoSlice::advance_slices(&mut slices, written);
    }
    Ok(())
}

/// Reads at the offset until `into` is full or the file ends, and says how many bytes came.
pub fn read_up_to(file: &dyn DiskFile, into: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < into.len() {
        match file.read_at(&mut into[filled..], offset + filled as u64)? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

/// Reads up to `bytes` at the offset onto the end of `into`; fewer come if the file ends before.
pub fn read_onto(file: &dyn DiskFile, into: &mut Vec<u8>, bytes: usize, offset: u64) -> io::Result<()> {
    let start = into.len();
    // Doubling what is there already would leave half of it unused.
    into.reserve_exact(bytes);
    loop {
        let read = into.len() - start;
        if read == bytes || file.read_onto(into, bytes - read, offset + read as u64)? == 0 {
            return Ok(());
        }
    }
}

/// Whether the error says that the disk, or the user's quota on it, is full. Passes with space,
/// so the caller may try again.
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
