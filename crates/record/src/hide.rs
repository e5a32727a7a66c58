//! Secrets stay out of events. A secret that reaches the log is a defect that no deletion mends, so this
//! is done once more, for every call, at the last step: by the names of members, whoever named them. Which names
//! are secret is `cairn_decide`'s; the walk is its own, for AWS's calls have policies, and members that only look
//! secret.

use cairn_decide::secrets::{hidden_in_urls, is_secret};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::borrow::Cow;

/// What stands in place of a secret, whatever its type was.
pub use cairn_decide::secrets::HIDDEN;

/// Longer texts are not looked into.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// Hides the members whose names say that they are secret, at any depth and in texts that are JSON themselves, and what
/// signs the URLs in texts; `secretAccessKey` goes altogether. `kept` are names, letters and digits in lower case, that
/// are no secrets here.
pub(crate) fn hide(value: &mut Value, kept: &[&str]) {
    match value {
        Value::Object(members) => {
            members.retain(|name, value| fate(name, value, kept) != Fate::Dropped);
            for (name, value) in members.iter_mut() {
                match fate(name, value, kept) {
                    Fate::Hidden => *value = Value::from(HIDDEN),
                    Fate::LookedInto => hide(value, kept),
                    Fate::Dropped | Fate::Shown => {}
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| hide(element, kept)),
        Value::String(text) => {
            if let Some(hidden) = hidden_text(text, kept) {
                *text = hidden.into_owned();
            }
        }
        _ => {}
    }
}

/// A value that is written as [`hide`] would leave it, without a copy of it being made.
pub(crate) struct Hiding<'a> {
    pub(crate) value: &'a Value,
    pub(crate) kept: &'a [&'a str],
}

impl Serialize for Hiding<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kept = self.kept;
        match self.value {
            Value::Object(members) => {
                let mut map = serializer.serialize_map(None)?;
                for (name, value) in members {
                    match fate(name, value, kept) {
                        Fate::Dropped => {}
                        Fate::Hidden => map.serialize_entry(name, HIDDEN)?,
                        Fate::Shown => map.serialize_entry(name, value)?,
                        Fate::LookedInto => map.serialize_entry(name, &Hiding { value, kept })?,
                    }
                }
                map.end()
            }
            Value::Array(elements) => {
                serializer.collect_seq(elements.iter().map(|value| Hiding { value, kept }))
            }
            Value::String(text) => match hidden_text(text, kept) {
                Some(hidden) => serializer.serialize_str(&hidden),
                None => serializer.serialize_str(text),
            },
            plain => plain.serialize(serializer),
        }
    }
}

/// What becomes of a member.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Dropped,
    Hidden,
    Shown,
    LookedInto,
}

fn fate(name: &str, value: &Value, kept: &[&str]) -> Fate {
    let is_kept = || kept.iter().any(|kept| is_called(name, kept));
    match value {
        _ if is_called(name, "secretaccesskey") => Fate::Dropped,
        // Truth values tell nothing.
        Value::Null | Value::Bool(_) => Fate::Shown,
        _ if is_secret(name) && !is_kept() => Fate::Hidden,
        Value::String(_) if is_policy(name) => Fate::Shown,
        _ => Fate::LookedInto,
    }
}

/// What is told instead of a text with a secret in it.
fn hidden_text(text: &str, kept: &[&str]) -> Option<Cow<'static, str>> {
    // What no URL and no JSON is without.
    if !text.contains(['=', '%', ':', '{', '[']) {
        return None;
    }
    match holds_secret(text, kept) {
        true => Some(Cow::Borrowed(HIDDEN)),
        false => hidden_in_urls(text).map(Cow::Owned),
    }
}

/// Conditions of policies name tokens, which are none.
fn is_policy(name: &str) -> bool {
    name.contains(['p', 'P']) && plain_letters(name).collect::<String>().contains("policy")
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
