//! Signatures of requests: nobody's own are believed without the secret, and what Cairn signs it verifies itself.
//!
//! The first line is method and target, what is signed the message.
#![no_main]

use cairn_fuzz::Message;
use cairn_wire::sigv4::{AuthError, Body, Credentials, Presented, Request, Rules, sign, verify};
use http::{HeaderMap, HeaderValue, Uri};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

/// No seed is signed with it.
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const CREDENTIALS: Credentials<'_> =
    Credentials { access_key_id: "AKIDEXAMPLE", secret_access_key: SECRET, session_token: Some("token") };
/// The most headers of a request that is signed: the gate takes a hundred names, and four are added.
const HEADERS_MAX: usize = 96;

fuzz_target!(|data: &[u8]| {
    let Some(message) = Message::read(data) else { return };
    let Some((method, target)) = message.line.split_once(' ') else { return };
    let Ok(uri) = target.parse::<Uri>() else { return };
    let path_and_query = (uri.path(), uri.query().unwrap_or_default());
    let request = request(method, path_and_query, &message.headers);
    if let Ok(presented) = Presented::parse(&request) {
        assert!(believed(&request, &presented, message.body).is_err(), "{presented:?}");
    }
    let (presigned, headers) = (is_presigned(&request), signable(message.headers.clone()));
    if !presigned && headers.len() <= HEADERS_MAX {
        for service in ["s3", "sts"] {
            assert_signs(method, path_and_query, &headers, message.body, service);
        }
    }
});

fn request<'a>(method: &'a str, (path, query): (&'a str, &'a str), headers: &'a HeaderMap) -> Request<'a> {
    Request { method, path, query, headers }
}

fn believed(request: &Request<'_>, presented: &Presented, body: &[u8]) -> Result<(), AuthError> {
    let rules = Rules { service: &presented.scope.service, region: None };
    verify(request, presented, Body::Whole(body), SECRET, presented.signed_at, &rules).map(drop)
}

fn is_presigned(request: &Request<'_>) -> bool {
    let unsigned = HeaderMap::new();
    let without_headers = Request { headers: &unsigned, ..*request };
    !matches!(Presented::parse(&without_headers), Err(AuthError::MissingToken))
}

/// Without what a signature adds, and with a host.
fn signable(mut headers: HeaderMap) -> HeaderMap {
    for name in ["authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"] {
        headers.remove(name);
    }
    headers.entry("host").or_insert(HeaderValue::from_static("localhost:4580"));
    headers
}

fn assert_signs(method: &str, target: (&str, &str), headers: &HeaderMap, body: &[u8], service: &str) {
    let now: Timestamp = "2026-03-01T08:04:11Z".parse().expect("a time");
    let added = sign(&request(method, target, headers), body, &CREDENTIALS, "eu-central-1", service, now);
    let mut headers = headers.clone();
    headers.extend(added.expect("the credentials can be printed"));
    if headers["authorization"].len() > 8 * 1024 {
        return;
    }
    let signed = request(method, target, &headers);
    let presented = Presented::parse(&signed).expect("Cairn reads its own signatures");
    believed(&signed, &presented, body).expect("Cairn believes itself");
    assert_eq!(presented.signed_at, now);
}
