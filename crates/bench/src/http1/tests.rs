#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use http_body_util::Full;
use hyper::service::service_fn;
use std::convert::Infallible;
use tokio::net::TcpListener;

/// A server on loopback that answers every request of one connection the same; `LENGTH` becomes the body's.
async fn server(status: StatusCode, answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let service = service_fn(move |request: Request<Incoming>| async move {
            let length = request.into_body().collect().await.unwrap().to_bytes().len();
            let body = answer.replace("LENGTH", &length.to_string());
            let mut response = Response::new(Full::new(Bytes::from(body)));
            *response.status_mut() = status;
            Ok::<_, Infallible>(response)
        });
        let builder = hyper::server::conn::http1::Builder::new();
        builder.serve_connection(TokioIo::new(stream), service).await.unwrap();
    });
    address
}

async fn post(address: SocketAddr, body: &'static str) -> Answer {
    let mut connection = Connection::open(address).await.unwrap();
    connection.post_events("token", Bytes::from_static(body.as_bytes())).await.unwrap()
}

#[tokio::test]
async fn a_connection_is_kept_for_many_requests() {
    let address = server(StatusCode::OK, r#"{"accepted":LENGTH}"#).await;
    let mut connection = Connection::open(address).await.unwrap();
    for length in 1..5 {
        let answer = connection.post_events("token", Bytes::from(vec![b' '; length])).await.unwrap();
        assert_eq!(answer.all_taken(length).unwrap(), length as u64);
    }
}

#[tokio::test]
async fn an_event_that_was_not_taken_is_an_error() {
    let address = server(StatusCode::OK, r#"{"accepted":1,"refused":[{"line":2}]}"#).await;
    let error = post(address, "..").await.all_taken(2).unwrap_err();
    assert!(matches!(error, BenchError::Unexpected { .. }));
    assert!(error.to_string().contains(r#"{"line":2}"#));
}

#[tokio::test]
async fn a_refusal_is_told_with_the_servers_words() {
    let address = server(StatusCode::FORBIDDEN, "no such token").await;
    let error = post(address, "..").await.all_taken(2).unwrap_err();
    assert_eq!(error.to_string(), "/_cairn/events answered 403 Forbidden: no such token");
}
