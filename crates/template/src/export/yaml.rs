//! A template as YAML.

use serde_json::Value;
use std::fmt::Write;

/// Writes a value as YAML in blocks, references in their short form. It reads back as the same template.
pub fn yaml(value: &Value) -> String {
    let mut out = String::new();
    block(&mut out, value, 0);
    out
}

/// Members and elements, each on a line of its own; the text before is at the begin of a line.
fn block(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (key, member) in members {
                let _ = write!(out, "{:indent$}{}:", "", scalar_text(key));
                behind(out, member, indent + 2);
            }
        }
        Value::Array(elements) if !elements.is_empty() => {
            for element in elements {
                let _ = write!(out, "{:indent$}-", "");
                element_behind(out, element, indent + 2);
            }
        }
        other => {
            let _ = writeln!(out, "{:indent$}{}", "", inline(other));
        }
    }
}

/// A value behind `key:` or `-`.
fn behind(out: &mut String, value: &Value, indent: usize) {
    if is_block(value) {
        out.push('\n');
        block(out, value, indent);
    } else {
        let _ = writeln!(out, " {}", inline(value));
    }
}

/// An element behind its dash: a map begins on the same line.
fn element_behind(out: &mut String, element: &Value, indent: usize) {
    if element.is_object() && is_block(element) {
        let mut inner = String::new();
        block(&mut inner, element, indent);
        out.push(' ');
        out.push_str(inner.trim_start());
    } else {
        behind(out, element, indent);
    }
}

fn is_block(value: &Value) -> bool {
    match value {
        Value::Object(members) => !members.is_empty() && reference(value).is_none(),
        Value::Array(elements) => !elements.is_empty(),
        _ => false,
    }
}

/// The name in `{Ref: name}`.
fn reference(value: &Value) -> Option<&str> {
    let members = value.as_object().filter(|members| members.len() == 1)?;
    members.get("Ref")?.as_str()
}

fn inline(value: &Value) -> String {
    match (value, reference(value)) {
        (_, Some(name)) => format!("!Ref {name}"),
        (Value::String(text), _) => scalar_text(text),
        (other, _) => other.to_string(),
    }
}

/// A text plainly if no reader could take it for anything else, else as JSON writes it, which YAML reads alike.
fn scalar_text(text: &str) -> String {
    let is_plain_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'-');
    let is_word = !matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    let is_plain = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(is_plain_byte)
        && is_word;
    let is_type = text.strip_prefix("AWS::").is_some_and(|rest| {
        rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b':') && !rest.ends_with(':')
    });
    if is_plain || is_type { text.to_owned() } else { escaped(text) }
}

/// JSON's escapes, with `\/` and surrogate pairs never used, are YAML's too. U+0085, U+2028 and U+2029 break lines there.
fn escaped(text: &str) -> String {
    let json = Value::from(text).to_string();
    json.replace('\u{7f}', "\\x7f")
        .replace('\u{85}', "\\x85")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
        .replace('\u{feff}', "\\ufeff")
}
