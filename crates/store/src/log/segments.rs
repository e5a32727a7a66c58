//! The segments there are, their open files, and the dropping of those that nobody needs.

use super::segment::Segment;
use super::{FrozenSegment, NO_PANIC, ReleaseError};
use crate::disk::{Disk, DiskFile};
use cairn_model::Position;
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};

/// Files kept open for reading single records. A reader of many holds its own.
const OPEN_FILES_MAX: usize = 32;

type OpenFile = (Arc<Segment>, Arc<dyn DiskFile>);

pub(super) struct Segments {
    disk: Arc<dyn Disk>,
    /// Oldest first.
    list: RwLock<Vec<Arc<Segment>>>,
    /// Most recently used first.
    open_files: Mutex<VecDeque<OpenFile>>,
    released: Mutex<Released>,
}

#[derive(Default)]
struct Released {
    /// Out of the list, and not yet removed for certain. Oldest first.
    paths: VecDeque<PathBuf>,
    /// How many ask that nothing be released.
    holds: usize,
}

/// Where a position is.
pub(super) struct Place {
    pub(super) segment: Arc<Segment>,
    /// Where the next segment starts; `None` in the newest.
    pub(super) next_start: Option<Position>,
}

impl Segments {
    pub(super) fn new(disk: Arc<dyn Disk>, list: Vec<Arc<Segment>>) -> Segments {
        Segments { disk, list: RwLock::new(list), open_files: Mutex::default(), released: Mutex::default() }
    }

    /// The first position kept; `None` if there is no segment.
    pub(super) fn first(&self) -> Option<Position> {
        let list = self.list.read().expect(NO_PANIC);
        list.first().map(|segment| segment.start)
    }

    pub(super) fn count(&self) -> usize {
        self.list.read().expect(NO_PANIC).len()
    }

    pub(super) fn file_bytes(&self) -> u64 {
        let list = self.list.read().expect(NO_PANIC);
        list.iter().map(|segment| segment.file_bytes()).sum()
    }

    /// Makes this the newest segment. One with the same start, which then has no records, gives
    /// way to it, as its file already has.
    pub(super) fn add(&self, segment: Arc<Segment>) {
        let mut list = self.list.write().expect(NO_PANIC);
        list.retain(|old| old.start != segment.start);
        list.push(segment);
    }

    /// The segment that holds this position; `None` if it was released.
    pub(super) fn locate(&self, at: Position) -> Option<Place> {
        let list = self.list.read().expect(NO_PANIC);
        let behind = list.partition_point(|segment| segment.start <= at);
        let segment = list.get(behind.checked_sub(1)?)?;
        Some(Place { segment: Arc::clone(segment), next_start: list.get(behind).map(|next| next.start) })
    }

    /// The segment's file, opened at most once as long as it is in use.
    pub(super) fn open(&self, segment: &Arc<Segment>) -> io::Result<Arc<dyn DiskFile>> {
        let mut open_files = self.open_files.lock().expect(NO_PANIC);
        let known = open_files.iter().position(|(open, _)| Arc::ptr_eq(open, segment));
        let entry = match known.and_then(|index| open_files.remove(index)) {
            Some(entry) => entry,
            None => (Arc::clone(segment), self.disk.open(&segment.path)?),
        };
        let file = Arc::clone(&entry.1);
        open_files.push_front(entry);
        open_files.truncate(OPEN_FILES_MAX);
        Ok(file)
    }

    /// Whether there is a segment wholly below this position, which is not the newest.
    pub(super) fn has_below(&self, below: Position) -> bool {
        let list = self.list.read().expect(NO_PANIC);
        list.get(1).is_some_and(|second| second.start <= below)
    }

    /// Drops the segments wholly below this position and says how many; see `Log::release`.
    pub(super) fn release(&self, below: Position) -> Result<usize, ReleaseError> {
        // Held throughout: two releases at once could remove files out of order.
        let mut released = self.released.lock().expect(NO_PANIC);
        if released.holds > 0 {
            return Ok(0);
        }
        let paths = self.unlist(below);
        let count = paths.len();
        released.paths.extend(paths);
        while let Some(path) = released.paths.front() {
            self.remove(path)?;
            released.paths.pop_front();
        }
        Ok(count)
    }

    /// From here on nothing is released, until [`Segments::let_go`] is called as often as this.
    pub(super) fn hold(&self) {
        self.released.lock().expect(NO_PANIC).holds += 1;
    }

    /// See [`Segments::hold`].
    pub(super) fn let_go(&self) {
        self.released.lock().expect(NO_PANIC).holds -= 1;
    }

    /// The files that hold the log below `end`, and how far.
    pub(super) fn frozen_at(&self, end: Position) -> Vec<FrozenSegment> {
        let list = self.list.read().expect(NO_PANIC);
        let ends = list.iter().skip(1).map(|next| next.start.min(end)).chain([end]);
        let held = list.iter().zip(ends).filter(|(segment, _)| segment.start < end);
        held.map(|(segment, end)| FrozenSegment { path: segment.path.clone(), bytes: segment.offset_of(end) })
            .collect()
    }

    /// Takes the segments wholly below this position off the list.
    fn unlist(&self, below: Position) -> Vec<PathBuf> {
        let mut list = self.list.write().expect(NO_PANIC);
        let kept_from = list.windows(2).take_while(|pair| pair[1].start <= below).count();
        let gone: Vec<_> = list.drain(..kept_from).collect();
        drop(list);
        let mut open_files = self.open_files.lock().expect(NO_PANIC);
        open_files.retain(|(open, _)| !gone.iter().any(|segment| Arc::ptr_eq(open, segment)));
        gone.iter().map(|segment| segment.path.clone()).collect()
    }

    /// Removes the file durably. The next one must wait for that: were it gone and this one back
    /// after a crash, the log would have a hole.
    fn remove(&self, path: &Path) -> Result<(), ReleaseError> {
        let folder = path.parent().unwrap_or(path);
        match self.disk.remove(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(path, error)),
            // Not found: an earlier try got this far.
            _ => self.disk.sync_folder(folder).map_err(|error| failed(folder, error)),
        }
    }
}

fn failed(path: &Path, source: io::Error) -> ReleaseError {
    ReleaseError { path: path.to_owned(), source }
}
