#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

use super::{Payload, Scope, sign_request};
use crate::credentials::Keys;
use std::time::SystemTime;

fn check(service: &str, payload: Payload<'_>, expected: Option<&str>) {
    let (mut head, ()) = http::Request::put("https://h/x").body(()).unwrap().into_parts();
    let keys = Keys::new("AKIDEXAMPLE", "secret", None, None, "given");
    sign_request(&mut head, payload, &keys, Scope { service, region: "us-east-1" }, SystemTime::UNIX_EPOCH)
        .unwrap();
    let said = head.headers.get("x-amz-content-sha256").map(|said| said.to_str().unwrap());
    assert_eq!(said, expected, "{service} {payload:?}");
}

#[test]
fn a_header_says_what_is_signed_of_a_body_where_it_is_not_all_of_it() {
    check("ebs", Payload::Unsigned, Some("UNSIGNED-PAYLOAD"));
    check("iam", Payload::Sha256("5f"), None);
    check("s3", Payload::Sha256("5f"), Some("5f"));
    check("s3", Payload::UnsignedWithTrailer, Some("STREAMING-UNSIGNED-PAYLOAD-TRAILER"));
}
