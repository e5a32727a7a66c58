//! Bodies on their way out and on their way in.

use super::failure::BodyFault;
use crate::error::BoxError;
use crate::incoming::ObjectBody;
use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt};
use s3s::dto::StreamingBlob;
use s3s::stream::{ByteStream, RemainingLength};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// A client that sends nothing of a body for this long is given up.
pub(super) const STALL: Duration = Duration::from_secs(60);

/// A body on its way out, of known length.
pub(super) struct Outgoing {
    left: u64,
    stream: Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send + Sync>>,
}

impl Outgoing {
    pub(super) fn blob(
        length: u64,
        stream: impl Stream<Item = Result<Bytes, BoxError>> + Send + Sync + 'static,
    ) -> StreamingBlob {
        StreamingBlob::new(Outgoing { left: length, stream: Box::pin(stream) })
    }
}

impl Stream for Outgoing {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = ready!(self.stream.as_mut().poll_next(cx));
        if let Some(Ok(piece)) = &next {
            self.left = self.left.saturating_sub(piece.len() as u64);
        }
        Poll::Ready(next)
    }
}

impl ByteStream for Outgoing {
    fn remaining_length(&self) -> RemainingLength {
        match usize::try_from(self.left) {
            Ok(left) => RemainingLength::new_exact(left),
            Err(_) => RemainingLength::unknown(),
        }
    }
}

/// A request's body as the store takes it.
pub(super) fn incoming(body: Option<StreamingBlob>) -> ObjectBody {
    let Some(body) = body else { return ObjectBody::Bytes(Bytes::new()) };
    let body = stream::try_unfold(body, |mut body| async move {
        match tokio::time::timeout(STALL, body.next()).await {
            Ok(Some(Ok(piece))) => Ok(Some((piece, body))),
            Ok(Some(Err(error))) => Err(Box::new(BodyFault::of(error)) as BoxError),
            Ok(None) => Ok(None),
            Err(_) => Err(Box::new(BodyFault::Stalled) as BoxError),
        }
    });
    ObjectBody::stream(body)
}
