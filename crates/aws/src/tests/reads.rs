//! Reading objects.

use super::s3;
use super::script::{Script, answer, refusal, short};
use crate::ObjectBody;
use futures::TryStreamExt;

const ETAG: (&str, &str) = ("etag", "\"v1\"");

async fn text(body: ObjectBody) -> String {
    let chunks: Vec<_> = body.try_collect().await.unwrap();
    String::from_utf8(chunks.concat()).unwrap()
}

#[tokio::test]
async fn an_object_comes_with_what_is_known_of_it() {
    let headers = [
        ETAG,
        ("content-type", "application/json"),
        ("content-encoding", "gzip"),
        ("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT"),
        ("x-amz-meta-signature", "00ff"),
    ];
    let script = Script::of([answer(200, &headers, "bytes")]).await;
    let (head, body) = s3(&script).get("logs", "a/b").await.unwrap();
    assert_eq!(head.size, Some(5));
    assert_eq!(head.etag.as_deref(), Some("\"v1\""));
    assert_eq!(head.content_encoding.as_deref(), Some("gzip"));
    assert_eq!(head.metadata["signature"], "00ff");
    assert_eq!(text(body).await, "bytes");
    assert_eq!(script.lines(), ["GET /logs/a/b"]);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_taken_up_where_it_broke() {
    let script = Script::of([
        short(200, &[ETAG], "one ", 13),
        short(206, &[ETAG], "two ", 9),
        answer(206, &[ETAG], "three"),
    ])
    .await;
    let (_, body) = s3(&script).get("logs", "key").await.unwrap();
    assert_eq!(text(body).await, "one two three");
    let seen = script.seen();
    assert_eq!((seen[1].header("range"), seen[1].header("if-match")), ("bytes=4-", "\"v1\""));
    assert_eq!(seen[2].header("range"), "bytes=8-");
}

#[tokio::test]
async fn an_object_that_was_replaced_meanwhile_is_not_mixed_with_the_old_one() {
    let script = Script::of([short(200, &[ETAG], "one ", 13), refusal(412, "PreconditionFailed")]).await;
    let (_, body) = s3(&script).get("logs", "key").await.unwrap();
    let error = body.try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(error.to_string(), "the object changed while it was read");
}

#[tokio::test]
async fn a_body_of_no_known_version_is_not_taken_up() {
    let script = Script::of([short(200, &[], "one ", 13)]).await;
    let (_, body) = s3(&script).get("logs", "key").await.unwrap();
    assert!(body.try_collect::<Vec<_>>().await.is_err());
}

#[tokio::test]
async fn a_range_is_asked_for_and_the_whole_size_is_told() {
    let range = ("content-range", "bytes 2-4/10");
    let script = Script::of([answer(206, &[ETAG, range], "cde")]).await;
    let (head, body) = s3(&script).get_range("logs", "key", 2..5).await.unwrap();
    assert_eq!(head.size, Some(10));
    assert_eq!(text(body).await, "cde");
    assert_eq!(script.seen()[0].header("range"), "bytes=2-4");
}

#[tokio::test]
async fn a_missing_object_is_told_apart() {
    let script = Script::of([refusal(404, "NoSuchKey"), answer(404, &[], "")]).await;
    let s3 = s3(&script);
    assert_eq!(s3.get("logs", "key").await.err().unwrap().code(), "NoSuchKey");
    assert!(s3.head("logs", "key").await.unwrap_err().is_not_found());
}
