//! Secrets stay out of events. A secret that reaches the log is a defect that no deletion mends, so this
//! is done once more, for every call, at the last step: by the names of members, whoever named them.

use serde_json::Value;

/// What stands in place of a secret, whatever its type was.
pub const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Longer texts are not looked into.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// Hides the members whose names say that they are secret, at any depth and in texts that are JSON themselves;
/// `secretAccessKey` goes altogether. `kept` are names, as [`plain`] makes them, that are no secrets here.
pub(crate) fn hide(value: &mut Value, kept: &[&str]) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| plain(name) != "secretaccesskey");
            for (name, value) in members.iter_mut() {
                let name = plain(name);
                if is_secret(&name) && !kept.contains(&name.as_str()) && may_be_secret(value) {
                    *value = Value::from(HIDDEN);
                } else if !(value.is_string() && name.contains("policy")) {
                    hide(value, kept);
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| hide(element, kept)),
        Value::String(text) if holds_secret(text, kept) => *value = Value::from(HIDDEN),
        _ => {}
    }
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

/// Letters and digits only, in lower case.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Judged by the end of the name: `secretId` and `tokenType` are no secrets. Tokens that turn pages or make a
/// call repeatable are none either, and look-ups go by them.
fn is_secret(name: &str) -> bool {
    const ENDS: [&str; 12] = [
        "secret",
        "secretstring",
        "secretbinary",
        "secretkey",
        "secretvalue",
        "password",
        "passphrase",
        "passcode",
        "privatekey",
        "credential",
        "token",
        "signature",
    ];
    const HARMLESS: [&str; 16] = [
        "changetoken",
        "clientrequesttoken",
        "clienttoken",
        "continuationtoken",
        "creationtoken",
        "creatorrequesttoken",
        "idempotencytoken",
        "locktoken",
        "masterusersecret",
        "nextbackwardtoken",
        "nextforwardtoken",
        "nexttoken",
        "pagetoken",
        "paginationtoken",
        "sequencetoken",
        "webidentitytokensubject",
    ];
    ENDS.iter().any(|end| name.ends_with(end)) && !HARMLESS.iter().any(|token| name.ends_with(token))
}

#[cfg(test)]
mod tests;
