//! The calls that make, change and delete resources.

use crate::kind::Kind;
use crate::kinds::{Call, Edit};
use crate::present::Present;
use crate::properties::{Properties, changes};
use crate::settled::Wanted;

/// The call that makes a resource. What it does not settle, [`updates`] does after it.
pub fn create(wanted: &Wanted) -> Call {
    wanted.kind.handler().create(&wanted.properties).0
}

/// The call that brings back a resource that is to be deleted and has the name of one that is to be made: until it is gone
/// for good, no other can have the name.
pub fn restore(kind: Kind, arn: &str) -> Option<Call> {
    let input = serde_json::json!({ "EventDataStore": arn });
    (kind == Kind::EventDataStore).then_some(Call { operation: "RestoreEventDataStore", input })
}

/// A new resource as the call that made it leaves it.
pub fn created(wanted: &Wanted, arn: &str) -> Present {
    let (_, settled) = wanted.kind.handler().create(&wanted.properties);
    let mut properties = wanted.properties.clone();
    properties.retain(|name, _| settled.contains(&name.as_str()));
    let id = wanted.id.clone().unwrap_or_default();
    let attributes = crate::scope::Attributes::Pending;
    Present { kind: wanted.kind, id, arn: arn.to_owned(), properties, attributes }
}

/// The calls that make a resource what it should be.
pub fn updates(present: &Present, wanted: &Wanted) -> Vec<Call> {
    calls(present.kind, &present.arn, &present.properties, &wanted.properties)
}

fn calls(kind: Kind, target: &str, present: &Properties, wanted: &Properties) -> Vec<Call> {
    let changes = changes(kind, present, wanted);
    let properties = kind.handler().properties();
    match changes.is_empty() {
        true => Vec::new(),
        false => kind.handler().update(&Edit { properties, target, present, wanted, changes: &changes }),
    }
}

/// The calls that delete a resource.
pub fn deletes(present: &Present) -> Vec<Call> {
    present.kind.handler().delete(&present.arn, &present.properties)
}

#[cfg(test)]
mod tests;
