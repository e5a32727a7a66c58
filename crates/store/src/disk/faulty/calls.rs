//! The two traits, each call subject to the faults.

use super::FaultyDisk;
use super::faults::{Call, Failure, broken};
use super::inode::Inode;
use crate::disk::{Disk, DiskFile};
use std::io::{self, IoSlice};
use std::path::Path;
use std::sync::Arc;

struct FaultyFile {
    disk: FaultyDisk,
    inode: usize,
}

impl FaultyFile {
    fn at(disk: &FaultyDisk, inode: usize) -> Arc<dyn DiskFile> {
        Arc::new(FaultyFile { disk: disk.clone(), inode })
    }
}

impl Disk for FaultyDisk {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let inode = self.state().perform(Call::Create, |state| {
            if let Some(inode) = state.names.inode(path) {
                state.inodes[inode].set_len(0);
                return Ok(inode);
            }
            state.inodes.push(Inode::durable(Vec::new()));
            let inode = state.inodes.len() - 1;
            state.names.link(path, inode);
            Ok(inode)
        })?;
        Ok(FaultyFile::at(self, inode))
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let inode = self
            .state()
            .perform(Call::Open, |state| state.names.inode(path).ok_or(io::ErrorKind::NotFound.into()))?;
        Ok(FaultyFile::at(self, inode))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.state().perform(Call::Rename, |state| state.names.rename(from, to))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.state().perform(Call::Remove, |state| state.names.remove(path))
    }

    fn create_folder(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        self.state().perform(Call::List, |state| Ok(state.names.list(folder)))
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.state().perform(Call::SyncFolder, |state| {
            state.names.sync(folder);
            Ok(())
        })
    }

    fn free_bytes(&self, _folder: &Path) -> io::Result<u64> {
        self.state().perform(Call::FreeBytes, |state| Ok(state.free_bytes()))
    }

    fn is_private(&self, path: &Path) -> io::Result<bool> {
        let state = self.state();
        match state.names.inode(path) {
            Some(_) => Ok(!state.exposed.iter().any(|exposed| exposed == path)),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

impl DiskFile for FaultyFile {
    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut state = self.disk.state();
        let wanted = match state.begin(Call::Read)? {
            None => into.len(),
            Some(Failure::Short) => into.len().div_ceil(2),
            Some(_) => return Err(broken()),
        };
        Ok(state.inodes[self.inode].read(&mut into[..wanted], offset))
    }

    fn write_at(&self, from: &[IoSlice<'_>], offset: u64) -> io::Result<usize> {
        let bytes: Vec<u8> = from.iter().flat_map(|slice| slice.iter().copied()).collect();
        let half = &bytes[..bytes.len().div_ceil(2)];
        let mut state = self.disk.state();
        match state.begin(Call::Write)? {
            None => state.write(self.inode, &bytes, offset)?,
            Some(Failure::Short) => {
                state.write(self.inode, half, offset)?;
                return Ok(half.len());
            }
            Some(Failure::NotDone) => return Err(broken()),
            Some(Failure::DoneButReported) => {
                state.write(self.inode, &bytes, offset)?;
                return Err(broken());
            }
            Some(Failure::Full) => {
                state.write(self.inode, half, offset)?;
                return Err(io::ErrorKind::StorageFull.into());
            }
        }
        Ok(bytes.len())
    }

    fn allocate(&self, len: u64) -> io::Result<()> {
        self.disk.state().perform(Call::Allocate, |state| state.grow(self.inode, len))
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.disk.state().perform(Call::SetLen, |state| {
            state.inodes[self.inode].set_len(len);
            Ok(())
        })
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.disk.state().inodes[self.inode].len())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut guard = self.disk.state();
        let state = &mut *guard;
        let inode = self.inode;
        match state.begin(Call::SyncData)? {
            None | Some(Failure::Short) => {
                state.inodes[inode].sync();
                return Ok(());
            }
            Some(Failure::DoneButReported) => state.inodes[inode].sync(),
            Some(Failure::NotDone | Failure::Full) => {
                state.inodes[inode].fail_sync(&mut state.random);
            }
        }
        Err(broken())
    }
}
