use super::stage::Stage;
use crate::{Hold, HostHeader, Outcome, Payload, PayloadHash, Resign, Signing, UpstreamOptions};
use http::{HeaderValue, request};
use std::sync::Arc;

/// Writes down what it would sign.
struct Scribe;

impl Resign for Scribe {
    fn sign<'a>(&'a self, head: &'a mut request::Parts, payload: Payload) -> Signing<'a> {
        Box::pin(async move {
            let text = format!("{} {}", head.uri.path_and_query().unwrap(), payload.as_str());
            head.headers.insert("authorization", HeaderValue::from_str(&text).unwrap());
            Ok(())
        })
    }
}

async fn stage() -> Stage {
    let options = UpstreamOptions {
        resign: Some(Arc::new(Scribe)),
        host: HostHeader::Upstream,
        ..UpstreamOptions::default()
    };
    Stage::with(Hold::UntilRecorded, options).await
}

#[tokio::test]
async fn signed_chunks_are_undone_for_another_signature() {
    let mut stage = stage().await;
    let mut client = stage.client().await;
    let body = "3;chunk-signature=aa\r\nabc\r\n2;chunk-signature=bb\r\nde\r\n0;chunk-signature=cc\r\n\r\n";
    let head = format!(
        "PUT /o?x=1 HTTP/1.1\r\nHost: h\r\nAuthorization: theirs\r\nX-Amz-Date: theirs\r\n\
         X-Amz-Content-Sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD\r\nContent-Encoding: aws-chunked,gzip\r\n\
         X-Amz-Decoded-Content-Length: 5\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    client.send(head).await;
    let (most, rest) = body.split_at(body.len() - 9);
    client.send(most).await;
    let mut upstream = stage.upstream().await;
    let head = upstream.head().await.to_lowercase();
    client.send(rest).await;
    assert!(head.contains("authorization: /o?x=1 unsigned-payload\r\n"), "{head}");
    assert!(head.contains("content-length: 5\r\n") && head.contains("content-encoding: gzip\r\n"), "{head}");
    assert!(!head.contains("theirs") && !head.contains("chunked"), "{head}");
    assert_eq!(upstream.exactly(5).await, b"abcde");
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    assert!(client.head().await.starts_with("HTTP/1.1 200"));
    let exchange = stage.exchange().await;
    assert_eq!(exchange.outcome, Outcome::Answered);
    assert_eq!(exchange.request_body.contiguous(), body);
    assert!(exchange.request_body.is_whole());
    assert_eq!(exchange.request.headers["authorization"], "theirs");
    drop(exchange);
    stage.end().await;
}

#[tokio::test]
async fn a_body_in_other_chunks_than_it_says_is_not_sent_on() {
    let mut stage = stage().await;
    let mut client = stage.client().await;
    client
        .send(
            "PUT /o HTTP/1.1\r\nHost: h\r\nX-Amz-Content-Sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD\r\n\
             X-Amz-Decoded-Content-Length: 5\r\nContent-Length: 7\r\n\r\nabc\r\nde",
        )
        .await;
    let mut upstream = stage.upstream().await;
    let sent = String::from_utf8(upstream.rest().await).unwrap();
    assert!(!sent.ends_with("abcde"), "{sent}");
    assert!(client.head().await.starts_with("HTTP/1.1 400"));
    assert_eq!(stage.exchange().await.outcome, Outcome::ClientGone);
    stage.end().await;
}

#[test]
fn a_hash_that_the_caller_knows_is_signed() {
    let mut head = http::Request::post("http://h/?X-Amz-Signature=1&a=%2f&x-amz-date=2").body(()).unwrap();
    head.extensions_mut().insert(PayloadHash("aa".to_owned()));
    let (mut head, ()) = head.into_parts();
    let (payload, _) = crate::resign::unsign(&mut head);
    assert_eq!(payload, Payload::Sha256("aa".to_owned()));
    assert_eq!(head.uri, "http://h/?a=%2f");
}
