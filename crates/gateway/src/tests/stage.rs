//! A server with the gateway inside, whose records a test can hold, fail and read.

use super::wire::{Wire, within};
use crate::{
    AnswerBody, Exchange, Failure, Gateway, Hold, NotRecorded, NotSent, Plan, Upstream, UpstreamOptions,
    Watcher,
};
use http::{Request, Response, StatusCode, request};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};

pub(super) struct Stage {
    pub(super) front: SocketAddr,
    pub(super) gateway: Gateway,
    pub(super) records: Arc<Records>,
    exchanges: mpsc::UnboundedReceiver<Exchange>,
    /// Where the upstream listens.
    pub(super) back: TcpListener,
}

/// How records fare.
pub(super) struct Records {
    /// A record takes one of these, if records are held.
    go: Semaphore,
    pub(super) held: AtomicBool,
    pub(super) fail: AtomicBool,
    pub(super) refuse: AtomicBool,
    pub(super) panic: AtomicBool,
    sender: mpsc::UnboundedSender<Exchange>,
}

impl Records {
    /// Lets one held record through.
    pub(super) fn let_go(&self) {
        self.go.add_permits(1);
    }
}

struct Recorder(Arc<Records>);

impl Watcher for Recorder {
    type Refusal = ();

    async fn forwarding(&mut self, _head: &request::Parts) -> Result<(), ()> {
        if self.0.refuse.load(SeqCst) { Err(()) } else { Ok(()) }
    }

    fn answered(&mut self, _head: &http::response::Parts) -> usize {
        assert!(!self.0.panic.load(SeqCst), "this test wants a panic");
        1 << 20
    }

    async fn finished(self, exchange: Exchange) -> Result<(), NotRecorded> {
        self.0.sender.send(exchange).map_err(|_| NotRecorded)?;
        if self.0.held.load(SeqCst) {
            self.0.go.acquire().await.map_err(|_| NotRecorded)?.forget();
        }
        if self.0.fail.load(SeqCst) { Err(NotRecorded) } else { Ok(()) }
    }
}

impl Stage {
    pub(super) async fn new(hold: Hold) -> Stage {
        Stage::with(hold, UpstreamOptions::default()).await
    }

    pub(super) async fn with(hold: Hold, options: UpstreamOptions) -> Stage {
        let back = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", back.local_addr().unwrap());
        Stage::of(hold, back, Upstream::new(&url, options).unwrap()).await
    }

    pub(super) async fn of(hold: Hold, back: TcpListener, upstream: Upstream) -> Stage {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let front = listener.local_addr().unwrap();
        let (sender, exchanges) = mpsc::unbounded_channel();
        let records = Arc::new(Records {
            go: Semaphore::new(0),
            held: AtomicBool::new(false),
            fail: AtomicBool::new(false),
            refuse: AtomicBool::new(false),
            panic: AtomicBool::new(false),
            sender,
        });
        let gateway = Gateway::new(8 << 20);
        let inside = Inside { gateway: gateway.clone(), upstream, hold, records: Arc::clone(&records) };
        tokio::spawn(serve(listener, Arc::new(inside)));
        Stage { front, gateway, records, exchanges, back }
    }

    pub(super) async fn client(&self) -> Wire {
        Wire::connect(self.front).await
    }

    /// The next connection that the gateway makes.
    pub(super) async fn upstream(&self) -> Wire {
        Wire::accept(&self.back).await
    }

    pub(super) async fn exchange(&mut self) -> Exchange {
        within(self.exchanges.recv()).await.unwrap()
    }

    /// Makes sure that nothing else was recorded, and that all memory came back.
    pub(super) async fn end(mut self) {
        let more = tokio::time::timeout(Duration::from_millis(200), self.exchanges.recv()).await;
        assert!(more.is_err(), "recorded twice: {more:?}");
        assert_eq!(self.gateway.memory.free_bytes(), 8 << 20);
    }
}

/// What the server needs.
struct Inside {
    gateway: Gateway,
    upstream: Upstream,
    hold: Hold,
    records: Arc<Records>,
}

impl Inside {
    async fn answer(&self, request: Request<Incoming>) -> Response<AnswerBody> {
        let plan = Plan { hold: self.hold, ..Plan::default() };
        let recorder = Recorder(Arc::clone(&self.records));
        let answer = self.gateway.forward(&self.upstream, request, plan, recorder).await;
        answer.unwrap_or_else(|failure| refusal(&failure))
    }
}

async fn serve(listener: TcpListener, inside: Arc<Inside>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        tokio::spawn(talk(stream, Arc::clone(&inside)));
    }
}

async fn talk(stream: TcpStream, inside: Arc<Inside>) {
    stream.set_nodelay(true).unwrap();
    let service = service_fn(move |request: Request<Incoming>| {
        let inside = Arc::clone(&inside);
        async move { Ok::<_, Infallible>(inside.answer(request).await) }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().preserve_header_case(true).max_buf_size(64 << 10);
    // It fails where a test hangs up.
    let _ = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).await;
}

/// What each failure is told as here.
fn refusal(failure: &Failure<()>) -> Response<AnswerBody> {
    let status = match failure {
        Failure::Refused(()) => StatusCode::FORBIDDEN,
        Failure::NotSent(NotSent::Full) | Failure::NotRecorded => StatusCode::SERVICE_UNAVAILABLE,
        Failure::NotSent(_) | Failure::UpstreamBroke(_) => StatusCode::BAD_GATEWAY,
        Failure::TimedOut => StatusCode::GATEWAY_TIMEOUT,
        Failure::ClientGone => StatusCode::BAD_REQUEST,
    };
    let mut response = Response::new(AnswerBody::empty());
    *response.status_mut() = status;
    response
}
