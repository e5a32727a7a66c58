//! Requests as boto3 sends them, signed by botocore with the tests' key at the tests' time.

use http::request::Parts;

use super::check;

const CREDENTIAL: &str = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261120/us-east-1";
const TOKEN: &str = "TOKEN/+=";

/// A request with what all of them have, as hyper would hand it over.
fn request(method: &str, uri: &str, headers: &[(&str, &str)]) -> Parts {
    let builder = http::Request::builder()
        .method(method)
        .uri(uri)
        .header("host", "localhost:4580")
        .header("user-agent", "Botocore/1.43.11")
        .header("amz-sdk-request", "attempt=1");
    let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
    builder.body(()).unwrap().into_parts().0
}

/// The headers of a signature: service, names and value.
fn signed(
    method: &str,
    uri: &str,
    headers: &[(&str, &str)],
    service: &str,
    names: &str,
    signature: &str,
) -> Parts {
    let authorization =
        format!("{CREDENTIAL}/{service}/aws4_request, SignedHeaders={names}, Signature={signature}");
    let added = [
        ("x-amz-date", "20261120T230000Z"),
        ("x-amz-security-token", TOKEN),
        ("authorization", &authorization),
    ];
    request(method, uri, &[headers, &added].concat())
}

#[test]
fn json_requests_of_boto3_verify() {
    let parts = signed(
        "POST",
        "/",
        &[
            ("x-amz-target", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"),
            ("content-type", "application/x-amz-json-1.1"),
        ],
        "cloudtrail",
        "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
        "de9a1e20454b33a056ef2a1e3d3a4608af50387be89588ef879903f20906465a",
    );
    check(&parts, b"{\"MaxResults\": 5}", "cloudtrail").unwrap();
}

#[test]
fn rest_json_requests_of_boto3_verify() {
    let parts = signed(
        "POST",
        "/PutAuditEvents?channelArn=arn%3Aaws%3Acloudtrail%3Aus-east-1%3A123456789012%3Achannel%2Fx%20y",
        &[("content-type", "application/json")],
        "cloudtrail-data",
        "content-type;host;x-amz-date;x-amz-security-token",
        "b11665953581fb8799cee78d4cc0b4f02fd429299c894ad7ed9a2f1909cad82a",
    );
    let body = br#"{"auditEvents": [{"id": "1", "eventData": "{}"}]}"#;
    check(&parts, body, "cloudtrail-data").unwrap();
}

#[test]
fn query_requests_of_boto3_verify() {
    let parts = signed(
        "POST",
        "/",
        &[("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
        "sts",
        "content-type;host;x-amz-date;x-amz-security-token",
        "ca322cf798505d2a13d306178c2f48c8ca5060008d632ac6608be1012447a80b",
    );
    check(&parts, b"Action=GetCallerIdentity&Version=2011-06-15", "sts").unwrap();
}

#[test]
fn s3_requests_of_boto3_verify() {
    let parts = signed(
        "PUT",
        "/my-logs/a%20b/%C3%BC%2B~%281%29//./x",
        &[
            ("x-amz-meta-k", "v  w"),
            ("expect", "100-continue"),
            ("x-amz-checksum-crc32", "NhCmhg=="),
            ("x-amz-sdk-checksum-algorithm", "CRC32"),
            ("x-amz-content-sha256", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"),
        ],
        "s3",
        "host;x-amz-checksum-crc32;x-amz-content-sha256;x-amz-date;x-amz-meta-k;x-amz-sdk-checksum-algorithm;\
         x-amz-security-token",
        "174838fa225aac5b900e0ea4d6dfb3e510bd3ca9ef2d45f75e8094a3290e58ad",
    );
    check(&parts, b"hello", "s3").unwrap();

    let parts = signed(
        "GET",
        "/my-logs?list-type=2&prefix=a%20b%2F%2B&delimiter=%2F&encoding-type=url",
        &[("x-amz-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")],
        "s3",
        "host;x-amz-content-sha256;x-amz-date;x-amz-security-token",
        "6f7c3519b5c2462727e545af634c4f0dbcef145f9e568b8ae192f23f6f190d0d",
    );
    check(&parts, b"", "s3").unwrap();
}

#[test]
fn presigned_urls_of_boto3_verify() {
    let parts = request(
        "GET",
        "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKIDEXAMPLE%2F20261120%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20261120T230000Z\
         &X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Security-Token=TOKEN%2F%2B%3D\
         &X-Amz-Signature=9e399d3650dd637ac03d1b799de70d11158e3273c389fc9b849d728ee79acedf",
        &[],
    );
    check(&parts, b"", "sts").unwrap();

    let parts = request(
        "GET",
        "/b/a%20b/%C3%BC%2B?X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKIDEXAMPLE%2F20261120%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20261120T230000Z\
         &X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Security-Token=TOKEN%2F%2B%3D\
         &X-Amz-Signature=04651148051300b6be0ac70eb6c5872f132bf1a0b15ad72c7f496b0c7f57be30",
        &[],
    );
    check(&parts, b"", "s3").unwrap();
}
