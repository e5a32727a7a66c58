use super::stage::Stage;
use crate::{Hold, HostHeader, Outcome, Upstream, UpstreamOptions};
use tokio::net::TcpListener;

#[tokio::test]
async fn a_head_reaches_the_upstream_byte_for_byte() {
    let mut stage = Stage::new(Hold::UntilRecorded).await;
    let head = "PUT /a%2fb//c/./../d%7E?x=%41&&y=a+b&%zz HTTP/1.1\r\nHost: b.s3.example.com:4580\r\n\
        X-Amz-DATE: 20260101T000000Z\r\nauthorization: AWS4-HMAC-SHA256 Credential=A/b\r\n\
        Accept-Encoding: identity\r\nContent-Length: 3\r\nX-Twice: 1\r\nX-Twice: 2\r\n\r\n";
    let mut client = stage.client().await;
    client.send(head).await;
    client.send("abc").await;
    let mut upstream = stage.upstream().await;
    let got = upstream.head().await;
    let mut lines: Vec<&str> = got.lines().collect();
    let mut wanted: Vec<&str> = head.lines().collect();
    assert_eq!(lines[0], wanted[0]);
    lines.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(lines, wanted);
    assert_eq!(upstream.exactly(3).await, b"abc");
    upstream.send("HTTP/1.1 200 Fine\r\nx-AMZ-id: 7\r\nDate: x\r\nContent-Length: 2\r\n\r\nok").await;
    assert_eq!(
        client.head().await,
        "HTTP/1.1 200 Fine\r\nx-AMZ-id: 7\r\nDate: x\r\nContent-Length: 2\r\n\r\n"
    );
    assert_eq!(client.exactly(2).await, b"ok");
    let exchange = stage.exchange().await;
    assert_eq!(exchange.outcome, Outcome::Answered);
    assert_eq!(exchange.request.uri, "/a%2fb//c/./../d%7E?x=%41&&y=a+b&%zz");
    assert_eq!(exchange.request_body.contiguous(), "abc");
    assert_eq!(exchange.response_body.contiguous(), "ok");
    assert!(exchange.request_body.is_whole() && exchange.response_body.is_whole());
    assert!(exchange.answered_after.unwrap() <= exchange.took);
    drop(exchange);
    stage.end().await;
}

#[tokio::test]
async fn headers_of_the_hop_stay_behind() {
    let mut stage = Stage::new(Hold::UntilRecorded).await;
    let mut client = stage.client().await;
    client
        .send(
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: close, X-Mine\r\nX-Mine: 1\r\nKeep-Alive: 5\r\n\
             Proxy-Authorization: Basic x\r\nTE: gzip, trailers\r\nX-Theirs: 2\r\n\r\n",
        )
        .await;
    let mut upstream = stage.upstream().await;
    let mut got: Vec<String> = upstream.head().await.to_lowercase().lines().map(str::to_owned).collect();
    got.sort_unstable();
    assert_eq!(got, ["", "get / http/1.1", "host: h", "te: trailers", "x-theirs: 2"]);
    upstream
        .send("HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nContent-Length: 0\r\n\r\n")
        .await;
    let answer = String::from_utf8(client.rest().await).unwrap().to_lowercase();
    assert!(!answer.contains("x-hop") && !answer.contains("keep-alive"), "{answer}");
    assert!(answer.contains("content-length: 0"), "{answer}");
    stage.exchange().await;
    stage.end().await;
}

#[tokio::test]
async fn an_upstream_may_have_a_path_and_a_host_of_its_own() {
    let back = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = back.local_addr().unwrap();
    let options = UpstreamOptions { host: HostHeader::Upstream, ..UpstreamOptions::default() };
    let upstream = Upstream::new(&format!("http://{address}/pre/fix/"), options).unwrap();
    let stage = Stage::of(Hold::Nothing, back, upstream).await;
    let mut client = stage.client().await;
    client.send("GET /a//b?c HTTP/1.1\r\nHost: other\r\n\r\n").await;
    let head = stage.upstream().await.head().await;
    assert_eq!(head.to_lowercase(), format!("get /pre/fix/a//b?c http/1.1\r\nhost: {address}\r\n\r\n"));
}

#[tokio::test]
async fn answers_without_a_body_keep_the_length_that_they_tell() {
    let mut stage = Stage::new(Hold::UntilRecorded).await;
    let mut client = stage.client().await;
    for (request, answer) in [
        (
            "HEAD /o HTTP/1.1\r\nHost: h\r\n\r\n",
            "HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 5000000000\r\n\r\n",
        ),
        ("GET /o HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nDate: x\r\nETag: e\r\n\r\n"),
        ("DELETE /o HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n"),
    ] {
        client.send(request).await;
        let mut upstream = stage.upstream().await;
        upstream.head().await;
        upstream.send(answer).await;
        assert_eq!(client.head().await, answer);
        let exchange = stage.exchange().await;
        assert!(exchange.response_body.is_whole(), "{request}");
        drop(upstream);
    }
    stage.end().await;
}

#[tokio::test]
async fn what_is_no_request_for_a_server_is_recorded_and_not_sent() {
    let mut stage = Stage::new(Hold::UntilRecorded).await;
    let mut client = stage.client().await;
    client.send("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n").await;
    assert!(client.head().await.starts_with("HTTP/1.1 502"));
    assert!(matches!(stage.exchange().await.outcome, Outcome::NotSent(_)));
    stage.end().await;
}

#[test]
fn only_urls_of_servers_are_upstreams() {
    let url = |url| Upstream::new(url, UpstreamOptions::default()).is_ok();
    assert!(url("http://h") && url("http://h:1/p"));
    for wrong in ["h", "/p", "ftp://h", "http://u:p@h", "http://h/p?q", ""] {
        assert!(!url(wrong), "{wrong}");
    }
}
