//! Bodies as sent to bodies as meant: gzip and zstd, bounded however much a few bytes unpack to.

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

/// Memory that all requests together may use for bodies. What would go beyond it is refused with a retryable error.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<Semaphore>);

/// Memory taken from a [`Budget`], given back when dropped.
#[derive(Debug)]
pub(crate) struct Share {
    permits: Vec<OwnedSemaphorePermit>,
}

const KIB: usize = 1024;

impl Budget {
    pub(crate) fn new(bytes: usize) -> Budget {
        Budget(Arc::new(Semaphore::new(bytes / KIB)))
    }

    pub(crate) fn share(&self) -> Share {
        Share { permits: Vec::new() }
    }

    /// Takes this many bytes more.
    pub(crate) fn grow(&self, share: &mut Share, bytes: usize) -> Result<(), UnpackError> {
        let permits = u32::try_from(bytes.div_ceil(KIB)).map_err(|_| UnpackError::TooLarge)?;
        let permit = Arc::clone(&self.0).try_acquire_many_owned(permits);
        share.permits.push(permit.map_err(|_| UnpackError::Busy)?);
        Ok(())
    }
}

/// Unpacks a body. What it takes beyond the body as sent is taken from the budget.
pub(crate) fn unpack(
    body: Bytes,
    encoding: Encoding,
    budget: &Budget,
    share: &mut Share,
) -> Result<Bytes, UnpackError> {
    match encoding {
        Encoding::Plain => Ok(body),
        Encoding::Gzip => {
            let reader = flate2::bufread::MultiGzDecoder::new(&body[..]);
            read_all(reader, body.len(), budget, share, "gzip")
        }
        Encoding::Zstd => {
            let reader = zstd::stream::read::Decoder::with_buffer(&body[..]);
            let reader = reader.map_err(|_| UnpackError::Damaged("zstd"))?;
            read_all(reader, body.len(), budget, share, "zstd")
        }
    }
}

fn read_all(
    mut reader: impl Read,
    packed: usize,
    budget: &Budget,
    share: &mut Share,
    name: &'static str,
) -> Result<Bytes, UnpackError> {
    let mut unpacked = Vec::new();
    let mut step = (packed * 8).clamp(64 * KIB, 8 << 20);
    loop {
        // Twice, because the events are encoded from the text while it is still there.
        budget.grow(share, step * 2)?;
        unpacked.reserve_exact(step);
        let read = reader.by_ref().take(step as u64).read_to_end(&mut unpacked);
        let read = read.map_err(|_| UnpackError::Damaged(name))?;
        if unpacked.len() > UNPACKED_BYTES_MAX {
            return Err(UnpackError::TooLarge);
        }
        if read < step {
            return Ok(Bytes::from(unpacked));
        }
        step = (step * 2).min(8 << 20);
    }
}

#[cfg(test)]
mod tests;
