//! A service that records itself. Each request is on the record before it is answered.
//!
//! ```text
//! $ cairn serve &
//! $ cairn key create --user echo --ingest-only --token
//! $ export CAIRN_TOKEN=cairn_...
//! $ cargo run -p cairn-layer --example echo
//! $ curl -d 'hello' -H 'x-user: alice' http://127.0.0.1:8080/echo
//! $ cairn tail
//! ```

use cairn_layer::{Call, Caller, Details, RecordLayer, Recorder, Settings};
use http::request::Parts;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use serde_json::json;
use std::error::Error;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{env, future::Future, pin::Pin};
use tokio::net::TcpListener;
use tower_layer::Layer;
use tower_service::Service;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let endpoint = env::var("CAIRN_ENDPOINT").unwrap_or_else(|_| "http://127.0.0.1:4580".to_owned());
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    let recorder = Recorder::start(Settings::new(endpoint, env::var("CAIRN_TOKEN")?, "echo.example.com"))?;
    let layer = RecordLayer::new(recorder.clone(), describe);
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (stream, peer) = accepted?;
                let service = WithPeer { inner: layer.layer(Echo), peer };
                let mut server = http1::Builder::new();
                server.timer(TokioTimer::new());
                tokio::spawn(server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)));
            }
            stopped = tokio::signal::ctrl_c() => {
                stopped?;
                return Ok(recorder.flush(Duration::from_secs(10)).await?);
            }
        }
    }
}

/// What a request asks for, by its head.
fn describe(request: &Parts) -> Call {
    let user = request.headers.get("x-user").and_then(|user| user.to_str().ok());
    Call::of(request).named("Echo").by(user.map_or(Caller::Anonymous, Caller::user))
}

/// Answers with what it was sent, and tells how much that was.
#[derive(Clone)]
struct Echo;

type Answer = Pin<Box<dyn Future<Output = Result<Response<Full<Bytes>>, hyper::Error>> + Send>>;

impl Service<Request<Incoming>> for Echo {
    type Response = Response<Full<Bytes>>;
    type Error = hyper::Error;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), hyper::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Answer {
        Box::pin(async {
            let body = request.into_body().collect().await?.to_bytes();
            let details = Details { parameters: Some(json!({"bytes": body.len()})), ..Details::default() };
            let mut response = Response::new(Full::new(body));
            response.extensions_mut().insert(details);
            Ok(response)
        })
    }
}

/// Tells the layer where a connection comes from, as axum's and tonic's connect info do.
#[derive(Clone)]
struct WithPeer<S> {
    inner: S,
    peer: std::net::SocketAddr,
}

impl<S: Service<Request<Incoming>>> Service<Request<Incoming>> for WithPeer<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Incoming>) -> S::Future {
        request.extensions_mut().insert(self.peer);
        self.inner.call(request)
    }
}
