//! The body of a request, on its way to the upstream.

use crate::BoxError;
use crate::capture::{Capture, Memory, Passed};
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body::{Body, Frame, SizeHint};
use http_body_util::combinators::UnsyncBoxBody;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::Notify;

/// The body of a request as a connection takes it.
pub(crate) type Upload = UnsyncBoxBody<Bytes, BoxError>;

/// How long an upstream may leave a client waiting that asked whether to send its body (`Expect: 100-continue`).
/// Afterwards the body is sent unasked, as clients do themselves.
const CONTINUE_PATIENCE: Duration = Duration::from_secs(1);

/// What is known of a request's body, shared between the connection that takes it and the exchange.
pub(crate) struct UploadTrace {
    bytes: AtomicU64,
    stage: AtomicU8,
    /// Locked for pieces that are captured, and no others.
    kept: Mutex<Kept>,
}

struct Kept {
    capture: Option<Capture>,
    trailers: Option<HeaderMap>,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Stage {
    /// The upstream's: it has not asked for more.
    Held,
    /// The client's: it has not sent more.
    Asked,
    /// The body came to its end.
    Ended,
    /// The client broke off.
    Broke,
}

impl UploadTrace {
    pub(crate) fn new(room: usize, memory: &Memory) -> UploadTrace {
        let kept = Kept { capture: Some(Capture::new(room, memory)), trailers: None };
        UploadTrace {
            bytes: AtomicU64::new(0),
            stage: AtomicU8::new(Stage::Held as u8),
            kept: Mutex::new(kept),
        }
    }

    pub(crate) fn stage(&self) -> Stage {
        match self.stage.load(Relaxed) {
            0 => Stage::Held,
            1 => Stage::Asked,
            2 => Stage::Ended,
            _ => Stage::Broke,
        }
    }

    /// How many bytes have gone by.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    /// Counts bytes that went by outside of the body, in a tunnel.
    pub(crate) fn add_bytes(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Relaxed);
    }

    /// What has gone by so far. Nothing is captured any more.
    pub(crate) fn passed(&self) -> Passed {
        let mut kept = self.kept();
        let (capture, trailers) = (kept.capture.take(), kept.trailers.take());
        let (bytes, ended) = (self.bytes(), self.stage() == Stage::Ended);
        capture.map(|capture| capture.into_passed(bytes, ended, trailers)).unwrap_or_default()
    }

    pub(crate) fn enter(&self, stage: Stage) {
        self.stage.store(stage as u8, Relaxed);
    }

    /// Whether to go on showing it pieces.
    fn keep(&self, data: &Bytes) -> bool {
        let mut kept = self.kept();
        let Some(capture) = &mut kept.capture else { return false };
        capture.keep(data);
        !capture.is_full()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A client's body, traced.
pub(crate) struct Traced<B> {
    body: B,
    trace: Arc<UploadTrace>,
    /// The length, if it is known.
    announced: Option<u64>,
    capturing: bool,
    gate: Option<Gate>,
}

/// What a body waits for before it is asked for: asking makes the server tell the client to go on.
type Gate = Pin<Box<dyn Future<Output = ()> + Send>>;

impl<B: Body<Data = Bytes> + Unpin> Traced<B> {
    pub(crate) fn new(body: B, trace: Arc<UploadTrace>) -> Traced<B> {
        if body.is_end_stream() {
            trace.enter(Stage::Ended);
        }
        Traced { announced: body.size_hint().exact(), body, trace, capturing: true, gate: None }
    }

    /// Holds the body back until the upstream asks for it.
    pub(crate) fn wait_for(&mut self, asked: Arc<Notify>) {
        self.gate = Some(Box::pin(async move {
            // Whether it was asked for or the time is over: now it goes.
            let _ = tokio::time::timeout(CONTINUE_PATIENCE, asked.notified()).await;
        }));
    }

    fn pass(&mut self, frame: &Frame<Bytes>) {
        let mut ended = frame.is_trailers();
        if let Some(data) = frame.data_ref() {
            let before = self.trace.bytes.fetch_add(data.len() as u64, Relaxed);
            self.capturing = self.capturing && self.trace.keep(data);
            ended = self.announced == Some(before + data.len() as u64);
        } else if let Some(trailers) = frame.trailers_ref() {
            self.trace.kept().trailers = Some(trailers.clone());
        }
        // Nobody polls a body whose announced end has come.
        let ended = ended || self.body.is_end_stream();
        self.trace.enter(if ended { Stage::Ended } else { Stage::Held });
    }
}

impl<B> Body for Traced<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(gate) = &mut self.gate {
            ready!(gate.as_mut().poll(context));
            self.gate = None;
        }
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Pending => self.trace.enter(Stage::Asked),
            Poll::Ready(None) => self.trace.enter(Stage::Ended),
            Poll::Ready(Some(Err(_))) => self.trace.enter(Stage::Broke),
            Poll::Ready(Some(Ok(frame))) => self.pass(frame),
        }
        polled.map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Tells `asked` when the upstream says `100 Continue` to the request.
pub(crate) fn notify_continue<B>(request: &mut Request<B>, asked: Arc<Notify>) {
    hyper::ext::on_informational(request, move |informational| {
        if informational.status() == StatusCode::CONTINUE {
            asked.notify_one();
        }
    });
}
