//! From a call to the head of its answer.

use super::Call;
use crate::BoxError;
use crate::exchange::{NotSent, Outcome};
use crate::headers::expects_continue;
use crate::resign::{Chunked, Framing, unsign};
use crate::under_way::UnderWay;
use crate::upload::{Stage, Traced, Upload, UploadTrace, notify_continue};
use crate::upstream::{Connected, Upstream, path_alone, story};
use crate::watcher::Watcher;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Request, Response, Uri};
use http_body::Body;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Sends a call, at most once, and waits for the head of its answer.
pub(super) async fn send<B, W>(
    upstream: &Upstream,
    call: &mut Call,
    body: B,
    under_way: &mut UnderWay<W>,
) -> Result<Response<Incoming>, Outcome>
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<BoxError>,
    W: Watcher,
{
    let framing = prepare(upstream, call).await.map_err(Outcome::NotSent)?;
    let lease = under_way.lease.insert(upstream.pool.lease().await.map_err(Outcome::NotSent)?);
    let mut connection = upstream.pool.connection().await.map_err(Outcome::NotSent)?;
    let trace = Arc::clone(&under_way.upload);
    let target = std::mem::take(&mut call.head.uri);
    let request = request(call, body, &trace, framing, connection.is_http2());
    let mut sent = answer(upstream, &mut connection, &target, request, &trace).await?;
    if let Err(error) = &mut sent
        && connection.reused
        && let Some(request) = error.take_message()
    {
        // The connection had died unseen, and not a byte of this was written.
        connection = upstream.pool.new_connection().await.map_err(Outcome::NotSent)?;
        sent = answer(upstream, &mut connection, &target, request, &trace).await?;
    }
    let response = sent.map_err(|error| broken(&error, &trace))?;
    lease.hold(connection);
    Ok(response)
}

/// Makes the head what the upstream shall see.
async fn prepare(upstream: &Upstream, call: &mut Call) -> Result<Framing, NotSent> {
    let head = &mut call.head;
    head.uri = upstream.target(&head.uri, &mut head.headers).ok_or(NotSent::Unforwardable)?;
    let Some(resign) = &upstream.resign else { return Ok(Framing::Kept) };
    head.uri = absolute(upstream, &head.uri, &head.headers)?;
    let (payload, framing) = unsign(head);
    resign.sign(head, payload).await.map_err(|_| NotSent::CannotSign)?;
    Ok(framing)
}

fn absolute(upstream: &Upstream, target: &Uri, headers: &HeaderMap) -> Result<Uri, NotSent> {
    upstream.absolute(target.clone(), headers).ok_or(NotSent::Unforwardable)
}

fn request<B>(
    call: &mut Call,
    body: B,
    trace: &Arc<UploadTrace>,
    framing: Framing,
    is_http2: bool,
) -> Request<Upload>
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<BoxError>,
{
    let mut request = Request::new(());
    let head = &mut call.head;
    *request.method_mut() = head.method.clone();
    *request.headers_mut() = std::mem::take(&mut head.headers);
    *request.extensions_mut() = std::mem::take(&mut head.extensions);
    let mut traced = Traced::new(body, Arc::clone(trace));
    // Over HTTP/2 nothing is heard of what comes before the answer.
    if expects_continue(request.headers()) && !is_http2 {
        let asked = Arc::new(Notify::new());
        notify_continue(&mut request, Arc::clone(&asked));
        traced.wait_for(asked);
    }
    let body = match framing {
        Framing::Kept => traced.boxed_unsync(),
        framing => {
            let length = content_length(&request);
            Chunked::new(traced, framing, length, Arc::clone(trace)).boxed_unsync()
        }
    };
    request.map(|()| body)
}

fn content_length(request: &Request<()>) -> Option<u64> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

type Sent = Result<Response<Incoming>, TrySendError<Request<Upload>>>;

/// Waits for an answer's head as long as the request moves, and then for as long as an answer may take.
async fn answer(
    upstream: &Upstream,
    connection: &mut Connected,
    target: &Uri,
    request: Request<Upload>,
    trace: &UploadTrace,
) -> Result<Sent, Outcome> {
    let target = match connection.is_http2() {
        true => absolute(upstream, target, request.headers()).map_err(Outcome::NotSent)?,
        false => path_alone(target),
    };
    let timeouts = &upstream.timeouts;
    let mut sent = pin!(connection.send(target, request));
    // Looked at often enough that the end of the request is seen soon, whichever of the two is longer.
    let step = timeouts.answer.min(timeouts.stalled);
    let mut still = Duration::ZERO;
    loop {
        let (stage, bytes) = (trace.stage(), trace.bytes());
        let patience = if stage == Stage::Ended { timeouts.answer } else { timeouts.stalled };
        let wait = step.min(patience.saturating_sub(still));
        if let Ok(sent) = tokio::time::timeout(wait, sent.as_mut()).await {
            return Ok(sent);
        }
        still += wait;
        if trace.bytes() != bytes || (trace.stage() == Stage::Ended) != (stage == Stage::Ended) {
            still = Duration::ZERO;
        } else if still >= patience {
            return Err(if stage == Stage::Asked { Outcome::ClientGone } else { Outcome::TimedOut });
        }
    }
}

fn broken(error: &TrySendError<Request<Upload>>, trace: &UploadTrace) -> Outcome {
    let why = story(error.error());
    match trace.stage() {
        Stage::Broke => Outcome::ClientGone,
        _ if error.message().is_some() => Outcome::NotSent(NotSent::Unreachable(why)),
        _ => Outcome::UpstreamBroke(why),
    }
}
