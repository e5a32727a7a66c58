//! Secrets inside of texts: JSON, the queries of URLs, and what stands before the host of one.

use super::{HIDDEN, names};
use serde_json::Value;

/// A name without a password before the host of a URL that is longer is a token.
const USER_NAME_BYTES_MAX: usize = 19;

/// Hides what is secret in a text. A text without secrets stays as it is, to the byte.
pub(super) fn hide(text: &mut String) {
    if let Some(hidden) = hidden(text) {
        *text = hidden;
    }
}

/// See [`super::hidden_in_text`].
pub(super) fn hidden(text: &str) -> Option<String> {
    let plain: Option<Value> = match text.trim_ascii_start().as_bytes().first() {
        Some(b'{' | b'[') => serde_json::from_str(text).ok(),
        _ => None,
    };
    plain.map_or_else(|| hidden_in_urls(text), hidden_in_json)
}

/// See [`super::hidden_in_urls`].
pub(super) fn hidden_in_urls(text: &str) -> Option<String> {
    let in_query = hidden_in_query(text);
    hidden_before_host(in_query.as_deref().unwrap_or(text)).or(in_query)
}

/// Texts in texts end by themselves: each level needs twice as many backslashes.
fn hidden_in_json(plain: Value) -> Option<String> {
    let mut hidden = plain.clone();
    super::hide(&mut hidden);
    (hidden != plain).then(|| hidden.to_string())
}

/// `https://host/path?name=value&name=value#fragment`, or the query alone, also percent-encoded as part of another URL.
fn hidden_in_query(text: &str) -> Option<String> {
    let mut hidden = String::new();
    let (mut told, mut from) = (0, 0);
    while let Some(sign) = next_sign(text, from) {
        let value = &text[sign.end..];
        let length = value_length(value.as_bytes(), sign.is_encoded);
        if length > 0 && names::is_secret_in_query(last_name(&text[from..sign.start])) {
            hidden.push_str(&text[told..sign.end]);
            hidden.push_str(HIDDEN);
            told = sign.end + length;
            from = told;
        } else {
            from = sign.end;
        }
    }
    hidden.push_str(&text[told..]);
    (told > 0 && hidden != text).then_some(hidden)
}

/// `=` or `%3D`.
struct Sign {
    start: usize,
    end: usize,
    is_encoded: bool,
}

fn next_sign(text: &str, from: usize) -> Option<Sign> {
    let bytes = text.as_bytes();
    (from..bytes.len()).find_map(|start| match bytes[start] {
        b'=' => Some(Sign { start, end: start + 1, is_encoded: false }),
        b'%' if is_escaped(bytes, start, b"=") => Some(Sign { start, end: start + 3, is_encoded: true }),
        _ => None,
    })
}

/// Bytes of the value that a text begins with. One within another's value ends where that does, at the latest.
fn value_length(bytes: &[u8], is_encoded: bool) -> usize {
    let is_end = |at: &usize| match bytes[*at] {
        b'&' | b';' | b'#' => true,
        b'%' => is_encoded && is_escaped(bytes, *at, b"&;# "),
        byte => byte.is_ascii_whitespace(),
    };
    (0..bytes.len()).find(is_end).unwrap_or(bytes.len())
}

/// What stands behind the last separator.
fn last_name(text: &str) -> &str {
    let bytes = text.as_bytes();
    let behind = |at: usize| match bytes[at] {
        b'&' | b';' | b'#' | b'?' => Some(at + 1),
        b'%' if is_escaped(bytes, at, b"&;#? ") => Some(at + 3),
        byte => byte.is_ascii_whitespace().then_some(at + 1),
    };
    let start = (0..bytes.len()).rev().find_map(behind);
    &text[start.unwrap_or(0)..]
}

/// Whether one of these characters stands there, percent-encoded.
fn is_escaped(bytes: &[u8], at: usize, characters: &[u8]) -> bool {
    let digit = |at: usize| bytes.get(at).and_then(|digit| char::from(*digit).to_digit(16));
    match (digit(at + 1), digit(at + 2)) {
        (Some(high), Some(low)) => characters.iter().any(|byte| u32::from(*byte) == 16 * high + low),
        _ => false,
    }
}

/// `scheme://name:password@host`, or `scheme://token@host`.
fn hidden_before_host(text: &str) -> Option<String> {
    const BEFORE: &str = "://";
    let mut hidden = String::new();
    let (mut told, mut from) = (0, 0);
    while let Some(found) = text[from..].find(BEFORE) {
        from += found + BEFORE.len();
        let is_end = |c: char| matches!(c, '/' | '?' | '#' | '"' | '\'' | '<' | '>') || c.is_whitespace();
        let authority = text[from..].split(is_end).next().unwrap_or_default();
        let Some((user, _)) = authority.rsplit_once('@') else { continue };
        let secret_from = match user.find(':') {
            Some(colon) => colon + 1,
            None if user.len() > USER_NAME_BYTES_MAX => 0,
            None => continue,
        };
        if secret_from < user.len() {
            hidden.push_str(&text[told..from + secret_from]);
            hidden.push_str(HIDDEN);
            told = from + user.len();
        }
    }
    hidden.push_str(&text[told..]);
    (told > 0 && hidden != text).then_some(hidden)
}
