//! What each type of resource has, how it is asked for, made, changed and deleted: CloudFormation's properties on one
//! side, operations of CloudTrail on the other. Source of the properties: CloudFormation's template reference.

mod channel;
mod dashboard;
mod event_data_store;
mod insights;
mod resource_policy;
mod selectors;
mod tags;
mod trail;

pub(crate) use channel::CHANNEL;
pub(crate) use dashboard::DASHBOARD;
pub(crate) use event_data_store::EVENT_DATA_STORE;
pub(crate) use resource_policy::RESOURCE_POLICY;
pub(crate) use trail::TRAIL;

use crate::properties::{Change, Properties};
use crate::property::Property;
use crate::scope::Environment;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A call of CloudTrail's API.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The operation, such as `CreateTrail`.
    pub operation: &'static str,
    /// Its input.
    pub input: Value,
}

/// A call that reads, and what its refusal may say of a resource that is as it should be.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The call.
    pub call: Call,
    /// Refusals that are as good as an empty answer, by the names of their exceptions. To the first question they say
    /// that there is no such resource.
    pub absent: &'static [&'static str],
}

/// What answers say of a resource.
pub(crate) struct Seen {
    /// Its ARN, or of a resource policy that of its resource.
    pub(crate) arn: String,
    /// As the API has them, by CloudFormation's names.
    pub(crate) properties: Map<String, Value>,
    /// For `Ref`.
    pub(crate) reference: String,
    /// For `Fn::GetAtt`.
    pub(crate) attributes: BTreeMap<&'static str, String>,
}

/// A resource that gets other properties.
pub(crate) struct Edit<'e> {
    pub(crate) properties: &'static [Property],
    /// How the API is told which resource.
    pub(crate) target: &'e str,
    pub(crate) present: &'e Properties,
    pub(crate) wanted: &'e Properties,
    pub(crate) changes: &'e [Change],
}

impl Edit<'_> {
    /// Whether one of these is to change.
    pub(crate) fn concerns(&self, names: &[&str]) -> bool {
        self.changes.iter().any(|change| names.contains(&change.property))
    }

    /// What a property should be, said or not; null if it should not be there.
    pub(crate) fn value(&self, name: &str) -> Value {
        let standard =
            || self.properties.iter().find(|property| property.name == name).map(Property::standard);
        self.wanted.get(name).cloned().or_else(standard).unwrap_or_default()
    }
}

/// What is particular to a type of resource.
pub(crate) trait Handler: Sync {
    /// In the order in which they are shown.
    fn properties(&self) -> &'static [Property];

    /// What `Fn::GetAtt` gives.
    fn attributes(&self) -> &'static [&'static str];

    /// Brings what can be said in several ways into one.
    fn settle(&self, _properties: &mut Map<String, Value>, _environment: &Environment) {}

    /// What to ask about the resource that goes by `target`: a name or an ARN.
    fn questions(&self, target: &str) -> Vec<Question>;

    /// What the answers say; `None` if there is no such resource. Those that were as good as empty are null.
    fn seen(&self, answers: &[Value]) -> Option<Seen>;

    /// How it is made, and the properties that are settled by that.
    fn create(&self, wanted: &Properties) -> (Call, &'static [&'static str]);

    /// How it gets other properties.
    fn update(&self, edit: &Edit<'_>) -> Vec<Call>;

    /// How it is deleted.
    fn delete(&self, target: &str, present: &Properties) -> Vec<Call>;
}

/// The members of an answer under CloudFormation's names.
fn renamed(answer: &Value, names: &[(&str, &str)]) -> Map<String, Value> {
    let member = |(member, property): &(&str, &str)| {
        let value = answer.get(*member).filter(|value| !value.is_null())?;
        Some(((*property).to_owned(), value.clone()))
    };
    names.iter().filter_map(member).collect()
}

/// A member of an answer as text, empty if it is not there.
fn text(answer: &Value, member: &str) -> String {
    match &answer[member] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn attributes_of(answer: &Value, names: &[(&str, &'static str)]) -> BTreeMap<&'static str, String> {
    names.iter().map(|(member, attribute)| (*attribute, text(answer, member))).collect()
}

#[cfg(test)]
mod tests;
