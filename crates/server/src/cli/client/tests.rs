#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Client, Connection, Refusal, TIMEOUTS, Timeouts};
use bytes::Bytes;
use http::Method;
use serde_json::Value;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const SOON: Duration = Duration::from_millis(50);
const NEVER: Duration = Duration::from_secs(3600);

/// What a call comes to whose server reads the request, says `said` and then nothing more.
async fn called(said: &'static str, timeouts: Timeouts) -> Refusal {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint_url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await.unwrap();
        stream.write_all(said.as_bytes()).await.unwrap();
        std::future::pending::<()>().await;
    });
    let connection = Connection {
        endpoint_url,
        access_key_id: Some("AKIAEXAMPLE".to_owned()),
        secret_access_key: Some("secret".to_owned()),
        session_token: None,
        sign_region: Some("us-east-1".to_owned()),
        ca_bundle: None,
    };
    // Fails where another test of this process was first.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let client = Client { timeouts, ..Client::new(&connection).ok().unwrap() };
    let called = client.call::<Value>(Method::GET, "/_cairn/health", &[], Bytes::new()).await;
    server.abort();
    called.unwrap_err()
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up_and_may_be_tried_again() {
    let refusal = called("", Timeouts { answer: SOON, long_answer: NEVER, part: NEVER }).await;
    assert!(matches!(refusal, Refusal::Retryable(why) if why.ends_with("no answer for 50ms")));
}

#[tokio::test]
async fn so_is_one_that_stops_in_the_middle_of_its_answer() {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"status\"";
    let refusal = called(half, Timeouts { answer: NEVER, long_answer: NEVER, part: SOON }).await;
    assert!(matches!(refusal, Refusal::Retryable(why) if why.ends_with("no answer for 50ms")));
}

#[test]
fn events_and_backups_are_waited_for_longer() {
    let of = |path| TIMEOUTS.of(path);
    assert_eq!(of("/_cairn/events?positions=true"), TIMEOUTS.long_answer);
    assert_eq!(of("/_cairn/backup"), TIMEOUTS.long_answer);
    assert_eq!(of("/_cairn/lookup"), TIMEOUTS.answer);
}
