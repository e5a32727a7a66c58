//! The body of an answer, on its way to the client.

mod gather;
mod passing;
mod received;
mod withheld;

pub(crate) use gather::{Extent, Gathered, gather};
pub(crate) use passing::Passing;
pub(crate) use received::{Broke, Received};
pub(crate) use withheld::Withheld;

use crate::BoxError;
use crate::capture::Held;
use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The body of an answer. It has a length where the upstream's has one, and trailers where that has some.
///
/// It fails if the upstream breaks off, or if the end is held until the exchange is recorded and it could not be.
/// To drop it before its end is to hang up.
pub struct AnswerBody(Kind);

enum Kind {
    Whole(Whole),
    Flowing(Pin<Box<dyn Body<Data = Bytes, Error = BoxError> + Send>>),
}

/// A body that is at hand.
struct Whole {
    data: VecDeque<Bytes>,
    trailers: Option<HeaderMap>,
    /// Bytes that are left, if the client is told the length.
    left: Option<u64>,
    over: bool,
    /// The memory of `data`.
    _held: Option<Held>,
}

impl AnswerBody {
    pub(crate) fn empty() -> AnswerBody {
        AnswerBody(Kind::Whole(Whole {
            data: VecDeque::new(),
            trailers: None,
            left: Some(0),
            over: true,
            _held: None,
        }))
    }

    /// A body that was gathered whole; `length` is what the upstream had said of it.
    pub(crate) fn whole(gathered: Gathered, trailers: Option<HeaderMap>, length: Option<u64>) -> AnswerBody {
        let Gathered { data, held } = gathered;
        AnswerBody(Kind::Whole(Whole { data, trailers, left: length, over: false, _held: Some(held) }))
    }

    pub(crate) fn flowing(body: impl Body<Data = Bytes, Error = BoxError> + Send + 'static) -> AnswerBody {
        AnswerBody(Kind::Flowing(Box::pin(body)))
    }
}

impl Whole {
    fn next_frame(&mut self) -> Option<Frame<Bytes>> {
        if let Some(data) = self.data.pop_front() {
            self.left = self.left.map(|left| left.saturating_sub(data.len() as u64));
            return Some(Frame::data(data));
        }
        let trailers = self.trailers.take();
        self.over = trailers.is_none();
        trailers.map(Frame::trailers)
    }

    /// A body of unknown length is not over before its end was asked for, or else the server gives it a length.
    fn is_over(&self) -> bool {
        self.over || (self.left == Some(0) && self.trailers.is_none())
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Kind::Whole(whole) => Poll::Ready(whole.next_frame().map(Ok)),
            Kind::Flowing(body) => body.as_mut().poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Whole(whole) => whole.is_over(),
            Kind::Flowing(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Whole(whole) => length(whole.left),
            Kind::Flowing(body) => body.size_hint(),
        }
    }
}

/// What a server is told of a length.
fn length(left: Option<u64>) -> SizeHint {
    left.map_or_else(SizeHint::default, SizeHint::with_exact)
}
