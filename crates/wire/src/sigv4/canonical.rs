//! The canonical request: the one spelling of a request that both sides hash.

use http::HeaderMap;
use http::header::HeaderName;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

use super::payload::sha256;
use super::{ALGORITHM, Request, S3, Scope};

/// Everything but RFC 3986's unreserved characters.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const ESCAPED_BUT_SLASH: &AsciiSet = &ESCAPED.remove(b'/');

/// The parameter of a presigned URL that cannot be under its own signature.
pub(super) const SIGNATURE_PARAMETER: &str = "X-Amz-Signature";

/// What is signed: algorithm, time, scope and the hash of the canonical request. `amz_date` is in
/// ISO 8601's basic format.
pub(super) fn string_to_sign(amz_date: &str, scope: &Scope, canonical_request: &[u8]) -> String {
    let hash = hex::encode(sha256(canonical_request));
    format!("{ALGORITHM}\n{amz_date}\n{scope}\n{hash}")
}

/// The canonical request, in bytes because header values may be any. `signed_headers` in the order
/// of the client's list; one that the request lacks counts as empty, which then does not verify
/// unless that is what was signed.
pub(super) fn request(
    request: &Request<'_>,
    service: &str,
    signed_headers: &[HeaderName],
    payload: &str,
) -> Vec<u8> {
    let mut text = Vec::with_capacity(1024);
    for line in [request.method, &path(service, request.path), &query(request.query)] {
        text.extend_from_slice(line.as_bytes());
        text.push(b'\n');
    }
    for name in signed_headers {
        text.extend_from_slice(name.as_str().as_bytes());
        text.push(b':');
        header_values(request.headers, name, &mut text);
        text.push(b'\n');
    }
    text.push(b'\n');
    text.extend_from_slice(header_list(signed_headers).as_bytes());
    text.push(b'\n');
    text.extend_from_slice(payload.as_bytes());
    text
}

/// `host;x-amz-date`
pub(super) fn header_list(names: &[HeaderName]) -> String {
    let names: Vec<&str> = names.iter().map(HeaderName::as_str).collect();
    names.join(";")
}

/// S3 encodes each segment once, as it is meant; every other service normalizes the path and
/// encodes what was sent, escapes and all, once more.
fn path(service: &str, sent: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    if service == S3 && !sent.is_empty() && sent.bytes().all(is_plain) {
        return sent.to_owned();
    }
    if service == S3 {
        let segments: Vec<String> = sent.split('/').map(|segment| encode(&decode(segment))).collect();
        let path = segments.join("/");
        return if path.is_empty() { "/".to_owned() } else { path };
    }
    percent_encode(normalize(sent).as_bytes(), ESCAPED_BUT_SLASH).to_string()
}

/// Removes empty and dot segments. A slash stays at the end if one, or a dot segment, stood there.
fn normalize(sent: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in sent.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            other => kept.push(other),
        }
    }
    let mut path = format!("/{}", kept.join("/"));
    let last = sent.rsplit('/').next().unwrap_or_default();
    if matches!(last, "" | "." | "..") && !path.ends_with('/') {
        path.push('/');
    }
    path
}

/// Decoded, encoded strictly, sorted by name and then by value; `+` is a space. Without the
/// signature itself.
fn query(sent: &str) -> String {
    let mut pairs: Vec<(String, String)> = sent
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (encode(&query_decode(name)), encode(&query_decode(value))))
        .filter(|(name, _)| name != SIGNATURE_PARAMETER)
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

fn encode(bytes: &[u8]) -> String {
    percent_encode(bytes, ESCAPED).to_string()
}

/// Bytes, not text: what is no UTF-8 must come out as it went in.
fn decode(text: &str) -> Vec<u8> {
    percent_decode(text.as_bytes()).collect()
}

/// [`decode`] for a name or value of a query string.
pub(super) fn query_decode(text: &str) -> Vec<u8> {
    decode(&text.replace('+', " "))
}

/// All values of a header with commas between; spaces around each are dropped, runs inside become
/// one space.
fn header_values(headers: &HeaderMap, name: &HeaderName, text: &mut Vec<u8>) {
    for (index, value) in headers.get_all(name).iter().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        let words = value.as_bytes().split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        for (index, word) in words.enumerate() {
            if index > 0 {
                text.push(b' ');
            }
            text.extend_from_slice(word);
        }
    }
}

#[cfg(test)]
mod tests;
