//! The writing end of the log: commits and new segments, each safe against a crash at any step.

use super::segment::{self, Header, PrepareError, Segment};
use super::segments::Segments;
use super::{Batch, LogOptions};
use crate::disk::{self, Disk, DiskFile};
use aws_lc_rs::rand;
use cairn_model::Position;
use std::io::{self, IoSlice};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Writes commits behind one another. Used by one thread.
pub(super) struct Writer {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    segment_bytes: u64,
    reserve_bytes: u64,
    /// The end of what is durable.
    end: Position,
    /// The newest segment; none before the first commit ever.
    tail: Option<Tail>,
}

/// The segment that takes the next commit.
pub(super) struct Tail {
    pub(super) segment: Arc<Segment>,
    pub(super) file: Arc<dyn DiskFile>,
    /// Bytes that still fit in. None once the segment is complete: it is never written again.
    pub(super) room: u64,
}

/// A commit that is on stable storage.
#[derive(Debug)]
pub(super) struct Commit {
    pub(super) first: Position,
    pub(super) next: Position,
    /// How long the disk took to sync.
    pub(super) sync: Duration,
}

/// Why a commit failed.
#[derive(Debug)]
pub(super) enum CommitError {
    /// No space. Nothing of the commit is in the log.
    Full,
    /// The disk failed; nothing of the commit is in the log.
    Io(io::Error),
    /// The disk did not keep what it was told to. What of the commit is in the log is unknown,
    /// and so is what a further write would do.
    Fatal(io::Error),
}

impl Writer {
    pub(super) fn new(
        disk: Arc<dyn Disk>,
        options: &LogOptions,
        end: Position,
        tail: Option<Tail>,
    ) -> Writer {
        Writer {
            disk,
            folder: options.folder.clone(),
            segment_bytes: options.segment_bytes,
            reserve_bytes: options.reserve_bytes,
            end,
            tail,
        }
    }

    /// Sees to it that a commit of this many bytes fits in one segment, starting a new one if
    /// need be, and says how many bytes would fit.
    pub(super) fn make_room(&mut self, bytes: u64, segments: &Segments) -> Result<u64, CommitError> {
        match &self.tail {
            Some(tail) if tail.room >= bytes => {}
            _ => self.start_segment(bytes, segments)?,
        }
        Ok(self.tail.as_ref().map_or(0, |tail| tail.room))
    }

    /// Writes the batches behind the end of the log and syncs. They must fit the room made. When
    /// this returns `Ok`, they survive power loss.
    pub(super) fn commit(&mut self, batches: &mut [Batch]) -> Result<Commit, CommitError> {
        let tail = self.tail.as_mut().expect("the caller made room");
        let first = self.end;
        let next = batches.iter_mut().fold(first, |at, batch| batch.stamp(at, first, tail.segment.seed).next);
        let mut slices: Vec<_> = batches.iter().map(|batch| IoSlice::new(batch.frames())).collect();
        let offset = tail.segment.offset_of(first);
        // A crash from here to the sync leaves any part of the commit; the next start keeps its
        // whole records up to the first torn one and cuts the rest. Nobody was told of any.
        if let Err(error) = disk::write_all_at(&*tail.file, &mut slices, offset) {
            return Err(self.wiped(error));
        }
        let started = Instant::now();
        tail.file.sync_data().map_err(CommitError::Fatal)?;
        let sync = started.elapsed();
        tail.room -= next.get() - first.get();
        self.end = next;
        Ok(Commit { first, next, sync })
    }

    /// Wipes what a failed write left behind the end of the log, durably, so that records
    /// answered with an error never come back. That gives back the space that was allocated, so
    /// the next commit starts a segment.
    fn wiped(&mut self, error: io::Error) -> CommitError {
        let tail = self.tail.as_mut().expect("a write failed, so there is one");
        tail.room = 0;
        let len = tail.segment.offset_of(self.end);
        let wiped = tail.file.set_len(len).and_then(|()| tail.file.sync_data());
        tail.segment.set_file_bytes(len);
        match wiped {
            Ok(()) => retryable(error),
            Err(error) => CommitError::Fatal(error),
        }
    }

    /// Starts a new segment at the end of the log, large enough for `bytes`.
    fn start_segment(&mut self, bytes: u64, segments: &Segments) -> Result<(), CommitError> {
        let file_bytes = self.segment_bytes.max(segment::HEADER_BYTES + bytes);
        self.check_space(file_bytes)?;
        let header =
            Header { start: self.end, salt: random_salt().map_err(CommitError::Io)?, created_ms: now_ms() };
        let prepared = segment::prepare(&*self.disk, &self.folder, header, file_bytes);
        let prepared = prepared.map_err(|error| match error {
            PrepareError::Retryable(error) => retryable(error),
            PrepareError::Sync(error) => CommitError::Fatal(error),
        })?;
        // From here on the new segment may have its name, whatever the calls below say. Were the
        // old one to take another commit, the two would overlap.
        if let Some(tail) = &mut self.tail {
            tail.room = 0;
        }
        if let Err(error) = self.disk.rename(&prepared.aside, &prepared.path) {
            // Left aside it would take the space that the next try needs.
            let _ = self.disk.remove(&prepared.aside);
            return Err(retryable(error));
        }
        // Records in a segment whose name did not last would be lost with it.
        self.disk.sync_folder(&self.folder).map_err(CommitError::Fatal)?;
        let segment = Segment::new(self.end, prepared.path, header.salt, file_bytes);
        let segment = Arc::new(segment);
        segments.add(Arc::clone(&segment));
        self.replace_tail(Tail { segment, file: prepared.file, room: file_bytes - segment::HEADER_BYTES });
        Ok(())
    }

    /// Makes this the newest segment and frees the space that the one before did not need.
    fn replace_tail(&mut self, tail: Tail) {
        let Some(old) = self.tail.replace(tail) else {
            return;
        };
        let len = old.segment.offset_of(self.end);
        // Only zeros go. Should it fail, or be forgotten in a crash, the next start does it.
        if old.file.set_len(len).is_ok() {
            old.segment.set_file_bytes(len);
        }
    }

    fn check_space(&self, file_bytes: u64) -> Result<(), CommitError> {
        let free = self.disk.free_bytes(&self.folder).map_err(CommitError::Io)?;
        if free < file_bytes.saturating_add(self.reserve_bytes) {
            return Err(CommitError::Full);
        }
        Ok(())
    }
}

/// The error after a step that left nothing behind.
fn retryable(error: io::Error) -> CommitError {
    if disk::is_full(&error) { CommitError::Full } else { CommitError::Io(error) }
}

fn random_salt() -> io::Result<u64> {
    let mut salt = [0; 8];
    rand::fill(&mut salt).map_err(|_| io::Error::other("the system gives no random bytes"))?;
    Ok(u64::from_le_bytes(salt))
}

/// For the segment header, where only people read it.
#[allow(clippy::disallowed_methods, reason = "the log's thread has no caller who could pass the time")]
fn now_ms() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    since_1970.map_or(0, |time| time.as_millis() as u64)
}
