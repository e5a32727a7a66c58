//! Disks that fail or lose power, for tests.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::Change;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Decides the fate of every change.
pub(crate) trait Faults: Send + Sync {
    /// An error here is the change's result, and it is not made.
    fn before(&self, change: Change<'_>) -> io::Result<()>;
    /// After it was made; an error here is the change's result all the same.
    fn after(&self, change: Change<'_>) -> io::Result<()>;
}

pub(super) fn act<T>(
    faults: Option<&dyn Faults>,
    change: Change<'_>,
    act: impl FnOnce() -> io::Result<T>,
) -> io::Result<T> {
    let Some(faults) = faults else { return act() };
    faults.before(change)?;
    let done = act()?;
    faults.after(change)?;
    Ok(done)
}

/// When a change fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// It is not made.
    Before,
    /// It is made, and reported as failed.
    After,
}

/// What happens at one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It fails, once.
    Fails(When),
    /// The machine stops: it and all later changes fail.
    Stops(When),
}

/// A disk with one fault, which remembers what would be lost if power went: bytes of files that were not
/// synced, names in folders that were not synced.
pub(crate) struct BadDisk {
    /// Counted from 0; beyond the last change nothing fails.
    at: usize,
    fault: Fault,
    /// Keeps what was removed or replaced.
    attic: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    changes: usize,
    unsynced_files: HashMap<PathBuf, File>,
    unsynced_names: Vec<(PathBuf, Undo)>,
    kept: usize,
}

/// How a name comes to be as if it had not been changed.
enum Undo {
    RemoveFile(PathBuf),
    RemoveFolder(PathBuf),
    MakeFolder(PathBuf),
    PutBack { kept: PathBuf, path: PathBuf },
}

impl BadDisk {
    pub(crate) fn new(at: usize, fault: Fault, attic: &Path) -> BadDisk {
        BadDisk { at, fault, attic: attic.to_owned(), state: Mutex::default() }
    }

    /// Changes so far.
    pub(crate) fn changes(&self) -> usize {
        self.state.lock().unwrap().changes
    }

    /// Loses what was not synced; of the names those for which `lost` says so, counted from 0.
    pub(crate) fn lose_power(&self, lost: impl Fn(usize) -> bool) {
        let mut state = self.state.lock().unwrap();
        for file in state.unsynced_files.values() {
            file.set_len(0).unwrap();
        }
        let undos = std::mem::take(&mut state.unsynced_names);
        for (number, (_, undo)) in undos.into_iter().enumerate().rev() {
            if lost(number) {
                undo.apply();
            }
        }
    }

    fn keep(&self, state: &mut State, path: &Path) -> Option<PathBuf> {
        let kept = self.attic.join(state.kept.to_string());
        state.kept += 1;
        fs::hard_link(path, &kept).ok().map(|()| kept)
    }
}

impl Undo {
    /// Whether it works depends on what else was lost, and does not matter.
    fn apply(self) {
        let _ = match self {
            Undo::RemoveFile(path) => fs::remove_file(path),
            Undo::RemoveFolder(path) => fs::remove_dir_all(path),
            Undo::MakeFolder(path) => fs::create_dir(path),
            Undo::PutBack { kept, path } => fs::rename(kept, path),
        };
    }
}

impl Faults for BadDisk {
    fn before(&self, change: Change<'_>) -> io::Result<()> {
        let mut state = self.state.lock().unwrap();
        let number = state.changes;
        state.changes += 1;
        let fails = match self.fault {
            Fault::Fails(When::Before) => number == self.at,
            Fault::Stops(When::Before) => number >= self.at,
            Fault::Stops(When::After) => number > self.at,
            Fault::Fails(When::After) => false,
        };
        if fails {
            return Err(io::Error::other("injected"));
        }
        if let Change::Rename(_, path) | Change::Unlink(path) = change
            && let Some(kept) = self.keep(&mut state, path)
        {
            let undo = Undo::PutBack { kept, path: path.to_owned() };
            state.unsynced_names.push((path.parent().unwrap().to_owned(), undo));
        }
        Ok(())
    }

    fn after(&self, change: Change<'_>) -> io::Result<()> {
        let mut state = self.state.lock().unwrap();
        let mut named =
            |path: &Path, undo: Undo| state.unsynced_names.push((path.parent().unwrap().to_owned(), undo));
        match change {
            Change::Create(path) => {
                named(path, Undo::RemoveFile(path.to_owned()));
                let file = File::options().write(true).open(path)?;
                state.unsynced_files.insert(path.to_owned(), file);
            }
            Change::Link(_, path) => named(path, Undo::RemoveFile(path.to_owned())),
            Change::Rename(_, path) => {
                // Undone last to first: where something was replaced, it comes back after this.
                let at = state.unsynced_names.len();
                let replaced = matches!(state.unsynced_names.last(), Some((_, Undo::PutBack { path: back, .. })) if back == path);
                let undo = (path.parent().unwrap().to_owned(), Undo::RemoveFile(path.to_owned()));
                if !replaced {
                    state.unsynced_names.insert(at, undo);
                }
            }
            Change::MakeFolder(path) => named(path, Undo::RemoveFolder(path.to_owned())),
            Change::RemoveFolder(path) => named(path, Undo::MakeFolder(path.to_owned())),
            Change::SyncFile(path) => {
                state.unsynced_files.remove(path);
            }
            Change::SyncFolder(path) => state.unsynced_names.retain(|(folder, _)| folder != path),
            Change::Write(_) | Change::Unlink(_) => {}
        }
        let number = state.changes - 1;
        match self.fault {
            Fault::Fails(When::After) | Fault::Stops(When::After) if number == self.at => {
                Err(io::Error::other("injected"))
            }
            _ => Ok(()),
        }
    }
}
