//! What a recorder sees of a Cairn server.

use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

pub(super) struct Cairn {
    address: SocketAddr,
    events: mpsc::UnboundedReceiver<Value>,
    behaviour: Arc<Behaviour>,
}

struct Behaviour {
    events: mpsc::UnboundedSender<Value>,
    requests: AtomicUsize,
    /// The next so many requests get this status.
    failures: Mutex<(StatusCode, usize)>,
    refused: Mutex<Vec<usize>>,
    held: watch::Sender<bool>,
}

/// Answers are held back while this lives.
pub(super) struct Held(Arc<Behaviour>);

impl Held {
    pub(super) fn answer(self) {}
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.held.send_replace(false);
    }
}

impl Cairn {
    pub(super) async fn start() -> Cairn {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, events) = mpsc::unbounded_channel();
        let behaviour = Arc::new(Behaviour {
            events: sender,
            requests: AtomicUsize::new(0),
            failures: Mutex::new((StatusCode::OK, 0)),
            refused: Mutex::default(),
            held: watch::channel(false).0,
        });
        tokio::spawn(serve(listener, Arc::clone(&behaviour)));
        Cairn { address, events, behaviour }
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next event that arrives, whether it is taken or not.
    pub(super) async fn next(&mut self) -> Value {
        self.events.recv().await.unwrap()
    }

    pub(super) fn requests(&self) -> usize {
        self.behaviour.requests.load(Ordering::SeqCst)
    }

    pub(super) fn fail(&self, status: StatusCode, times: usize) {
        *self.behaviour.failures.lock().unwrap() = (status, times);
    }

    pub(super) fn refuse_lines(&self, lines: &[usize]) {
        *self.behaviour.refused.lock().unwrap() = lines.to_vec();
    }

    pub(super) fn hold(&self) -> Held {
        self.behaviour.held.send_replace(true);
        Held(Arc::clone(&self.behaviour))
    }
}

async fn serve(listener: TcpListener, behaviour: Arc<Behaviour>) {
    while let Ok((stream, _)) = listener.accept().await {
        let behaviour = Arc::clone(&behaviour);
        let service = service_fn(move |request| answer(Arc::clone(&behaviour), request));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn answer(
    behaviour: Arc<Behaviour>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    assert_eq!(request.uri(), "/_cairn/events?format=ndjson");
    assert_eq!(request.headers()["authorization"], "Bearer cairn_made_up");
    let body = request.into_body().collect().await.unwrap().to_bytes();
    behaviour.requests.fetch_add(1, Ordering::SeqCst);
    let mut held = behaviour.held.subscribe();
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    for line in lines {
        behaviour.events.send(serde_json::from_slice(line).unwrap()).unwrap();
    }
    held.wait_for(|held| !held).await.unwrap();
    let mut response = Response::new(Full::from(receipt(&behaviour)));
    let mut failures = behaviour.failures.lock().unwrap();
    if failures.1 > 0 {
        failures.1 -= 1;
        *response.status_mut() = failures.0;
    }
    Ok(response)
}

fn receipt(behaviour: &Behaviour) -> String {
    let refused = behaviour.refused.lock().unwrap();
    let refused: Vec<Value> = refused.iter().map(|line| json!({"line": line, "reason": "made up"})).collect();
    json!({"accepted": 1, "refused": refused, "noted": []}).to_string()
}
