//! The keys of a bucket in ascending byte order, read folder by folder.

use crate::layout::{self, Kind};
use std::collections::BinaryHeap;
use std::io;
use std::path::{Path, PathBuf};

/// Names of one folder that are held at a time. A folder of more is read again, once for so many: a listing of
/// millions of keys needs no more memory than one of thousands.
const HELD_MAX: usize = if cfg!(test) { 3 } else { 4096 };

/// Walks the keys with a prefix, after a key. Of the folders from the root to the current key it holds the next
/// names, no more.
pub(crate) struct Walk {
    levels: Vec<Level>,
    prefix: Vec<u8>,
    /// Only keys greater than this.
    after: Vec<u8>,
    /// Keys that start with this are passed over.
    skip: Option<Vec<u8>>,
}

/// A key and its file.
pub(crate) struct Found {
    pub(crate) key: String,
    pub(crate) path: PathBuf,
}

/// One folder and what is still to be seen of it.
struct Level {
    path: PathBuf,
    /// What all keys in here start with.
    key: Vec<u8>,
    /// The next, descending, so that the very next is the last.
    children: Vec<(Piece, Kind)>,
    /// If there are more than were held: those after this.
    more_after: Option<(Piece, Kind)>,
}

/// A piece of a key, with the `/` that a folder stands for: so pieces sort as the keys below them do. An
/// object sorts before the folder of keys that go on from it.
type Piece = Box<[u8]>;

impl Walk {
    /// All keys below the folder `objects` that start with `prefix` and are greater than `after` (`""`: all,
    /// as no key is empty).
    pub(crate) fn new(objects: &Path, prefix: &str, after: &str) -> io::Result<Walk> {
        let mut walk = Walk {
            levels: Vec::new(),
            prefix: prefix.as_bytes().to_vec(),
            after: after.as_bytes().to_vec(),
            skip: None,
        };
        walk.enter(objects.to_owned(), Vec::new(), None)?;
        Ok(walk)
    }

    /// Passes over all further keys that start with `prefix`.
    pub(crate) fn skip(&mut self, prefix: &str) {
        self.skip = Some(prefix.as_bytes().to_vec());
    }

    /// The next key; nothing after the last. What is put or deleted meanwhile may or may not be seen.
    pub(crate) fn next(&mut self) -> io::Result<Option<Found>> {
        while let Some(level) = self.levels.last_mut() {
            let Some((piece, kind)) = level.children.pop() else {
                let Some(Level { path, key, more_after: after @ Some(_), .. }) = self.levels.pop() else {
                    continue;
                };
                self.enter(path, key, after)?;
                continue;
            };
            let key = [&level.key, &*piece].concat();
            let path = level.path.join(layout::name(piece.strip_suffix(b"/").unwrap_or(&piece), kind));
            if self.skip.as_ref().is_some_and(|skip| key.starts_with(skip)) {
                continue;
            }
            match kind {
                Kind::Folder | Kind::Chunk => self.enter(path, key, None)?,
                // A name whose key is not UTF-8 is none of ours.
                Kind::Object => {
                    if let Ok(key) = String::from_utf8(key) {
                        return Ok(Some(Found { key, path }));
                    }
                }
            }
        }
        Ok(None)
    }

    /// Reads the names of a folder that come after `after`.
    fn enter(&mut self, path: PathBuf, key: Vec<u8>, after: Option<(Piece, Kind)>) -> io::Result<()> {
        let entries = match std::fs::read_dir(&path) {
            Ok(entries) => entries,
            // Emptied and removed since its parent was read.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        // The greatest on top, to give way to smaller ones.
        let mut held: BinaryHeap<(Piece, Kind)> = BinaryHeap::new();
        let mut is_more = false;
        let mut child_key = key.clone();
        for entry in entries {
            let name = entry?.file_name();
            let Some((mut piece, kind)) = name.to_str().and_then(layout::parse_name) else { continue };
            if kind == Kind::Folder {
                piece.push(b'/');
            }
            child_key.truncate(key.len());
            child_key.extend_from_slice(&piece);
            let child = (piece.into_boxed_slice(), kind);
            if after.as_ref().is_some_and(|after| child <= *after) || !self.wants(&child_key, kind) {
                continue;
            }
            held.push(child);
            if held.len() > HELD_MAX {
                held.pop();
                is_more = true;
            }
        }
        let mut children = held.into_sorted_vec();
        children.reverse();
        let more_after = children.first().filter(|_| is_more).cloned();
        self.levels.push(Level { path, key, children, more_after });
        Ok(())
    }

    /// Whether the object `key`, or any key that a folder of keys starting with `key` can hold, is within
    /// the bounds.
    fn wants(&self, key: &[u8], kind: Kind) -> bool {
        let is_object = kind == Kind::Object;
        if self.skip.as_ref().is_some_and(|skip| key.starts_with(skip)) {
            return false;
        }
        let has_prefix = key.starts_with(&self.prefix) || (!is_object && self.prefix.starts_with(key));
        let is_after = key > self.after.as_slice() || (!is_object && self.after.starts_with(key));
        has_prefix && is_after
    }
}
