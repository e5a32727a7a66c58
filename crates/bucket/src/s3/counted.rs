//! Request bodies, and what was read of them.

use crate::error::BoxError;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

/// What was read of a request's body.
#[derive(Default)]
pub(super) struct Taken {
    /// Whether bytes were asked for, which is what makes an HTTP server send "100 Continue".
    pub(super) asked: AtomicBool,
    pub(super) bytes: AtomicU64,
}

/// A body that notes what is read of it.
pub(super) struct Counted<B> {
    pub(super) body: Pin<Box<B>>,
    pub(super) taken: Arc<Taken>,
}

impl<B> Body for Counted<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if !self.body.is_end_stream() {
            self.taken.asked.store(true, Ordering::Relaxed);
        }
        let frame = ready!(self.body.as_mut().poll_frame(cx));
        if let Some(Ok(frame)) = &frame {
            let length = frame.data_ref().map_or(0, Bytes::len);
            self.taken.bytes.fetch_add(length as u64, Ordering::Relaxed);
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
