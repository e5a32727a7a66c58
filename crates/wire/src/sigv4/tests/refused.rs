//! What must not authenticate, and what its caller is told.

use http::HeaderValue;
use http::request::Parts;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{KEY, SECRET, check, check_at, lookup_events, now, signed};
use crate::sigv4::{
    AuthError, Body, Credentials, Method, Presented, Request, Rules, ScopeFault, SignError, SigningKey,
    sha256, sign, verify, verify_with,
};

const BODY: &[u8] = b"{\"MaxResults\":5}";

fn good() -> Parts {
    signed(lookup_events(), BODY, "cloudtrail", None)
}

fn with_header(name: &'static str, value: &str) -> Parts {
    let mut parts = good();
    parts.headers.insert(name, HeaderValue::from_str(value).unwrap());
    parts
}

/// The good request with a change to its `authorization` header.
fn with_authorization(change: impl Fn(&str) -> String) -> Parts {
    let authorization = change(good().headers["authorization"].to_str().unwrap());
    with_header("authorization", &authorization)
}

#[track_caller]
fn incomplete(parts: &Parts) {
    let error = check(parts, BODY, "cloudtrail").unwrap_err();
    assert!(matches!(error, AuthError::Incomplete { .. }), "{error:?}");
}

#[track_caller]
fn refused(parts: &Parts, expect: AuthError) {
    assert_eq!(check(parts, BODY, "cloudtrail").unwrap_err(), expect);
}

#[test]
fn the_good_request_verifies() {
    check(&good(), BODY, "cloudtrail").unwrap();
    check(&signed(lookup_events(), BODY, "cloudtrail", Some("token")), BODY, "cloudtrail").unwrap();
}

#[test]
fn the_example_of_the_documentation_verifies() {
    // GET of the list of users, from "Create a signed AWS API request".
    let (parts, ()) = http::Request::get("/?Action=ListUsers&Version=2010-05-08")
        .header("host", "iam.amazonaws.com")
        .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
        .header("x-amz-date", "20150830T123600Z")
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date, \
             Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
        )
        .body(())
        .unwrap()
        .into_parts();
    let at: Timestamp = "2015-08-30T12:36:00Z".parse().unwrap();
    check_at(&parts, Body::Whole(b""), "iam", at).unwrap();
}

#[test]
fn a_request_without_signature_is_told_so() {
    let mut parts = good();
    parts.headers.remove("authorization");
    refused(&parts, AuthError::MissingToken);
}

#[test]
fn what_was_signed_cannot_be_changed() {
    let mut method = good();
    method.method = http::Method::PUT;
    let mut path = good();
    path.uri = "/other".parse().unwrap();
    let mut query = good();
    query.uri = "/?a=1".parse().unwrap();
    let mut twice = good();
    twice.headers.append("x-amz-target", HeaderValue::from_static("CloudTrail_20131101.DeleteTrail"));
    let mut gone = good();
    gone.headers.remove("content-type");
    for parts in [
        method,
        path,
        query,
        twice,
        gone,
        with_header("host", "127.0.0.1:4581"),
        with_header("host", "127.0.0.1"),
        with_header("x-amz-target", "CloudTrail_20131101.DeleteTrail"),
        with_header("x-amz-date", "20261120T230001Z"),
        with_authorization(|text| text.replace("us-east-1", "us-east-2")),
        with_authorization(|text| text.replace("host;", "")),
    ] {
        let error = check(&parts, BODY, "cloudtrail").unwrap_err();
        assert!(
            matches!(error, AuthError::SignatureMismatch | AuthError::UnsignedHeader { .. }),
            "{error:?}"
        );
    }
}

#[test]
fn the_wrong_secret_does_not_verify() {
    let parts = good();
    let request = Request::of(&parts);
    let presented = Presented::parse(&request).unwrap();
    let rules = Rules { service: "cloudtrail", region: None };
    let result = verify(&request, &presented, Body::Whole(BODY), "another", now(), &rules);
    assert_eq!(result.unwrap_err(), AuthError::SignatureMismatch);
}

#[test]
fn a_derived_key_is_good_for_its_scope_only() {
    let parts = good();
    let request = Request::of(&parts);
    let presented = Presented::parse(&request).unwrap();
    let rules = Rules { service: "cloudtrail", region: None };
    let check = |key: &SigningKey| verify_with(&request, &presented, Body::Whole(BODY), key, now(), &rules);
    check(&SigningKey::derive(SECRET, &presented.scope)).unwrap();
    let mut yesterday = presented.scope.clone();
    yesterday.date = "20261119".to_owned();
    assert_eq!(check(&SigningKey::derive(SECRET, &yesterday)).unwrap_err(), AuthError::SignatureMismatch);
}

#[test]
fn another_body_is_noticed_whether_or_not_its_hash_was_sent() {
    assert_eq!(check(&good(), b"{}", "cloudtrail").unwrap_err(), AuthError::BodyHashMismatch);
    let hash = Body::Sha256(sha256(b"{}"));
    assert_eq!(check_at(&good(), hash, "cloudtrail", now()).unwrap_err(), AuthError::BodyHashMismatch);
    check_at(&good(), Body::Sha256(sha256(BODY)), "cloudtrail", now()).unwrap();
    check_at(&good(), Body::Declared, "cloudtrail", now()).unwrap();
}

#[test]
fn only_s3_may_leave_the_body_unsigned() {
    refused(&with_header("x-amz-content-sha256", "UNSIGNED-PAYLOAD"), AuthError::BodyHashMismatch);
    incomplete(&with_header("x-amz-content-sha256", "nonsense"));
    incomplete(&with_header("x-amz-content-sha256", &"E3".repeat(32)));
    let mut s3 = signed(http::Request::put("/b/k").header("host", "h"), BODY, "s3", None);
    s3.headers.remove("x-amz-content-sha256");
    assert!(matches!(check(&s3, BODY, "s3").unwrap_err(), AuthError::Incomplete { .. }));
}

#[test]
fn the_time_must_be_near() {
    let parts = good();
    let at = |seconds: i64| check_at(&parts, Body::Whole(BODY), "cloudtrail", now() + seconds.seconds());
    for seconds in [-300, 0, 300] {
        at(seconds).unwrap();
    }
    let error = at(301).unwrap_err();
    assert_eq!(
        error.message(),
        "Signature expired: 20261120T230000Z is now earlier than 20261120T230001Z (20261120T230501Z - 5 min.)"
    );
    let error = at(-301).unwrap_err();
    assert_eq!(
        error.message(),
        "Signature not yet current: 20261120T230000Z is still later than 20261120T225959Z (20261120T225459Z + 5 min.)"
    );

    let s3 = signed(http::Request::put("/b/k").header("host", "h"), BODY, "s3", None);
    check_at(&s3, Body::Whole(BODY), "s3", now() + 900.seconds()).unwrap();
    let error = check_at(&s3, Body::Whole(BODY), "s3", now() + 901.seconds()).unwrap_err();
    assert!(matches!(error, AuthError::Expired { .. }));
}

#[test]
fn the_date_header_is_good_enough_without_x_amz_date() {
    let mut parts = good();
    parts.headers.remove("x-amz-date");
    incomplete(&parts);
    parts.headers.insert("date", HeaderValue::from_static("Fri, 20 Nov 2026 23:00:00 GMT"));
    let presented = Presented::parse(&Request::of(&parts)).unwrap();
    assert_eq!((presented.signed_at, presented.method), (now(), Method::AuthHeader));
    for date in ["yesterday", "2026-11-20T23:00:00Z", ""] {
        parts.headers.insert("date", HeaderValue::from_static(date));
        incomplete(&parts);
    }
}

#[test]
fn the_scope_must_fit_the_request() {
    assert_eq!(
        check(&good(), BODY, "sts").unwrap_err(),
        AuthError::WrongScope(ScopeFault::Service("sts".to_owned()))
    );
    refused(
        &with_authorization(|text| text.replace("20261120", "20261119")),
        AuthError::WrongScope(ScopeFault::Date),
    );
    refused(
        &with_authorization(|text| text.replace("aws4_request", "aws5")),
        AuthError::WrongScope(ScopeFault::Terminator),
    );
    let parts = good();
    let request = Request::of(&parts);
    let presented = Presented::parse(&request).unwrap();
    let rules = Rules { service: "cloudtrail", region: Some("eu-west-1") };
    let error = verify(&request, &presented, Body::Whole(BODY), SECRET, now(), &rules).unwrap_err();
    assert_eq!(error.message(), "Credential should be scoped to a valid region: 'eu-west-1'.");
}

#[test]
fn headers_that_carry_meaning_must_be_signed() {
    let mut parts = good();
    parts.headers.insert("x-amz-security-token", HeaderValue::from_static("smuggled"));
    refused(&parts, AuthError::UnsignedHeader { name: "x-amz-security-token".to_owned() });
    let mut harmless = good();
    harmless.headers.insert("x-amz-cf-id", HeaderValue::from_static("added on the way"));
    harmless.headers.insert("x-amzn-trace-id", HeaderValue::from_static("added on the way"));
    check(&harmless, BODY, "cloudtrail").unwrap();
}

#[test]
fn malformed_signatures_are_incomplete() {
    for change in [
        |text: &str| text.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
        |text: &str| text.replace("AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256"),
        |_: &str| "Bearer abc".to_owned(),
        |_: &str| String::new(),
        |text: &str| text.replace("Credential=", "Credentials="),
        |text: &str| text.replace("Credential=AKIDEXAMPLE/", "Credential=/"),
        |text: &str| text.replace("AKIDEXAMPLE/2026", "2026"),
        |text: &str| text.replace("AKIDEXAMPLE", &"A".repeat(129)),
        |text: &str| text.replace("/us-east-1/", "//"),
        |text: &str| text.replace("20261120/", "2026112/"),
        |text: &str| text.replace("SignedHeaders=", "X="),
        |text: &str| text.replace("SignedHeaders=", "SignedHeaders=host;"),
        |text: &str| text.replace("SignedHeaders=", "SignedHeaders=;"),
        |text: &str| text.replace("SignedHeaders=", "SignedHeaders=a b;"),
        |text: &str| text.replace("Signature=", "Signature=0"),
        |text: &str| text.replace("Signature=", "Signature=zz"),
        |text: &str| format!("{text}, Signature=00"),
        |text: &str| text.rsplit_once(',').unwrap().0.to_owned(),
        |text: &str| format!("{text}{}", " ".repeat(9_000)) + ",",
    ] {
        incomplete(&with_authorization(change));
    }
}

#[test]
fn lists_and_headers_have_bounds() {
    let many: String = (0..101).map(|index| format!("h{index};")).collect();
    incomplete(&with_authorization(|text| text.replace("SignedHeaders=", &format!("SignedHeaders={many}"))));
    incomplete(&with_authorization(|text| format!("{text}{}", ",".repeat(9_000))));
    let mut twice = good();
    twice.headers.append("authorization", HeaderValue::from_static("AWS4-HMAC-SHA256 x"));
    incomplete(&twice);
    let mut long = good();
    long.headers.remove("authorization");
    long.uri = format!("/?X-Amz-Signature=0&a={}", "a".repeat(33_000)).parse().unwrap();
    incomplete(&long);
}

/// The query string of a presigned URL, with a change.
fn presigned(change: impl Fn(String) -> String) -> Parts {
    let query = format!(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={KEY}%2F20261120%2Fus-east-1%2Fsts%2Faws4_request\
         &X-Amz-Date=20261120T230000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature={}",
        "0".repeat(64)
    );
    let uri = format!("/?{}", change(query));
    http::Request::get(uri).header("host", "h").body(()).unwrap().into_parts().0
}

#[test]
fn presigned_urls_end_when_they_say() {
    let parts = presigned(|query| query);
    let at = |seconds: i64| check_at(&parts, Body::Whole(b""), "sts", now() + seconds.seconds()).unwrap_err();
    // In time it fails on its signature of zeros only.
    assert_eq!(at(60), AuthError::SignatureMismatch);
    assert_eq!(at(61), AuthError::PresignExpired);
    assert_eq!(at(-300), AuthError::SignatureMismatch);
    assert!(matches!(at(-301), AuthError::Expired { .. }));
}

#[test]
fn malformed_presigned_urls_are_incomplete() {
    for change in [
        |query: String| query.replace("X-Amz-Algorithm", "X"),
        |query: String| query.replace("AWS4-HMAC-SHA256", "AWS4"),
        |query: String| query.replace("X-Amz-Credential", "X"),
        |query: String| query.replace("X-Amz-Date", "X"),
        |query: String| query.replace("20261120T230000Z", "20261120T246000Z"),
        |query: String| query.replace("20261120T230000Z", "2026-11-20T23:00:00Z"),
        |query: String| query.replace("X-Amz-Expires", "X"),
        |query: String| query.replace("Expires=60", "Expires=0"),
        |query: String| query.replace("Expires=60", "Expires=604801"),
        |query: String| query.replace("Expires=60", "Expires=-1"),
        |query: String| query.replace("X-Amz-SignedHeaders", "X"),
        |query: String| query.replace("X-Amz-Signature", "X"),
        |query: String| format!("{query}&X-Amz-Expires=70"),
        |query: String| format!("{query}&X%2DAmz-Expires=70"),
    ] {
        incomplete(&presigned(change));
    }
}

#[test]
fn a_request_is_signed_in_one_place_only() {
    let mut parts = presigned(|query| query);
    parts.headers = good().headers;
    incomplete(&parts);
}

#[test]
fn every_error_has_its_names() {
    let at = AuthError::Expired { signed: now(), now: now(), window: SignedDuration::from_mins(5) };
    for (error, json, query, s3) in [
        (
            AuthError::MissingToken,
            "MissingAuthenticationTokenException",
            "MissingAuthenticationToken",
            "AccessDenied",
        ),
        (
            AuthError::Incomplete { what: "x" },
            "IncompleteSignatureException",
            "IncompleteSignature",
            "AuthorizationHeaderMalformed",
        ),
        (AuthError::UnknownKey, "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId"),
        (AuthError::DisabledKey, "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId"),
        (AuthError::TokenExpired, "ExpiredTokenException", "ExpiredToken", "ExpiredToken"),
        (at, "InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed"),
        (AuthError::PresignExpired, "InvalidSignatureException", "RequestExpired", "AccessDenied"),
        (
            AuthError::WrongScope(ScopeFault::Date),
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "AuthorizationHeaderMalformed",
        ),
        (
            AuthError::SignatureMismatch,
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "SignatureDoesNotMatch",
        ),
        (
            AuthError::BodyHashMismatch,
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "XAmzContentSHA256Mismatch",
        ),
    ] {
        assert_eq!(error.json().code.name(), json);
        assert_eq!(error.query().code.facts().0, query);
        assert_eq!(error.s3().0, s3);
    }
}

#[test]
fn the_client_is_not_told_whether_a_key_exists() {
    assert_eq!(AuthError::UnknownKey.message(), AuthError::DisabledKey.message());
    assert_ne!(AuthError::UnknownKey.json().detail, AuthError::DisabledKey.json().detail);
}

#[test]
fn credentials_that_fit_no_header_cannot_sign() {
    let (parts, ()) = lookup_events().body(()).unwrap().into_parts();
    let credentials = Credentials { access_key_id: "a\nb", secret_access_key: SECRET, session_token: None };
    let result = sign(&Request::of(&parts), BODY, &credentials, "us-east-1", "cloudtrail", now());
    assert_eq!(result.unwrap_err(), SignError::Unprintable);
}

#[test]
fn a_key_does_not_show_itself() {
    let scope = Presented::parse(&Request::of(&good())).unwrap().scope;
    assert_eq!(format!("{:?}", SigningKey::derive(SECRET, &scope)), "SigningKey(..)");
}
