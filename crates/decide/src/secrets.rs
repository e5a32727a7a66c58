//! Which parts of an event are secret. A secret that reaches the log is a defect that no deletion mends, so
//! whatever writes events passes their free parts through [`hide`] as its last step.

mod names;
mod texts;

pub use names::is_secret;

use serde_json::{Map, Value};

/// What stands in place of a secret, whatever its type was.
pub const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Members that say what the value beside them is: of environment variables (Kubernetes, ECS), attributes
/// (OpenTelemetry), tags and changes (JSON Patch).
const LABELS: [&str; 4] = ["name", "key", "path", "Key"];
/// Members that stand beside a label.
const VALUES: [&str; 5] = ["value", "Value", "newValue", "oldValue", "values"];

/// Hides what is secret by its name, at any depth: members, values beside a label, values in the query of a
/// URL, passwords before its host, and all of these in JSON that stands as text in a string. `secretAccessKey` goes
/// altogether.
pub fn hide(value: &mut Value) {
    match value {
        Value::Object(members) => hide_members(members),
        Value::Array(elements) => elements.iter_mut().for_each(hide),
        Value::String(text) => texts::hide(text),
        _ => {}
    }
}

/// What is left of a text that is JSON, or in which URLs stand, when its secrets are hidden as by [`hide`]. `None` if it
/// has none.
pub fn hidden_in_text(text: &str) -> Option<String> {
    texts::hidden(text)
}

/// What is left of a text when the signatures, tokens and passwords of the URLs and forms in it are hidden, also of those
/// that stand percent-encoded in another one's query. `None` if it has none.
pub fn hidden_in_urls(text: &str) -> Option<String> {
    texts::hidden_in_urls(text)
}

fn hide_members(members: &mut Map<String, Value>) {
    if members.keys().any(|name| names::is_dropped(name)) {
        members.retain(|name, _| !names::is_dropped(name));
    }
    let mut labels = LABELS.iter().filter_map(|label| members.get(*label)?.as_str());
    let labelled = labels.any(|label| is_secret(label) || names::is_secret_header(label));
    for (name, value) in members.iter_mut() {
        match value {
            // Truth values tell nothing.
            Value::Null | Value::Bool(_) => {}
            _ if is_secret(name) || (labelled && VALUES.contains(&name.as_str())) => {
                *value = Value::from(HIDDEN);
            }
            Value::String(_) | Value::Array(_) if names::is_secret_header(name) => {
                *value = Value::from(HIDDEN);
            }
            value => hide(value),
        }
    }
}

#[cfg(test)]
mod tests;
