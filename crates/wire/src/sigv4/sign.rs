//! Signing by header, for Cairn's own clients.

use http::HeaderMap;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use jiff::Timestamp;

use super::payload::{Payload, sha256};
use super::presented::{X_AMZ_DATE, X_AMZ_SECURITY_TOKEN};
use super::verify::X_AMZ_CONTENT_SHA256;
use super::{ALGORITHM, Request, Scope, SigningKey, canonical, time};

/// What a client signs with.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The public half.
    pub access_key_id: &'a str,
    /// The secret half.
    pub secret_access_key: &'a str,
    /// Of temporary credentials only.
    pub session_token: Option<&'a str>,
}

/// Why a request cannot be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// Key id, token, region or service has characters that no header can carry.
    #[error("the access key id, session token, region or service does not fit into a header")]
    Unprintable,
}

/// The headers to add to `request` so that it is signed: `authorization`, `x-amz-date`,
/// `x-amz-content-sha256` and, with a token, `x-amz-security-token`.
///
/// Every header that `request` has is signed, so it must hold `host` as it will be sent, and none
/// that is changed on the way. `now` is rounded down to the second.
pub fn sign(
    request: &Request<'_>,
    body: &[u8],
    credentials: &Credentials<'_>,
    region: &str,
    service: &str,
    now: Timestamp,
) -> Result<HeaderMap, SignError> {
    let amz_date = time::basic(now);
    let payload = Payload::Sha256(sha256(body)).text();
    let scope =
        Scope { date: amz_date[..8].to_owned(), region: region.to_owned(), service: service.to_owned() };

    let mut added = HeaderMap::new();
    added.insert(X_AMZ_DATE, value(&amz_date)?);
    added.insert(X_AMZ_CONTENT_SHA256, value(&payload)?);
    if let Some(token) = credentials.session_token {
        added.insert(X_AMZ_SECURITY_TOKEN, sensitive(token)?);
    }
    let mut headers = request.headers.clone();
    headers.extend(added.clone());

    let mut names: Vec<HeaderName> = headers.keys().cloned().collect();
    names.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
    let signed = Request { headers: &headers, ..*request };
    let text = canonical::request(&signed, service, &names, &payload);
    let key = SigningKey::derive(credentials.secret_access_key, &scope);
    let signature = key.sign(&canonical::string_to_sign(&amz_date, &scope, &text));
    let authorization = format!(
        "{ALGORITHM} Credential={}/{scope}, SignedHeaders={}, Signature={signature}",
        credentials.access_key_id,
        canonical::header_list(&names),
    );
    added.insert(AUTHORIZATION, sensitive(&authorization)?);
    Ok(added)
}

fn value(text: &str) -> Result<HeaderValue, SignError> {
    HeaderValue::from_str(text).map_err(|_| SignError::Unprintable)
}

/// Kept out of debug output.
fn sensitive(text: &str) -> Result<HeaderValue, SignError> {
    let mut value = value(text)?;
    value.set_sensitive(true);
    Ok(value)
}
