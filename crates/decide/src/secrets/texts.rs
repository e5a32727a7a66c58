//! Secrets inside of texts: JSON, and the queries of URLs.

use super::{HIDDEN, names};
use serde_json::Value;

/// Hides what is secret in a text. A text without secrets stays as it is, to the byte.
pub(super) fn hide(text: &mut String) {
    let hidden = match text.trim_ascii_start().as_bytes().first() {
        Some(b'{' | b'[') => hidden_in_json(text),
        _ => hidden_in_query(text),
    };
    if let Some(hidden) = hidden {
        *text = hidden;
    }
}

/// Texts in texts end by themselves: each level needs twice as many backslashes.
fn hidden_in_json(text: &str) -> Option<String> {
    let plain: Value = serde_json::from_str(text).ok()?;
    let mut hidden = plain.clone();
    super::hide(&mut hidden);
    (hidden != plain).then(|| hidden.to_string())
}

/// `https://host/path?name=value&name=value#fragment`, or the query alone.
fn hidden_in_query(text: &str) -> Option<String> {
    if !text.contains('=') {
        return None;
    }
    let is_end = |c: char| matches!(c, '&' | ';' | '#') || c.is_whitespace();
    let mut hidden = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(equals) = rest.find('=') {
        let (before, value) = (&rest[..equals], &rest[equals + 1..]);
        let end = value.find(is_end).unwrap_or(value.len());
        let name = before.rsplit(|c: char| c == '?' || is_end(c)).next().unwrap_or(before);
        let is_secret = end > 0 && names::is_secret_in_query(name);
        hidden.push_str(&rest[..=equals]);
        hidden.push_str(if is_secret { HIDDEN } else { &value[..end] });
        rest = &value[end..];
    }
    hidden.push_str(rest);
    (hidden != text).then_some(hidden)
}
