//! The folders of a bucket: which of them survive power loss, and whether the bucket still takes writes.

use crate::disk::Disk;
use crate::error::BucketError;
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Folders remembered as durable; beyond it the memory starts anew, which costs syncs, nothing else.
const REMEMBERED_MAX: usize = 4096;

/// The folders below one root, which itself is durable.
///
/// A name in a folder is safe only if the folder's own name is. Another writer may have made a folder that
/// we find there and not have synced it yet, so "it exists" proves nothing: a folder counts once this
/// process has synced its parent.
pub(crate) struct Folders {
    root: PathBuf,
    state: RwLock<State>,
}

enum State {
    Open {
        durable: HashSet<PathBuf>,
    },
    /// A sync failed: what the disk holds is unknown until the bucket is opened anew.
    Failed,
    /// The bucket was deleted.
    Deleted,
}

impl Folders {
    pub(crate) fn new(root: PathBuf) -> Folders {
        let state = State::Open { durable: HashSet::new() };
        Folders { root, state: RwLock::new(state) }
    }

    /// Runs `name_file`, which gives a file a name in `folder`, while that folder is durable and cannot go;
    /// then syncs the folder.
    ///
    /// When this returns well, the name survives power loss. [`BucketError::Failed`]: nobody knows.
    pub(crate) fn add(
        &self,
        disk: &Disk,
        folder: &Path,
        name_file: impl Fn() -> io::Result<()>,
    ) -> Result<(), BucketError> {
        loop {
            self.hold(disk, folder)?;
            let state = self.read();
            let State::Open { durable } = &*state else { return Err(refusal(&state)) };
            // A deletion may have emptied and removed the folder in between; then once more.
            if folder == self.root || durable.contains(folder) {
                name_file()?;
                drop(state);
                return self.sync(disk, folder);
            }
        }
    }

    /// Runs `change` on the names in `folder`, then syncs it, while the folder cannot go: one removed before
    /// it was synced may come back after a crash with all that was in it. Says whether the folder is there;
    /// if not, nothing is done.
    pub(crate) fn change(
        &self,
        disk: &Disk,
        folder: &Path,
        change: impl FnOnce() -> io::Result<()>,
    ) -> Result<bool, BucketError> {
        let state = self.read();
        if !matches!(*state, State::Open { .. }) {
            return Err(refusal(&state));
        }
        if !folder.is_dir() {
            return Ok(false);
        }
        change()?;
        let synced = disk.sync_folder(folder);
        drop(state);
        synced.map_err(|error| self.fail(folder, &error))?;
        Ok(true)
    }

    /// Makes the names in `folder` durable; a failure stops all writes. The folder must not be empty, lest
    /// it go.
    pub(crate) fn sync(&self, disk: &Disk, folder: &Path) -> Result<(), BucketError> {
        // The kernel reports a failed sync once; a later one may claim success.
        self.check()?;
        disk.sync_folder(folder).map_err(|error| self.fail(folder, &error))
    }

    /// Refuses unless the bucket takes writes.
    pub(crate) fn check(&self) -> Result<(), BucketError> {
        match &*self.read() {
            State::Open { .. } => Ok(()),
            closed => Err(refusal(closed)),
        }
    }

    /// Removes `folder` and those above it as far as they are empty. Best effort: an empty folder is
    /// harmless.
    pub(crate) fn prune(&self, disk: &Disk, folder: &Path) {
        let mut state = self.write();
        let State::Open { durable } = &mut *state else { return };
        let below_root = folder.ancestors().take_while(|folder| *folder != self.root);
        for folder in below_root {
            let removed = disk.remove_folder(folder);
            if removed.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::DirectoryNotEmpty) {
                return;
            }
            durable.remove(folder);
            if removed.is_err() {
                return;
            }
        }
    }

    /// Ends the bucket's life: runs `delete` while nothing can be added, and refuses all writes if it went
    /// well or nobody knows how it went ([`BucketError::Failed`]).
    pub(crate) fn delete(&self, delete: impl FnOnce() -> Result<(), BucketError>) -> Result<(), BucketError> {
        let mut state = self.write();
        if !matches!(*state, State::Open { .. }) {
            return Err(refusal(&state));
        }
        let done = delete();
        match done {
            Ok(()) => *state = State::Deleted,
            Err(BucketError::Failed) => *state = State::Failed,
            Err(_) => {}
        }
        done
    }

    /// Makes `folder` and all above it, up to the root, exist durably.
    fn hold(&self, disk: &Disk, folder: &Path) -> Result<(), BucketError> {
        if self.is_durable(folder)? {
            return Ok(());
        }
        let mut guard = self.write();
        let State::Open { durable } = &mut *guard else { return Err(refusal(&guard)) };
        if durable.len() > REMEMBERED_MAX {
            durable.clear();
        }
        let missing: Vec<&Path> = folder
            .ancestors()
            .take_while(|folder| *folder != self.root && !durable.contains(*folder))
            .collect();
        for folder in missing.into_iter().rev() {
            disk.make_folder(folder)?;
            let parent = folder.parent().expect("it lies below the root");
            if let Err(error) = disk.sync_folder(parent) {
                drop(guard);
                return Err(self.fail(parent, &error));
            }
            durable.insert(folder.to_owned());
        }
        Ok(())
    }

    fn is_durable(&self, folder: &Path) -> Result<bool, BucketError> {
        match &*self.read() {
            State::Open { durable } => Ok(folder == self.root || durable.contains(folder)),
            closed => Err(refusal(closed)),
        }
    }

    fn fail(&self, folder: &Path, error: &io::Error) -> BucketError {
        tracing::error!("cannot sync {}, so the bucket takes no more writes: {error}", folder.display());
        let mut state = self.write();
        if matches!(*state, State::Open { .. }) {
            *state = State::Failed;
        }
        BucketError::Failed
    }

    // A panic while the lock is held leaves nothing half done in here, so a poisoned lock is as good as any.
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refusal(state: &State) -> BucketError {
    match state {
        State::Deleted => BucketError::NoSuchBucket,
        State::Open { .. } | State::Failed => BucketError::Failed,
    }
}
