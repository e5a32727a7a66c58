//! The connections to one upstream.
//!
//! With HTTP/1.1 a connection serves one request at a time; when its answer is over it is put back, and the one put
//! back last is used first, so that those too many grow old and go. HTTP/2 needs one connection for all.

use super::connect::{Connector, Opened};
use super::{NotAnUpstream, UpstreamOptions};
use crate::exchange::NotSent;
use crate::upload::Upload;
use http::uri::{Authority, Scheme};
use http::{Request, Response, Uri, Version};
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http1, http2};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Connections, and how many requests may use them.
pub(crate) struct Pool {
    connector: Connector,
    kept: Arc<Kept>,
    under_way: Arc<Semaphore>,
    waiting: AtomicUsize,
    waiting_max: usize,
    connect_timeout: Duration,
}

/// Connections that nobody uses, and the shared one.
struct Kept {
    unused: Mutex<VecDeque<Unused>>,
    shared: Mutex<Option<http2::SendRequest<Upload>>>,
    unused_timeout: Duration,
}

struct Unused {
    sender: http1::SendRequest<Upload>,
    since: Instant,
}

/// A connection for one request.
pub(crate) struct Connected {
    sender: Opened,
    /// Whether it has served requests before, so that its other end may have closed it unseen.
    pub(crate) reused: bool,
}

/// The right to one request, held until its answer is over.
pub(crate) struct Lease {
    /// Used by this answer alone.
    sender: Option<http1::SendRequest<Upload>>,
    kept: Arc<Kept>,
    _permit: OwnedSemaphorePermit,
}

impl Pool {
    pub(super) fn new(
        scheme: &Scheme,
        authority: &Authority,
        options: &UpstreamOptions,
    ) -> Result<Pool, NotAnUpstream> {
        let uri = Uri::builder().scheme(scheme.clone()).authority(authority.clone()).path_and_query("/");
        let connector = Connector::new(uri.build().map_err(|_| NotAnUpstream::Url)?, options)?;
        let kept = Kept {
            unused: Mutex::new(VecDeque::new()),
            shared: Mutex::new(None),
            unused_timeout: options.timeouts.unused,
        };
        Ok(Pool {
            connector,
            kept: Arc::new(kept),
            under_way: Arc::new(Semaphore::new(options.under_way_max.clamp(1, Semaphore::MAX_PERMITS))),
            waiting: AtomicUsize::new(0),
            waiting_max: options.waiting_max,
            connect_timeout: options.timeouts.connect,
        })
    }

    /// Waits for the right to one request, not too long and not among too many.
    pub(crate) async fn lease(&self) -> Result<Lease, NotSent> {
        let permit = self.permit().await.ok_or(NotSent::Full)?;
        Ok(Lease { sender: None, kept: Arc::clone(&self.kept), _permit: permit })
    }

    async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&self.under_way).try_acquire_owned() {
            return Some(permit);
        }
        let _place = Place::take(&self.waiting, self.waiting_max)?;
        let permit = Arc::clone(&self.under_way).acquire_owned();
        tokio::time::timeout(self.connect_timeout, permit).await.ok()?.ok()
    }

    /// A connection that is at hand, or else a new one.
    pub(crate) async fn connection(&self) -> Result<Connected, NotSent> {
        match self.kept.take() {
            Some(sender) => Ok(Connected { sender, reused: true }),
            None => self.new_connection().await,
        }
    }

    /// A connection that nobody has used.
    pub(crate) async fn new_connection(&self) -> Result<Connected, NotSent> {
        // Boxed, as it is rare and large: every call would else carry the room for it.
        let opened = tokio::time::timeout(self.connect_timeout, Box::pin(self.connector.open())).await;
        let unreachable = match opened {
            Ok(Ok(sender)) => {
                if let Opened::Http2(sender) = &sender {
                    *self.kept.shared() = Some(sender.clone());
                }
                return Ok(Connected { sender, reused: false });
            }
            Ok(Err(why)) => why,
            Err(_elapsed) => Arc::from("it took too long"),
        };
        Err(NotSent::Unreachable(unreachable))
    }
}

/// A place among those who wait.
struct Place<'a>(&'a AtomicUsize);

impl Place<'_> {
    fn take(waiting: &AtomicUsize, most: usize) -> Option<Place<'_>> {
        let place = Place(waiting);
        (waiting.fetch_add(1, Relaxed) < most).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Connected {
    pub(crate) fn is_http2(&self) -> bool {
        matches!(self.sender, Opened::Http2(_))
    }

    /// Sends a request to `target`, absolute for HTTP/2 and else the path alone, and waits for the head of its answer.
    /// If nothing of it was written, the error holds it.
    pub(crate) async fn send(
        &mut self,
        target: Uri,
        mut request: Request<Upload>,
    ) -> Result<Response<Incoming>, TrySendError<Request<Upload>>> {
        *request.uri_mut() = target;
        match &mut self.sender {
            Opened::Http1(sender) => {
                *request.version_mut() = Version::HTTP_11;
                sender.try_send_request(request).await
            }
            Opened::Http2(sender) => {
                *request.version_mut() = Version::HTTP_2;
                sender.try_send_request(request).await
            }
        }
    }
}

impl Lease {
    /// An answer has begun on `connection`.
    pub(crate) fn hold(&mut self, connection: Connected) {
        if let Opened::Http1(sender) = connection.sender {
            self.sender = Some(sender);
        }
    }

    /// The answer is over, and the connection may serve others.
    pub(crate) fn give_back(mut self) {
        if let Some(sender) = self.sender.take() {
            self.kept.put(sender);
        }
    }
}

impl Kept {
    fn take(&self) -> Option<Opened> {
        self.take_shared().or_else(|| self.take_unused())
    }

    fn take_shared(&self) -> Option<Opened> {
        let mut shared = self.shared();
        if shared.as_ref()?.is_closed() {
            *shared = None;
        }
        shared.clone().map(Opened::Http2)
    }

    /// The last that was put back and is ready. One whose request is still being taken, though its answer is over,
    /// is not.
    fn take_unused(&self) -> Option<Opened> {
        let mut unused = self.unused();
        self.forget_old(&mut unused);
        let ready = unused.iter().rposition(|unused| unused.sender.is_ready())?;
        unused.remove(ready).map(|unused| Opened::Http1(unused.sender))
    }

    fn put(&self, sender: http1::SendRequest<Upload>) {
        if sender.is_closed() {
            return;
        }
        let mut unused = self.unused();
        self.forget_old(&mut unused);
        unused.push_back(Unused { sender, since: Instant::now() });
    }

    fn forget_old(&self, unused: &mut VecDeque<Unused>) {
        let now = Instant::now();
        let is_old = |unused: &Unused| {
            now.duration_since(unused.since) > self.unused_timeout || unused.sender.is_closed()
        };
        while unused.front().is_some_and(is_old) {
            unused.pop_front();
        }
    }

    fn unused(&self) -> MutexGuard<'_, VecDeque<Unused>> {
        self.unused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shared(&self) -> MutexGuard<'_, Option<http2::SendRequest<Upload>>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
