//! AWS's own signer against our verifier, over requests that neither was written for.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as AwsCredentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode,
};
use aws_sigv4::sign::v4;
use http::request::Parts;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use super::{KEY, SECRET, check, check_at, now, signed};
use crate::sigv4::{AuthError, Body, Payload, Streaming, sha256};

/// A request before it is signed.
#[derive(Clone, Debug)]
struct Draft {
    method: &'static str,
    path: String,
    query: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    token: Option<String>,
}

const HOST: &str = "localhost:4580";

fn segment() -> impl Strategy<Value = String> {
    let encoded = any::<String>().prop_map(|text| utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string());
    prop_oneof![4 => encoded, 2 => "[a-zA-Z0-9._~-]{1,8}", 1 => Just(String::new()), 1 => Just(".".to_owned()), 1 => Just("..".to_owned())]
}

fn pair() -> impl Strategy<Value = String> {
    let text = || {
        let encoded =
            any::<String>().prop_map(|text| utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string());
        prop_oneof![encoded, "[a-z+~.*-]{0,4}", "%2[0-9a-f]"]
    };
    (text(), text(), any::<bool>())
        .prop_map(|(name, value, bare)| if bare { name } else { format!("{name}={value}") })
}

fn header() -> impl Strategy<Value = (&'static str, String)> {
    let name = prop::sample::select(vec![
        "content-type",
        "x-amz-target",
        "x-amz-meta-b",
        "x-custom",
        "accept",
        "x-amzn-trace",
    ]);
    (name, "[ -~]{0,20}")
}

fn draft() -> impl Strategy<Value = Draft> {
    (
        prop::sample::select(vec!["GET", "PUT", "POST", "DELETE", "HEAD"]),
        prop::collection::vec(segment(), 0..5),
        prop::collection::vec(pair(), 0..6),
        prop::collection::vec(header(), 0..6),
        prop::collection::vec(any::<u8>(), 0..64),
        prop::option::of("[a-zA-Z0-9+/=]{1,40}"),
    )
        .prop_map(|(method, segments, pairs, headers, body, token)| Draft {
            method,
            path: format!("/{}", segments.join("/")),
            query: pairs.join("&"),
            headers,
            body,
            token,
        })
}

fn settings(service: &str, location: SignatureLocation) -> SigningSettings {
    let mut settings = SigningSettings::default();
    settings.signature_location = location;
    settings.expires_in = (location == SignatureLocation::QueryParams).then_some(Duration::from_secs(900));
    // The default leaves out what proxies change; here everything is signed, as far as it goes.
    settings.excluded_headers = Some(vec![Cow::Borrowed("user-agent")]);
    if service == "s3" {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    settings
}

/// The draft as the oracle signs it.
fn oracle(draft: &Draft, service: &str, settings: SigningSettings, body: SignableBody<'_>) -> Parts {
    let identity = AwsCredentials::new(KEY, SECRET, draft.token.clone(), None, "test").into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name(service)
        .time(SystemTime::from(now()))
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let uri = format!("http://{HOST}{}?{}", draft.path, draft.query);
    let headers = || {
        std::iter::once(("host", HOST))
            .chain(draft.headers.iter().map(|(name, value)| (*name, value.as_str())))
    };
    let signable = SignableRequest::new(draft.method, uri.as_str(), headers(), body).unwrap();
    let (instructions, _) = aws_sigv4::http_request::sign(signable, &parameters).unwrap().into_parts();
    let builder = http::Request::builder().method(draft.method).uri(&uri);
    let builder = headers().fold(builder, |builder, (name, value)| builder.header(name, value));
    let mut request = builder.body(()).unwrap();
    instructions.apply_to_request_http1x(&mut request);
    request.into_parts().0
}

/// S3 clients send paths as they sign them, so dots and raw characters do not reach the signer
/// but encoded.
fn for_s3(mut draft: Draft) -> Draft {
    draft.path = draft.path.replace("%2E", ".").replace("%2D", "-").replace("%5F", "_").replace("%7E", "~");
    draft
}

proptest! {
    #[test]
    fn headers_signed_by_aws_verify(draft in draft(), with_hash in any::<bool>()) {
        let mut settings = settings("cloudtrail", SignatureLocation::Headers);
        if with_hash {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        let parts = oracle(&draft, "cloudtrail", settings, SignableBody::Bytes(&draft.body));
        let verified = check(&parts, &draft.body, "cloudtrail").unwrap();
        prop_assert_eq!(verified.access_key_id, KEY);
        prop_assert_eq!(verified.scope.region, "us-east-1");
        prop_assert_eq!(verified.payload, Payload::Sha256(sha256(&draft.body)));
    }

    #[test]
    fn urls_presigned_by_aws_verify(draft in draft()) {
        let settings = settings("sts", SignatureLocation::QueryParams);
        let parts = oracle(&draft, "sts", settings, SignableBody::Bytes(&draft.body));
        prop_assert!(check(&parts, &draft.body, "sts").is_ok());
    }

    #[test]
    fn s3_requests_signed_by_aws_verify(draft in draft().prop_map(for_s3)) {
        let settings = settings("s3", SignatureLocation::Headers);
        let parts = oracle(&draft, "s3", settings, SignableBody::Bytes(&draft.body));
        prop_assert!(check(&parts, &draft.body, "s3").is_ok());
    }

    #[test]
    fn s3_urls_presigned_by_aws_verify(draft in draft().prop_map(for_s3)) {
        let mut settings = settings("s3", SignatureLocation::QueryParams);
        settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
        let parts = oracle(&draft, "s3", settings, SignableBody::UnsignedPayload);
        let verified = check(&parts, &draft.body, "s3").unwrap();
        prop_assert_eq!(verified.payload, Payload::Unsigned);
    }

    #[test]
    fn our_client_signs_what_aws_signs(draft in draft()) {
        let mut settings = settings("cairn", SignatureLocation::Headers);
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let theirs = oracle(&draft, "cairn", settings, SignableBody::Bytes(&draft.body));
        let builder = http::Request::builder().method(draft.method).uri(format!("{}?{}", draft.path, draft.query));
        let builder = draft.headers.iter().fold(builder.header("host", HOST), |builder, (name, value)| builder.header(*name, value));
        let ours = signed(builder, &draft.body, "cairn", draft.token.as_deref());
        prop_assert_eq!(&ours.headers["authorization"], &theirs.headers["authorization"]);
        prop_assert!(check(&ours, &draft.body, "cairn").is_ok());
    }

    #[test]
    fn one_changed_byte_of_the_body_is_noticed(draft in draft(), at in any::<prop::sample::Index>()) {
        let settings = settings("cloudtrail", SignatureLocation::Headers);
        let parts = oracle(&draft, "cloudtrail", settings, SignableBody::Bytes(&draft.body));
        let mut body = draft.body.clone();
        body.push(0);
        let at = at.index(body.len());
        body[at] ^= 1;
        prop_assert!(check(&parts, &body, "cloudtrail").is_err());
    }
}

fn put() -> Draft {
    Draft {
        method: "PUT",
        path: "/b/k".into(),
        query: String::new(),
        headers: vec![],
        body: vec![],
        token: None,
    }
}

#[test]
fn a_body_is_left_unsigned_only_where_the_operation_allows_it() {
    let check = |service, said: &str, body, expected: Result<Payload, AuthError>| {
        let mut settings = settings(service, SignatureLocation::Headers);
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let parts = oracle(&put(), service, settings, SignableBody::Precomputed(said.to_owned()));
        let verified = check_at(&parts, body, service, now());
        assert_eq!(verified.map(|verified| verified.payload), expected, "{service} {said} {body:?}");
    };
    let (unsigned, events) = ("UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-EVENTS");
    for body in [Body::Declared, Body::Whole(b""), Body::DeclaredOrEvents] {
        check("ebs", unsigned, body, Err(AuthError::BodyHashMismatch));
    }
    for body in [Body::Declared, Body::Whole(b""), Body::DeclaredOrUnsigned] {
        check("lex", events, body, Err(AuthError::BodyHashMismatch));
    }
    check("ebs", unsigned, Body::DeclaredOrUnsigned, Ok(Payload::Unsigned));
    check("lex", events, Body::DeclaredOrEvents, Ok(Payload::Events));
    check("s3", events, Body::Declared, Err(AuthError::BodyHashMismatch));
    let trailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
    check("ebs", trailer, Body::DeclaredOrUnsigned, Err(AuthError::BodyHashMismatch));
}

#[test]
fn streaming_payloads_are_told_apart() {
    let draft = put();
    for (body, expect) in [
        (SignableBody::UnsignedPayload, Payload::Unsigned),
        (SignableBody::StreamingUnsignedPayloadTrailer, Payload::Streaming(Streaming::UnsignedTrailer)),
        (
            SignableBody::Precomputed("STREAMING-AWS4-HMAC-SHA256-PAYLOAD".into()),
            Payload::Streaming(Streaming::Signed),
        ),
        (
            SignableBody::Precomputed("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER".into()),
            Payload::Streaming(Streaming::SignedTrailer),
        ),
    ] {
        let parts = oracle(&draft, "s3", settings("s3", SignatureLocation::Headers), body);
        let verified = check_at(&parts, Body::Declared, "s3", now()).unwrap();
        assert_eq!(verified.payload, expect);
    }
}
