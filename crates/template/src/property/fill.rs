//! One form for values, whoever gave them: what was left out is filled in, so that equal things look equal.

use super::{Property, Shape};
use serde_json::{Map, Value, json};

impl Shape {
    /// The value with all that was left out. What the shape has not, is gone.
    pub(crate) fn filled(&self, value: &Value) -> Value {
        match (self, value) {
            (Shape::List(shape), Value::Array(elements)) => {
                elements.iter().map(|element| shape.filled(element)).collect()
            }
            (Shape::Structure(properties), Value::Object(members)) => {
                Value::Object(filled_members(properties, members))
            }
            (Shape::Tags, Value::Array(tags)) => sorted(tags),
            _ => value.clone(),
        }
    }

    /// Whether two filled values come to the same.
    pub(crate) fn same(&self, present: &Value, wanted: &Value) -> bool {
        match (self, present, wanted) {
            (Shape::Key, Value::String(present), Value::String(wanted)) => is_same_key(present, wanted),
            _ => present == wanted,
        }
    }
}

fn filled_members(properties: &[Property], members: &Map<String, Value>) -> Map<String, Value> {
    let filled = properties.iter().filter_map(|property| {
        let value = members.get(property.name).filter(|value| !value.is_null());
        let value = value.map_or_else(|| property.standard(), |value| property.shape.filled(value));
        (!value.is_null()).then(|| (property.name.to_owned(), value))
    });
    filled.collect()
}

fn sorted(tags: &[Value]) -> Value {
    let text = |tag: &Value, member: &str| tag[member].as_str().unwrap_or_default().to_owned();
    let mut pairs: Vec<(String, String)> =
        tags.iter().map(|tag| (text(tag, "Key"), text(tag, "Value"))).collect();
    pairs.sort();
    pairs.into_iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}

/// Whether a key that is in use, by its ARN, is the one that is wanted. Only KMS knows which key an alias names, so one
/// is taken to name the key in use.
fn is_same_key(present: &str, wanted: &str) -> bool {
    let is_alias = wanted.starts_with("alias/") || wanted.contains(":alias/");
    is_alias || present == wanted || present.rsplit('/').next() == Some(wanted)
}
