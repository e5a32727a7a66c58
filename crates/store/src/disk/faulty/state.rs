//! What the disk holds.

use super::faults::{Call, Failure, Faults, broken};
use super::inode::Inode;
use super::names::Names;
use super::random::Random;
use std::io;
use std::path::PathBuf;

pub(super) struct State {
    pub(super) inodes: Vec<Inode>,
    pub(super) names: Names,
    pub(super) random: Random,
    pub(super) faults: Faults,
    /// All space of the disk.
    pub(super) space_bytes: u64,
    /// Files that others than the owner may read.
    pub(super) exposed: Vec<PathBuf>,
}

impl State {
    pub(super) fn empty(random: Random) -> State {
        State {
            inodes: Vec::new(),
            names: Names::default(),
            random,
            faults: Faults::default(),
            space_bytes: u64::MAX,
            exposed: Vec::new(),
        }
    }

    /// The same without faults.
    pub(super) fn copy(&self, random: Random) -> State {
        State {
            inodes: self.inodes.clone(),
            names: self.names.clone(),
            random,
            faults: Faults::default(),
            space_bytes: self.space_bytes,
            exposed: self.exposed.clone(),
        }
    }

    /// Counts the call and says whether it is to fail.
    pub(super) fn begin(&mut self, call: Call) -> io::Result<Option<Failure>> {
        self.faults.strike(call, &mut self.random)
    }

    /// Does the call as a whole, or not, as the faults say.
    pub(super) fn perform<R>(
        &mut self,
        call: Call,
        action: impl FnOnce(&mut State) -> io::Result<R>,
    ) -> io::Result<R> {
        match self.begin(call)? {
            None | Some(Failure::Short) => action(self),
            Some(Failure::NotDone) => Err(broken()),
            Some(Failure::Full) => Err(io::ErrorKind::StorageFull.into()),
            Some(Failure::DoneButReported) => {
                action(self)?;
                Err(broken())
            }
        }
    }

    pub(super) fn free_bytes(&self) -> u64 {
        let used = self.names.inodes().map(|inode| self.inodes[inode].len());
        self.space_bytes.saturating_sub(used.sum())
    }

    pub(super) fn grow(&mut self, inode: usize, len: u64) -> io::Result<()> {
        let more = len.saturating_sub(self.inodes[inode].len());
        if more > self.free_bytes() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        if more > 0 {
            self.inodes[inode].set_len(len);
        }
        Ok(())
    }

    pub(super) fn write(&mut self, inode: usize, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.grow(inode, offset + bytes.len() as u64)?;
        self.inodes[inode].write(bytes, offset);
        if self.random.one_in(4) {
            self.inodes[inode].write_back(&mut self.random);
        }
        Ok(())
    }
}
