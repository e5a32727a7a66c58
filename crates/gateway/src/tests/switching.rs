use super::stage::Stage;
use crate::{Hold, Outcome};

const ASK: &str = "GET /exec HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n";

#[tokio::test]
async fn after_a_switch_of_protocols_bytes_pass_both_ways_and_are_counted() {
    let mut stage = Stage::new(Hold::UntilRecorded).await;
    let mut client = stage.client().await;
    client.send(ASK).await;
    let mut upstream = stage.upstream().await;
    let head = upstream.head().await.to_lowercase();
    assert!(head.contains("connection: upgrade") && head.contains("upgrade: spdy/3.1"), "{head}");
    upstream
        .send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\nhello")
        .await;
    let head = client.head().await.to_lowercase();
    assert!(head.starts_with("http/1.1 101") && head.contains("upgrade: spdy/3.1"), "{head}");
    assert_eq!(client.exactly(5).await, b"hello");
    client.send("to you").await;
    assert_eq!(upstream.exactly(6).await, b"to you");
    drop(upstream);
    assert_eq!(client.rest().await, b"");
    drop(client);
    let exchange = stage.exchange().await;
    assert_eq!(exchange.outcome, Outcome::Answered);
    assert_eq!((exchange.request_body.bytes, exchange.response_body.bytes), (6, 5));
    stage.end().await;
}

#[tokio::test]
async fn an_upstream_need_not_switch() {
    let mut stage = Stage::new(Hold::UntilRecorded).await;
    let mut client = stage.client().await;
    client.send(ASK).await;
    let mut upstream = stage.upstream().await;
    upstream.head().await;
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno").await;
    assert!(client.head().await.starts_with("HTTP/1.1 200"));
    assert_eq!(client.exactly(2).await, b"no");
    assert_eq!(stage.exchange().await.outcome, Outcome::Answered);
    stage.end().await;
}

#[tokio::test]
async fn an_upstream_that_switches_unasked_is_taken_for_broken() {
    let mut stage = Stage::new(Hold::UntilRecorded).await;
    let mut client = stage.client().await;
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").await;
    let mut upstream = stage.upstream().await;
    upstream.head().await;
    upstream.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n").await;
    assert!(client.head().await.starts_with("HTTP/1.1 502"));
    let outcome = stage.exchange().await.outcome;
    assert!(matches!(outcome, Outcome::UpstreamBroke(_)), "{outcome:?}");
    stage.end().await;
}
