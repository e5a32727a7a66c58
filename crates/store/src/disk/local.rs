//! The disk of this machine.

use super::{Disk, DiskFile};
use rustix::buffer::spare_capacity;
use rustix::fs::FallocateFlags;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, IoSlice};
use std::os::unix::fs::{FileExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;

/// Read and write for the owner, nothing for others.
const OWNER_ONLY: u32 = 0o600;

/// The permission bits of group and others.
const NOT_THE_OWNER: u32 = 0o077;

/// Files of this machine, by the calls of its kernel.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalDisk;

#[derive(Debug)]
struct LocalFile(File);

impl Disk for LocalDisk {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .mode(OWNER_ONLY)
            .open(path)?;
        // The mode above is for a new file only.
        file.set_permissions(Permissions::from_mode(OWNER_ONLY))?;
        Ok(Arc::new(LocalFile(file)))
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        Ok(Arc::new(LocalFile(file)))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }

    fn free_bytes(&self, folder: &Path) -> io::Result<u64> {
        let space = rustix::fs::statvfs(folder)?;
        // "available", not "free": the rest is kept for the super user.
        Ok(space.f_bavail.saturating_mul(space.f_frsize))
    }

    fn is_private(&self, path: &Path) -> io::Result<bool> {
        Ok(fs::metadata(path)?.permissions().mode() & NOT_THE_OWNER == 0)
    }
}

impl DiskFile for LocalFile {
    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        retry(|| self.0.read_at(into, offset))
    }

    /// Into memory as it is, which need not be cleared before: a reader takes megabytes at a time.
    fn read_onto(&self, into: &mut Vec<u8>, bytes: usize, offset: u64) -> io::Result<usize> {
        let start = into.len();
        let count = retry(|| Ok(rustix::io::pread(&self.0, spare_capacity(into), offset)?))?;
        // The capacity may be larger than what was asked for.
        into.truncate(start + bytes);
        Ok(count.min(bytes))
    }

    fn write_at(&self, from: &[IoSlice<'_>], offset: u64) -> io::Result<usize> {
        retry(|| Ok(rustix::io::pwritev(&self.0, from, offset)?))
    }

    fn allocate(&self, len: u64) -> io::Result<()> {
        let allocated = retry(|| Ok(rustix::fs::fallocate(&self.0, FallocateFlags::empty(), 0, len)?));
        match allocated {
            // A file system without it (NFS before 4.2, some FUSE ones): the space is then found,
            // or found missing, by each write.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => self.0.set_len(len),
            other => other,
        }
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}

/// Calls again as long as a signal cut the call short.
fn retry<R>(mut call: impl FnMut() -> io::Result<R>) -> io::Result<R> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}
