//! What a signature says about the body.

use aws_lc_rs::digest;

const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
const STREAMING_SIGNED: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const STREAMING_SIGNED_TRAILER: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
const EVENTS: &str = "STREAMING-AWS4-HMAC-SHA256-EVENTS";
const STREAMING_UNSIGNED_TRAILER: &str = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, bytes);
    digest.as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// The last line of the canonical request, and the value of `x-amz-content-sha256`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// The hash of the whole body.
    Sha256([u8; 32]),
    /// The body is not under the signature: S3's, and that of few other operations.
    Unsigned,
    /// The body is a stream of events, each of which is signed, the first on from the request's own signature.
    Events,
    /// S3 only: the body comes in chunks of their own encoding, `aws-chunked`.
    Streaming(Streaming),
}

/// The ways of `aws-chunked`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Streaming {
    /// Every chunk is signed.
    Signed,
    /// Every chunk is signed, and a trailer follows.
    SignedTrailer,
    /// Chunks are not signed; a trailer with a checksum follows.
    UnsignedTrailer,
}

impl Payload {
    /// Reads `x-amz-content-sha256`.
    pub(super) fn parse(text: &str) -> Option<Payload> {
        Some(match text {
            UNSIGNED => Payload::Unsigned,
            EVENTS => Payload::Events,
            STREAMING_SIGNED => Payload::Streaming(Streaming::Signed),
            STREAMING_SIGNED_TRAILER => Payload::Streaming(Streaming::SignedTrailer),
            STREAMING_UNSIGNED_TRAILER => Payload::Streaming(Streaming::UnsignedTrailer),
            hash => Payload::Sha256(lower_hex(hash)?),
        })
    }

    /// As it stands in the header and in the canonical request.
    pub(super) fn text(&self) -> String {
        match self {
            Payload::Sha256(hash) => hex::encode(hash),
            Payload::Unsigned => UNSIGNED.to_owned(),
            Payload::Events => EVENTS.to_owned(),
            Payload::Streaming(Streaming::Signed) => STREAMING_SIGNED.to_owned(),
            Payload::Streaming(Streaming::SignedTrailer) => STREAMING_SIGNED_TRAILER.to_owned(),
            Payload::Streaming(Streaming::UnsignedTrailer) => STREAMING_UNSIGNED_TRAILER.to_owned(),
        }
    }
}

/// 32 bytes of hexadecimal in small letters, the only spelling that signatures use.
pub(super) fn lower_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    (!text.bytes().any(|byte| byte.is_ascii_uppercase())).then_some(bytes)
}
