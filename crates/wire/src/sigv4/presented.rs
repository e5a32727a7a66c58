//! Reading the signature that a request presents, in its header or its URL.

use http::HeaderMap;
use http::header::{AUTHORIZATION, DATE, HeaderName};
use jiff::{SignedDuration, Timestamp};

use super::payload::lower_hex;
use super::{ALGORITHM, AuthError, Request, Scope, ScopeFault, TERMINATOR, canonical, time};

/// An `Authorization` header longer than this, in bytes, is refused unread.
const AUTHORIZATION_BYTES_MAX: usize = 8 * 1024;
/// A query string longer than this, in bytes, is refused if it is presigned.
const PRESIGNED_QUERY_BYTES_MAX: usize = 32 * 1024;
/// No request needs to sign more headers than this.
const SIGNED_HEADERS_MAX: usize = 100;
/// The longest access key id, in characters.
const ACCESS_KEY_ID_MAX: usize = 128;
/// A presigned URL is good for a week at most.
const EXPIRES_SECONDS_MAX: i64 = 7 * 24 * 60 * 60;

pub(super) const X_AMZ_DATE: HeaderName = HeaderName::from_static("x-amz-date");
pub(super) const X_AMZ_SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

/// A signature as presented: read, not yet believed.
#[derive(Clone, Debug)]
pub struct Presented {
    /// The key to look up.
    pub access_key_id: String,
    /// What the key was derived for; says which service the request is meant for.
    pub scope: Scope,
    /// When the request was signed, to the second.
    pub signed_at: Timestamp,
    /// The token of temporary credentials.
    pub session_token: Option<String>,
    /// Where the signature stood.
    pub method: Method,
    pub(super) signed_headers: Vec<HeaderName>,
    pub(super) signature: [u8; 32],
}

/// Where a signature stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// In the `Authorization` header.
    AuthHeader,
    /// In the query string: a presigned URL.
    QueryString {
        /// How long after signing the URL may be used.
        expires: SignedDuration,
    },
}

impl Presented {
    /// Reads the signature of a request. `MissingToken` if there is none, `Incomplete` if a part is
    /// absent, twice there or malformed, `WrongScope` if the scope contradicts itself.
    pub fn parse(request: &Request<'_>) -> Result<Presented, AuthError> {
        let header = single(request.headers, &AUTHORIZATION)?;
        let presigned =
            names(request.query).any(|name| name == b"X-Amz-Signature" || name == b"X-Amz-Algorithm");
        match (header, presigned) {
            (None, false) => Err(AuthError::MissingToken),
            (Some(_), true) => incomplete("Only one auth mechanism allowed."),
            (Some(header), false) => from_header(request, header),
            (None, true) => from_query(request.query),
        }
    }

    /// The time as it stands in the string to sign.
    pub(super) fn amz_date(&self) -> String {
        time::basic(self.signed_at)
    }
}

/// The parts that header and URL have in common, still as text.
struct Parts<'a> {
    credential: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
    signed_at: Timestamp,
    session_token: Option<String>,
    method: Method,
}

fn from_header(request: &Request<'_>, header: &str) -> Result<Presented, AuthError> {
    if header.len() > AUTHORIZATION_BYTES_MAX {
        return incomplete("Authorization header is too long.");
    }
    let parameters =
        header.strip_prefix(ALGORITHM).filter(|rest| rest.starts_with(' ')).ok_or(AuthError::Incomplete {
            what: "Authorization header requires the algorithm AWS4-HMAC-SHA256.",
        })?;
    let [mut credential, mut signed_headers, mut signature] = [None; 3];
    for parameter in parameters.split(',').map(str::trim) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let slot = match name {
            "Credential" => &mut credential,
            "SignedHeaders" => &mut signed_headers,
            "Signature" => &mut signature,
            _ => return incomplete("Authorization header has an unknown parameter."),
        };
        if slot.replace(value).is_some() {
            return incomplete("Authorization header has a parameter twice.");
        }
    }
    build(Parts {
        credential: credential
            .ok_or(AuthError::Incomplete { what: "Authorization header requires 'Credential' parameter." })?,
        signed_headers: signed_headers.ok_or(AuthError::Incomplete {
            what: "Authorization header requires 'SignedHeaders' parameter.",
        })?,
        signature: signature
            .ok_or(AuthError::Incomplete { what: "Authorization header requires 'Signature' parameter." })?,
        signed_at: header_time(request.headers)?,
        session_token: single(request.headers, &X_AMZ_SECURITY_TOKEN)?.map(str::to_owned),
        method: Method::AuthHeader,
    })
}

/// `x-amz-date`, else `Date`.
fn header_time(headers: &HeaderMap) -> Result<Timestamp, AuthError> {
    if let Some(text) = single(headers, &X_AMZ_DATE)? {
        let what = "The 'X-Amz-Date' header is not a date like 20261120T230000Z.";
        return time::parse_basic(text).ok_or(AuthError::Incomplete { what });
    }
    let what = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
    let text = single(headers, &DATE)?;
    text.and_then(time::parse_date_header).ok_or(AuthError::Incomplete { what })
}

fn from_query(query: &str) -> Result<Presented, AuthError> {
    if query.len() > PRESIGNED_QUERY_BYTES_MAX {
        return incomplete("The query string is too long.");
    }
    let get = |name: &'static str, what: &'static str| {
        parameter(query, name)?.ok_or(AuthError::Incomplete { what })
    };
    if get("X-Amz-Algorithm", "AWS query-string parameters must include 'X-Amz-Algorithm'.")? != ALGORITHM {
        return incomplete("'X-Amz-Algorithm' must be AWS4-HMAC-SHA256.");
    }
    let credential = get("X-Amz-Credential", "AWS query-string parameters must include 'X-Amz-Credential'.")?;
    let signed_headers =
        get("X-Amz-SignedHeaders", "AWS query-string parameters must include 'X-Amz-SignedHeaders'.")?;
    let signature = get("X-Amz-Signature", "AWS query-string parameters must include 'X-Amz-Signature'.")?;
    let date = get("X-Amz-Date", "AWS query-string parameters must include 'X-Amz-Date'.")?;
    let expires = get("X-Amz-Expires", "AWS query-string parameters must include 'X-Amz-Expires'.")?;
    let seconds: Option<i64> =
        expires.parse().ok().filter(|seconds| (1..=EXPIRES_SECONDS_MAX).contains(seconds));
    let seconds = seconds
        .ok_or(AuthError::Incomplete { what: "X-Amz-Expires must be between 1 and 604800 seconds." })?;
    build(Parts {
        credential: &credential,
        signed_headers: &signed_headers,
        signature: &signature,
        signed_at: time::parse_basic(&date)
            .ok_or(AuthError::Incomplete { what: "'X-Amz-Date' is not a date like 20261120T230000Z." })?,
        session_token: parameter(query, "X-Amz-Security-Token")?,
        method: Method::QueryString { expires: SignedDuration::from_secs(seconds) },
    })
}

fn build(parts: Parts<'_>) -> Result<Presented, AuthError> {
    let (access_key_id, scope) = credential(parts.credential)?;
    let presented = Presented {
        access_key_id,
        scope,
        signed_at: parts.signed_at,
        session_token: parts.session_token,
        method: parts.method,
        signed_headers: signed_headers(parts.signed_headers)?,
        signature: lower_hex(parts.signature)
            .ok_or(AuthError::Incomplete { what: "The signature is not 64 hexadecimal digits." })?,
    };
    if time::date(presented.signed_at) != presented.scope.date {
        return Err(AuthError::WrongScope(ScopeFault::Date));
    }
    Ok(presented)
}

/// `ACCESS_KEY_ID/YYYYMMDD/REGION/SERVICE/aws4_request`, read from the right.
fn credential(text: &str) -> Result<(String, Scope), AuthError> {
    let what = "Credential must have exactly 5 slash-delimited elements, like KEY/20261120/REGION/SERVICE/aws4_request.";
    let parts: Vec<&str> = text.rsplitn(5, '/').collect();
    let [terminator, service, region, date, key] = parts[..] else {
        return incomplete(what);
    };
    let readable = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    let date_is_one = date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit());
    if ![key, region, service].into_iter().all(readable) || key.len() > ACCESS_KEY_ID_MAX || !date_is_one {
        return incomplete(what);
    }
    if terminator != TERMINATOR {
        return Err(AuthError::WrongScope(ScopeFault::Terminator));
    }
    let scope = Scope { date: date.to_owned(), region: region.to_owned(), service: service.to_owned() };
    Ok((key.to_owned(), scope))
}

fn signed_headers(text: &str) -> Result<Vec<HeaderName>, AuthError> {
    let mut names: Vec<HeaderName> = Vec::new();
    for name in text.split(';') {
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| AuthError::Incomplete { what: "'SignedHeaders' is not a list of header names." })?;
        if names.contains(&name) || names.len() == SIGNED_HEADERS_MAX {
            return incomplete("'SignedHeaders' has a name twice, or too many.");
        }
        names.push(name);
    }
    Ok(names)
}

/// The value of a header that may stand once only, in printable ASCII.
pub(super) fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, AuthError> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return incomplete("A header of the signature stands twice.");
    }
    match value.to_str() {
        Ok(text) => Ok(Some(text.trim())),
        Err(_) => incomplete("A header of the signature is not ASCII."),
    }
}

/// The decoded value of a query parameter that may stand once only.
pub(super) fn parameter(query: &str, wanted: &str) -> Result<Option<String>, AuthError> {
    let mut values = query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(|(name, _)| canonical::query_decode(name) == wanted.as_bytes());
    let Some((_, value)) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return incomplete("A query parameter of the signature stands twice.");
    }
    match String::from_utf8(canonical::query_decode(value)) {
        Ok(text) => Ok(Some(text)),
        Err(_) => incomplete("A query parameter of the signature is not UTF-8."),
    }
}

fn names(query: &str) -> impl Iterator<Item = Vec<u8>> {
    query.split('&').map(|pair| canonical::query_decode(pair.split('=').next().unwrap_or_default()))
}

fn incomplete<T>(what: &'static str) -> Result<T, AuthError> {
    Err(AuthError::Incomplete { what })
}
