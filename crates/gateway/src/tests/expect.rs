use super::stage::Stage;
use crate::Hold;
use std::time::Duration;
use tokio::time::Instant;

const PUT: &str = "PUT /o HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";

#[tokio::test]
async fn a_client_is_told_to_go_on_when_the_upstream_says_so() {
    let mut stage = Stage::new(Hold::UntilRecorded).await;
    let mut client = stage.client().await;
    client.send(PUT).await;
    let mut upstream = stage.upstream().await;
    assert!(upstream.head().await.to_lowercase().contains("expect: 100-continue"));
    assert_eq!(client.so_far().await, b"");
    upstream.send(CONTINUE).await;
    assert_eq!(client.head().await, CONTINUE);
    client.send("abcd").await;
    assert_eq!(upstream.exactly(4).await, b"abcd");
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    assert!(client.head().await.starts_with("HTTP/1.1 200"));
    assert!(stage.exchange().await.request_body.is_whole());
    stage.end().await;
}

#[tokio::test]
async fn a_client_whose_body_is_not_wanted_is_told_the_answer_at_once() {
    let mut stage = Stage::new(Hold::UntilRecorded).await;
    let mut client = stage.client().await;
    client.send(PUT).await;
    let mut upstream = stage.upstream().await;
    upstream.head().await;
    upstream.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").await;
    assert!(client.head().await.starts_with("HTTP/1.1 403"));
    let exchange = stage.exchange().await;
    assert_eq!(exchange.request_body.bytes, 0);
    assert!(!exchange.request_body.ended);
    stage.end().await;
}

#[tokio::test]
async fn a_client_whose_upstream_says_nothing_is_told_to_go_on_after_a_while() {
    let mut stage = Stage::new(Hold::UntilRecorded).await;
    let mut client = stage.client().await;
    client.send(PUT).await;
    let mut upstream = stage.upstream().await;
    upstream.head().await;
    let waited = Instant::now();
    assert_eq!(client.head().await, CONTINUE);
    assert!(waited.elapsed() > Duration::from_millis(500));
    client.send("abcd").await;
    assert_eq!(upstream.exactly(4).await, b"abcd");
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    client.head().await;
    stage.exchange().await;
    stage.end().await;
}
