//! Bodies of requests and answers.

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Bytes of each frame of a long body, as a client reads a file.
const BLOCK_BYTES: usize = 64 << 10;

/// A body of known length: one piece, or the same piece again and again, so that a gigabyte costs neither memory nor
/// time to make.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    block: Bytes,
    left: u64,
}

impl Content {
    /// A body that does not matter but for its length.
    pub(crate) fn of_length(bytes: u64) -> Content {
        Content { block: Bytes::from_static(&[b'.'; BLOCK_BYTES]), left: bytes }
    }
}

impl From<Bytes> for Content {
    fn from(block: Bytes) -> Content {
        Content { left: block.len() as u64, block }
    }
}

impl Body for Content {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let length = self.left.min(self.block.len() as u64);
        self.left -= length;
        Poll::Ready(Some(Ok(Frame::data(self.block.slice(..length as usize)))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests;
