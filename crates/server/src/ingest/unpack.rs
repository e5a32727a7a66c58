//! Bodies as sent to bodies as meant: gzip and zstd, through a window, bounded however much a few bytes
//! unpack to.

mod whole;

use super::UNPACKED_BYTES_MAX;
use bytes::Bytes;
use std::io::Read;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Plain,
    Gzip,
    Zstd,
}

/// Why a body was not unpacked.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UnpackError {
    #[error("Content-Encoding is none of gzip, zstd, identity")]
    UnknownEncoding,
    #[error("the body is damaged: it does not unpack as {0}")]
    Damaged(&'static str),
    #[error("the body unpacks to more than {UNPACKED_BYTES_MAX} bytes")]
    TooLarge,
    #[error("too many records for one request; send them in several")]
    TooManyRecords,
    #[error("too many large requests at once")]
    Busy,
}

impl Encoding {
    /// What the header says, or, without one, what the first bytes say.
    pub(crate) fn of(header: Option<&str>, body: &[u8]) -> Result<Encoding, UnpackError> {
        match header.map(str::trim) {
            Some("gzip" | "x-gzip") => Ok(Encoding::Gzip),
            Some("zstd") => Ok(Encoding::Zstd),
            None | Some("" | "identity") if body.starts_with(&[0x1f, 0x8b]) => Ok(Encoding::Gzip),
            None | Some("" | "identity") if body.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) => Ok(Encoding::Zstd),
            None | Some("" | "identity") => Ok(Encoding::Plain),
            Some(_) => Err(UnpackError::UnknownEncoding),
        }
    }
}

/// Memory that all requests together may use for bodies. What would go beyond it is refused with a retryable
/// error.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<Semaphore>);

/// Memory taken from a [`Budget`], given back when dropped.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Budget,
    bytes: usize,
    permits: Vec<OwnedSemaphorePermit>,
}

const KIB: usize = 1024;

impl Budget {
    pub(crate) fn new(bytes: usize) -> Budget {
        Budget(Arc::new(Semaphore::new(bytes / KIB)))
    }

    pub(crate) fn share(&self) -> Share {
        Share { budget: self.clone(), bytes: 0, permits: Vec::new() }
    }
}

impl Share {
    /// Takes as much as is missing to hold `bytes` in all. Taken in steps, so that there are few.
    pub(crate) fn hold(&mut self, bytes: usize) -> Result<(), UnpackError> {
        if bytes <= self.bytes {
            return Ok(());
        }
        let missing = (bytes - self.bytes).max(self.bytes / 8);
        let permits = u32::try_from(missing.div_ceil(KIB)).map_err(|_| UnpackError::TooLarge)?;
        let permit = Arc::clone(&self.budget.0).try_acquire_many_owned(permits);
        self.permits.push(permit.map_err(|_| UnpackError::Busy)?);
        self.bytes += permits as usize * KIB;
        Ok(())
    }
}

/// A window that moves over a body as it is unpacked.
pub(crate) enum Window {
    /// A body that came plain is its own window.
    Whole(Bytes),
    /// A body that was unpacked whole.
    Unpacked(Vec<u8>),
    /// What was unpacked and is still needed.
    Moving(Moving),
}

/// See [`Window::Moving`].
pub(crate) struct Moving {
    reader: Box<dyn Read>,
    name: &'static str,
    unpacked: Vec<u8>,
    total: usize,
    ended: bool,
}

/// Bytes that a window grows by at least.
const STEP: usize = 1 << 20;

impl Window {
    /// `hold` is told how much memory the window is about to take, and may refuse.
    pub(crate) fn new(
        body: Bytes,
        encoding: Encoding,
        hold: impl FnOnce(usize) -> Result<(), UnpackError>,
    ) -> Result<Window, UnpackError> {
        if encoding == Encoding::Gzip
            && let Some(size) = whole::unpacked_bytes(&body)
        {
            hold(size)?;
            if let Some(unpacked) = whole::unpack(&body, size) {
                return Ok(Window::Unpacked(unpacked));
            }
        }
        let moving = |reader: Box<dyn Read>, name| {
            Window::Moving(Moving { reader, name, unpacked: Vec::new(), total: 0, ended: false })
        };
        let body_reader = std::io::Cursor::new(body.clone());
        Ok(match encoding {
            Encoding::Plain => Window::Whole(body),
            Encoding::Gzip => moving(Box::new(flate2::bufread::MultiGzDecoder::new(body_reader)), "gzip"),
            Encoding::Zstd => {
                let reader = zstd::stream::read::Decoder::with_buffer(body_reader);
                moving(Box::new(reader.map_err(|_| UnpackError::Damaged("zstd"))?), "zstd")
            }
        })
    }

    /// What is in the window, and whether nothing follows.
    pub(crate) fn bytes(&self) -> (&[u8], bool) {
        match self {
            Window::Whole(body) => (body, true),
            Window::Unpacked(unpacked) => (unpacked, true),
            Window::Moving(moving) => (&moving.unpacked, moving.ended),
        }
    }

    /// Bytes of memory that the window takes beyond the body as sent.
    pub(crate) fn memory(&self) -> usize {
        match self {
            Window::Whole(_) => 0,
            Window::Unpacked(unpacked) => unpacked.capacity(),
            Window::Moving(moving) => moving.unpacked.capacity(),
        }
    }

    /// Drops the first `passed` bytes and unpacks more: as much as is left, and one step at least, so that a
    /// long record is not scanned more often than its length doubles.
    pub(crate) fn advance(&mut self, passed: usize) -> Result<(), UnpackError> {
        let Window::Moving(moving) = self else { return Ok(()) };
        moving.unpacked.drain(..passed);
        let step = moving.unpacked.len().max(STEP);
        moving.unpacked.reserve_exact(step);
        let mut limited = moving.reader.by_ref().take(step as u64);
        let read =
            limited.read_to_end(&mut moving.unpacked).map_err(|_| UnpackError::Damaged(moving.name))?;
        moving.total += read;
        moving.ended = read < step;
        if moving.total > UNPACKED_BYTES_MAX { Err(UnpackError::TooLarge) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
