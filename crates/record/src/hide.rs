//! Secrets stay out of events. A secret that reaches the log is a defect that no deletion mends, so this
//! is done once more, for every call, at the last step: by the names of members, whoever named them. Which names
//! are secret is `cairn_decide`'s; the walk is its own, for AWS's calls have policies, and members that only look
//! secret.

use cairn_decide::secrets::is_secret;
use serde_json::Value;

/// What stands in place of a secret, whatever its type was.
pub use cairn_decide::secrets::HIDDEN;

/// Longer texts are not looked into.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// Hides the members whose names say that they are secret, at any depth and in texts that are JSON themselves;
/// `secretAccessKey` goes altogether. `kept` are names, letters and digits in lower case, that are no secrets here.
pub(crate) fn hide(value: &mut Value, kept: &[&str]) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !is_called(name, "secretaccesskey"));
            for (name, value) in members.iter_mut() {
                let is_kept = || kept.iter().any(|kept| is_called(name, kept));
                if may_be_secret(value) && is_secret(name) && !is_kept() {
                    *value = Value::from(HIDDEN);
                } else if !(value.is_string() && is_policy(name)) {
                    hide(value, kept);
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| hide(element, kept)),
        Value::String(text) if holds_secret(text, kept) => *value = Value::from(HIDDEN),
        _ => {}
    }
}

/// Conditions of policies name tokens, which are none.
fn is_policy(name: &str) -> bool {
    plain_letters(name).collect::<String>().contains("policy")
}

/// Truth values tell nothing.
fn may_be_secret(value: &Value) -> bool {
    !value.is_null() && !value.is_boolean()
}

/// Whether a text is JSON with a secret in it. Such is hidden as a whole: its writer knows how it was written.
fn holds_secret(text: &str, kept: &[&str]) -> bool {
    let looks_like_json = text.trim_start().starts_with(['{', '[']) && text.len() <= TEXT_BYTES_MAX;
    if !looks_like_json {
        return false;
    }
    let Ok(inner) = serde_json::from_str::<Value>(text) else { return false };
    let mut hidden = inner.clone();
    hide(&mut hidden, kept);
    hidden != inner
}

/// Whether a name is `plain`, which is letters and digits in lower case, but for other characters and case.
fn is_called(name: &str, plain: &str) -> bool {
    plain_letters(name).eq(plain.chars())
}

fn plain_letters(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
