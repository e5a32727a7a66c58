#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

use super::read;
use http::{HeaderMap, HeaderValue, StatusCode};

fn check(status: u16, body: &str, code: &str, message: &str) {
    let refusal = read(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes());
    assert_eq!((refusal.status, refusal.code.as_str(), refusal.message.as_str()), (status, code, message));
}

#[test]
fn every_protocols_errors_are_read() {
    check(
        404,
        "<?xml version=\"1.0\"?><Error><Code>NoSuchBucket</Code><Message>It is not there</Message></Error>",
        "NoSuchBucket",
        "It is not there",
    );
    check(
        403,
        "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type>\
         <Code>AuthorizationError</Code><Message>no</Message></Error></ErrorResponse>",
        "AuthorizationError",
        "no",
    );
    check(
        400,
        r#"{"__type":"com.amazonaws.kms#NotFoundException","message":"gone"}"#,
        "NotFoundException",
        "gone",
    );
    check(400, r#"{"__type":"DisabledException","Message":"off"}"#, "DisabledException", "off");
}

#[test]
fn an_answer_without_a_readable_body_is_known_by_its_status() {
    check(404, "", "NotFound", "");
    check(502, "<html><body>Bad Gateway</body></html>", "Http502", "");
    check(503, "busy", "ServiceUnavailable", "");
}

#[test]
fn the_buckets_region_is_found_in_the_header_or_the_body() {
    let headers = HeaderMap::from_iter([(
        http::HeaderName::from_static("x-amz-bucket-region"),
        HeaderValue::from_static("eu-west-1"),
    )]);
    assert_eq!(read(StatusCode::MOVED_PERMANENTLY, &headers, b"").region.as_deref(), Some("eu-west-1"));
    let body = b"<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-central-1</Region></Error>";
    let refusal = read(StatusCode::BAD_REQUEST, &HeaderMap::new(), body);
    assert_eq!(refusal.region.as_deref(), Some("eu-central-1"));
}
