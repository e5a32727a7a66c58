//! Telling whether a presented signature holds.

use http::header::{HOST, HeaderName};
use jiff::{SignedDuration, Timestamp};

use super::payload::{Payload, sha256};
use super::presented::{self, Method, Presented};
use super::{AuthError, Request, S3, Scope, ScopeFault, SigningKey, canonical};

const WINDOW: SignedDuration = SignedDuration::from_mins(5);
const WINDOW_S3: SignedDuration = SignedDuration::from_mins(15);

pub(super) const X_AMZ_CONTENT_SHA256: HeaderName = HeaderName::from_static("x-amz-content-sha256");

/// Headers that start with `x-amz-` and yet are not signed: SDKs leave the first two out of
/// presigned URLs, a content delivery network adds the third after signing. None changes what is
/// asked for.
const UNSIGNED_ALLOWED: [&str; 3] = ["x-amz-user-agent", "x-amz-checksum-mode", "x-amz-cf-id"];

/// What the request's way through the server demands of its signature.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// The service that will answer. `s3` also means S3's encoding of paths and its window of
    /// 15 minutes instead of 5.
    pub service: &'a str,
    /// The region that the scope must name; `None` takes any.
    pub region: Option<&'a str>,
}

/// What is known of the body when the signature is checked.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// All of it.
    Whole(&'a [u8]),
    /// The SHA-256 of all of it.
    Sha256([u8; 32]),
    /// Nothing yet: what `x-amz-content-sha256` declares is taken, and the caller must hold the
    /// body against [`Verified::payload`] as it arrives.
    Declared,
    /// As [`Body::Declared`], of an operation that may be called with its body unsigned.
    DeclaredOrUnsigned,
    /// As [`Body::Declared`], of an operation whose body may be a stream of events.
    DeclaredOrEvents,
}

/// A request whose signature holds.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The key that signed it.
    pub access_key_id: String,
    /// What it was signed for.
    pub scope: Scope,
    /// What the signature says about the body.
    pub payload: Payload,
}

/// [`verify_with`] the key that `secret` gives.
pub fn verify(
    request: &Request<'_>,
    presented: &Presented,
    body: Body<'_>,
    secret: &str,
    now: Timestamp,
    rules: &Rules<'_>,
) -> Result<Verified, AuthError> {
    let key = SigningKey::derive(secret, &presented.scope);
    verify_with(request, presented, body, &key, now, rules)
}

/// Checks scope, time, signed headers, signature and body, in this order. `key` must be derived
/// for `presented.scope`; another one ends in `SignatureMismatch`.
pub fn verify_with(
    request: &Request<'_>,
    presented: &Presented,
    body: Body<'_>,
    key: &SigningKey,
    now: Timestamp,
    rules: &Rules<'_>,
) -> Result<Verified, AuthError> {
    check_scope(&presented.scope, rules)?;
    check_time(presented, now, rules)?;
    check_signed_headers(request, presented)?;
    let payload = payload(request, presented, body, rules)?;
    let service = &presented.scope.service;
    let text = canonical::request(request, service, &presented.signed_headers, &payload.text());
    let to_sign = canonical::string_to_sign(&presented.amz_date(), &presented.scope, &text);
    if !key.verifies(&to_sign, &presented.signature) {
        return Err(AuthError::SignatureMismatch);
    }
    check_body(payload, body)?;
    Ok(Verified { access_key_id: presented.access_key_id.clone(), scope: presented.scope.clone(), payload })
}

fn check_scope(scope: &Scope, rules: &Rules<'_>) -> Result<(), AuthError> {
    if let Some(region) = rules.region.filter(|region| *region != scope.region) {
        return Err(AuthError::WrongScope(ScopeFault::Region(region.to_owned())));
    }
    if scope.service != rules.service {
        return Err(AuthError::WrongScope(ScopeFault::Service(rules.service.to_owned())));
    }
    Ok(())
}

fn check_time(presented: &Presented, now: Timestamp, rules: &Rules<'_>) -> Result<(), AuthError> {
    let window = if rules.service == S3 { WINDOW_S3 } else { WINDOW };
    let age = now.duration_since(presented.signed_at);
    let expired = AuthError::Expired { signed: presented.signed_at, now, window };
    match presented.method {
        _ if age < -window => Err(expired),
        Method::AuthHeader if age > window => Err(expired),
        Method::QueryString { expires } if age > expires => Err(AuthError::PresignExpired),
        Method::AuthHeader | Method::QueryString { .. } => Ok(()),
    }
}

/// `host` and all `x-amz-` headers must be under the signature: else one signed request could be
/// sent to another host, or, with another `x-amz-target`, as another operation.
fn check_signed_headers(request: &Request<'_>, presented: &Presented) -> Result<(), AuthError> {
    let must = |name: &&HeaderName| {
        let name = name.as_str();
        name.starts_with("x-amz-") && !UNSIGNED_ALLOWED.contains(&name)
    };
    let missing = std::iter::once(&HOST)
        .chain(request.headers.keys().filter(must))
        .find(|name| !presented.signed_headers.contains(name));
    match missing {
        Some(name) => Err(AuthError::UnsignedHeader { name: name.as_str().to_owned() }),
        None => Ok(()),
    }
}

/// The payload that must have been signed.
fn payload(
    request: &Request<'_>,
    presented: &Presented,
    body: Body<'_>,
    rules: &Rules<'_>,
) -> Result<Payload, AuthError> {
    let is_s3 = rules.service == S3;
    let presigned = presented.method != Method::AuthHeader;
    match (declared(request, presigned)?, body) {
        (Some(payload @ Payload::Sha256(_)), _)
        | (Some(payload @ Payload::Unsigned), Body::DeclaredOrUnsigned)
        | (Some(payload @ Payload::Events), Body::DeclaredOrEvents) => Ok(payload),
        (Some(payload @ (Payload::Unsigned | Payload::Streaming(_))), _) if is_s3 => Ok(payload),
        (Some(_), _) => Err(AuthError::BodyHashMismatch),
        (None, _) if is_s3 && presigned => Ok(Payload::Unsigned),
        (None, _) if is_s3 => Err(AuthError::Incomplete {
            what: "Missing required header for this request: x-amz-content-sha256",
        }),
        (None, Body::Whole(bytes)) => Ok(Payload::Sha256(sha256(bytes))),
        (None, Body::Sha256(hash)) => Ok(Payload::Sha256(hash)),
        (None, Body::Declared | Body::DeclaredOrUnsigned | Body::DeclaredOrEvents) => {
            Err(AuthError::Incomplete { what: "The request requires the header x-amz-content-sha256." })
        }
    }
}

fn declared(request: &Request<'_>, presigned: bool) -> Result<Option<Payload>, AuthError> {
    let mut text = presented::single(request.headers, &X_AMZ_CONTENT_SHA256)?.map(str::to_owned);
    if text.is_none() && presigned {
        text = presented::parameter(request.query, "X-Amz-Content-Sha256")?;
    }
    let Some(text) = text else { return Ok(None) };
    let what = "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a STREAMING- name, or a valid sha256 value.";
    Payload::parse(&text).map(Some).ok_or(AuthError::Incomplete { what })
}

/// The signed hash against the true one, where both are known.
fn check_body(payload: Payload, body: Body<'_>) -> Result<(), AuthError> {
    let Payload::Sha256(signed) = payload else {
        return Ok(());
    };
    let matches = match body {
        Body::Whole(bytes) => sha256(bytes) == signed,
        Body::Sha256(hash) => hash == signed,
        Body::Declared | Body::DeclaredOrUnsigned | Body::DeclaredOrEvents => true,
    };
    if matches { Ok(()) } else { Err(AuthError::BodyHashMismatch) }
}
