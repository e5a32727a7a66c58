//! Looking into an original. Places are JSON pointers (RFC 6901), as names of some sources have dots in them.

use cairn_model::Timestamp;
use serde_json::{Map, Value};

/// A text that is there and not empty.
pub(crate) fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer)?.as_str().filter(|text| !text.is_empty())
}

/// The first of several places that has a text.
pub(crate) fn first_text<'v>(value: &'v Value, pointers: &[&str]) -> Option<&'v str> {
    pointers.iter().find_map(|pointer| text(value, pointer))
}

/// A text, or a number in its digits: sources are not at one about ids and codes.
pub(crate) fn text_or_number(value: &Value, pointer: &str) -> Option<String> {
    match value.pointer(pointer)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A whole number, also one that stands as text.
pub(crate) fn integer(value: &Value, pointer: &str) -> Option<i64> {
    match value.pointer(pointer)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// `true`, also as text.
pub(crate) fn boolean(value: &Value, pointer: &str) -> Option<bool> {
    match value.pointer(pointer)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}

/// The elements of a list, or none.
pub(crate) fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// An RFC 3339 time.
pub(crate) fn time(value: &Value, pointer: &str) -> Option<Timestamp> {
    Timestamp::parse(text(value, pointer)?)
}

/// A time in milliseconds since 1970.
pub(crate) fn time_in_millis(value: &Value, pointer: &str) -> Option<Timestamp> {
    integer(value, pointer)?.checked_mul(1000).map(Timestamp::from_micros)
}

/// A value, or the one that a text holds as JSON: some sources put objects into texts.
pub(crate) fn unpacked(value: &Value, pointer: &str) -> Option<Value> {
    let value = value.pointer(pointer).filter(|value| !value.is_null())?;
    let inner = value.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    Some(inner.filter(|inner| inner.is_object() || inner.is_array()).unwrap_or_else(|| value.clone()))
}

/// Copies members under the names they are given, leaving out what is absent or null.
pub(crate) fn copied(value: &Value, members: &[(&str, &str)]) -> Map<String, Value> {
    let copy = |(name, pointer): &(&str, &str)| {
        let value = value.pointer(pointer).filter(|value| !value.is_null())?;
        Some(((*name).to_owned(), value.clone()))
    };
    members.iter().filter_map(copy).collect()
}

/// Adds a member if there is something to add.
pub(crate) fn put(members: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        members.insert(name.to_owned(), value.into());
    }
}
