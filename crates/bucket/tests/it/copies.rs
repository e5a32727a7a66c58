//! CopyObject and UploadPartCopy.

use super::*;

fn copy(from: &str, to: &str) -> Call {
    call(Method::PUT, to).header("x-amz-copy-source", from)
}

async fn with_object() -> Server {
    let server = Server::with_bucket().await;
    let put = call(Method::PUT, "/bucket/from%20here")
        .header("content-type", "text/plain")
        .header("x-amz-meta-name", "value")
        .header("x-amz-tagging", "team=a&x=%C3%BC+y")
        .header("x-amz-checksum-sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00=")
        .body("hello");
    assert_eq!(server.send(put).await.status, StatusCode::OK);
    server
}

#[tokio::test]
async fn a_copy_takes_everything_along_or_is_given_its_own() {
    let server = with_object().await;
    let made = server.send(copy("/bucket/from%20here", "/bucket/to")).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    assert!(made.body.contains("5d41402abc4b2a76b9719d911017c592"), "{}", made.body);
    assert!(made.body.contains("<ChecksumSHA1>qvTGHdzF6KLavt4PO0gs2a6pQ00=</ChecksumSHA1>"), "{}", made.body);
    let got = server.send(call(Method::GET, "/bucket/to")).await;
    assert_eq!((got.body.as_str(), got.header("content-type")), ("hello", "text/plain"));
    assert_eq!((got.header("x-amz-meta-name"), got.header("x-amz-tagging-count")), ("value", "2"));
    let tags = server.send(call(Method::GET, "/bucket/to?tagging")).await.body;
    assert!(tags.contains("<Key>x</Key><Value>ü y</Value>"), "{tags}");

    let replaced = copy("bucket/from%20here", "/bucket/to")
        .header("x-amz-metadata-directive", "REPLACE")
        .header("x-amz-tagging-directive", "REPLACE")
        .header("x-amz-tagging", "only=one")
        .header("x-amz-checksum-algorithm", "CRC32")
        .header("content-type", "text/html");
    let replaced = server.send(replaced).await;
    assert!(replaced.body.contains("<ChecksumCRC32>NhCmhg==</ChecksumCRC32>"), "{}", replaced.body);
    let got = server.send(call(Method::HEAD, "/bucket/to")).await;
    assert_eq!((got.header("content-type"), got.header("x-amz-meta-name")), ("text/html", ""));
    assert_eq!(got.header("x-amz-tagging-count"), "1");
}

#[tokio::test]
async fn a_copy_onto_itself_must_change_something() {
    let server = with_object().await;
    let itself = || copy("bucket/from%20here", "/bucket/from%20here");
    assert_eq!(server.send(itself()).await.code(), "InvalidRequest");
    let changed = itself().header("x-amz-metadata-directive", "REPLACE").header("x-amz-meta-new", "1");
    assert_eq!(server.send(changed).await.status, StatusCode::OK);
    let got = server.send(call(Method::GET, "/bucket/from%20here")).await;
    assert_eq!((got.body.as_str(), got.header("x-amz-meta-new")), ("hello", "1"));
}

#[tokio::test]
async fn a_copy_is_made_under_its_conditions() {
    let server = with_object().await;
    let etag = "\"5d41402abc4b2a76b9719d911017c592\"";
    let to = || copy("bucket/from%20here", "/bucket/to");
    let cases = [
        (to().header("x-amz-copy-source-if-match", "\"other\""), "PreconditionFailed"),
        (to().header("x-amz-copy-source-if-none-match", etag), "PreconditionFailed"),
        (
            to().header("x-amz-copy-source-if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT"),
            "PreconditionFailed",
        ),
        (to().header("x-amz-copy-source-if-match", etag).header("if-none-match", "*"), ""),
        (to().header("if-none-match", "*"), "PreconditionFailed"),
        (to().header("if-match", "\"other\""), "PreconditionFailed"),
        (to().header("if-match", etag), ""),
        (copy("bucket/none", "/bucket/to"), "NoSuchKey"),
        (copy("nowhere/k", "/bucket/to"), "NoSuchBucket"),
        (copy("bucket/from%20here?versionId=1", "/bucket/to"), "NoSuchVersion"),
        (copy("bucket/from%20here?versionId=null", "/bucket/to"), ""),
        (to().header("x-amz-source-expected-bucket-owner", "111111111111"), "AccessDenied"),
        (to().header("x-amz-metadata-directive", "MERGE"), "InvalidArgument"),
        (to().header("x-amz-server-side-encryption", "aws:kms"), "NotImplemented"),
    ];
    for (number, (call, code)) in cases.into_iter().enumerate() {
        let answer = server.send(call).await;
        assert_eq!(answer.code(), code, "{number}: {}", answer.body);
    }
}

#[tokio::test]
async fn nobody_copies_what_they_may_not_read() {
    let server = with_object().await;
    let others = |method, path: &str| Call { key: "AKIDOTHER", ..call(method, path) };
    assert_eq!(server.send(others(Method::PUT, "/others")).await.status, StatusCode::OK);
    let stolen = Call { key: "AKIDOTHER", ..copy("bucket/from%20here", "/others/k") };
    assert_eq!(server.send(stolen).await.code(), "AccessDenied");
    server.send(others(Method::PUT, "/others/k").body("theirs")).await;
    assert_eq!(server.send(copy("others/k", "/bucket/k")).await.code(), "AccessDenied");
}

#[tokio::test]
async fn a_damaged_object_is_not_copied() {
    let server = with_object().await;
    let path = server._dir.path().join("bucket/objects/from%20here.obj");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[0] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(server.send(copy("bucket/from%20here", "/bucket/to")).await.code(), "InternalError");
    assert_eq!(server.send(call(Method::GET, "/bucket/to")).await.code(), "NoSuchKey");
}

#[tokio::test]
async fn parts_are_copied_from_objects() {
    let server = with_object().await;
    let begun = server.send(call(Method::POST, "/bucket/joined?uploads")).await.body;
    let id = begun.split_once("<UploadId>").unwrap().1.split_once('<').unwrap().0.to_owned();
    let part = |range: &str| {
        let copied = copy("bucket/from%20here", &format!("/bucket/joined?partNumber=1&uploadId={id}"));
        if range.is_empty() { copied } else { copied.header("x-amz-copy-source-range", range) }
    };
    for wrong in ["bytes=0-5", "bytes=3-1", "bytes=2-", "bytes=-2", "0-1"] {
        assert_eq!(server.send(part(wrong)).await.code(), "InvalidArgument", "{wrong}");
    }
    assert_eq!(server.send(part("")).await.status, StatusCode::OK);
    let copied = server.send(part("bytes=1-3")).await.body;
    let etag = copied.split_once("<ETag>").unwrap().1.split_once("</ETag>").unwrap().0.to_owned();
    let complete = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>"
    );
    let path = format!("/bucket/joined?uploadId={id}");
    let done = server.send(call(Method::POST, &path).body(complete)).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    assert_eq!(server.send(call(Method::GET, "/bucket/joined")).await.body, "ell");
}
