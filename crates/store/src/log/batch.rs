//! Records on their way into the log.

use super::frame;
use cairn_model::Position;

/// Records that become durable together: all of them or none.
///
/// Made of one buffer, in the form that goes to disk. Payloads are written into it in place and
/// their checksums are computed here, on the caller's thread.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    records: usize,
}

/// Where a record stands in its batch. [`Appended::position`] turns it into a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordOffset(usize);

/// Where a batch stands in the log. It survives power loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The position of its first record.
    pub first: Position,
    /// The position right behind its last record.
    pub next: Position,
}

impl Batch {
    /// An empty batch with room for this many bytes. Each record takes its payload, rounded up to
    /// 8 bytes, and [`Batch::RECORD_OVERHEAD`].
    pub fn with_capacity(bytes: usize) -> Batch {
        Batch { bytes: Vec::with_capacity(bytes), records: 0 }
    }

    /// Bytes that a record takes besides its payload.
    pub const RECORD_OVERHEAD: usize = frame::HEADER_BYTES;

    /// Adds a record: `encode` appends the payload to the buffer it is given, and must leave
    /// alone what is already there.
    pub fn push<R>(&mut self, encode: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        let start = self.begin();
        let result = encode(&mut self.bytes);
        self.finish(start);
        result
    }

    /// Adds a record as [`Batch::push`] does, unless `encode` fails: then the batch is as before.
    pub fn push_with<E>(
        &mut self,
        encode: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<RecordOffset, E> {
        let start = self.begin();
        match encode(&mut self.bytes) {
            Ok(()) => {
                self.finish(start);
                Ok(RecordOffset(start))
            }
            Err(error) => {
                self.bytes.truncate(start);
                Err(error)
            }
        }
    }

    /// Adds a record with this payload.
    pub fn push_payload(&mut self, payload: &[u8]) -> RecordOffset {
        let offset = self.next_offset();
        self.push(|bytes| bytes.extend_from_slice(payload));
        offset
    }

    /// Where the next record will stand.
    pub fn next_offset(&self) -> RecordOffset {
        RecordOffset(self.bytes.len())
    }

    /// Records in the batch.
    pub fn len(&self) -> usize {
        self.records
    }

    /// Whether there are none. An empty batch is never written; appending it answers at once.
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// Bytes that the batch takes in the log.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The frames.
    pub(super) fn frames(&self) -> &[u8] {
        &self.bytes
    }

    /// The frames, and the memory that they take, in bytes.
    pub(super) fn into_frames(self) -> (Vec<u8>, usize) {
        let memory = self.bytes.capacity();
        (self.bytes, memory)
    }

    /// Gives the frames their positions and says which.
    pub(super) fn stamp(&mut self, first: Position, commit_start: Position, seed: u32) -> Appended {
        frame::stamp(&mut self.bytes, first, commit_start, seed);
        Appended { first, next: Position::new(first.get() + self.bytes.len() as u64) }
    }

    fn begin(&mut self) -> usize {
        let start = self.bytes.len();
        self.bytes.resize(start + frame::HEADER_BYTES, 0);
        start
    }

    fn finish(&mut self, start: usize) {
        assert!(self.bytes.len() >= start + frame::HEADER_BYTES, "an encoder may only append to the batch");
        frame::finish(&mut self.bytes, start);
        self.records += 1;
    }
}

impl Appended {
    /// The position of the record that stands at this offset of the batch.
    pub fn position(&self, record: RecordOffset) -> Position {
        Position::new(self.first.get() + record.0 as u64)
    }
}
