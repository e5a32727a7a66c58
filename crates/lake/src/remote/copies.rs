//! Which data files of a table in a bucket have copies, and which of them go when there are too many.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The copies in one folder.
pub(super) struct Copies {
    dir: PathBuf,
    bytes_max: u64,
    state: Mutex<State>,
    /// Others have it, too, while nothing may go.
    kept: Arc<()>,
}

#[derive(Default)]
struct State {
    files: HashMap<String, Known>,
    bytes: u64,
    /// Grows with every use.
    clock: u64,
}

struct Known {
    bytes: u64,
    used: u64,
}

impl Copies {
    /// Those that are in `dir`, in folders of their own.
    pub(super) fn found(dir: &Path, bytes_max: u64) -> io::Result<Copies> {
        let copies = Copies { dir: dir.to_owned(), bytes_max, state: Mutex::default(), kept: Arc::default() };
        for folder in dir.read_dir()? {
            let folder = folder?;
            if folder.file_type()?.is_dir() {
                copies.find_in(&folder.path(), &folder.file_name().to_string_lossy())?;
            }
        }
        copies.shrink("");
        Ok(copies)
    }

    fn find_in(&self, folder: &Path, name: &str) -> io::Result<()> {
        for file in folder.read_dir()? {
            let file = file?;
            let file_name = file.file_name();
            let file_name = file_name.to_string_lossy();
            match file_name.ends_with(".parquet") {
                true => self.state().add(&format!("{name}/{file_name}"), file.metadata()?.len()),
                // What a crash has left of a copy.
                false => std::fs::remove_file(file.path())?,
            }
        }
        Ok(())
    }

    /// As long as what is returned is held, all copies stay.
    pub(super) fn keep(&self) -> Arc<()> {
        Arc::clone(&self.kept)
    }

    pub(super) fn used(&self, path: &str) {
        let mut state = self.state();
        state.clock += 1;
        let clock = state.clock;
        if let Some(known) = state.files.get_mut(path) {
            known.used = clock;
        }
    }

    /// Takes note of a copy; others may go.
    pub(super) fn add(&self, path: &str, bytes: u64) {
        self.state().add(path, bytes);
        self.shrink(path);
    }

    pub(super) fn removed(&self, path: &str) {
        self.state().remove(path);
    }

    /// Removes the copies that were not used for longest, but not `new`. Who has one open reads on.
    fn shrink(&self, new: &str) {
        let mut state = self.state();
        while state.bytes > self.bytes_max && Arc::strong_count(&self.kept) == 1 {
            let others = state.files.iter().filter(|(path, _)| *path != new);
            let Some((oldest, _)) = others.min_by_key(|(_, known)| known.used) else { return };
            let oldest = oldest.clone();
            state.remove(&oldest);
            // One that stays is found by the next start.
            let _ = std::fs::remove_file(self.dir.join(&oldest));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, path: &str, bytes: u64) {
        self.remove(path);
        self.clock += 1;
        self.bytes += bytes;
        self.files.insert(path.to_owned(), Known { bytes, used: self.clock });
    }

    fn remove(&mut self, path: &str) {
        if let Some(known) = self.files.remove(path) {
            self.bytes -= known.bytes;
        }
    }
}
