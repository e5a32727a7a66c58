//! The original of an event, as its record keeps it.

use crate::Refusal;
use crate::identity::short;
use serde_json::{Map, Value, json};

/// How deep an original may nest. The door takes records up to 128, and the original stands in one.
const DEPTH_MAX: usize = 120;
/// When this many parts were left out and it still is too large, all of it is.
const OMITTED_MAX: usize = 24;

/// Reads a text that was checked.
pub(crate) fn parse(text: &str) -> Result<Value, Refusal> {
    // The check knows no numbers and names that serde_json keeps for itself.
    serde_json::from_str(text).map_err(|_| Refusal::Not("JSON that can be read"))
}

/// What stands for a value that is too large, in AWS's form.
pub(crate) fn omitted(member: &str, bytes: usize) -> Value {
    json!({"omitted": true, "originalSize": bytes, "reason": format!("{} too large", short(member))})
}

/// Bytes of a value as text.
pub(crate) fn bytes_of(value: &Value) -> usize {
    let mut count = Count(0);
    serde_json::to_writer(&mut count, value).expect("counting cannot fail, and all keys are strings");
    count.0
}

/// Leaves out the largest parts until the text has no more than `max` bytes, and what nests too deep.
pub(crate) fn fit(value: &mut Value, max: usize) {
    if is_deeper(value, DEPTH_MAX) {
        *value = json!({"omitted": true, "reason": "original too deeply nested"});
    }
    let whole = bytes_of(value);
    let mut bytes = whole;
    for _ in 0..OMITTED_MAX {
        if bytes <= max {
            return;
        }
        omit_largest(value, bytes, bytes - max);
        bytes = bytes_of(value);
    }
    if bytes > max {
        *value = omitted("original", whole);
    }
}

/// Replaces the largest member; of a member, its own largest one if leaving that out is enough.
fn omit_largest(value: &mut Value, bytes: usize, excess: usize) {
    let largest = value.as_object_mut().and_then(largest_member);
    match largest {
        Some((_, inner, inner_bytes)) if inner.is_object() && inner_bytes > excess.saturating_add(256) => {
            omit_largest(inner, inner_bytes, excess);
        }
        Some((name, inner, inner_bytes)) => *inner = omitted(name, inner_bytes),
        None => *value = omitted("original", bytes),
    }
}

fn largest_member(members: &mut Map<String, Value>) -> Option<(&str, &mut Value, usize)> {
    let sized = members.iter_mut().map(|(name, value)| {
        let bytes = bytes_of(value);
        (name.as_str(), value, bytes)
    });
    sized.max_by_key(|(_, _, bytes)| *bytes)
}

/// Whether arrays and objects nest deeper than `max`.
pub(crate) fn is_deeper(value: &Value, max: usize) -> bool {
    let inner = |value: &Value| max == 0 || is_deeper(value, max - 1);
    match value {
        Value::Object(members) => members.values().any(inner),
        Value::Array(elements) => elements.iter().any(inner),
        _ => false,
    }
}

/// A writer that counts.
struct Count(usize);

impl std::io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
