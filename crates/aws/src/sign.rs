//! Signature Version 4.

use crate::credentials::Keys;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use http::header::HeaderName;
use http::{HeaderValue, request};
use std::time::SystemTime;

/// What a signature is for.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The service's name for signing, such as `s3`.
    pub service: &'a str,
    /// The region.
    pub region: &'a str,
}

/// What is signed of a body.
#[derive(Clone, Copy, Debug)]
pub enum Payload<'a> {
    /// All of it.
    Bytes(&'a [u8]),
    /// All of it, known by its SHA-256 in lower-case hex.
    Sha256(&'a str),
    /// Nothing: it is not known yet. S3 takes it so over TLS.
    Unsigned,
    /// Nothing, and it comes in chunks (`aws-chunked`) with a trailer that holds its checksum.
    UnsignedWithTrailer,
}

/// A request cannot be signed: its headers are no texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request cannot be signed")]
pub struct CannotSign;

/// Signs a request whose URI is absolute, as of `now`: adds `x-amz-date`, `authorization` and what else the signature
/// needs. All headers that stand in it are signed, and `host` as HTTP will send it.
pub fn sign_request(
    parts: &mut request::Parts,
    payload: Payload<'_>,
    keys: &Keys,
    scope: Scope<'_>,
    now: SystemTime,
) -> Result<(), CannotSign> {
    let identity = keys.clone().into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(scope.region)
        .name(scope.service)
        .time(now)
        .settings(settings(scope.service, &payload))
        .build()
        .map_err(|_| CannotSign)?
        .into();
    let headers: Vec<(&str, &str)> = parts
        .headers
        .iter()
        .map(|(name, value)| Ok((name.as_str(), value.to_str().map_err(|_| CannotSign)?)))
        .collect::<Result<_, CannotSign>>()?;
    let body = match payload {
        Payload::Bytes(bytes) => SignableBody::Bytes(bytes),
        Payload::Sha256(digest) => SignableBody::Precomputed(digest.to_owned()),
        Payload::Unsigned => SignableBody::UnsignedPayload,
        Payload::UnsignedWithTrailer => SignableBody::StreamingUnsignedPayloadTrailer,
    };
    let uri = parts.uri.to_string();
    let signable = SignableRequest::new(parts.method.as_str(), uri, headers.into_iter(), body);
    let signed = sign(signable.map_err(|_| CannotSign)?, &params).map_err(|_| CannotSign)?;
    for header in signed.into_parts().0.into_parts().0 {
        let mut value = HeaderValue::from_str(header.value()).map_err(|_| CannotSign)?;
        value.set_sensitive(header.sensitive());
        parts.headers.insert(HeaderName::from_static(header.name()), value);
    }
    Ok(())
}

/// S3 signs paths as they are and wants the body's hash in a header; all others encode paths twice, and hash the body
/// themselves unless a header says that it is not signed.
fn settings(service: &str, payload: &Payload<'_>) -> SigningSettings {
    let is_s3 = service == "s3";
    let mut settings = SigningSettings::default();
    if is_s3 {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    if is_s3 || matches!(payload, Payload::Unsigned | Payload::UnsignedWithTrailer) {
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    settings
}

#[cfg(test)]
mod tests;
