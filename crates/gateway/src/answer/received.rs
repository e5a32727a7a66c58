//! An answer as it comes from the upstream.

use crate::cut::Cut;
use crate::exchange::Outcome;
use crate::under_way::UnderWay;
use crate::upstream::story;
use crate::watcher::Watcher;
use bytes::Bytes;
use http_body::{Body, Frame};
use hyper::body::Incoming;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// The upstream's body, and the exchange that is over with it.
pub(crate) struct Received<W: Watcher> {
    body: Incoming,
    cut: Cut,
    pub(crate) under_way: UnderWay<W>,
    /// Bytes that have not come yet, if the upstream has said how many there will be.
    left: Option<u64>,
}

/// The answer broke off amid. The exchange is over.
#[derive(Debug, thiserror::Error)]
#[error("the answer broke off: {0}")]
pub(crate) struct Broke(pub(crate) Arc<str>);

/// What a body's next part is.
pub(crate) enum Part {
    Data(Bytes),
    /// All has come. Trailers lie in the download.
    End,
}

impl<W: Watcher> Received<W> {
    pub(crate) fn new(body: Incoming, cut: Cut, mut under_way: UnderWay<W>) -> Received<W> {
        under_way.download.ended = body.is_end_stream();
        Received { left: body.size_hint().exact(), body, cut, under_way }
    }

    pub(crate) fn left(&self) -> Option<u64> {
        self.left
    }

    /// Whether nothing comes any more, not even trailers.
    pub(crate) fn is_over(&self) -> bool {
        self.body.is_end_stream()
    }

    /// Takes what comes next and notes it.
    pub(crate) fn poll_part(&mut self, context: &mut Context<'_>) -> Poll<Result<Part, Broke>> {
        loop {
            let polled = Pin::new(&mut self.body).poll_frame(context);
            if polled.is_pending() {
                ready!(self.cut.poll(context));
                return Poll::Ready(Err(self.broke(Outcome::ClientGone, Arc::from("the gateway stops"))));
            }
            let Some(frame) = ready!(polled) else {
                self.under_way.download.ended = true;
                return Poll::Ready(Ok(Part::End));
            };
            match frame.map(Frame::into_data) {
                Ok(Ok(data)) => {
                    self.note(&data);
                    return Poll::Ready(Ok(Part::Data(data)));
                }
                Ok(Err(other)) => self.under_way.download.trailers = other.into_trailers().ok(),
                Err(error) => {
                    let why = story(&error);
                    return Poll::Ready(Err(self.broke(Outcome::UpstreamBroke(Arc::clone(&why)), why)));
                }
            }
        }
    }

    fn note(&mut self, data: &Bytes) {
        self.left = self.left.map(|left| left.saturating_sub(data.len() as u64));
        self.under_way.download.pass(data);
        // A server asks for nothing behind the announced length, so this may be the last that is heard of it.
        self.under_way.download.ended = self.left == Some(0) || self.body.is_end_stream();
    }

    fn broke(&mut self, outcome: Outcome, why: Arc<str>) -> Broke {
        // Nobody waits for this record: the client gets no end anyway.
        self.under_way.finish_detached(outcome);
        Broke(why)
    }
}
