//! Presigned URLs of signature version 2, which SDKs still make for S3 in us-east-1.
//!
//! Source of the format: Amazon S3's "Signing and authenticating REST requests (AWS signature version 2)", "Query
//! string request authentication alternative".

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use cairn_model::Timestamp;
use cairn_wire::sigv4::AuthError;
use http::request::Parts;
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;

/// Parameters that change what is asked for, and so are signed.
const SIGNED_PARAMETERS: [&str; 25] = [
    "accelerate",
    "acl",
    "cors",
    "delete",
    "lifecycle",
    "location",
    "logging",
    "notification",
    "partNumber",
    "policy",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "website",
];

/// A presigned URL of version 2, read, not yet believed.
pub(super) struct Presigned<'a> {
    /// The key to look up.
    pub(super) access_key_id: String,
    expires: &'a str,
    signature: String,
    pairs: Vec<(&'a str, Option<String>)>,
}

impl<'a> Presigned<'a> {
    /// Reads the URL of a request; nothing if it is none of this kind.
    pub(super) fn parse(parts: &'a Parts) -> Option<Presigned<'a>> {
        let query = parts.uri.query()?;
        let split = |pair: &'a str| match pair.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (pair, None),
        };
        let raw: Vec<_> = query.split('&').map(split).collect();
        let once = |name| {
            let mut found = raw.iter().filter(|(known, _)| *known == name);
            let value = found.next()?.1;
            if found.next().is_some() { None } else { value }
        };
        let (id, signature) = (once("AWSAccessKeyId")?, once("Signature")?);
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        Some(Presigned {
            access_key_id: decoded(id),
            expires: once("Expires")?,
            signature: decoded(signature),
            pairs: raw.into_iter().map(|(name, value)| (name, value.map(decoded))).collect(),
        })
    }

    /// Tells whether it holds. `bucket` is the one that the host names, if it names one.
    pub(super) fn verify(
        &self,
        parts: &Parts,
        bucket: Option<&str>,
        secret: &str,
        now: Timestamp,
    ) -> Result<(), AuthError> {
        let expires: i64 = self.expires.parse().map_err(|_| AuthError::SignatureMismatch)?;
        if Timestamp::from_seconds(expires) < now {
            return Err(AuthError::PresignExpired);
        }
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
        let signature = BASE64_STANDARD.decode(&self.signature).map_err(|_| AuthError::SignatureMismatch)?;
        hmac::verify(&key, self.text(parts, bucket).as_bytes(), &signature)
            .map_err(|_| AuthError::SignatureMismatch)
    }

    /// What is signed.
    fn text(&self, parts: &Parts, bucket: Option<&str>) -> String {
        // SDKs put into the URL what they would put into headers.
        let header = |name: &str| {
            let in_head = parts.headers.get(name).and_then(|value| value.to_str().ok());
            let in_url = self.pairs.iter().find(|(known, _)| *known == name);
            in_head.or(in_url.and_then(|(_, value)| value.as_deref())).unwrap_or_default()
        };
        let mut text = format!(
            "{}\n{}\n{}\n{}\n",
            parts.method,
            header("content-md5"),
            header("content-type"),
            self.expires
        );
        for (name, value) in self.amz_headers(parts) {
            text.push_str(&format!("{name}:{value}\n"));
        }
        if let Some(bucket) = bucket {
            text.push_str(&format!("/{bucket}"));
        }
        text.push_str(parts.uri.path());
        text.push_str(&self.parameters());
        text
    }

    /// `x-amz-` headers, and parameters that stand for such.
    fn amz_headers(&self, parts: &Parts) -> BTreeMap<String, String> {
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        let mut add = |name: &str, value: &str| {
            let joined = found.entry(name.to_ascii_lowercase()).or_default();
            if !joined.is_empty() {
                joined.push(',');
            }
            joined.push_str(value.trim());
        };
        for (name, value) in &parts.headers {
            if name.as_str().starts_with("x-amz-") {
                add(name.as_str(), value.to_str().unwrap_or_default());
            }
        }
        for (name, value) in &self.pairs {
            if name.len() > 6 && name.is_char_boundary(6) && name[..6].eq_ignore_ascii_case("x-amz-") {
                add(name, value.as_deref().unwrap_or_default());
            }
        }
        found
    }

    fn parameters(&self) -> String {
        let mut signed: Vec<_> =
            self.pairs.iter().filter(|(name, _)| SIGNED_PARAMETERS.contains(name)).collect();
        signed.sort();
        let shown = signed.into_iter().enumerate().map(|(place, (name, value))| {
            let mark = if place == 0 { '?' } else { '&' };
            match value {
                Some(value) if !value.is_empty() => format!("{mark}{name}={value}"),
                _ => format!("{mark}{name}"),
            }
        });
        shown.collect()
    }
}

#[cfg(test)]
mod tests;
