//! Attributes: lists of keys and values whose types are told, as plain JSON.

use crate::look::list;
use serde_json::{Map, Value};

/// Attributes by their names.
#[derive(Debug, Default)]
pub(super) struct Attributes(Map<String, Value>);

impl Attributes {
    /// Those of a resource, a scope or a log record.
    pub(super) fn of(holder: &Value) -> Attributes {
        Attributes(members(list(holder, "/attributes")))
    }

    /// The first of these that is a text and not empty.
    pub(super) fn text(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.0.get(*name)?.as_str().filter(|text| !text.is_empty()))
    }

    /// The first of these that is a whole number, also one that stands as text.
    pub(super) fn integer(&self, names: &[&str]) -> Option<i64> {
        self.text_or_number(names)?.parse().ok()
    }

    /// The first of these that is a text or a number.
    pub(super) fn text_or_number(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| match self.0.get(*name)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }

    /// All but these.
    pub(super) fn without(mut self, names: &[&str]) -> Map<String, Value> {
        self.0.retain(|name, _| !names.contains(&name.as_str()));
        self.0
    }
}

/// A value such as `{"stringValue": "a"}` as `"a"`; null if it has none.
pub(super) fn plain(value: &Value) -> Value {
    let Some((kind, inner)) = value.as_object().and_then(|members| members.iter().next()) else {
        return Value::Null;
    };
    match kind.as_str() {
        "stringValue" | "boolValue" | "doubleValue" | "bytesValue" => inner.clone(),
        "intValue" => integer(inner),
        "arrayValue" => list(inner, "/values").iter().map(plain).collect(),
        "kvlistValue" => Value::Object(members(list(inner, "/values"))),
        _ => Value::Null,
    }
}

/// 64 bits stand as text in the protocol's JSON.
fn integer(value: &Value) -> Value {
    let parsed = value.as_str().and_then(|text| text.parse::<i64>().ok());
    parsed.map_or_else(|| value.clone(), Value::from)
}

fn members(pairs: &[Value]) -> Map<String, Value> {
    let member = |pair: &Value| {
        let key = pair.get("key")?.as_str()?;
        Some((key.to_owned(), plain(pair.get("value").unwrap_or(&Value::Null))))
    };
    pairs.iter().filter_map(member).collect()
}
