//! Requests that are signed anew, with the upstream's own keys.
//!
//! What a client signed of its body decides what can be said of it again:
//!
//! | `x-amz-content-sha256` | the body | signed as |
//! |---|---|---|
//! | a hash, or [`PayloadHash`] put in by the caller | goes as it is | [`Payload::Sha256`] |
//! | `UNSIGNED-PAYLOAD` | goes as it is | [`Payload::Unsigned`] |
//! | `STREAMING-UNSIGNED-PAYLOAD-TRAILER` | goes as it is | [`Payload::UnsignedWithTrailer`] |
//! | `STREAMING-AWS4-…-PAYLOAD` | its chunks are undone, for their signatures are the client's | [`Payload::Unsigned`] |
//! | `STREAMING-AWS4-…-PAYLOAD-TRAILER` | keeps its chunks and trailer without their signatures | [`Payload::UnsignedWithTrailer`] |
//! | nothing | goes as it is | [`Payload::Unknown`] |
//!
//! Forms of the first column: <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>.

mod chunks;

pub(crate) use chunks::{Chunked, Framing};

use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, HeaderName};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Uri, request};
use std::pin::Pin;

const CONTENT_SHA256: HeaderName = HeaderName::from_static("x-amz-content-sha256");
const DECODED_LENGTH: HeaderName = HeaderName::from_static("x-amz-decoded-content-length");
/// What the client's signature has put into the head, beside `Authorization`.
const SIGNATURE_HEADERS: [HeaderName; 3] =
    [CONTENT_SHA256, HeaderName::from_static("x-amz-date"), HeaderName::from_static("x-amz-security-token")];
/// And into the query of a presigned URL.
const SIGNATURE_PARAMETERS: [&str; 7] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
    "X-Amz-SignedHeaders",
];

/// Signs requests for an upstream.
pub trait Resign: Send + Sync {
    /// Signs `head`, which is as it will be sent: its URI absolute, what the client's signature had put into headers
    /// and query taken out, the extensions as the caller of `forward` gave them. Adds `Authorization`, and
    /// `x-amz-content-sha256` where the service wants it.
    fn sign<'a>(&'a self, head: &'a mut request::Parts, payload: Payload) -> Signing<'a>;
}

/// A signature in the making: credentials may have to be fetched first.
pub type Signing<'a> = Pin<Box<dyn Future<Output = Result<(), CannotSign>> + Send + 'a>>;

/// A request cannot be signed: there are no credentials, or a header is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request cannot be signed")]
pub struct CannotSign;

/// What can be said of a body in a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Its SHA-256 in lower-case hex.
    Sha256(String),
    /// Nothing; S3 takes it so over TLS.
    Unsigned,
    /// Nothing, and it comes in chunks with a trailer that checks them.
    UnsignedWithTrailer,
    /// The client said nothing and the caller neither. Services other than S3 refuse a body without its hash.
    Unknown,
}

impl Payload {
    /// What stands in `x-amz-content-sha256`, and for the hash in what is signed.
    pub fn as_str(&self) -> &str {
        match self {
            Payload::Sha256(hash) => hash,
            Payload::Unsigned | Payload::Unknown => "UNSIGNED-PAYLOAD",
            Payload::UnsignedWithTrailer => "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        }
    }
}

/// The SHA-256 of a request's body in lower-case hex. Put it into the request's extensions where the client sent no
/// hash and the body is at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayloadHash(pub String);

/// Takes the client's signature out of `head`; says what can be signed of the body and how its framing changes.
pub(crate) fn unsign(head: &mut request::Parts) -> (Payload, Framing) {
    let (payload, framing) = judge(head);
    head.headers.remove(AUTHORIZATION);
    for name in SIGNATURE_HEADERS {
        head.headers.remove(name);
    }
    match framing {
        Framing::Kept => {}
        Framing::Undone => undo_chunks(&mut head.headers),
        Framing::Unsigned => {
            head.headers.remove(CONTENT_LENGTH);
        }
    }
    if let Some(uri) = without_signature(&head.uri) {
        head.uri = uri;
    }
    (payload, framing)
}

fn judge(head: &request::Parts) -> (Payload, Framing) {
    let said = head.headers.get(CONTENT_SHA256).and_then(|said| said.to_str().ok());
    match said {
        Some("UNSIGNED-PAYLOAD") => (Payload::Unsigned, Framing::Kept),
        Some("STREAMING-UNSIGNED-PAYLOAD-TRAILER") => (Payload::UnsignedWithTrailer, Framing::Kept),
        Some(said) if said.starts_with("STREAMING-AWS4-") => match said.ends_with("-TRAILER") {
            true => (Payload::UnsignedWithTrailer, Framing::Unsigned),
            false => (Payload::Unsigned, Framing::Undone),
        },
        Some(hash) => (Payload::Sha256(hash.to_owned()), Framing::Kept),
        None => match head.extensions.get::<PayloadHash>() {
            Some(PayloadHash(hash)) => (Payload::Sha256(hash.clone()), Framing::Kept),
            None => (Payload::Unknown, Framing::Kept),
        },
    }
}

/// The head of a body that is no longer in chunks: its length is that of the content.
fn undo_chunks(headers: &mut HeaderMap) {
    headers.remove(CONTENT_LENGTH);
    if let Some(length) = headers.remove(DECODED_LENGTH) {
        headers.insert(CONTENT_LENGTH, length);
    }
    let encodings = headers.get(CONTENT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let others = encodings.split(',').map(str::trim).filter(|one| !one.eq_ignore_ascii_case("aws-chunked"));
    let others = others.filter(|one| !one.is_empty()).collect::<Vec<_>>().join(",");
    match HeaderValue::try_from(others) {
        Ok(others) if !others.is_empty() => headers.insert(CONTENT_ENCODING, others),
        _ => headers.remove(CONTENT_ENCODING),
    };
}

/// A presigned URL without its signature; `None` if it has none. All else stays byte for byte.
fn without_signature(uri: &Uri) -> Option<Uri> {
    let query = uri.query()?;
    let is_signature = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        SIGNATURE_PARAMETERS.iter().any(|parameter| parameter.eq_ignore_ascii_case(name))
    };
    if !query.split('&').any(|pair| is_signature(&pair)) {
        return None;
    }
    let rest: Vec<&str> = query.split('&').filter(|pair| !is_signature(pair)).collect();
    let path = match rest.is_empty() {
        true => uri.path().to_owned(),
        false => format!("{}?{}", uri.path(), rest.join("&")),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests;
