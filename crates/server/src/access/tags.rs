//! Tags that a call brings.

use super::resources::takes;
use cairn_wire::Operation;
use serde_json::Value;
use std::collections::HashSet;

/// Those of a call of CloudTrail's, of keys and values: what its `TagsList` or its `Tags` holds, whichever it has.
pub(crate) fn request_tags(operation: Operation, body: &[u8]) -> Vec<(String, String)> {
    let Some(member) = ["TagsList", "Tags"].into_iter().find(|member| takes(operation, member)) else {
        return Vec::new();
    };
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let list = body.get(member).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(tag).collect()
}

/// The key that another is the same as but for case. Conditions do not tell them apart, so nobody could say which of
/// their values counts.
pub(super) fn ambiguous(tags: &[(String, String)]) -> Option<&str> {
    let mut seen = HashSet::new();
    tags.iter().map(|(key, _)| key.as_str()).find(|key| !seen.insert(key.to_lowercase()))
}

fn tag(value: &Value) -> Option<(String, String)> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    Some((text("Key")?.to_owned(), text("Value").unwrap_or_default().to_owned()))
}

#[cfg(test)]
mod tests;
