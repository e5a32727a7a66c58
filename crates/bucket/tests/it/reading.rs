//! Reading: ranges, conditions, checksums, parts.

use super::*;

const ETAG: &str = "\"5d41402abc4b2a76b9719d911017c592\"";

async fn with_hello() -> Server {
    let server = Server::with_bucket().await;
    let put = call(Method::PUT, "/bucket/k").header("x-amz-checksum-crc32", "NhCmhg==").body("hello");
    assert_eq!(server.send(put).await.header("x-amz-checksum-crc32"), "NhCmhg==");
    server
}

#[tokio::test]
async fn ranges_are_served_and_those_beyond_the_end_refused() {
    let server = with_hello().await;
    let cases = [
        ("bytes=0-0", 206, "h", "bytes 0-0/5"),
        ("bytes=1-", 206, "ello", "bytes 1-4/5"),
        ("bytes=3-99", 206, "lo", "bytes 3-4/5"),
        ("bytes=-2", 206, "lo", "bytes 3-4/5"),
        ("bytes=-99", 206, "hello", "bytes 0-4/5"),
    ];
    for (range, status, body, shown) in cases {
        for method in [Method::GET, Method::HEAD] {
            let answer = server.send(call(method.clone(), "/bucket/k").header("range", range)).await;
            assert_eq!((answer.status.as_u16(), answer.header("content-range")), (status, shown), "{range}");
            assert_eq!(answer.header("content-length"), body.len().to_string());
            assert_eq!(answer.body, if method == Method::GET { body } else { "" });
        }
    }
    for range in ["bytes=5-", "bytes=5-9", "bytes=-0"] {
        let answer = server.send(call(Method::GET, "/bucket/k").header("range", range)).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (416, "InvalidRange"), "{range}");
    }
}

#[tokio::test]
async fn an_object_is_read_under_conditions() {
    let server = with_hello().await;
    let (past, future) = ("Thu, 01 Jan 2015 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT");
    let cases: [(&[(&'static str, &str)], u16); 10] = [
        (&[("if-match", ETAG)], 200),
        (&[("if-match", "\"other\"")], 412),
        (&[("if-none-match", ETAG)], 304),
        (&[("if-none-match", "\"other\"")], 200),
        (&[("if-modified-since", past)], 200),
        (&[("if-modified-since", future)], 304),
        (&[("if-unmodified-since", past)], 412),
        (&[("if-unmodified-since", future)], 200),
        (&[("if-match", ETAG), ("if-unmodified-since", past)], 200),
        (&[("if-none-match", ETAG), ("if-modified-since", past)], 304),
    ];
    for (headers, status) in cases {
        for method in [Method::GET, Method::HEAD] {
            let asked = call(method, "/bucket/k");
            let asked = headers.iter().fold(asked, |asked, (name, value)| asked.header(name, value));
            let answer = server.send(asked).await;
            assert_eq!(answer.status.as_u16(), status, "{headers:?}");
            if status == 304 {
                assert_eq!((answer.header("etag"), answer.body.as_str()), (ETAG, ""));
            }
        }
    }
}

#[tokio::test]
async fn the_answers_headers_are_as_the_caller_wants_them_if_it_signs() {
    let server = with_hello().await;
    let query = "response-content-type=text%2Fhtml&response-content-disposition=attachment&response-cache-control=no-store&response-content-language=de&response-content-encoding=gzip&response-expires=Thu%2C%2001%20Jan%202026%2000%3A00%3A00%20GMT";
    for method in [Method::GET, Method::HEAD] {
        let answer = server.send(call(method, &format!("/bucket/k?{query}"))).await;
        let shown =
            ["content-type", "content-disposition", "cache-control", "content-language", "content-encoding"]
                .map(|name| answer.header(name));
        assert_eq!(shown, ["text/html", "attachment", "no-store", "de", "gzip"]);
        assert_eq!(answer.header("expires"), "Thu, 01 Jan 2026 00:00:00 GMT");
    }
    let policy = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}}"#;
    server.send(call(Method::PUT, "/bucket?policy").body(policy)).await;
    let anonymous = |path: &str| call(Method::GET, path).unsigned();
    assert_eq!(server.send_as_it_is(anonymous("/bucket/k")).await.body, "hello");
    let refused = server.send_as_it_is(anonymous("/bucket/k?response-content-type=text%2Fhtml")).await;
    assert_eq!(refused.code(), "InvalidRequest");
}

#[tokio::test]
async fn checksums_are_kept_and_shown_to_who_asks() {
    let server = Server::with_bucket().await;
    let sums = [
        ("crc32", "NhCmhg=="),
        ("crc32c", "mnG7TA=="),
        ("crc64nvme", "M3eFcAZSQlc="),
        ("sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00="),
        ("sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="),
    ];
    for (name, sum) in sums {
        let header: &'static str = match name {
            "crc32" => "x-amz-checksum-crc32",
            "crc32c" => "x-amz-checksum-crc32c",
            "crc64nvme" => "x-amz-checksum-crc64nvme",
            "sha1" => "x-amz-checksum-sha1",
            _ => "x-amz-checksum-sha256",
        };
        let put = server.send(call(Method::PUT, "/bucket/k").header(header, sum).body("hello")).await;
        assert_eq!((put.code(), put.header(header)), ("", sum), "{}", put.body);
        let read = |path: &str| call(Method::GET, path).header("x-amz-checksum-mode", "ENABLED");
        let whole = server.send(read("/bucket/k")).await;
        assert_eq!((whole.header(header), whole.header("x-amz-checksum-type")), (sum, "FULL_OBJECT"));
        let part = server.send(read("/bucket/k").header("range", "bytes=0-1")).await;
        assert_eq!(part.header(header), "");
        assert_eq!(server.send(call(Method::GET, "/bucket/k")).await.header(header), "");
    }
    let two = call(Method::PUT, "/bucket/k")
        .header("x-amz-checksum-crc32", "NhCmhg==")
        .header("x-amz-checksum-sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00=");
    assert_eq!(server.send(two.body("hello")).await.code(), "InvalidRequest");
    let none = call(Method::PUT, "/bucket/k").header("x-amz-sdk-checksum-algorithm", "CRC32").body("hello");
    assert_eq!(server.send(none).await.code(), "InvalidRequest");
}

#[tokio::test]
async fn attributes_are_told_as_far_as_they_are_asked_for() {
    let server = with_hello().await;
    let asked = |names: &str| {
        server.send(call(Method::GET, "/bucket/k?attributes").header("x-amz-object-attributes", names))
    };
    let all = asked("ETag,Checksum,ObjectParts,StorageClass,ObjectSize").await;
    assert_eq!(all.status, StatusCode::OK, "{}", all.body);
    for part in [
        "<ETag>\"5d41402abc4b2a76b9719d911017c592\"</ETag>",
        "<ChecksumCRC32>NhCmhg==</ChecksumCRC32>",
        "<ObjectSize>5</ObjectSize>",
        "<StorageClass>STANDARD</StorageClass>",
    ] {
        assert!(all.body.contains(part), "{part} in {}", all.body);
    }
    let size = asked("ObjectSize").await.body;
    assert!(size.contains("<ObjectSize>5<") && !size.contains("ETag"), "{size}");
    assert_eq!(asked("Colour").await.code(), "InvalidArgument");
}

#[tokio::test]
async fn the_one_version_is_null() {
    let server = with_hello().await;
    assert_eq!(server.send(call(Method::GET, "/bucket/k?versionId=null")).await.body, "hello");
    let other = server.send(call(Method::GET, "/bucket/k?versionId=3HL4")).await;
    assert_eq!((other.status.as_u16(), other.code()), (404, "NoSuchVersion"));
    let listed = server.send(call(Method::GET, "/bucket?versions&prefix=")).await.body;
    for part in ["<Key>k</Key>", "<VersionId>null</VersionId>", "<IsLatest>true</IsLatest>"] {
        assert!(listed.contains(part), "{part} in {listed}");
    }
    let status = server.send(call(Method::GET, "/bucket?versioning")).await;
    assert!(status.status == StatusCode::OK && !status.body.contains("<Status>"), "{}", status.body);
    let enable = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    let refused = server.send(call(Method::PUT, "/bucket?versioning").body(enable)).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (501, "NotImplemented"));
    assert!(refused.body.contains("keep no versions"), "{}", refused.body);
}
