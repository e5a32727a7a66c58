//! The body of a request on its way to an upstream.

use super::hashed::Hashed;
use crate::ingest::Share;
use bytes::Bytes;
use cairn_bucket::BoxError;
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;
use hyper::body::Incoming;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// A body that was read whole, with the memory that it takes: given back when the last copy goes.
#[derive(Clone)]
pub(crate) struct WholeBody {
    bytes: Bytes,
    share: Arc<Share>,
}

impl WholeBody {
    /// `share` holds the memory of `bytes`.
    pub(crate) fn new(bytes: Bytes, share: Share) -> WholeBody {
        WholeBody { bytes, share: Arc::new(share) }
    }

    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

/// The body of a request on its way to an upstream.
pub(crate) enum RequestBody {
    /// As it comes.
    Incoming(Incoming),
    /// As it comes, held against the hash that was signed for it.
    Hashed(Box<Hashed<Incoming>>),
    /// Read whole before, and the memory that it takes.
    Whole(Full<Bytes>, #[allow(dead_code, reason = "it is given back when the body is dropped")] Arc<Share>),
}

impl From<WholeBody> for RequestBody {
    fn from(body: WholeBody) -> RequestBody {
        RequestBody::Whole(Full::new(body.bytes), body.share)
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match self.get_mut() {
            RequestBody::Incoming(body) => Pin::new(body).poll_frame(context).map_err(Into::into),
            RequestBody::Hashed(body) => Pin::new(body.as_mut()).poll_frame(context),
            RequestBody::Whole(body, _) => Pin::new(body).poll_frame(context).map_err(|never| match never {}),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            RequestBody::Incoming(body) => body.is_end_stream(),
            RequestBody::Hashed(body) => body.is_end_stream(),
            RequestBody::Whole(body, _) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            RequestBody::Incoming(body) => body.size_hint(),
            RequestBody::Hashed(body) => body.size_hint(),
            RequestBody::Whole(body, _) => body.size_hint(),
        }
    }
}
