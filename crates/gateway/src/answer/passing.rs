//! An answer of which nothing is held back.

use super::length;
use super::received::{Part, Received};
use crate::BoxError;
use crate::exchange::Outcome;
use crate::watcher::Watcher;
use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Passes on what comes, and has it recorded when all has come.
pub(crate) struct Passing<W: Watcher> {
    received: Received<W>,
    ended: bool,
}

impl<W: Watcher> Passing<W> {
    pub(crate) fn new(received: Received<W>) -> Passing<W> {
        let mut passing = Passing { ended: false, received };
        if passing.received.is_over() {
            passing.end();
        }
        passing
    }

    fn end(&mut self) -> Option<HeaderMap> {
        self.ended = true;
        let trailers = self.received.under_way.download.trailers.clone();
        self.received.under_way.finish_detached(Outcome::Answered);
        trailers
    }
}

impl<W: Watcher> Body for Passing<W> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let part = ready!(self.received.poll_part(context));
        if part.is_err() {
            self.ended = true;
        }
        let frame = match part? {
            Part::Data(data) => {
                // A server does not come back for the end that it knows of.
                if self.received.is_over() {
                    self.end();
                }
                Some(Frame::data(data))
            }
            Part::End => self.end().map(Frame::trailers),
        };
        Poll::Ready(frame.map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.ended
    }

    fn size_hint(&self) -> SizeHint {
        length(self.received.left())
    }
}
