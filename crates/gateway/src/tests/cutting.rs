use super::stage::Stage;
use crate::{Hold, Outcome};

#[tokio::test]
async fn a_tunnel_ends_when_the_gateway_is_cut_and_is_recorded() {
    let mut stage = Stage::new(Hold::UntilRecorded).await;
    let mut client = stage.client().await;
    client.send("GET /exec HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n").await;
    let mut upstream = stage.upstream().await;
    upstream.head().await;
    let switched =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello";
    upstream.send(switched).await;
    client.head().await;
    assert_eq!(client.exactly(5).await, b"hello");
    stage.gateway.cut();
    let exchange = stage.exchange().await;
    assert_eq!((exchange.outcome, exchange.response_body.bytes), (Outcome::ClientGone, 5));
    assert_eq!(client.rest().await, b"");
    assert_eq!(upstream.rest().await, b"");
    stage.end().await;
}

#[tokio::test]
async fn a_stream_without_news_breaks_off_when_the_gateway_is_cut_and_is_recorded() {
    for hold in [Hold::UntilRecorded, Hold::Nothing] {
        let mut stage = Stage::new(hold).await;
        let mut client = stage.client().await;
        client.send("GET /watch HTTP/1.1\r\nHost: h\r\n\r\n").await;
        let mut upstream = stage.upstream().await;
        upstream.head().await;
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
        upstream.send(format!("{head}3\r\none\r\n")).await;
        client.head().await;
        assert_eq!(client.exactly(8).await, b"3\r\none\r\n");
        stage.gateway.cut();
        let exchange = stage.exchange().await;
        assert_eq!((exchange.outcome, exchange.response_body.bytes), (Outcome::ClientGone, 3));
        assert!(!exchange.response_body.ended);
        drop(exchange.response_body);
        assert_eq!(client.rest().await, b"");
        stage.end().await;
    }
}

#[tokio::test]
async fn a_call_without_an_answer_times_out_when_the_gateway_is_cut() {
    let mut stage = Stage::new(Hold::UntilRecorded).await;
    let mut client = stage.client().await;
    client.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n").await;
    let mut upstream = stage.upstream().await;
    upstream.head().await;
    stage.gateway.cut();
    assert!(client.head().await.starts_with("HTTP/1.1 504"));
    assert_eq!(stage.exchange().await.outcome, Outcome::TimedOut);
    stage.end().await;
}
