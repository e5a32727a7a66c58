//! An exchange until it is over: sees to it that it is recorded exactly once.

use crate::capture::{Capture, Memory, Passed};
use crate::detached::Detached;
use crate::exchange::{Exchange, Outcome};
use crate::upload::UploadTrace;
use crate::upstream::Lease;
use crate::watcher::{NotRecorded, Watcher};
use bytes::Bytes;
use http::{HeaderMap, Response, request, response};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::Instant;

/// What is known so far. Dropped before [`UnderWay::finish`], it records that the client has gone.
pub(crate) struct UnderWay<W: Watcher> {
    /// There until the recording begins.
    open: Option<Open<W>>,
    pub(crate) upload: Arc<UploadTrace>,
    pub(crate) download: Download,
    began: Instant,
    answered_after: Option<Duration>,
    pub(crate) lease: Option<Lease>,
    runtime: Handle,
}

struct Open<W> {
    watcher: W,
    request: request::Parts,
    response: Option<response::Parts>,
}

/// What has come of an answer's body.
#[derive(Default)]
pub(crate) struct Download {
    capture: Option<Capture>,
    pub(crate) bytes: u64,
    pub(crate) ended: bool,
    pub(crate) trailers: Option<HeaderMap>,
}

impl<W: Watcher> UnderWay<W> {
    pub(crate) fn new(watcher: W, request: request::Parts, upload: Arc<UploadTrace>) -> UnderWay<W> {
        UnderWay {
            open: Some(Open { watcher, request, response: None }),
            upload,
            download: Download::default(),
            began: Instant::now(),
            answered_after: None,
            lease: None,
            runtime: Handle::current(),
        }
    }

    /// Asks the watcher whether the call may go on. If not, the exchange is over without a record.
    pub(crate) async fn permit(&mut self) -> Result<(), W::Refusal> {
        let open = self.open.as_mut().expect("an exchange is not finished before it is forwarded");
        let refused = open.watcher.forwarding(&open.request).await.err();
        match refused {
            None => Ok(()),
            Some(refusal) => {
                self.open = None;
                Err(refusal)
            }
        }
    }

    /// The head of the answer is there.
    pub(crate) fn answered(&mut self, head: &response::Parts, memory: &Memory) {
        self.answered_after = Some(self.began.elapsed());
        let open = self.open.as_mut().expect("an exchange is not finished before it is answered");
        self.download.capture = Some(Capture::new(open.watcher.answered(head), memory));
        open.response = Some(without_extensions(head));
    }

    /// Begins to record; what is returned is over when that is done, and goes on if it is dropped.
    pub(crate) fn finish(&mut self, outcome: Outcome) -> Detached<Result<(), NotRecorded>> {
        if outcome == Outcome::Answered
            && let Some(lease) = self.lease.take()
        {
            lease.give_back();
        }
        let open = self.open.take().expect("an exchange is finished once");
        let exchange = Exchange {
            request: open.request,
            request_body: self.upload.passed(),
            response: open.response,
            response_body: std::mem::take(&mut self.download).into_passed(),
            outcome,
            answered_after: self.answered_after,
            took: self.began.elapsed(),
        };
        Detached::new(open.watcher.finished(exchange), self.runtime.clone())
    }

    /// Records without anybody waiting for it.
    pub(crate) fn finish_detached(&mut self, outcome: Outcome) {
        self.finish(outcome).begin();
    }
}

/// What the record needs of a head. Extensions are of this connection, and costly to copy.
fn without_extensions(head: &response::Parts) -> response::Parts {
    let (mut seen, ()) = Response::new(()).into_parts();
    seen.status = head.status;
    seen.version = head.version;
    seen.headers = head.headers.clone();
    seen
}

impl<W: Watcher> Drop for UnderWay<W> {
    fn drop(&mut self) {
        if self.open.is_some() {
            let outcome = if self.download.ended { Outcome::Answered } else { Outcome::ClientGone };
            // In a task of its own: what drops this may be unwinding.
            drop(self.finish(outcome));
        }
    }
}

impl Download {
    pub(crate) fn pass(&mut self, data: &Bytes) {
        self.bytes += data.len() as u64;
        if let Some(capture) = &mut self.capture {
            capture.keep(data);
        }
    }

    fn into_passed(self) -> Passed {
        let Download { capture, bytes, ended, trailers } = self;
        match capture {
            Some(capture) => capture.into_passed(bytes, ended, trailers),
            None => Passed::default(),
        }
    }
}
