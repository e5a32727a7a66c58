//! Reading: many records in order, or one by its position.

use super::frame::{self, Rest};
use super::segment::Segment;
use super::segments::Place;
use super::{ReadError, Shared};
use crate::disk::{DiskFile, read_onto};
use bytes::Bytes;
use cairn_model::Position;
use std::sync::Arc;

/// Bytes read at first for a single record. Most records fit, so one call is enough.
const SINGLE_READ_BYTES: u64 = 4096;

/// Reads the log in order from a position on, and only what is durable.
pub struct Reader {
    shared: Arc<Shared>,
    at: Position,
    current: Option<OpenSegment>,
    /// The memory of the chunk before. It is read into again once nobody holds the chunk: new memory costs
    /// the system more than what is read into it.
    spare: Bytes,
}

/// The segment being read, kept open between calls.
struct OpenSegment {
    segment: Arc<Segment>,
    file: Arc<dyn DiskFile>,
}

/// Some records that stand behind one another, all verified.
#[derive(Clone, Debug)]
pub struct Chunk {
    first: Position,
    frames: Bytes,
}

/// The records of a [`Chunk`], in order.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    at: Position,
    frames: &'a [u8],
}

impl Reader {
    pub(super) fn new(shared: Arc<Shared>, from: Position) -> Result<Reader, ReadError> {
        let (first, committed) = (shared.first(), shared.committed());
        if from < first {
            return Err(ReadError::Released { at: from, first });
        }
        if from > committed {
            return Err(ReadError::Beyond { at: from, committed });
        }
        Ok(Reader { shared, at: from, current: None, spare: Bytes::new() })
    }

    /// The next records: at least one, and more as long as they fit in `max_bytes` and stand in
    /// the same segment. `None` when all that is durable has been read. After an error the reader
    /// stays where it is.
    ///
    /// Not the standard iterator's `next`: each call says how much it wants.
    #[allow(clippy::should_implement_trait, reason = "takes a size and may fail, as no iterator does")]
    pub fn next(&mut self, max_bytes: usize) -> Result<Option<Chunk>, ReadError> {
        let committed = self.shared.committed();
        if self.at >= committed {
            self.take_spare();
            return Ok(None);
        }
        if let Some(frames) = self.shared.recent.frames(self.at, max_bytes) {
            return Ok(Some(self.pass(frames)));
        }
        let memory = self.take_spare();
        let place = locate(&self.shared, self.at)?;
        let file = self.open(&place)?;
        let window = Window::new(&place, &*file, self.at, committed);
        let frames = window.read_frames(max_bytes as u64, memory)?;
        self.spare = frames.clone();
        Ok(Some(self.pass(frames)))
    }

    /// Where the next record will be read.
    pub fn position(&self) -> Position {
        self.at
    }

    fn pass(&mut self, frames: Bytes) -> Chunk {
        let chunk = Chunk { first: self.at, frames };
        self.at = chunk.next();
        chunk
    }

    fn take_spare(&mut self) -> Vec<u8> {
        let spare = std::mem::take(&mut self.spare);
        if spare.is_unique() { Vec::from(spare) } else { Vec::new() }
    }

    fn open(&mut self, place: &Place) -> Result<Arc<dyn DiskFile>, ReadError> {
        let open = match self.current.take() {
            Some(open) if Arc::ptr_eq(&open.segment, &place.segment) => open,
            _ => OpenSegment { segment: Arc::clone(&place.segment), file: open(&self.shared, place)? },
        };
        let file = Arc::clone(&open.file);
        self.current = Some(open);
        Ok(file)
    }
}

/// The payload of the record at this position.
pub(super) fn read_at(shared: &Shared, at: Position) -> Result<Bytes, ReadError> {
    let committed = shared.committed();
    if at >= committed {
        return Err(ReadError::Beyond { at, committed });
    }
    let place = locate(shared, at)?;
    let file = open(shared, &place)?;
    let frames = Window::new(&place, &*file, at, committed).read_frames(SINGLE_READ_BYTES, Vec::new())?;
    let payload = frame::HEADER_BYTES..frame::HEADER_BYTES + frame::payload_bytes(&frames);
    Ok(frames.slice(payload))
}

fn locate(shared: &Shared, at: Position) -> Result<Place, ReadError> {
    shared.segments.locate(at).ok_or(ReadError::Released { at, first: shared.first() })
}

fn open(shared: &Shared, place: &Place) -> Result<Arc<dyn DiskFile>, ReadError> {
    let opened = shared.segments.open(&place.segment);
    opened.map_err(|source| ReadError::Io { segment: place.segment.path.clone(), source })
}

/// The durable bytes of one segment from a position on.
struct Window<'a> {
    segment: &'a Segment,
    file: &'a dyn DiskFile,
    at: Position,
    /// Durable bytes from `at` to the segment's end.
    available: u64,
}

impl<'a> Window<'a> {
    fn new(place: &'a Place, file: &'a dyn DiskFile, at: Position, committed: Position) -> Self {
        let end = place.next_start.map_or(committed, |next| next.min(committed));
        Window { segment: &place.segment, file, at, available: end.get() - at.get() }
    }

    /// The frames in the first `wanted` bytes, but at least one. They take the place of what is in `bytes`.
    fn read_frames(&self, wanted: u64, mut bytes: Vec<u8>) -> Result<Bytes, ReadError> {
        self.read(wanted.max(frame::HEADER_BYTES as u64), &mut bytes)?;
        let mut walk = frame::walk(&bytes, self.at, self.segment.seed);
        while walk.verified == 0 {
            // Read once more at most: the header is there, and its length has been verified.
            match walk.rest {
                Rest::Needs(needed) if needed as u64 <= self.available => {
                    self.read(needed as u64, &mut bytes)?;
                }
                Rest::Needs(_) | Rest::Invalid => return Err(self.damaged()),
            }
            walk = frame::walk(&bytes, self.at, self.segment.seed);
        }
        bytes.truncate(walk.verified);
        Ok(Bytes::from(bytes))
    }

    fn read(&self, wanted: u64, into: &mut Vec<u8>) -> Result<(), ReadError> {
        let wanted = wanted.min(self.available) as usize;
        into.clear();
        read_onto(self.file, into, wanted, self.segment.offset_of(self.at))
            .map_err(|source| ReadError::Io { segment: self.segment.path.clone(), source })?;
        // Shorter than what is durable: the file was cut by someone else.
        if into.len() < wanted { Err(self.damaged()) } else { Ok(()) }
    }

    fn damaged(&self) -> ReadError {
        ReadError::Damaged { segment: self.segment.path.clone(), at: self.at }
    }
}

impl Chunk {
    /// The position of the first record.
    pub fn first(&self) -> Position {
        self.first
    }

    /// The position right behind the last record: where to read on.
    pub fn next(&self) -> Position {
        Position::new(self.first.get() + self.frames.len() as u64)
    }

    /// Bytes that the records take in the log.
    pub fn bytes(&self) -> usize {
        self.frames.len()
    }

    /// The records: position and payload.
    pub fn iter(&self) -> Records<'_> {
        Records { at: self.first, frames: &self.frames }
    }

    /// The part of the chunk's memory that holds this payload, which [`Chunk::iter`] gave: keeps
    /// the whole chunk alive, and copies nothing.
    pub fn share(&self, payload: &[u8]) -> Bytes {
        self.frames.slice_ref(payload)
    }
}

impl<'a> IntoIterator for &'a Chunk {
    type Item = (Position, &'a [u8]);
    type IntoIter = Records<'a>;

    fn into_iter(self) -> Records<'a> {
        self.iter()
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = (Position, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        if self.frames.is_empty() {
            return None;
        }
        // The frames were verified when they were read, so their lengths hold.
        let payload_bytes = frame::payload_bytes(self.frames);
        let payload = &self.frames[frame::HEADER_BYTES..frame::HEADER_BYTES + payload_bytes];
        let frame_bytes = frame::HEADER_BYTES + payload_bytes.next_multiple_of(frame::ALIGNMENT);
        let at = self.at;
        self.at = Position::new(at.get() + frame_bytes as u64);
        self.frames = &self.frames[frame_bytes..];
        Some((at, payload))
    }
}
