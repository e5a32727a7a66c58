//! Multipart uploads and HTML forms.

use super::*;

async fn begin(server: &Server, headers: &[(&'static str, &str)]) -> String {
    let begun = call(Method::POST, "/bucket/big?uploads");
    let begun = headers.iter().fold(begun, |begun, (name, value)| begun.header(name, value));
    let answer = server.send(begun).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body.split_once("<UploadId>").unwrap().1.split_once('<').unwrap().0.to_owned()
}

#[tokio::test]
async fn an_upload_is_read_back_by_its_parts() {
    let server = Server::with_bucket().await;
    let id = begin(&server, &[("x-amz-checksum-algorithm", "SHA256"), ("x-amz-tagging", "a=b")]).await;
    let mut parts = String::new();
    for (number, bytes) in [(1, vec![b'1'; 5 << 20]), (2, b"end".to_vec())] {
        let path = format!("/bucket/big?partNumber={number}&uploadId={id}");
        let part = server.send(call(Method::PUT, &path).body(bytes)).await;
        assert_ne!(part.header("x-amz-checksum-sha256"), "");
        parts += &format!(
            "<Part><PartNumber>{number}</PartNumber><ETag>{}</ETag><ChecksumSHA256>{}</ChecksumSHA256></Part>",
            part.header("etag"),
            part.header("x-amz-checksum-sha256")
        );
    }
    let other = format!("/bucket/big?partNumber=3&uploadId={id}");
    let other = call(Method::PUT, &other).header("x-amz-checksum-crc32", "NhCmhg==").body("hello");
    assert_eq!(server.send(other).await.code(), "InvalidRequest");
    let listed = server.send(call(Method::GET, &format!("/bucket/big?uploadId={id}&max-parts=1"))).await.body;
    for part in
        ["<PartNumber>1<", "<IsTruncated>true<", "<NextPartNumberMarker>1<", "<ChecksumAlgorithm>SHA256<"]
    {
        assert!(listed.contains(part), "{part} in {listed}");
    }
    let uploads = server.send(call(Method::GET, "/bucket?uploads")).await.body;
    assert!(uploads.contains(&id) && uploads.contains("<Key>big</Key>"), "{uploads}");
    let complete = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
    let path = format!("/bucket/big?uploadId={id}");
    for _ in 0..2 {
        let done = server.send(call(Method::POST, &path).body(complete.clone())).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        assert!(done.body.contains("-2</ChecksumSHA256>"), "{}", done.body);
    }
    let second = server.send(call(Method::GET, "/bucket/big?partNumber=2")).await;
    assert_eq!((second.body.as_str(), second.header("x-amz-mp-parts-count")), ("end", "2"));
    assert_eq!(second.header("content-range"), "bytes 5242880-5242882/5242883");
    let third = server.send(call(Method::GET, "/bucket/big?partNumber=3")).await;
    assert_eq!((third.status.as_u16(), third.code()), (416, "InvalidPartNumber"));
    let head = call(Method::HEAD, "/bucket/big").header("x-amz-checksum-mode", "ENABLED");
    let head = server.send(head).await;
    assert_eq!((head.header("x-amz-checksum-type"), head.header("x-amz-tagging-count")), ("COMPOSITE", "1"));
    let attributes =
        call(Method::GET, "/bucket/big?attributes").header("x-amz-object-attributes", "ObjectParts");
    let attributes = server.send(attributes).await.body;
    assert!(attributes.contains("<PartsCount>2<") && attributes.contains("<Size>3<"), "{attributes}");
}

#[tokio::test]
async fn checksums_that_s3_does_not_know_together_are_refused() {
    let server = Server::with_bucket().await;
    for (algorithm, kind, code) in [
        ("SHA256", "FULL_OBJECT", "InvalidRequest"),
        ("CRC64NVME", "COMPOSITE", "InvalidRequest"),
        ("MD5", "FULL_OBJECT", "InvalidRequest"),
        ("CRC32", "FULL_OBJECT", ""),
    ] {
        let begun = call(Method::POST, "/bucket/big?uploads")
            .header("x-amz-checksum-algorithm", algorithm)
            .header("x-amz-checksum-type", kind);
        assert_eq!(server.send(begun).await.code(), code, "{algorithm} {kind}");
    }
}

/// A form as a browser sends it.
fn form(fields: &[(&str, &str)], file: &str) -> Call {
    let mut body = String::new();
    for (name, value) in fields {
        body += &format!("--sep\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body += &format!(
        "--sep\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n{file}\r\n--sep--\r\n"
    );
    call(Method::POST, "/bucket").header("content-type", "multipart/form-data; boundary=sep").body(body)
}

#[tokio::test]
async fn a_form_puts_an_object_if_anyone_may() {
    let server = Server::with_bucket().await;
    let upload = form(&[("key", "forms/a")], "file");
    assert_eq!(server.send_as_it_is(upload.unsigned()).await.code(), "AccessDenied");
    let policy = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket/forms/*"}}"#;
    server.send(call(Method::PUT, "/bucket?policy").body(policy)).await;
    let taken = server.send_as_it_is(upload.unsigned()).await;
    assert_eq!(taken.status, StatusCode::NO_CONTENT, "{}", taken.body);
    assert_eq!(taken.outcome.operation.as_deref(), Some("PostObject"));
    assert_eq!(server.send(call(Method::GET, "/bucket/forms/a")).await.body, "file");
    let elsewhere = form(&[("key", "other/a")], "file");
    assert_eq!(server.send_as_it_is(elsewhere.unsigned()).await.code(), "AccessDenied");
}

#[tokio::test]
async fn a_signed_form_puts_what_its_policy_allows() {
    let server = Server::with_bucket().await;
    let fields = [("key", "forms/a"), ("Content-Type", "text/css"), ("x-amz-meta-from", "form")];
    let taken = server.send_as_it_is(signed_form(&fields, "file").unsigned()).await;
    assert_eq!(taken.status, StatusCode::NO_CONTENT, "{}", taken.body);
    assert_eq!(taken.outcome.access_key_id.as_deref(), Some("AKIDROOT"));
    let got = server.send(call(Method::GET, "/bucket/forms/a")).await;
    assert_eq!((got.body.as_str(), got.header("content-type")), ("file", "text/css"));
    assert_eq!(got.header("x-amz-meta-from"), "form");
    for (field, code) in [
        (("acl", "public-read"), "AccessControlListNotSupported"),
        (("acl", "private"), ""),
        (("tagging", "x"), "NotImplemented"),
        (("x-amz-acl", "public-read"), "AccessControlListNotSupported"),
        (("Expires", "never"), "NotImplemented"),
        (("x-amz-server-side-encryption", "AES256"), "NotImplemented"),
        (("x-amz-storage-class", "GLACIER"), "NotImplemented"),
    ] {
        let answer = server.send_as_it_is(signed_form(&[("key", "forms/b"), field], "file").unsigned()).await;
        assert_eq!(answer.code(), code, "{field:?} {}", answer.body);
    }
    let mut forged = signed_form(&[("key", "forms/c")], "file");
    forged.body = String::from_utf8(forged.body).unwrap().replace("forms/c", "forms/d").into_bytes();
    assert_ne!(server.send_as_it_is(forged.unsigned()).await.status, StatusCode::NO_CONTENT);
}

/// A form with a policy that allows exactly these fields, signed as SDKs sign it.
fn signed_form(fields: &[(&str, &str)], file: &str) -> Call {
    let now = jiff::Timestamp::now();
    let (day, time) = (now.strftime("%Y%m%d").to_string(), now.strftime("%Y%m%dT%H%M%SZ").to_string());
    let credential = format!("AKIDROOT/{day}/us-east-1/s3/aws4_request");
    let signing = [
        ("x-amz-algorithm", "AWS4-HMAC-SHA256"),
        ("x-amz-credential", credential.as_str()),
        ("x-amz-date", time.as_str()),
    ];
    let conditions: Vec<String> =
        fields.iter().chain(&signing).map(|(name, value)| format!(r#"{{"{name}":"{value}"}}"#)).collect();
    let expiration = (now + Duration::from_secs(60)).strftime("%Y-%m-%dT%H:%M:%SZ");
    let policy = format!(r#"{{"expiration":"{expiration}","conditions":[{}]}}"#, conditions.join(","));
    let policy = BASE64_STANDARD.encode(policy);
    let hmac = |key: &[u8], text: &str| {
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key);
        aws_lc_rs::hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
    };
    let signing_key = [day.as_str(), "us-east-1", "s3", "aws4_request"]
        .into_iter()
        .fold(b"AWS4secret".to_vec(), |key, text| hmac(&key, text));
    let signature = hex::encode(hmac(&signing_key, &policy));
    let mut all = fields.to_vec();
    all.extend(signing);
    all.extend([("policy", policy.as_str()), ("x-amz-signature", signature.as_str())]);
    form(&all, file)
}
