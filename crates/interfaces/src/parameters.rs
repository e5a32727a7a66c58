//! What of a request is recorded as `requestParameters`.

use crate::schema::{SchemaId, Schemas};
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::sync::Arc;

/// What stands in place of a secret, whatever its type was.
pub const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// The longest body that is recorded.
const BODY_BYTES_MAX: u64 = 100 * 1024;

/// A request's body, as far as it was kept.
#[derive(Clone, Copy, Debug, Default)]
pub struct Body<'a> {
    /// `Content-Type`.
    pub content_type: Option<&'a str>,
    /// What was kept of it.
    pub bytes: &'a [u8],
    /// How long it was; nothing is recorded of a body that was not kept as a whole.
    pub size: u64,
}

impl<'a> Body<'a> {
    /// A body that was kept as a whole.
    pub fn whole(content_type: Option<&'a str>, bytes: &'a [u8]) -> Body<'a> {
        Body { content_type, bytes, size: bytes.len() as u64 }
    }
}

/// What an operation keeps to itself.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    /// Nothing of query and body is recorded, and no label.
    pub(crate) all: bool,
    pub(crate) body: bool,
    /// Labels by name, as they are.
    pub(crate) labels: HashSet<String>,
    /// Query parameters by name, in lower case.
    pub(crate) query: HashSet<String>,
    /// What may stand in the body.
    pub(crate) schemas: Vec<SchemaId>,
}

pub(crate) fn labels(labels: &[(Arc<str>, String)], secrets: &Secrets) -> Option<Value> {
    let shown = |(name, value): &(Arc<str>, String)| {
        let is_secret = secrets.all || secrets.labels.contains(&**name);
        (name.to_string(), Value::from(if is_secret { HIDDEN } else { value }))
    };
    (!labels.is_empty()).then(|| Value::Object(labels.iter().map(shown).collect()))
}

/// Each parameter once; one that was sent more than once as a list.
pub(crate) fn query(text: &str, is_secret: impl Fn(&str) -> bool) -> Option<Value> {
    let mut members = Map::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = form_decoded(name);
        let value = if is_secret(&name.to_lowercase()) { HIDDEN.to_owned() } else { form_decoded(value) };
        match members.get_mut(&name) {
            None => drop(members.insert(name, Value::from(value))),
            Some(Value::Array(values)) => values.push(Value::from(value)),
            Some(first) => *first = json!([first.take(), value]),
        }
    }
    (!members.is_empty()).then_some(Value::Object(members))
}

/// The body if it is JSON and small enough, else why it is not here; none if there is no body.
pub(crate) fn body(body: Body<'_>, secrets: &Secrets, schemas: &Schemas) -> Option<Value> {
    if body.size == 0 {
        return None;
    }
    if secrets.all || secrets.body {
        return Some(Value::from(HIDDEN));
    }
    let omitted = |reason: &str| Some(json!({"omitted": true, "originalSize": body.size, "reason": reason}));
    if !body.content_type.is_some_and(is_json) {
        return omitted("body is not JSON");
    }
    if body.size > BODY_BYTES_MAX || body.size != body.bytes.len() as u64 {
        return omitted("body too large");
    }
    let Ok(mut value) = serde_json::from_slice(body.bytes) else {
        return omitted("body is not well-formed JSON");
    };
    schemas.hide(&mut value, &secrets.schemas);
    Some(value)
}

/// `application/json`, or a type built on it such as `application/merge-patch+json` (RFC 6839).
pub(crate) fn is_json(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media_type.ends_with("/json") || media_type.ends_with("+json")
}

/// Of a query, where a plus sign stands for a space.
fn form_decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

/// The name of a query parameter that members hang on: `filter` of `filter[name]` and of `filter.name`.
pub(crate) fn stem(name: &str) -> &str {
    name.split(['[', '.']).next().unwrap_or(name)
}

#[cfg(test)]
mod tests;
