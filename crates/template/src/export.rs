//! Resources as they are, as a template that asks for just that.

mod yaml;

pub use yaml::yaml;

use crate::kind::Kind;
use crate::present::Present;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A template of these resources, as JSON. What one says of another's ARN becomes a reference.
pub fn export(resources: &[Present]) -> Value {
    let names = logical_ids(resources);
    let mut declared = Map::new();
    for (present, logical_id) in resources.iter().zip(&names) {
        let mut declaration = Map::new();
        declaration.insert("Type".to_owned(), json!(present.kind.type_name()));
        declaration.insert("Properties".to_owned(), properties(present, resources, &names));
        declared.insert(logical_id.clone(), Value::Object(declaration));
    }
    json!({ "AWSTemplateFormatVersion": "2010-09-09", "Resources": declared })
}

/// The properties in the order in which they are listed for their type.
fn properties(present: &Present, resources: &[Present], names: &[String]) -> Value {
    let mut ordered = Map::new();
    for property in present.kind.handler().properties() {
        if let Some(value) = present.properties.get(property.name) {
            let value = match property.name {
                "Destinations" | "InsightsDestination" | "ResourceArn" | "ResourcePolicy" => {
                    referring(value, resources, names)
                }
                _ => value.clone(),
            };
            ordered.insert(property.name.to_owned(), value);
        }
    }
    Value::Object(ordered)
}

/// A value in which ARNs of the exported resources are references.
fn referring(value: &Value, resources: &[Present], names: &[String]) -> Value {
    match value {
        Value::String(arn) => {
            let of_arn = |present: &Present| present.kind != Kind::ResourcePolicy && present.arn == *arn;
            let referred = resources.iter().position(of_arn);
            referred.map_or_else(|| value.clone(), |index| json!({ "Ref": names[index] }))
        }
        Value::Array(elements) => {
            elements.iter().map(|element| referring(element, resources, names)).collect()
        }
        Value::Object(members) => {
            let members = members.iter();
            Value::Object(
                members.map(|(key, member)| (key.clone(), referring(member, resources, names))).collect(),
            )
        }
        other => other.clone(),
    }
}

/// A name for each, of letters and digits, each once.
fn logical_ids(resources: &[Present]) -> Vec<String> {
    let names: BTreeMap<&str, &Present> = resources
        .iter()
        .filter(|present| present.kind != Kind::ResourcePolicy)
        .map(|p| (p.arn.as_str(), p))
        .collect();
    let mut taken = BTreeSet::new();
    let mut name = |present: &Present| {
        let base = match present.kind {
            Kind::ResourcePolicy => {
                let resource = names.get(present.arn.as_str()).map_or("", |resource| resource.id.as_str());
                format!("{}Policy", camel(resource))
            }
            _ => camel(&present.id),
        };
        let base = if base.is_empty() { "Resource".to_owned() } else { base };
        let mut candidates = std::iter::once(base.clone()).chain((2..).map(|n| format!("{base}{n}")));
        let free = candidates.find(|candidate| !taken.contains(candidate)).expect("numbers do not end");
        taken.insert(free.clone());
        free
    };
    resources.iter().map(&mut name).collect()
}

/// `main-trail_1` as `MainTrail1`.
fn camel(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}

#[cfg(test)]
mod tests;
