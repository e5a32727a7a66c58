//! Bodies that their senders hold back until the bucket is somebody else's.

use super::*;
use cairn_bucket::{Condition, ObjectBody, PutObject};
use cairn_model::AccountId;
use http_body::Frame;
use http_body_util::StreamBody;
use std::convert::Infallible;

const OPEN_TO_ALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::taken/*"}]}"#;
const CORS: &str = "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>";
const TAGGING: &str = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";
const NO_BLOCK: &str = "<PublicAccessBlockConfiguration></PublicAccessBlockConfiguration>";
const DELETION: &str = "<Delete><Object><Key>k</Key></Object></Delete>";
const COMPLETION: &str = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>5d41402abc4b2a76b9719d911017c592</ETag></Part></CompleteMultipartUpload>";

impl Server {
    /// Sends a body that comes once it is asked for and `/taken` is the root's.
    async fn send_late(&self, call: &Call, is_signed: bool) -> Answer {
        let request = if is_signed { call.signed() } else { call.unsigned() };
        let (buckets, bytes) = (self.buckets.clone(), Bytes::from(call.body.clone()));
        let late = futures::stream::once(async move {
            take_over(&buckets).await;
            Ok::<_, Infallible>(Frame::data(bytes))
        });
        self.send_as_it_is(request.map(|_| StreamBody::new(Box::pin(late)))).await
    }
}

/// Makes `/taken` the root's, with an object in it.
async fn take_over(buckets: &Buckets) {
    if buckets.bucket("taken").await.is_some() {
        buckets.delete_bucket("taken").await.unwrap();
    }
    let owner: AccountId = ACCOUNT.parse().unwrap();
    buckets.create_bucket("taken", "us-east-1", owner, Timestamp::MIN).await.unwrap();
    let put = PutObject {
        bucket: "taken".to_owned(),
        key: "k".to_owned(),
        body: ObjectBody::Bytes(Bytes::from_static(b"x")),
        headers: cairn_bucket::Headers::default(),
        condition: Condition::Always,
        locked_until: None,
        now: Timestamp::MIN,
    };
    buckets.put(put).await.unwrap();
}

fn bodies() -> [(Method, &'static str, &'static str); 6] {
    [
        (Method::PUT, "/taken?policy", OPEN_TO_ALL),
        (Method::PUT, "/taken?cors", CORS),
        (Method::PUT, "/taken?tagging", TAGGING),
        (Method::PUT, "/taken?publicAccessBlock", NO_BLOCK),
        (Method::PUT, "/taken/k?tagging", TAGGING),
        (Method::POST, "/taken/k?uploadId=0123456789abcdef0123456789abcdef", COMPLETION),
    ]
}

fn by_stranger(method: Method, path: &str, body: &str) -> Call {
    Call { key: "AKIDOTHER", payload: Some("UNSIGNED-PAYLOAD"), ..call(method, path).body(body) }
}

async fn untouched(server: &Server) -> bool {
    let cors = server.send(call(Method::GET, "/taken?cors")).await;
    let block = server.send(call(Method::GET, "/taken?publicAccessBlock")).await;
    let tags = server.send(call(Method::GET, "/taken/k?tagging")).await;
    let bucket_tags = server.send(call(Method::GET, "/taken?tagging")).await;
    server.buckets.policy("taken").is_none()
        && cors.code() == "NoSuchCORSConfiguration"
        && block.code() == "NoSuchPublicAccessBlockConfiguration"
        && bucket_tags.code() == "NoSuchTagSet"
        && !tags.body.contains("<Key>")
        && server.send(call(Method::GET, "/taken/k")).await.body == "x"
}

#[tokio::test]
async fn nothing_is_said_of_a_bucket_that_was_not_there_when_the_request_came() {
    for (method, path, body) in bodies() {
        for is_signed in [true, false] {
            let server = server().await;
            let answer = server.send_late(&by_stranger(method.clone(), path, body), is_signed).await;
            assert_eq!(answer.code(), "NoSuchBucket", "{method} {path}: {}", answer.body);
            assert_eq!(answer.outcome.bytes_in, 0, "the body is not even asked for");
            assert!(server.buckets.bucket("taken").await.is_none());
        }
    }
}

#[tokio::test]
async fn what_a_body_says_is_done_only_if_its_sender_still_may() {
    for (method, path, body) in bodies() {
        let server = server().await;
        let made = server.send(Call { key: "AKIDOTHER", ..call(Method::PUT, "/taken") }).await;
        assert_eq!(made.status, StatusCode::OK);
        let answer = server.send_late(&by_stranger(method.clone(), path, body), true).await;
        assert_eq!(answer.code(), "AccessDenied", "{method} {path}: {}", answer.body);
        assert!(untouched(&server).await, "{method} {path}");
    }
}

#[tokio::test]
async fn objects_are_neither_put_nor_deleted_in_a_bucket_that_was_taken_meanwhile() {
    let server = server().await;
    server.send(Call { key: "AKIDOTHER", ..call(Method::PUT, "/taken") }).await;
    let put = server.send_late(&by_stranger(Method::PUT, "/taken/k", "mine"), true).await;
    assert_eq!(put.code(), "NoSuchBucket", "{}", put.body);
    assert!(untouched(&server).await);
    server.buckets.delete("taken", "k", Timestamp::MIN).await.unwrap();
    server.buckets.delete_bucket("taken").await.unwrap();
    server.send(Call { key: "AKIDOTHER", ..call(Method::PUT, "/taken") }).await;
    let md5 = BASE64_STANDARD.encode(<md5::Md5 as md5::Digest>::digest(DELETION));
    let delete = by_stranger(Method::POST, "/taken?delete", DELETION).header("content-md5", &md5);
    let delete = server.send_late(&delete, true).await;
    assert!(delete.body.contains("<Code>AccessDenied</Code>"), "{}", delete.body);
    assert!(untouched(&server).await);
}
