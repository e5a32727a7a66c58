//! One request's way to the upstream and back.

mod send;

use crate::BoxError;
use crate::answer::{AnswerBody, Broke, Extent, Passing, Received, Withheld, gather};
use crate::capture::Memory;
use crate::cut::Cut;
use crate::exchange::Outcome;
use crate::failure::Failure;
use crate::headers::{asks_for_upgrade, strip_hop};
use crate::tunnel;
use crate::under_way::UnderWay;
use crate::upload::UploadTrace;
use crate::upstream::Upstream;
use crate::watcher::{Hold, Plan, Watcher};
use bytes::Bytes;
use http::{Request, Response, StatusCode, Version, request, response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What the upstreams of one process share.
#[derive(Clone, Debug)]
pub struct Gateway {
    pub(crate) memory: Memory,
    cut: CancellationToken,
}

impl Gateway {
    /// All exchanges together hold at most `held_bytes_max` bytes of captured bodies and small answers. When that is
    /// used up, less is captured and answers are held by their end alone; nothing fails.
    pub fn new(held_bytes_max: usize) -> Gateway {
        Gateway { memory: Memory::new(held_bytes_max), cut: CancellationToken::new() }
    }

    /// Ends what waits for an upstream, now and from now on, for a process that stops. Answers and tunnels break off
    /// and are recorded as [`Outcome::ClientGone`]; a call without an answer is [`Failure::TimedOut`]. Records that
    /// have begun are finished. A client that does not read what has come is not noticed: drop its connection.
    pub fn cut(&self) {
        self.cut.cancel();
    }

    /// Forwards `request` and returns the answer to pass on, or why there is none.
    ///
    /// `request` has to be as the server got it, its extensions too: they carry what is needed to switch protocols
    /// and to keep the case of header names. The server has to be one that allows upgrades.
    pub async fn forward<B, W>(
        &self,
        upstream: &Upstream,
        request: Request<B>,
        plan: Plan,
        watcher: W,
    ) -> Result<Response<AnswerBody>, Failure<W::Refusal>>
    where
        B: Body<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<BoxError>,
        W: Watcher,
    {
        let (mut seen, body) = request.into_parts();
        let extensions = std::mem::take(&mut seen.extensions);
        let mut call = Call::new(&seen, extensions);
        let trace = Arc::new(UploadTrace::new(plan.request_capture_bytes, &self.memory));
        let mut under_way = UnderWay::new(watcher, seen, trace);
        under_way.permit().await.map_err(Failure::Refused)?;
        let sent = tokio::select! {
            biased;
            sent = send::send(upstream, &mut call, body, &mut under_way) => sent,
            () = self.cut.cancelled() => Err(Outcome::TimedOut),
        };
        match sent {
            Ok(response) => self.pass_on(response, call.client, plan.hold, under_way).await,
            // Boxed here and below: what does not happen to every call is not to make all of them larger.
            Err(outcome) => Err(Box::pin(settle(under_way, outcome, plan.hold)).await),
        }
    }

    async fn pass_on<W: Watcher>(
        &self,
        mut response: Response<Incoming>,
        client: Option<OnUpgrade>,
        hold: Hold,
        mut under_way: UnderWay<W>,
    ) -> Result<Response<AnswerBody>, Failure<W::Refusal>> {
        let switches = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        let upstream = switches.then(|| hyper::upgrade::on(&mut response));
        let (mut head, body) = response.into_parts();
        strip_hop(&mut head.headers, switches);
        // Of this hop too: one of HTTP/1.0 would make the server close its connection.
        head.version = Version::HTTP_11;
        under_way.answered(&head, &self.memory);
        if let Some(upstream) = upstream {
            let Some(client) = client else {
                let unasked = Outcome::UpstreamBroke(Arc::from("it switched protocols unasked"));
                return Err(Box::pin(settle(under_way, unasked, hold)).await);
            };
            tokio::spawn(tunnel::join(client, upstream, self.cut.clone(), under_way));
            return Ok(Response::from_parts(head, AnswerBody::empty()));
        }
        let received = Received::new(body, Cut::new(self.cut.clone()), under_way);
        let body = match hold {
            Hold::Nothing => AnswerBody::flowing(Passing::new(received)),
            Hold::UntilRecorded => Box::pin(self.withhold(received, &head)).await?,
        };
        Ok(Response::from_parts(head, body))
    }

    async fn withhold<W: Watcher>(
        &self,
        mut received: Received<W>,
        head: &response::Parts,
    ) -> Result<AnswerBody, Failure<W::Refusal>> {
        let length = received.left();
        let gathered = gather(&mut received, head, &self.memory).await;
        let (extent, gathered) = gathered.map_err(|Broke(why)| Failure::UpstreamBroke(why))?;
        if extent == Extent::Part {
            return Ok(AnswerBody::flowing(Withheld::new(received, gathered, length)));
        }
        let trailers = received.under_way.download.trailers.clone();
        let recorded = received.under_way.finish(Outcome::Answered).await;
        recorded.map_err(|_| Failure::NotRecorded)?;
        Ok(AnswerBody::whole(gathered, trailers, length))
    }
}

/// A call as it is sent.
struct Call {
    head: request::Parts,
    /// Where the client's side of a tunnel comes from, if it asks for one.
    client: Option<OnUpgrade>,
}

impl Call {
    /// From the head as the client sent it.
    fn new(seen: &request::Parts, extensions: http::Extensions) -> Call {
        let mut request = Request::new(());
        *request.method_mut() = seen.method.clone();
        *request.uri_mut() = seen.uri.clone();
        *request.headers_mut() = seen.headers.clone();
        *request.extensions_mut() = extensions;
        let upgrades = asks_for_upgrade(seen);
        let client = upgrades.then(|| hyper::upgrade::on(&mut request));
        strip_hop(request.headers_mut(), upgrades);
        Call { head: request.into_parts().0, client }
    }
}

/// Records an exchange that has no answer, and says what the caller has to answer.
async fn settle<W: Watcher>(mut under_way: UnderWay<W>, outcome: Outcome, hold: Hold) -> Failure<W::Refusal> {
    let failure = match &outcome {
        Outcome::NotSent(why) => Failure::NotSent(why.clone()),
        Outcome::TimedOut => Failure::TimedOut,
        Outcome::UpstreamBroke(why) => Failure::UpstreamBroke(Arc::clone(why)),
        Outcome::ClientGone | Outcome::Answered => Failure::ClientGone,
    };
    let recording = under_way.finish(outcome);
    if hold == Hold::UntilRecorded {
        // Whether or not this can be recorded, the call has failed and the caller is told so.
        let _ = recording.await;
    }
    failure
}
