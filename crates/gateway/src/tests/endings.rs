use super::stage::Stage;
use super::wire::Wire;
use crate::{Hold, NotSent, Outcome, Timeouts, Upstream, UpstreamOptions};
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;
use tokio::net::TcpListener;

const GET: &str = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
const POST: &str = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n";
const HOLDS: [Hold; 2] = [Hold::UntilRecorded, Hold::Nothing];

async fn begun(hold: Hold, request: &str) -> (Stage, Wire, Wire) {
    let stage = Stage::new(hold).await;
    let mut client = stage.client().await;
    client.send(request).await;
    let mut upstream = stage.upstream().await;
    upstream.head().await;
    (stage, client, upstream)
}

#[tokio::test]
async fn a_client_that_hangs_up_before_the_answer_takes_the_upstreams_request_along() {
    for hold in HOLDS {
        let (mut stage, client, mut upstream) = begun(hold, GET).await;
        drop(client);
        assert_eq!(upstream.rest().await, b"");
        let exchange = stage.exchange().await;
        assert_eq!(exchange.outcome, Outcome::ClientGone);
        assert!(exchange.request_body.ended && exchange.response.is_none());
        drop(exchange);
        stage.end().await;
    }
}

#[tokio::test]
async fn a_client_that_hangs_up_amid_its_upload_is_recorded_with_what_it_sent() {
    for hold in HOLDS {
        let (mut stage, mut client, mut upstream) = begun(hold, POST).await;
        client.send("ab").await;
        assert_eq!(upstream.exactly(2).await, b"ab");
        drop(client);
        assert_eq!(upstream.rest().await, b"");
        let exchange = stage.exchange().await;
        assert_eq!(exchange.outcome, Outcome::ClientGone);
        assert!(!exchange.request_body.ended);
        assert_eq!(exchange.request_body.contiguous(), "ab");
        drop(exchange);
        stage.end().await;
    }
}

#[tokio::test]
async fn a_client_that_hangs_up_amid_the_answer_is_recorded_with_what_came() {
    for hold in HOLDS {
        let (mut stage, mut client, mut upstream) = begun(hold, GET).await;
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nabc").await;
        client.until("abc").await;
        drop(client);
        assert_eq!(upstream.rest().await, b"");
        let exchange = stage.exchange().await;
        assert_eq!(exchange.outcome, Outcome::ClientGone);
        assert!(exchange.response.is_some() && !exchange.response_body.ended);
        assert_eq!(exchange.response_body.contiguous(), "abc");
        drop(exchange);
        stage.end().await;
    }
}

#[tokio::test]
async fn an_upstream_that_is_not_there_is_told_apart() {
    let nowhere = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let upstream = Upstream::new(&format!("http://{nowhere}"), UpstreamOptions::default()).unwrap();
    let back = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut stage = Stage::of(Hold::UntilRecorded, back, upstream).await;
    let mut client = stage.client().await;
    client.send(POST).await;
    client.send("abcd").await;
    assert!(client.head().await.starts_with("HTTP/1.1 502"));
    let outcome = stage.exchange().await.outcome;
    assert!(matches!(outcome, Outcome::NotSent(NotSent::Unreachable(_))), "{outcome:?}");
    stage.end().await;
}

#[tokio::test]
async fn an_upstream_that_breaks_off_is_not_asked_again() {
    for hold in HOLDS {
        let (mut stage, mut client, mut upstream) = begun(hold, POST).await;
        client.send("abcd").await;
        upstream.exactly(4).await;
        drop(upstream);
        assert!(client.head().await.starts_with("HTTP/1.1 502"));
        let exchange = stage.exchange().await;
        assert!(matches!(exchange.outcome, Outcome::UpstreamBroke(_)), "{:?}", exchange.outcome);
        assert!(exchange.request_body.is_whole());
        let again = tokio::time::timeout(Duration::from_millis(200), stage.back.accept()).await;
        assert!(again.is_err());
        drop(exchange);
        stage.end().await;
    }
}

#[tokio::test]
async fn an_upstream_that_breaks_off_amid_a_small_answer_becomes_an_error_where_that_is_held() {
    for (hold, status) in [(Hold::UntilRecorded, "HTTP/1.1 502"), (Hold::Nothing, "HTTP/1.1 200")] {
        let (mut stage, mut client, mut upstream) = begun(hold, GET).await;
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc").await;
        drop(upstream);
        assert!(client.head().await.starts_with(status));
        let exchange = stage.exchange().await;
        assert!(matches!(exchange.outcome, Outcome::UpstreamBroke(_)), "{:?}", exchange.outcome);
        assert!(exchange.response.is_some());
        assert_eq!(exchange.response_body.contiguous(), "abc");
        drop(exchange);
        stage.end().await;
    }
}

#[tokio::test]
async fn an_upstream_that_breaks_off_amid_a_large_answer_breaks_that_off() {
    for hold in HOLDS {
        let (mut stage, mut client, mut upstream) = begun(hold, GET).await;
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n").await;
        upstream.send(&[b'x'; 500_000]).await;
        client.head().await;
        client.exactly(500_000).await;
        drop(upstream);
        assert_eq!(client.rest().await, b"");
        let outcome = stage.exchange().await.outcome;
        assert!(matches!(outcome, Outcome::UpstreamBroke(_)), "{outcome:?}");
        stage.end().await;
    }
}

#[tokio::test]
async fn a_connection_that_died_unused_is_replaced() {
    let mut stage = Stage::new(Hold::UntilRecorded).await;
    let mut client = stage.client().await;
    for _ in 0..20 {
        client.send(POST).await;
        client.send("abcd").await;
        let mut upstream = stage.upstream().await;
        upstream.head().await;
        assert_eq!(upstream.exactly(4).await, b"abcd");
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
        assert!(client.head().await.starts_with("HTTP/1.1 200"));
        stage.exchange().await;
        drop(upstream);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stage.end().await;
}

#[tokio::test]
async fn an_upstream_that_does_not_answer_in_time_is_given_up() {
    let timeouts = Timeouts { answer: Duration::from_millis(200), ..Timeouts::default() };
    let options = UpstreamOptions { timeouts, ..UpstreamOptions::default() };
    let mut stage = Stage::with(Hold::UntilRecorded, options).await;
    let mut client = stage.client().await;
    client.send(GET).await;
    let mut upstream = stage.upstream().await;
    upstream.head().await;
    assert!(client.head().await.starts_with("HTTP/1.1 504"));
    assert_eq!(upstream.rest().await, b"");
    assert_eq!(stage.exchange().await.outcome, Outcome::TimedOut);
    stage.end().await;
}

#[tokio::test]
async fn whoever_stops_an_upload_is_blamed_for_it() {
    let timeouts = Timeouts { stalled: Duration::from_millis(200), ..Timeouts::default() };
    let options = UpstreamOptions { timeouts, ..UpstreamOptions::default() };
    for (announced, outcome) in [(4, Outcome::ClientGone), (64 << 20, Outcome::TimedOut)] {
        let mut stage = Stage::with(Hold::UntilRecorded, options.clone()).await;
        let mut client = stage.client().await;
        client.send(format!("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: {announced}\r\n\r\n")).await;
        let sending = tokio::spawn(async move {
            // Three bytes, or all but three, of which the upstream takes none.
            let _ = tokio::time::timeout(Duration::from_secs(2), client.send(&vec![1; announced - 1])).await;
            client
        });
        let mut upstream = stage.upstream().await;
        upstream.head().await;
        assert_eq!(stage.exchange().await.outcome, outcome);
        drop(sending);
        stage.end().await;
    }
}

#[tokio::test]
async fn a_refused_call_is_neither_sent_nor_recorded() {
    let stage = Stage::new(Hold::UntilRecorded).await;
    stage.records.refuse.store(true, SeqCst);
    let mut client = stage.client().await;
    client.send(GET).await;
    assert!(client.head().await.starts_with("HTTP/1.1 403"));
    let sent = tokio::time::timeout(Duration::from_millis(200), stage.back.accept()).await;
    assert!(sent.is_err());
    stage.end().await;
}

#[tokio::test]
async fn a_panic_is_recorded_once() {
    let (mut stage, mut client, mut upstream) = begun(Hold::UntilRecorded, GET).await;
    stage.records.panic.store(true, SeqCst);
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    assert_eq!(client.rest().await, b"");
    assert_eq!(stage.exchange().await.outcome, Outcome::ClientGone);
    stage.end().await;
}
