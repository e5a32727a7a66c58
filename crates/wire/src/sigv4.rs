//! Signature Version 4: reading, checking and making signatures of HTTP requests.
//!
//! A request is checked in three steps, because the key must be looked up between them:
//! [`Presented::parse`] reads who claims to have signed what; the caller finds the secret; [`verify`],
//! or [`verify_with`] a derived key, tells whether the claim holds. Source of the format: AWS's
//! "Create a signed AWS API request".

mod auth_error;
mod canonical;
mod key;
mod payload;
mod presented;
mod sign;
mod time;
mod verify;

use http::HeaderMap;

pub use auth_error::{AuthError, ScopeFault};
pub use key::SigningKey;
pub use payload::{Payload, Streaming, sha256};
pub use presented::{Method, Presented};
pub use sign::{Credentials, SignError, sign};
pub use verify::{Body, Rules, Verified, verify, verify_with};

/// The one algorithm.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The last part of every credential scope.
const TERMINATOR: &str = "aws4_request";

/// The service whose paths are encoded once and whose payload hash always travels in a header.
const S3: &str = "s3";

/// What is signed of a request, as it came over the wire.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `GET`, `POST`, ...
    pub method: &'a str,
    /// The path with its percent-escapes as sent; empty counts as `/`.
    pub path: &'a str,
    /// What stands after `?`, as sent; empty where there is none.
    pub query: &'a str,
    /// All headers, `host` among them.
    pub headers: &'a HeaderMap,
}

impl<'a> Request<'a> {
    /// Borrows the parts of a request. The `host` header must be among its headers, as it is in
    /// HTTP/1.
    pub fn of(parts: &'a http::request::Parts) -> Request<'a> {
        Request {
            method: parts.method.as_str(),
            path: parts.uri.path(),
            query: parts.uri.query().unwrap_or_default(),
            headers: &parts.headers,
        }
    }
}

/// What a signing key is good for: one day, one region, one service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    /// `YYYYMMDD`, UTC.
    pub date: String,
    /// As the client has it; Cairn serves every region.
    pub region: String,
    /// `cloudtrail`, `sts`, `s3`, `cairn`, ...
    pub service: String,
}

impl std::fmt::Display for Scope {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{}/{}/{TERMINATOR}", self.date, self.region, self.service)
    }
}

#[cfg(test)]
mod tests;
