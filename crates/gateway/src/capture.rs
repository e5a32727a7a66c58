//! What is kept of bodies that pass.

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Data of at least this many bytes is kept by reference. Smaller pieces are copied: each may lie alone in a buffer
/// many times its size, which a reference would keep.
const KEPT_WHOLE_BYTES: usize = 8 << 10;

/// What went by of one body.
#[derive(Debug, Default)]
pub struct Passed {
    /// The first bytes, in pieces, as far as they were captured.
    pub start: Vec<Bytes>,
    /// How many bytes went by.
    pub bytes: u64,
    /// Whether the body came to its end.
    pub ended: bool,
    /// What stood behind the body, if it had trailers.
    pub trailers: Option<HeaderMap>,
    /// Returns the memory when nobody needs the pieces any longer.
    _held: Option<Held>,
}

impl Passed {
    /// Whether `start` is all of the body.
    pub fn is_whole(&self) -> bool {
        self.ended && self.start_bytes() as u64 == self.bytes
    }

    /// The captured bytes in one piece; copied if there are several.
    pub fn contiguous(&self) -> Bytes {
        match self.start.as_slice() {
            [] => Bytes::new(),
            [piece] => piece.clone(),
            pieces => pieces.concat().into(),
        }
    }

    fn start_bytes(&self) -> usize {
        self.start.iter().map(Bytes::len).sum()
    }
}

/// The memory for all captures of a gateway.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    free: Arc<AtomicUsize>,
}

impl Memory {
    pub(crate) fn new(bytes: usize) -> Memory {
        Memory { free: Arc::new(AtomicUsize::new(bytes)) }
    }

    pub(crate) fn hold_nothing(&self) -> Held {
        Held { memory: self.clone(), bytes: 0 }
    }

    #[cfg(test)]
    pub(crate) fn free_bytes(&self) -> usize {
        self.free.load(Relaxed)
    }
}

/// A part of that memory, given back when dropped.
#[derive(Debug)]
pub(crate) struct Held {
    memory: Memory,
    bytes: usize,
}

impl Held {
    /// Takes more; false if there is not so much.
    pub(crate) fn more(&mut self, bytes: usize) -> bool {
        let taken = self.memory.free.fetch_update(Relaxed, Relaxed, |free| free.checked_sub(bytes)).is_ok();
        self.bytes += if taken { bytes } else { 0 };
        taken
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.memory.free.fetch_add(self.bytes, Relaxed);
        }
    }
}

/// Keeps the first bytes of one body.
#[derive(Debug)]
pub(crate) struct Capture {
    pieces: Vec<Bytes>,
    /// Small pieces that follow those.
    small: BytesMut,
    /// How many more bytes are wanted; none after the first that could not be kept, for what is kept has no holes.
    room: usize,
    held: Held,
}

impl Capture {
    pub(crate) fn new(room: usize, memory: &Memory) -> Capture {
        Capture { pieces: Vec::new(), small: BytesMut::new(), room, held: memory.hold_nothing() }
    }

    /// Whether all that follows would be passed over.
    pub(crate) fn is_full(&self) -> bool {
        self.room == 0
    }

    pub(crate) fn keep(&mut self, data: &Bytes) {
        let wanted = data.len().min(self.room);
        if wanted == 0 {
            return;
        }
        if !self.held.more(wanted) {
            self.room = 0;
            return;
        }
        self.room -= wanted;
        match wanted < KEPT_WHOLE_BYTES {
            true => self.small.extend_from_slice(&data[..wanted]),
            false => {
                self.end_small();
                self.pieces.push(data.slice(..wanted));
            }
        }
    }

    /// What was kept, of a body of which `bytes` went by.
    pub(crate) fn into_passed(mut self, bytes: u64, ended: bool, trailers: Option<HeaderMap>) -> Passed {
        self.end_small();
        Passed { start: self.pieces, bytes, ended, trailers, _held: Some(self.held) }
    }

    fn end_small(&mut self) {
        if !self.small.is_empty() {
            self.pieces.push(self.small.split().freeze());
        }
    }
}

#[cfg(test)]
mod tests;
