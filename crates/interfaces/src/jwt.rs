//! JSON web tokens (RFC 7519): reading their claims and verifying who made them.
//!
//! On aws-lc-rs directly: a library for tokens would turn features of it on that TLS and the SQL engine would
//! be built again for. Signing and encrypted tokens are no concern here.

mod jwks;

pub use jwks::{Jwks, JwksError};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

/// Longer tokens are not read.
const TOKEN_BYTES_MAX: usize = 16 * 1024;
/// How far clocks may be apart, in seconds.
const LEEWAY_SECONDS: f64 = 60.0;

/// Why a token does not prove what it claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Not signed at all, with a shared secret, or by a rule that is not known.
    #[error("the token's algorithm is not taken")]
    Algorithm,
    /// No key of the set fits the token.
    #[error("the token's key is not known")]
    UnknownKey,
    /// Somebody else made or changed it.
    #[error("the token's signature is wrong")]
    Signature,
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` has not come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iss` is another.
    #[error("the token's issuer is another")]
    Issuer,
    /// `aud` does not name this API.
    #[error("the token is for another audience")]
    Audience,
}

/// What a verified token must say besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) issuer: Option<String>,
    pub(crate) audience: Option<String>,
}

/// A token in compact form, read and not verified.
pub(crate) struct Token<'t> {
    header: Header,
    claims: Value,
    signed: &'t [u8],
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that must be understood; none is.
    crit: Option<Value>,
}

impl<'t> Token<'t> {
    /// Reads a token; none if it is not one.
    pub(crate) fn read(text: &'t str) -> Option<Token<'t>> {
        if text.len() > TOKEN_BYTES_MAX {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let claims: Value = serde_json::from_slice(&decoded(claims)?).ok()?;
        Some(Token {
            header: serde_json::from_slice(&decoded(header)?).ok()?,
            claims: claims.is_object().then_some(claims)?,
            signed: signed.as_bytes(),
            signature: decoded(signature)?,
        })
    }

    /// A claim by its name, or by the names of members that lead to it, with dots between; texts and numbers.
    pub(crate) fn claim(&self, name: &str) -> Option<String> {
        let within = || name.split('.').try_fold(&self.claims, |claims, name| claims.get(name));
        match self.claims.get(name).or_else(within)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Whether an issuer of the set made the token, for this API, for a time that `now` is in (seconds since 1970).
    pub(crate) fn verify(&self, jwks: &Jwks, expected: &Expected, now: i64) -> Result<(), TokenFault> {
        if self.header.crit.is_some() {
            return Err(TokenFault::Algorithm);
        }
        let Header { alg, kid, .. } = &self.header;
        jwks.verify(alg, kid.as_deref(), self.signed, &self.signature)?;
        self.check_times(now as f64)?;
        self.check_names(expected)
    }

    /// A time that is no number is none that has come.
    fn check_times(&self, now: f64) -> Result<(), TokenFault> {
        let time = |name| self.claims.get(name).map(|time| time.as_f64());
        if time("exp").is_some_and(|exp| exp.is_none_or(|exp| now >= exp + LEEWAY_SECONDS)) {
            return Err(TokenFault::Expired);
        }
        if time("nbf").is_some_and(|nbf| nbf.is_none_or(|nbf| now < nbf - LEEWAY_SECONDS)) {
            return Err(TokenFault::NotYetValid);
        }
        Ok(())
    }

    fn check_names(&self, expected: &Expected) -> Result<(), TokenFault> {
        let Expected { issuer, audience } = expected;
        let has = |claim: &str, wanted: &String| match self.claims.get(claim) {
            Some(Value::String(text)) => text == wanted,
            Some(Value::Array(texts)) => texts.iter().any(|text| text == wanted),
            _ => false,
        };
        if issuer.as_ref().is_some_and(|issuer| !has("iss", issuer)) {
            return Err(TokenFault::Issuer);
        }
        if audience.as_ref().is_some_and(|audience| !has("aud", audience)) {
            return Err(TokenFault::Audience);
        }
        Ok(())
    }
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
pub(crate) mod tests;
