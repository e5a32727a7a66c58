//! How a refused value is shown.

use serde_json::{Map, Value};

/// A value as Java prints it, which is how AWS's messages show it.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(elements) => list(elements),
        Value::Object(entries) => map(entries),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// `[a, b]`
pub(super) fn list(elements: &[Value]) -> String {
    let texts: Vec<String> = elements.iter().map(value).collect();
    format!("[{}]", texts.join(", "))
}

/// `{a=1, b=2}`
pub(super) fn map(entries: &Map<String, Value>) -> String {
    let texts: Vec<String> = entries.iter().map(|(name, entry)| format!("{name}={}", value(entry))).collect();
    format!("{{{}}}", texts.join(", "))
}
