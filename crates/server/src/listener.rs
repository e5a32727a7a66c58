//! Connections: accepting them, bounding them, and letting them finish at the end.

mod limits;
mod pace;
mod patience;
mod tls;
mod width;

pub(crate) use patience::{Patience, STALL_TIMEOUT};
pub(crate) use tls::{Tls, TlsFiles, TlsSession};

use crate::app::App;
use crate::http as answers;
use bytes::Bytes;
use http::header::{CONNECTION, HOST};
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use pace::{Pace, Verdict, Watched};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use width::{Builders, has_large_head};

/// A client that takes longer than this to send a request's head is cut off.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// So is one that takes longer than this to agree on TLS.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How often each connection is asked whether it still moves.
const WATCH_EVERY: Duration = Duration::from_secs(5);
/// How long open connections may go on after the stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(4);
/// How long those that are cut then may take to end.
const CUT_TIMEOUT: Duration = Duration::from_secs(1);
/// The largest head of a request, in bytes.
const HEAD_BYTES_MAX: u32 = 64 << 10;
/// Requests that one HTTP/2 connection may have under way.
const STREAMS_MAX: u32 = 64;

/// What all connections share.
struct Listening {
    app: Arc<App>,
    tls: Option<Arc<Tls>>,
    builders: Builders,
    stop: CancellationToken,
    /// Cancelled when what has not ended by itself has to.
    cut: CancellationToken,
}

/// Serves until `stop`, then lets requests that have begun finish, for at most [`DRAIN_TIMEOUT`]. Then what is left is
/// cut: no connection, no forwarded call and no tunnel goes on, so that all of them can be recorded.
pub(crate) async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    stop: CancellationToken,
) {
    let connections = TaskTracker::new();
    let slots = Arc::new(Semaphore::new(limits::connections_max()));
    if let Some(tls) = &tls {
        connections.spawn(Arc::clone(tls).keep_fresh(stop.clone()));
    }
    let listening =
        Arc::new(Listening { app, tls, builders: Builders::new(), stop, cut: CancellationToken::new() });
    loop {
        let accepted = tokio::select! {
            () = listening.stop.cancelled() => break,
            accepted = accept(&listener, &slots) => accepted,
        };
        let Some((stream, peer, slot)) = accepted else { continue };
        let listening = Arc::clone(&listening);
        connections.spawn(async move {
            listening.connection(stream, peer).await;
            drop(slot);
        });
    }
    drop(listener);
    listening.app.tails.close();
    connections.close();
    if tokio::time::timeout(DRAIN_TIMEOUT, connections.wait()).await.is_err() {
        tracing::warn!("some connections were still open after {DRAIN_TIMEOUT:?} and were cut");
    }
    // Tunnels are of no connection, so this is needed also if all of those have ended.
    listening.app.gateway.cut();
    listening.cut.cancel();
    if tokio::time::timeout(CUT_TIMEOUT, connections.wait()).await.is_err() {
        tracing::warn!("some connections did not end when they were cut");
    }
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, slot)),
        Err(error) => {
            // Out of file descriptors, most likely: pausing lets some close.
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

impl Listening {
    async fn connection(&self, stream: TcpStream, peer: SocketAddr) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
        let Some(tls) = &self.tls else {
            return self.talk(Patience::new(stream, STALL_TIMEOUT), peer, None).await;
        };
        let handshake = tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.accept(stream));
        let accepted = tokio::select! {
            () = self.stop.cancelled() => return,
            accepted = handshake => accepted,
        };
        match accepted {
            Ok(Ok((stream, session))) => self.talk(stream, peer, Some(session)).await,
            Ok(Err(error)) => tracing::debug!(%error, %peer, "no TLS connection came about"),
            Err(_elapsed) => tracing::debug!(%peer, "the TLS handshake took too long"),
        }
    }

    /// Answers a connection's requests until it ends, is idle for too long, or stops taking answers.
    async fn talk(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        peer: SocketAddr,
        session: Option<TlsSession>,
    ) {
        let pace = Arc::new(Pace::new(Instant::now()));
        let (builder, _width) = self.builders.next();
        let service = service_fn(|mut request: Request<Incoming>| {
            let underway = pace.begin();
            prepare(&mut request, session);
            let app = Arc::clone(&self.app);
            async move {
                let answer = match has_large_head(&request) {
                    true => too_large(),
                    false => answers::answer(app, peer, request).await,
                };
                Ok::<_, Infallible>(answer.map(|body| Watched::new(body, underway)))
            }
        });
        let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
        let mut watch = tokio::time::interval_at(Instant::now() + WATCH_EVERY, WATCH_EVERY);
        let mut ending = false;
        loop {
            tokio::select! {
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, %peer, "a connection ended early");
                    }
                    return;
                }
                () = self.cut.cancelled() => return,
                () = self.stop.cancelled(), if !ending => {
                    ending = true;
                    connection.as_mut().graceful_shutdown();
                }
                _ = watch.tick() => match pace.verdict(Instant::now()) {
                    Verdict::Moves => {}
                    Verdict::Idle if !ending => {
                        ending = true;
                        connection.as_mut().graceful_shutdown();
                    }
                    Verdict::Idle | Verdict::Stalled => {
                        tracing::debug!(%peer, "a connection that did not move was cut");
                        return;
                    }
                },
            }
        }
    }
}

/// What the rest of Cairn expects of a request however it came: a `Host` header, which HTTP/2 has in the
/// request line, and how it was secured.
fn prepare(request: &mut Request<Incoming>, session: Option<TlsSession>) {
    if let Some(session) = session {
        request.extensions_mut().insert(session);
    }
    let authority = request.uri().authority().map(|authority| HeaderValue::from_str(authority.as_str()));
    if let Some(Ok(authority)) = authority
        && !request.headers().contains_key(HOST)
    {
        request.headers_mut().insert(HOST, authority);
    }
}

/// What hyper itself answers to a head that does not fit into a connection's buffer.
fn too_large() -> answers::Answer {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    answers::whole(response)
}
