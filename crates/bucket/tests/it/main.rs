//! The S3 service from outside: requests signed as SDKs sign them.
#![allow(clippy::unwrap_used, reason = "tests")]

mod access;
mod copies;
mod cors;
mod late_bodies;
mod reading;
mod settings;
mod streams;
mod uploads;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use cairn_bucket::{BoxError, Buckets, Connection, KeyInfo, Keys, S3Front, S3Outcome, service};
use cairn_decide::policy::Actor;
use cairn_model::{AccountId, Timestamp};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

const ACCOUNT: &str = "000000000000";

/// Of all temporary keys.
const TOKEN: &str = "token+/=";

/// Whether the token of `ASIAFORM` was met.
#[derive(Default)]
struct TestKeys(AtomicBool);

impl Keys for TestKeys {
    fn secret(&self, access_key_id: &str) -> Option<KeyInfo> {
        let user = (access_key_id == "AKIDUSER").then(|| "team/bob".to_owned());
        let key = |account: &str, disabled, ingest_only| {
            let account = account.parse().unwrap();
            let user = user.clone();
            let actor = Arc::new(Actor::administrator(account, user));
            let session_token = access_key_id.starts_with("ASIA").then(|| TOKEN.to_owned());
            let secret = "secret".to_owned();
            Some(KeyInfo { secret, actor, disabled, ingest_only, session_token })
        };
        match access_key_id {
            "AKIDROOT" | "AKIDUSER" | "ASIAROOT" => key(ACCOUNT, false, false),
            "AKIDOTHER" => key("111111111111", false, false),
            "AKIDOFF" => key(ACCOUNT, true, false),
            "AKIDINGEST" => key(ACCOUNT, false, true),
            "ASIAFORM" if self.0.load(Ordering::Relaxed) => key(ACCOUNT, false, false),
            _ => None,
        }
    }

    fn meet(&self, access_key_id: &str, token: &str) {
        if (access_key_id, token) == ("ASIAFORM", TOKEN) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    fn is_counted_on(&self, bucket: &str, account: AccountId) -> bool {
        bucket == "others-logs" && account.as_str() == ACCOUNT
    }
}

struct Server {
    front: S3Front,
    buckets: Buckets,
    _dir: tempfile::TempDir,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
    outcome: S3Outcome,
}

impl Answer {
    fn code(&self) -> &str {
        self.outcome.error.as_ref().map_or("", |error| &error.code)
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn server() -> Server {
    let dir = tempfile::tempdir().unwrap();
    let buckets = Buckets::open(dir.path().to_owned()).await.unwrap();
    let front = service(
        buckets.clone(),
        Arc::new(TestKeys::default()),
        "us-east-1".to_owned(),
        Some("s3.example.com"),
    );
    Server { front, buckets, _dir: dir }
}

/// A request before it is signed.
struct Call {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    key: &'static str,
    secret: &'static str,
    service: &'static str,
    /// Instead of the body's hash.
    payload: Option<&'static str>,
    late_by: Duration,
    host: &'static str,
}

fn call(method: Method, path: &str) -> Call {
    Call {
        method,
        path: path.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        key: "AKIDROOT",
        secret: "secret",
        service: "s3",
        payload: None,
        late_by: Duration::ZERO,
        host: "127.0.0.1:4580",
    }
}

impl Call {
    fn header(mut self, name: &'static str, value: &str) -> Call {
        self.headers.push((name, value.to_owned()));
        self
    }

    fn body(mut self, body: impl Into<Vec<u8>>) -> Call {
        self.body = body.into();
        self
    }

    fn signed(&self) -> Request<Full<Bytes>> {
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        let identity = Credentials::new(self.key, self.secret, None, None, "test").into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name(self.service)
            .time(SystemTime::from(jiff::Timestamp::now()) - self.late_by)
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let mut request = self.unsigned();
        let uri = request.uri().to_string();
        let headers: Vec<_> = request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()))
            .collect();
        let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let body = match self.payload {
            Some(payload) => SignableBody::Precomputed(payload.to_owned()),
            None => SignableBody::Bytes(&self.body),
        };
        let signable = SignableRequest::new(self.method.as_str(), uri, pairs, body).unwrap();
        let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
        instructions.apply_to_request_http1x(&mut request);
        request
    }

    fn unsigned(&self) -> Request<Full<Bytes>> {
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(format!("http://{}{}", self.host, self.path))
            .header("host", self.host)
            .header("content-length", self.body.len());
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request.body(Full::from(self.body.clone())).unwrap()
    }
}

impl Server {
    async fn send(&self, call: Call) -> Answer {
        self.send_as_it_is(call.signed()).await
    }

    async fn send_as_it_is<B>(&self, mut request: Request<B>) -> Answer
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        // As a server sees it: the path alone.
        *request.uri_mut() = request.uri().path_and_query().unwrap().as_str().parse().unwrap();
        let connection =
            Connection { address: "192.0.2.7".parse().unwrap(), is_secure: false, time: Timestamp::MIN };
        let (head, body) = self.front.call(request, connection).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let outcome = head.extensions.get::<S3Outcome>().unwrap().clone();
        Answer {
            status: head.status,
            headers: head.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            outcome,
        }
    }

    async fn with_bucket() -> Server {
        let server = server().await;
        assert_eq!(server.send(call(Method::PUT, "/bucket")).await.status, StatusCode::OK);
        server
    }
}

#[tokio::test]
async fn an_object_and_its_headers_come_back_verbatim() {
    let server = Server::with_bucket().await;
    let put = call(Method::PUT, "/bucket/a%20b/%C3%BC%2B")
        .header("content-type", "application/x-gzip")
        .header("content-encoding", "aws-chunked,gzip")
        .header("cache-control", "no-store")
        .header("content-disposition", "attachment; filename=\"x y\"")
        .header("x-amz-meta-signature", "=?UTF-8?B?w7w=?= plain")
        .body("hello");
    let put = server.send(put).await;
    assert_eq!((put.status, put.header("etag")), (StatusCode::OK, "\"5d41402abc4b2a76b9719d911017c592\""));
    assert_eq!(
        put.outcome,
        S3Outcome {
            operation: Some("PutObject".to_owned()),
            bucket: Some("bucket".to_owned()),
            key: Some("a b/ü+".to_owned()),
            access_key_id: Some("AKIDROOT".to_owned()),
            account: Some(ACCOUNT.parse().unwrap()),
            owner: Some(ACCOUNT.parse().unwrap()),
            said: None,
            error: None,
            bytes_in: 5,
            bytes_out: 0,
        }
    );
    for method in [Method::GET, Method::HEAD] {
        let got = server.send(call(method.clone(), "/bucket/a%20b/%C3%BC%2B")).await;
        assert_eq!(got.status, StatusCode::OK);
        assert_eq!(got.body, if method == Method::GET { "hello" } else { "" });
        assert_eq!(got.outcome.bytes_out, if method == Method::GET { 5 } else { 0 });
        assert_eq!(got.header("content-length"), "5");
        assert_eq!(got.header("content-type"), "application/x-gzip");
        assert_eq!(got.header("content-encoding"), "gzip");
        assert_eq!(got.header("cache-control"), "no-store");
        assert_eq!(got.header("content-disposition"), "attachment; filename=\"x y\"");
        assert_eq!(got.header("x-amz-meta-signature"), "=?UTF-8?B?w7w=?= plain");
    }
    let part = server.send(call(Method::GET, "/bucket/a%20b/%C3%BC%2B").header("range", "bytes=1-2")).await;
    assert_eq!((part.status, part.body.as_str()), (StatusCode::PARTIAL_CONTENT, "el"));
    assert_eq!(part.header("content-range"), "bytes 1-2/5");
}

#[tokio::test]
async fn requests_that_do_not_authenticate_are_refused_as_s3_does() {
    let server = Server::with_bucket().await;
    let list = || call(Method::GET, "/bucket");
    let cases = [
        (Call { secret: "wrong", ..list() }, 403, "SignatureDoesNotMatch"),
        (Call { key: "AKIDNONE", ..list() }, 403, "InvalidAccessKeyId"),
        (Call { key: "AKIDOFF", ..list() }, 403, "InvalidAccessKeyId"),
        (Call { key: "AKIDINGEST", ..list() }, 403, "AccessDenied"),
        (Call { key: "AKIDOTHER", ..list() }, 403, "AccessDenied"),
        (Call { late_by: Duration::from_secs(16 * 60), ..list() }, 403, "RequestTimeTooSkewed"),
        (Call { key: "ASIAROOT", ..list() }, 403, "InvalidAccessKeyId"),
        (Call { key: "ASIAROOT", ..list() }.header("x-amz-security-token", "another"), 400, "InvalidToken"),
        (Call { key: "ASIAFORM", ..list() }.header("x-amz-security-token", TOKEN), 403, "InvalidAccessKeyId"),
        (Call { service: "cloudtrail", ..list() }, 400, "AuthorizationHeaderMalformed"),
        (list().header("x-amz-expected-bucket-owner", "111111111111"), 403, "AccessDenied"),
    ];
    for (call, status, code) in cases {
        let key = call.key;
        let answer = server.send(call).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{}", answer.body);
        assert!(answer.body.contains(&format!("<Code>{code}</Code><Message>")), "{}", answer.body);
        assert_eq!(answer.outcome.access_key_id.as_deref(), Some(key));
        assert_eq!(answer.outcome.operation.as_deref(), Some("ListObjects"));
    }
    let anonymous = server.send_as_it_is(list().unsigned()).await;
    assert_eq!((anonymous.status.as_u16(), anonymous.code()), (403, "AccessDenied"));
    for (authorization, code) in [
        ("AWS AKIDROOT:c2lnbmF0dXJl", "InvalidRequest"),
        ("AWS4-HMAC-SHA256 Credential=AKIDROOT", "AuthorizationHeaderMalformed"),
        ("Bearer x", "AuthorizationHeaderMalformed"),
    ] {
        let answer = server.send_as_it_is(list().header("authorization", authorization).unsigned()).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (400, code));
    }
}

#[tokio::test]
async fn a_request_is_put_down_to_the_key_that_signed_it_and_to_no_key_that_it_names_besides() {
    let server = Server::with_bucket().await;
    for named in ["AWSAccessKeyId=AKIDOTHER", "X-Amz-Credential=AKIDOTHER/20260301/us-east-1/s3/aws4_request"]
    {
        let path = format!("/bucket/k?{named}");
        let put = server.send(call(Method::PUT, &path).body("x")).await;
        assert_eq!((put.status, put.code()), (StatusCode::OK, ""), "{}", put.body);
        assert_eq!(put.outcome.access_key_id.as_deref(), Some("AKIDROOT"));
        assert_eq!(put.outcome.account, ACCOUNT.parse().ok());
        let wrong = server.send(Call { secret: "wrong", ..call(Method::PUT, &path) }).await;
        assert_eq!(wrong.code(), "SignatureDoesNotMatch");
        assert_eq!(wrong.outcome.access_key_id.as_deref(), Some("AKIDROOT"));
        let unsigned = server.send_as_it_is(call(Method::PUT, &path).unsigned()).await;
        assert_eq!((unsigned.code(), &unsigned.outcome.access_key_id), ("AccessDenied", &None));
    }
}

#[tokio::test]
async fn a_request_that_is_signed_in_two_places_is_refused() {
    let server = Server::with_bucket().await;
    for query in [
        "AWSAccessKeyId=AKIDOTHER&Expires=4000000000&Signature=x",
        "X-Amz-Credential=AKIDOTHER/20260301/us-east-1/s3/aws4_request&X-Amz-Signature=x",
        "X-Amz-Algorithm=AWS4-HMAC-SHA256",
    ] {
        let both = server.send(call(Method::PUT, &format!("/bucket/k?{query}")).body("x")).await;
        assert_eq!((both.status.as_u16(), both.code()), (400, "InvalidArgument"), "{}", both.body);
        assert_eq!(both.outcome.account, None);
    }
    let mut twice = call(Method::GET, "/bucket").signed();
    twice.headers_mut().append("authorization", "Bearer x".parse().unwrap());
    assert_eq!(server.send_as_it_is(twice).await.code(), "InvalidArgument");
}

#[tokio::test]
async fn a_body_that_is_not_what_was_signed_is_refused_and_not_kept() {
    let server = Server::with_bucket().await;
    let mut request = call(Method::PUT, "/bucket/k").body("signed").signed();
    *request.body_mut() = Full::from("forged");
    let answer = server.send_as_it_is(request).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, "XAmzContentSHA256Mismatch"));
    let bad_md5 = call(Method::PUT, "/bucket/k").header("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==").body("x");
    assert_eq!(server.send(bad_md5).await.code(), "BadDigest");
    let bad_crc = call(Method::PUT, "/bucket/k").header("x-amz-checksum-crc32", "AAAAAA==").body("x");
    assert_eq!(server.send(bad_crc).await.code(), "BadDigest");
    assert_eq!(server.send(call(Method::GET, "/bucket/k")).await.code(), "NoSuchKey");
}

/// `body` as SDKs send it by default: in one unsigned chunk, followed by its CRC-32.
fn chunked(body: &str, crc32: [u8; 4]) -> Call {
    let trailer = format!("x-amz-checksum-crc32:{}", BASE64_STANDARD.encode(crc32));
    let sent = format!("{:x}\r\n{body}\r\n0\r\n{trailer}\r\n\r\n", body.len());
    let put = call(Method::PUT, "/bucket/chunked")
        .header("content-encoding", "aws-chunked")
        .header("x-amz-decoded-content-length", &body.len().to_string())
        .header("x-amz-trailer", "x-amz-checksum-crc32")
        .body(sent);
    Call { payload: Some("STREAMING-UNSIGNED-PAYLOAD-TRAILER"), ..put }
}

#[tokio::test]
async fn chunked_bodies_are_unpacked_and_held_against_their_trailer() {
    let server = Server::with_bucket().await;
    let crc32_of_hello = [0x36, 0x10, 0xa6, 0x86];
    let wrong = server.send(chunked("hello", [0; 4])).await;
    assert_eq!((wrong.status.as_u16(), wrong.code()), (400, "BadDigest"));
    let right = server.send(chunked("hello", crc32_of_hello)).await;
    assert_eq!((right.status, right.header("x-amz-checksum-crc32")), (StatusCode::OK, "NhCmhg=="));
    let back = server.send(call(Method::GET, "/bucket/chunked")).await;
    assert_eq!((back.body.as_str(), back.header("content-encoding")), ("hello", ""));
}

#[tokio::test]
async fn a_client_that_waits_to_be_asked_for_the_body_is_not_kept_on_the_connection() {
    let server = Server::with_bucket().await;
    let put = |body: &str| call(Method::PUT, "/bucket/k").header("expect", "100-continue").body(body);
    assert_eq!(server.send(put("body")).await.header("connection"), "");
    assert_eq!(server.send(put("")).await.header("connection"), "close");
    let refused = server.send(put("body").header("x-amz-acl", "public-read")).await;
    let expected = ("AccessControlListNotSupported", "close");
    assert_eq!((refused.code(), refused.header("connection")), expected);
}

#[tokio::test]
async fn listings_have_the_shape_of_s3() {
    let server = Server::with_bucket().await;
    for key in ["a%0Ab", "d/1", "d/2", "e"] {
        server.send(call(Method::PUT, &format!("/bucket/{key}"))).await;
    }
    let list = |query: &str| server.send(call(Method::GET, &format!("/bucket?{query}")));
    let first = list("delimiter=%2F&encoding-type=url&max-keys=2").await.body;
    for part in [
        "<EncodingType>url</EncodingType>",
        "<Key>a%0Ab</Key>",
        "<CommonPrefixes><Prefix>d/</Prefix></CommonPrefixes>",
        "<NextMarker>d/</NextMarker>",
        "<IsTruncated>true</IsTruncated>",
        "<MaxKeys>2</MaxKeys>",
    ] {
        assert!(first.contains(part), "{part} in {first}");
    }
    let second = list("delimiter=%2F&marker=d%2F").await.body;
    assert!(
        second.contains("<Key>e</Key>") && !second.contains("d/1") && !second.contains("<NextMarker>"),
        "{second}"
    );
    let plain = list("max-keys=1&marker=a%0Ab").await.body;
    assert!(plain.contains("<IsTruncated>true</IsTruncated>") && !plain.contains("<NextMarker>"), "{plain}");
    let v2 = list("list-type=2&start-after=d%2F1&max-keys=1&fetch-owner=true").await.body;
    assert!(
        v2.contains("<Key>d/2</Key>") && v2.contains("<KeyCount>1</KeyCount>") && v2.contains(ACCOUNT),
        "{v2}"
    );
    let token = v2.split_once("<NextContinuationToken>").unwrap().1.split_once('<').unwrap().0.to_owned();
    let rest = list(&format!("list-type=2&continuation-token={token}")).await.body;
    assert!(rest.contains("<Key>e</Key>") && rest.contains("<IsTruncated>false</IsTruncated>"), "{rest}");
    assert_eq!(list("list-type=2&continuation-token=%21").await.code(), "InvalidArgument");
    assert_eq!(list("encoding-type=base64").await.code(), "InvalidArgument");
}

#[tokio::test]
async fn buckets_are_made_found_and_deleted() {
    let server = Server::with_bucket().await;
    let constraint = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    assert_eq!(server.send(call(Method::PUT, "/europe").body(constraint)).await.status, StatusCode::OK);
    assert_eq!(server.send(call(Method::HEAD, "/europe")).await.header("x-amz-bucket-region"), "eu-west-1");
    let location = server.send(call(Method::GET, "/europe?location")).await.body;
    assert!(location.ends_with(">eu-west-1</LocationConstraint>"), "{location}");
    let location = server.send(call(Method::GET, "/bucket?location")).await.body;
    assert!(location.ends_with("></LocationConstraint>") || location.ends_with("/>"), "{location}");
    let list = server.send(call(Method::GET, "/")).await.body;
    assert!(list.contains("<Name>bucket</Name>") && list.contains("<Name>europe</Name>"), "{list}");
    let cases = [
        (call(Method::PUT, "/bucket"), 409, "BucketAlreadyOwnedByYou"),
        (Call { key: "AKIDOTHER", ..call(Method::PUT, "/bucket") }, 409, "BucketAlreadyExists"),
        (call(Method::PUT, "/Not_A_Bucket"), 400, "InvalidBucketName"),
        (call(Method::GET, "/nowhere"), 404, "NoSuchBucket"),
        (call(Method::GET, "/bucket?abac"), 501, "NotImplemented"),
    ];
    for (call, status, code) in cases {
        let answer = server.send(call).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{}", answer.body);
    }
    server.send(call(Method::PUT, "/europe/k").body("x")).await;
    assert_eq!(server.send(call(Method::DELETE, "/europe")).await.code(), "BucketNotEmpty");
    for _ in 0..2 {
        assert_eq!(server.send(call(Method::DELETE, "/europe/k")).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(server.send(call(Method::DELETE, "/europe")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(server.send(call(Method::HEAD, "/europe")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_we_do_not_do_is_refused() {
    let server = Server::with_bucket().await;
    let put = || call(Method::PUT, "/bucket/k").body("x");
    let cases = [
        (put().header("x-amz-server-side-encryption", "AES256"), "NotImplemented"),
        (put().header("x-amz-object-lock-mode", "COMPLIANCE"), "NotImplemented"),
        (put().header("x-amz-acl", "public-read"), "AccessControlListNotSupported"),
        (put().header("x-amz-storage-class", "GLACIER"), "InvalidStorageClass"),
        (put().header("x-amz-checksum-crc16", "AAA="), "NotImplemented"),
        (put().header("x-amz-meta-long", &"m".repeat(2048)), "MetadataTooLarge"),
        (put().header("if-none-match", "\"etag\""), "NotImplemented"),
    ];
    for (call, code) in cases {
        assert_eq!(server.send(call).await.code(), code);
    }
    for fine in [
        put().header("x-amz-acl", "bucket-owner-full-control"),
        put().header("x-amz-storage-class", "STANDARD"),
    ] {
        assert_eq!(server.send(fine).await.status, StatusCode::OK);
    }
}
