//! The `Condition` element.

use super::is_like;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// By operator, then by key: the values of which one must fit. All of them must hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Conditions(BTreeMap<String, BTreeMap<String, Value>>);

impl Conditions {
    pub(super) fn hold(&self, context: &[(&str, &str)]) -> bool {
        self.0.iter().all(|(operator, keys)| {
            keys.iter().all(|(key, wanted)| {
                let carried = context.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
                holds(operator, &texts(wanted), carried.map(|(_, value)| *value))
            })
        })
    }
}

/// A value or a list of values; numbers and booleans as their JSON.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

fn holds(operator: &str, wanted: &[String], carried: Option<&str>) -> bool {
    // A request carries one value of each key here, so "for all" and "for any" are the same.
    let operator = operator.rsplit(':').next().unwrap_or(operator);
    let (operator, if_exists) = match operator.strip_suffix("IfExists") {
        Some(operator) => (operator, true),
        None => (operator, false),
    };
    let is_negated = operator.contains("Not");
    if operator == "Null" {
        let wants_absent = wanted.iter().any(|text| text == "true");
        return wants_absent == carried.is_none();
    }
    let Some(carried) = carried else { return is_negated || if_exists };
    let fits: fn(&str, &str) -> bool = match operator {
        "StringEquals" | "StringNotEquals" => |wanted, carried| wanted == carried,
        "StringEqualsIgnoreCase" | "StringNotEqualsIgnoreCase" | "Bool" => {
            |wanted, carried| wanted.eq_ignore_ascii_case(carried)
        }
        "StringLike" | "StringNotLike" | "ArnEquals" | "ArnNotEquals" | "ArnLike" | "ArnNotLike" => is_like,
        _ => return false,
    };
    wanted.iter().any(|wanted| fits(wanted, carried)) != is_negated
}
