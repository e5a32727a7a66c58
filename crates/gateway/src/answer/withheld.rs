//! An answer whose end is held back until the exchange is recorded.

use super::gather::Gathered;
use super::length;
use super::received::{Broke, Part, Received};
use crate::BoxError;
use crate::capture::Held;
use crate::detached::Detached;
use crate::exchange::Outcome;
use crate::watcher::{NotRecorded, Watcher};
use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Passes on what comes but for the last byte of a known length, or the end of an unknown one.
pub(crate) struct Withheld<W: Watcher> {
    received: Received<W>,
    /// What came before the answer began to flow.
    first: VecDeque<Bytes>,
    /// The memory of `first`, until that is handed out.
    held: Option<Held>,
    /// Bytes that have not been handed out yet, if it is known how many there will be.
    left: Option<u64>,
    stage: Stage,
}

enum Stage {
    Flowing,
    /// All has come but trailers, and all was handed out but this last byte.
    Draining(Bytes),
    /// All has come and is being recorded.
    Recording {
        last: Bytes,
        recording: Detached<Result<(), NotRecorded>>,
        trailers: Option<HeaderMap>,
    },
    /// All is recorded, and only these are left.
    Trailers(HeaderMap),
    Over,
}

impl<W: Watcher> Withheld<W> {
    /// `left` is what the answer was to have of bytes when it began.
    pub(crate) fn new(received: Received<W>, gathered: Gathered, left: Option<u64>) -> Withheld<W> {
        let Gathered { data, held } = gathered;
        Withheld { received, first: data, held: Some(held), left, stage: Stage::Flowing }
    }

    /// One step; `None` if it has given nothing to hand out and there are more.
    fn poll_step(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Frame<Bytes>>, BoxError>> {
        match &mut self.stage {
            Stage::Flowing => match ready!(self.poll_part(context))? {
                Part::Data(data) => Poll::Ready(Ok(self.hand_out(data))),
                Part::End => {
                    self.record(Bytes::new());
                    Poll::Ready(Ok(None))
                }
            },
            Stage::Draining(last) => {
                let last = last.clone();
                if let Part::End = ready!(self.received.poll_part(context))? {
                    self.record(last);
                }
                Poll::Ready(Ok(None))
            }
            Stage::Recording { last, recording, trailers } => {
                let recorded = ready!(Pin::new(recording).poll(context));
                let (last, trailers) = (std::mem::take(last), trailers.take());
                self.stage = trailers.map_or(Stage::Over, Stage::Trailers);
                recorded?;
                self.left = self.left.map(|_| 0);
                Poll::Ready(Ok((!last.is_empty()).then(|| Frame::data(last))))
            }
            Stage::Trailers(trailers) => {
                let trailers = std::mem::take(trailers);
                self.stage = Stage::Over;
                Poll::Ready(Ok(Some(Frame::trailers(trailers))))
            }
            Stage::Over => Poll::Ready(Ok(None)),
        }
    }

    fn poll_part(&mut self, context: &mut Context<'_>) -> Poll<Result<Part, Broke>> {
        match self.first.pop_front() {
            Some(data) => Poll::Ready(Ok(Part::Data(data))),
            None => {
                self.held = None;
                self.received.poll_part(context)
            }
        }
    }

    /// What may be handed out of `data`: not the last byte of all.
    fn hand_out(&mut self, mut data: Bytes) -> Option<Frame<Bytes>> {
        let after = self.left.map(|left| left.saturating_sub(data.len() as u64));
        if after == Some(0) && !data.is_empty() {
            self.stage = Stage::Draining(data.split_off(data.len() - 1));
            self.left = Some(1);
        } else {
            self.left = after;
        }
        (!data.is_empty()).then(|| Frame::data(data))
    }

    fn record(&mut self, last: Bytes) {
        let trailers = self.received.under_way.download.trailers.clone();
        let recording = self.received.under_way.finish(Outcome::Answered);
        self.stage = Stage::Recording { last, recording, trailers };
    }
}

impl<W: Watcher> Body for Withheld<W> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        while !matches!(self.stage, Stage::Over) {
            let step = ready!(self.poll_step(context));
            if step.is_err() {
                self.stage = Stage::Over;
            }
            if let Some(frame) = step.transpose() {
                return Poll::Ready(Some(frame));
            }
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    fn size_hint(&self) -> SizeHint {
        length(self.left)
    }
}
