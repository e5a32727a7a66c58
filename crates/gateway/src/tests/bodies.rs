use super::stage::Stage;
use super::wire::within;
use crate::{Hold, Outcome};
use std::time::Duration;

/// Large enough that no buffer holds it.
const LARGE: usize = 16 << 20;

fn pattern(bytes: usize) -> Vec<u8> {
    (0..bytes as u64).map(|index| ((index * index) >> 7) as u8).collect()
}

#[tokio::test]
async fn large_bodies_pass_both_ways_unchanged_and_are_captured_in_part() {
    for hold in [Hold::UntilRecorded, Hold::Nothing] {
        let mut stage = Stage::new(hold).await;
        let body = pattern(LARGE);
        let mut client = stage.client().await;
        let sent = body.clone();
        let sending = tokio::spawn(async move {
            client.send(format!("PUT /o HTTP/1.1\r\nHost: h\r\nContent-Length: {LARGE}\r\n\r\n")).await;
            client.send(&sent).await;
            client
        });
        let mut upstream = stage.upstream().await;
        assert!(upstream.head().await.contains(&LARGE.to_string()));
        assert!(upstream.exactly(LARGE).await == body);
        let mut client = within(sending).await.unwrap();
        let reply = body.clone();
        tokio::spawn(async move {
            upstream.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n")).await;
            upstream.send(&reply).await;
            upstream.so_far().await;
        });
        assert!(client.head().await.contains(&LARGE.to_string()));
        assert!(client.exactly(LARGE).await == body);
        let exchange = stage.exchange().await;
        assert_eq!(exchange.outcome, Outcome::Answered);
        for passed in [&exchange.request_body, &exchange.response_body] {
            assert_eq!(passed.bytes, LARGE as u64);
            assert!(passed.ended && !passed.is_whole());
            assert!(passed.contiguous() == body[..1 << 20]);
        }
        drop(exchange);
        stage.end().await;
    }
}

#[tokio::test]
async fn a_side_that_takes_nothing_stops_the_other() {
    let stage = Stage::new(Hold::UntilRecorded).await;
    let mut client = stage.client().await;
    let sending = tokio::spawn(async move {
        client.send(format!("PUT /o HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", LARGE * 4)).await;
        for _ in 0..4 {
            client.send(&vec![7; LARGE]).await;
        }
    });
    let mut upstream = stage.upstream().await;
    upstream.head().await;
    let finished = tokio::time::timeout(Duration::from_millis(500), sending).await;
    assert!(finished.is_err(), "64 MiB lie in buffers");
}

#[tokio::test]
async fn chunks_and_trailers_pass_both_ways() {
    for hold in [Hold::UntilRecorded, Hold::Nothing] {
        let mut stage = Stage::new(hold).await;
        let mut client = stage.client().await;
        client
            .send(
                "PUT / HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nTrailer: x-sum\r\nTransfer-Encoding: chunked\r\n\r\n\
                 3\r\nabc\r\n0\r\nx-sum: 1\r\n\r\n",
            )
            .await;
        let mut upstream = stage.upstream().await;
        assert!(upstream.head().await.to_lowercase().contains("transfer-encoding: chunked"));
        assert_eq!(upstream.until("\r\n\r\n").await, "3\r\nabc\r\n0\r\nx-sum: 1\r\n\r\n");
        let head = "HTTP/1.1 200 OK\r\nTrailer: x-end\r\nTransfer-Encoding: chunked\r\n\r\n";
        upstream.send(format!("{head}2\r\nok\r\n0\r\nx-end: 2\r\n\r\n")).await;
        assert!(client.head().await.to_lowercase().contains("transfer-encoding: chunked"));
        assert_eq!(client.until("\r\n\r\n").await, "2\r\nok\r\n0\r\nx-end: 2\r\n\r\n");
        let exchange = stage.exchange().await;
        assert_eq!(exchange.request_body.trailers.as_ref().unwrap()["x-sum"], "1");
        assert_eq!(exchange.response_body.trailers.as_ref().unwrap()["x-end"], "2");
        assert!(exchange.request_body.is_whole() && exchange.response_body.is_whole());
        drop(exchange);
        stage.end().await;
    }
}

#[tokio::test]
async fn an_answer_without_a_length_that_ends_with_its_connection_arrives_whole() {
    let mut stage = Stage::new(Hold::UntilRecorded).await;
    let mut client = stage.client().await;
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").await;
    let mut upstream = stage.upstream().await;
    upstream.head().await;
    upstream.send("HTTP/1.0 200 OK\r\n\r\nall of it").await;
    drop(upstream);
    assert!(client.head().await.starts_with("HTTP/1.1 200 OK"));
    assert_eq!(client.until("0\r\n\r\n").await, "9\r\nall of it\r\n0\r\n\r\n");
    assert_eq!(stage.exchange().await.outcome, Outcome::Answered);
    stage.end().await;
}

#[tokio::test]
async fn one_connection_serves_one_call_after_another() {
    let mut stage = Stage::new(Hold::UntilRecorded).await;
    let mut client = stage.client().await;
    let mut upstream = None;
    for _ in 0..20 {
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").await;
        if upstream.is_none() {
            upstream = Some(stage.upstream().await);
        }
        let upstream = upstream.as_mut().unwrap();
        upstream.head().await;
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
        client.head().await;
        client.exactly(2).await;
        stage.exchange().await;
    }
    stage.end().await;
}
