#![allow(clippy::unwrap_used, reason = "tests")]

use super::Presigned;
use cairn_model::Timestamp;
use cairn_wire::sigv4::AuthError;
use http::request::Parts;

/// As botocore 1.44 makes them on 2026-01-01 at 00:00, good for an hour.
const GET: &str = "/photos/a%20b/%C3%A9.txt?response-content-type=text%2Fplain%3B%20x&AWSAccessKeyId=AKIAMADEUP\
                   &Signature=gJ7nUgK8ZgntGCacm%2BeYBr8FzZk%3D&Expires=1767229200";
const PUT: &str = "/k?AWSAccessKeyId=AKIAMADEUP&Signature=d%2FAol7jy%2FmnAEBbhchxxTMwj%2FnQ%3D\
                   &content-type=text%2Fplain&x-amz-acl=private&Expires=1767229200";
const PART: &str = "/photos/k?uploadId=u1&partNumber=2&AWSAccessKeyId=AKIAMADEUP\
                    &Signature=DHTMNjEWbDQPk4TCeoWe8Nzrp0w%3D&x-amz-security-token=tok%2Fen&Expires=1767229200";

fn parts(method: &str, uri: &str) -> Parts {
    http::Request::builder().method(method).uri(uri).body(()).unwrap().into_parts().0
}

fn verified(method: &str, uri: &str, bucket: Option<&str>, seconds: i64) -> Result<(), AuthError> {
    let parts = parts(method, uri);
    let presigned = Presigned::parse(&parts).unwrap();
    assert_eq!(presigned.access_key_id, "AKIAMADEUP");
    presigned.verify(&parts, bucket, "made/up", Timestamp::from_seconds(seconds))
}

#[test]
fn urls_of_sdks_hold_until_they_expire() {
    assert_eq!(verified("GET", GET, None, 1_767_225_601), Ok(()));
    assert_eq!(verified("PUT", PUT, Some("photos"), 1_767_225_601), Ok(()));
    assert_eq!(verified("PUT", PART, None, 1_767_225_601), Ok(()));
    assert_eq!(verified("GET", GET, None, 1_767_229_201), Err(AuthError::PresignExpired));
}

#[test]
fn what_was_changed_does_not_hold() {
    let changed = [
        ("PUT", GET.to_owned()),
        ("GET", GET.replace("a%20b", "a%20c")),
        ("GET", GET.replace("plain", "html")),
        ("GET", GET.replace("Expires=1767229200", "Expires=1867229200")),
        ("GET", format!("{GET}&versionId=1")),
        ("GET", format!("{GET}&x-amz-acl=public-read")),
    ];
    for (method, uri) in changed {
        let checked = verified(method, &uri, None, 1_767_225_601);
        assert_eq!(checked, Err(AuthError::SignatureMismatch), "{uri}");
    }
}

#[test]
fn what_is_of_another_kind_is_not_read() {
    for uri in [
        "/k",
        "/k?X-Amz-Signature=0",
        "/k?AWSAccessKeyId=A&Signature=x",
        "/k?AWSAccessKeyId=A&AWSAccessKeyId=B",
    ] {
        assert!(Presigned::parse(&parts("GET", uri)).is_none(), "{uri}");
    }
}
