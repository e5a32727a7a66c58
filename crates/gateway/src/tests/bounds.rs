use super::stage::Stage;
use crate::{Hold, NotSent, Outcome, Timeouts, UpstreamOptions};
use std::time::Duration;

const GET: &str = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn narrow(waiting_max: usize) -> UpstreamOptions {
    let timeouts = Timeouts { connect: Duration::from_millis(500), ..Timeouts::default() };
    UpstreamOptions { under_way_max: 1, waiting_max, timeouts, ..UpstreamOptions::default() }
}

#[tokio::test]
async fn a_call_waits_for_another_to_end() {
    let mut stage = Stage::with(Hold::UntilRecorded, narrow(1)).await;
    let (mut first, mut second) = (stage.client().await, stage.client().await);
    first.send(GET).await;
    let mut upstream = stage.upstream().await;
    upstream.head().await;
    second.send(GET).await;
    assert_eq!(second.so_far().await, b"");
    upstream.send(OK).await;
    first.head().await;
    // On the same connection, or on another if that was not ready yet.
    let served = tokio::select! {
        head = upstream.head() => { upstream.send(OK).await; head }
        mut other = stage.upstream() => { let head = other.head().await; other.send(OK).await; head }
    };
    assert!(served.starts_with("GET / "));
    second.head().await;
    stage.exchange().await;
    stage.exchange().await;
    stage.end().await;
}

#[tokio::test]
async fn a_call_that_finds_no_place_is_told_so_and_recorded() {
    for waiting_max in [0, 1] {
        let mut stage = Stage::with(Hold::UntilRecorded, narrow(waiting_max)).await;
        let (mut first, mut second) = (stage.client().await, stage.client().await);
        first.send(GET).await;
        let mut upstream = stage.upstream().await;
        upstream.head().await;
        second.send(GET).await;
        assert!(second.head().await.starts_with("HTTP/1.1 503"));
        assert_eq!(stage.exchange().await.outcome, Outcome::NotSent(NotSent::Full));
        upstream.send(OK).await;
        first.head().await;
        stage.exchange().await;
        stage.end().await;
    }
}

#[tokio::test]
async fn without_memory_less_is_captured_and_the_end_is_held_all_the_same() {
    let mut stage = Stage::new(Hold::UntilRecorded).await;
    let mut hoard = stage.gateway.memory.hold_nothing();
    assert!(hoard.more(8 << 20));
    let mut client = stage.client().await;
    client.send(GET).await;
    let mut upstream = stage.upstream().await;
    upstream.head().await;
    upstream.send(OK).await;
    client.head().await;
    assert_eq!(client.exactly(2).await, b"ok");
    let exchange = stage.exchange().await;
    assert_eq!((exchange.response_body.bytes, exchange.response_body.start.len()), (2, 0));
    assert!(exchange.response_body.ended && !exchange.response_body.is_whole());
    drop((exchange, hoard));
    stage.end().await;
}
