use super::stage::Stage;
use super::wire::within;
use crate::{Hold, Outcome, Protocol, Trust, Upstream, UpstreamOptions};
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body::Frame;
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use hyper::body::Incoming;
use hyper::client::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Answers with the body that came, its trailers, and what it saw of the head.
async fn echo(request: Request<Incoming>) -> Result<Response<BoxBody<Bytes, hyper::Error>>, Infallible> {
    let seen = format!("{:?} {}", request.version(), request.uri());
    let mut response = Response::new(request.into_body().boxed());
    response.headers_mut().insert("x-seen", seen.parse().unwrap());
    Ok(response)
}

async fn talk(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
    let builder = Builder::new(TokioExecutor::new());
    let _ = builder.serve_connection(TokioIo::new(stream), service_fn(echo)).await;
}

/// A body of three pieces and trailers.
struct Pieces(Vec<Frame<Bytes>>);

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop().map(Ok))
    }
}

fn pieces() -> Pieces {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", "0".parse().unwrap());
    let data = |text: &'static str| Frame::data(Bytes::from_static(text.as_bytes()));
    Pieces(vec![Frame::trailers(trailers), data("c"), data("b"), data("a")])
}

#[tokio::test]
async fn http2_passes_with_its_authority_and_trailers() {
    for hold in [Hold::UntilRecorded, Hold::Nothing] {
        let back = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let options = UpstreamOptions { protocol: Protocol::Http2, ..UpstreamOptions::default() };
        let upstream = Upstream::new(&format!("http://{}", back.local_addr().unwrap()), options).unwrap();
        tokio::spawn(async move { talk(back.accept().await.unwrap().0).await });
        let unused = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut stage = Stage::of(hold, unused, upstream).await;

        let stream = TcpStream::connect(stage.front).await.unwrap();
        let handshake = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
        let (mut sender, connection) = handshake.unwrap();
        tokio::spawn(connection);
        for _ in 0..3 {
            let request = Request::post("http://grpc.example.com:50051/a.B/C").header("te", "trailers");
            let response = within(sender.send_request(request.body(pieces()).unwrap())).await.unwrap();
            assert_eq!(response.headers()["x-seen"], "HTTP/2.0 http://grpc.example.com:50051/a.B/C");
            let whole = within(response.into_body().collect()).await.unwrap();
            assert_eq!(whole.trailers().unwrap()["grpc-status"], "0");
            assert_eq!(whole.to_bytes(), "abc");
            let exchange = stage.exchange().await;
            assert_eq!(exchange.response_body.trailers.as_ref().unwrap()["grpc-status"], "0");
            assert_eq!(exchange.request_body.contiguous(), "abc");
            assert!(exchange.request_body.is_whole() && exchange.response_body.is_whole());
        }
        stage.end().await;
    }
}

#[tokio::test]
async fn the_version_is_agreed_over_tls() {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let over_http2 = "HTTP/2.0 https://s3.example.com/o\r\n";
    for (protocols, seen) in [(&["h2", "http/1.1"][..], over_http2), (&["http/1.1"][..], "HTTP/1.1 /o\r\n")] {
        let key = rustls::pki_types::PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![own.cert.der().clone()], key)
            .unwrap();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let back = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}", back.local_addr().unwrap().port());
        tokio::spawn(async move {
            let stream = back.accept().await.unwrap().0;
            talk(acceptor.accept(stream).await.unwrap()).await;
        });
        let trust = Trust::Authorities(own.cert.pem().into_bytes().into());
        let upstream = Upstream::new(&url, UpstreamOptions { trust, ..UpstreamOptions::default() }).unwrap();
        let unused = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut stage = Stage::of(Hold::UntilRecorded, unused, upstream).await;
        let mut client = stage.client().await;
        client.send("GET /o HTTP/1.1\r\nHost: s3.example.com\r\n\r\n").await;
        let head = client.head().await;
        assert!(head.starts_with("HTTP/1.1 200") && head.contains(seen), "{head}");
        stage.exchange().await;
        stage.end().await;
    }
}

#[test]
fn authorities_have_to_be_some() {
    for pem in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let trust = Trust::Authorities(pem.as_bytes().into());
        assert!(Upstream::new("https://h", UpstreamOptions { trust, ..UpstreamOptions::default() }).is_err());
    }
}

#[tokio::test]
async fn a_stream_that_its_client_resets_is_recorded_once_and_leaves_the_others_alone() {
    let mut stage = Stage::new(Hold::UntilRecorded).await;
    let stream = TcpStream::connect(stage.front).await.unwrap();
    let (mut sender, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = || Request::get("http://h/").body(Pieces(Vec::new())).unwrap();
    let reset = tokio::spawn(sender.send_request(request()));
    let mut first = stage.upstream().await;
    first.head().await;
    let kept = tokio::spawn(sender.send_request(request()));
    let mut second = stage.upstream().await;
    second.head().await;
    reset.abort();
    assert_eq!(first.rest().await, b"");
    assert_eq!(stage.exchange().await.outcome, Outcome::ClientGone);
    second.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
    let response = within(kept).await.unwrap().unwrap();
    assert_eq!(within(response.into_body().collect()).await.unwrap().to_bytes(), "ok");
    assert_eq!(stage.exchange().await.outcome, Outcome::Answered);
    stage.end().await;
}
