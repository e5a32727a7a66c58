//! A disk in memory that fails as it is told to, for tests.
//!
//! It keeps apart what programs see and what power loss leaves, as a kernel with a page cache
//! does: pages of 4 KiB and names in folders last once they are synced; until then each may last
//! or not, whole or torn, and some reach the medium before anyone asks. A sync that fails drops
//! what it should have written and calls it clean.

mod calls;
mod faults;
mod inode;
mod names;
mod random;
mod state;

pub use faults::{Call, Failure};
pub use random::Random;

use faults::Effect;
use inode::Inode;
use state::State;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

/// The disk. Clones are the same disk.
#[derive(Clone)]
pub struct FaultyDisk {
    state: Arc<Mutex<State>>,
}

impl FaultyDisk {
    /// An empty disk with endless space. All that is left to chance follows from the seed.
    pub fn new(seed: u64) -> FaultyDisk {
        FaultyDisk::of(State::empty(Random::new(seed)))
    }

    /// Makes one call of this kind fail, after `after` more of them have gone well.
    pub fn fail(&self, call: Call, after: u64, failure: Failure) {
        self.add_fault(Some(call), after, Effect::Fail(failure));
    }

    /// Makes one call that changes something fail, after `after` more of them have gone well.
    pub fn fail_change(&self, after: u64, failure: Failure) {
        self.add_fault(None, after, Effect::Fail(failure));
    }

    /// Stops the program after `after` more calls that change something: the next one is done by
    /// halves or not at all, and then every call fails. Take [`FaultyDisk::restart`] or
    /// [`FaultyDisk::lose_power`] from there.
    pub fn halt(&self, after: u64) {
        self.add_fault(None, after, Effect::Halt);
    }

    /// Forgets the faults that have not struck yet.
    pub fn clear_faults(&self) {
        self.state().faults.clear();
    }

    /// Holds back all faults, so that a test can look at the disk, or lets them go on.
    pub fn pause_faults(&self, pause: bool) {
        self.state().faults.paused = pause;
    }

    /// Whether [`FaultyDisk::halt`] has struck.
    pub fn is_halted(&self) -> bool {
        self.state().faults.halted
    }

    /// Calls so far that change something: the steps at which a test can make it fail.
    pub fn changes(&self) -> u64 {
        self.state().faults.changes
    }

    /// Sets the disk's size in bytes.
    pub fn set_space(&self, bytes: u64) {
        self.state().space_bytes = bytes;
    }

    /// The disk as the next process finds it when this one was killed.
    pub fn restart(&self) -> FaultyDisk {
        let mut state = self.state();
        let seed = state.random.next();
        FaultyDisk::of(state.copy(Random::new(seed)))
    }

    /// A disk as it may be after power was lost now; the seed chooses which.
    pub fn lose_power(&self, seed: u64) -> FaultyDisk {
        let mut copy = self.state().copy(Random::new(seed));
        for inode in &mut copy.inodes {
            inode.lose_power(&mut copy.random);
        }
        copy.names.lose_power(&mut copy.random);
        FaultyDisk::of(copy)
    }

    /// The file's bytes as programs see them.
    pub fn contents(&self, path: &Path) -> Option<Vec<u8>> {
        let state = self.state();
        let inode = state.names.inode(path)?;
        Some(state.inodes[inode].visible().to_vec())
    }

    /// Replaces the file's bytes, durably, as a faulty medium does.
    pub fn corrupt(&self, path: &Path, bytes: Vec<u8>) {
        let mut state = self.state();
        let inode = state.names.inode(path).expect("the file exists");
        state.inodes[inode] = Inode::durable(bytes);
    }

    /// The files' paths in order.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.state().names.paths()
    }

    /// Lets others than the owner read the file.
    pub fn expose(&self, path: &Path) {
        self.state().exposed.push(path.to_owned());
    }

    fn of(state: State) -> FaultyDisk {
        FaultyDisk { state: Arc::new(Mutex::new(state)) }
    }

    fn add_fault(&self, call: Option<Call>, after: u64, effect: Effect) {
        self.state().faults.add(call, after, effect);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing under this lock panics")
    }
}
