//! Whether a connection moves: what a watch over it looks at.
//!
//! HTTP/1 shows a client that takes nothing as a write that waits ([`super::patience`]). HTTP/2 does not: a
//! client may answer everything and still leave the window of one stream shut, so that its answer lies in
//! memory for ever. Therefore each body notes when it gave out what nobody has asked to go on from.

use super::HEAD_TIMEOUT;
use super::patience::STALL_TIMEOUT;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::Instant;

/// How long a connection that has had requests may be without one.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// The most bytes of an answer that are handed out at once. A client that takes less than this in
/// [`STALL_TIMEOUT`] counts as stalled.
const PIECE_BYTES: usize = 64 << 10;

/// What goes on on one connection.
pub(super) struct Pace {
    state: Mutex<State>,
}

struct State {
    /// Exchanges since the connection began; each is named by how many were before it.
    begun: u64,
    open: u64,
    /// Since when no exchange is open.
    idle_since: Instant,
    /// Open exchanges that gave out a part of their answer that has not been taken on yet, and when. There are few at
    /// once, and with HTTP/1.1 one at most.
    given: Vec<(u64, Instant)>,
}

/// What a look at a connection comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// All is well.
    Moves,
    /// It has no exchange, and has had none for too long.
    Idle,
    /// An answer waits for the client for too long.
    Stalled,
}

impl Pace {
    pub(super) fn new(now: Instant) -> Pace {
        Pace { state: Mutex::new(State { begun: 0, open: 0, idle_since: now, given: Vec::new() }) }
    }

    /// A request has come.
    pub(super) fn begin(self: &Arc<Self>) -> Underway {
        let mut state = self.state();
        let number = state.begun;
        state.begun += 1;
        state.open += 1;
        Underway { pace: Arc::clone(self), number }
    }

    pub(super) fn verdict(&self, now: Instant) -> Verdict {
        let state = self.state();
        let patience = if state.begun == 0 { HEAD_TIMEOUT } else { IDLE_TIMEOUT };
        if state.open == 0 && now.duration_since(state.idle_since) > patience {
            return Verdict::Idle;
        }
        match state.given.iter().any(|(_, given)| now.duration_since(*given) > STALL_TIMEOUT) {
            true => Verdict::Stalled,
            false => Verdict::Moves,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn give(&mut self, number: u64, now: Instant) {
        self.take(number);
        self.given.push((number, now));
    }

    fn take(&mut self, number: u64) {
        if let Some(place) = self.given.iter().position(|(given, _)| *given == number) {
            self.given.swap_remove(place);
        }
    }
}

/// An exchange, from its request to the end of its answer.
pub(super) struct Underway {
    pace: Arc<Pace>,
    number: u64,
}

impl Drop for Underway {
    fn drop(&mut self) {
        let mut state = self.pace.state();
        state.open -= 1;
        state.take(self.number);
        if state.open == 0 {
            state.idle_since = Instant::now();
        }
    }
}

/// The body of an answer, which notes how it is taken.
///
/// It hands out its data in pieces and does not say beforehand which is the last. An answer that is one large
/// part would otherwise be let go of with that part: its exchange would count as over, and a client that takes
/// it slowly as idle.
pub(super) struct Watched<B> {
    body: B,
    /// What the body has given and is not handed out yet.
    rest: Bytes,
    ended: bool,
    underway: Underway,
}

impl<B: Body<Data = Bytes> + Unpin> Watched<B> {
    pub(super) fn new(body: B, underway: Underway) -> Watched<B> {
        // Said of an answer without a body at once, as its head depends on it.
        let ended = body.is_end_stream();
        Watched { body, rest: Bytes::new(), ended, underway }
    }

    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                ended => return Poll::Ready(ended),
            }
        }
        let piece = self.rest.split_to(self.rest.len().min(PIECE_BYTES));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Watched<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let polled = self.poll_piece(context);
        self.ended |= matches!(polled, Poll::Ready(None));
        let Underway { pace, number } = &self.underway;
        match &polled {
            Poll::Ready(Some(Ok(_))) => pace.state().give(*number, Instant::now()),
            Poll::Ready(_) | Poll::Pending => pace.state().take(*number),
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.ended
    }

    fn size_hint(&self) -> SizeHint {
        let (body, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        if let Some(upper) = body.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(body.lower() + rest);
        hint
    }
}

#[cfg(test)]
mod tests;
