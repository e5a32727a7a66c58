//! The headers of a put, as far as the endpoint has them.

use super::{PutObject, ServerSideEncryption};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, header};

const ACL: HeaderName = HeaderName::from_static("x-amz-acl");
const CHECKSUM: HeaderName = HeaderName::from_static("x-amz-checksum-sha256");
const SSE: HeaderName = HeaderName::from_static("x-amz-server-side-encryption");
const SSE_KEY: HeaderName = HeaderName::from_static("x-amz-server-side-encryption-aws-kms-key-id");
const SSE_CONTEXT: HeaderName = HeaderName::from_static("x-amz-server-side-encryption-context");

/// How much of S3 an endpoint has, as its refusals taught us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// All.
    Whole,
    /// No ACLs and no encryption by keys of its own.
    Plain,
    /// No conditional puts either.
    Unconditional,
}

impl Dialect {
    /// What to try when this one is too much.
    pub(super) fn poorer(self) -> Option<Dialect> {
        match self {
            Dialect::Whole => Some(Dialect::Plain),
            Dialect::Plain => Some(Dialect::Unconditional),
            Dialect::Unconditional => None,
        }
    }

    pub(super) fn has_conditions(self) -> bool {
        self != Dialect::Unconditional
    }

    pub(super) fn lacks(self) -> &'static str {
        match self {
            Dialect::Whole => "nothing",
            Dialect::Plain => "x-amz-acl, x-amz-server-side-encryption: AES256",
            Dialect::Unconditional => "x-amz-acl, x-amz-server-side-encryption: AES256, If-None-Match",
        }
    }

    pub(super) fn bits(self) -> u8 {
        self as u8
    }

    pub(super) fn from_bits(bits: u8) -> Dialect {
        match bits {
            0 => Dialect::Whole,
            1 => Dialect::Plain,
            _ => Dialect::Unconditional,
        }
    }
}

/// The headers of this put.
pub(super) fn of(object: &PutObject, dialect: Dialect) -> Vec<(HeaderName, String)> {
    let mut headers = vec![(header::CONTENT_TYPE, object.content_type.to_owned())];
    if let Some(encoding) = object.content_encoding {
        headers.push((header::CONTENT_ENCODING, encoding.to_owned()));
    }
    if let Ok(digest) = hex::decode(&object.sha256) {
        headers.push((CHECKSUM, STANDARD.encode(digest)));
    }
    if dialect.has_conditions() {
        headers.push((header::IF_NONE_MATCH, "*".to_owned()));
    }
    if dialect == Dialect::Whole {
        headers.push((ACL, "bucket-owner-full-control".to_owned()));
    }
    match &object.encryption {
        ServerSideEncryption::SseS3 if dialect == Dialect::Whole => headers.push((SSE, "AES256".to_owned())),
        ServerSideEncryption::SseS3 => {}
        ServerSideEncryption::SseKms { key_arn, context } => {
            headers.push((SSE, "aws:kms".to_owned()));
            headers.push((SSE_KEY, key_arn.clone()));
            headers.push((SSE_CONTEXT, STANDARD.encode(context_json(context))));
        }
    }
    for (name, value) in &object.metadata {
        if let Ok(name) = HeaderName::try_from(format!("x-amz-meta-{name}")) {
            headers.push((name, value.clone()));
        }
    }
    headers
}

/// The encryption context as the JSON object that S3 takes.
fn context_json(context: &[(String, String)]) -> String {
    let members = context.iter().map(|(name, value)| (name.clone(), serde_json::Value::from(value.as_str())));
    serde_json::Value::Object(members.collect()).to_string()
}

#[cfg(test)]
mod tests;
