//! The resources of an event, as LookupEvents lists them.

use super::strings::each_string;
use super::tables::{Row, rows};
use cairn_model::json::{elements, members, string};
use cairn_model::{Event, Field};

/// A resource that an event names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FoundResource {
    /// Such as `AWS::S3::Bucket`; `None` if the event names a resource without its type.
    pub resource_type: Option<String>,
    /// A name, id or ARN.
    pub name: String,
}

/// The most resources that are listed for one event.
const RESOURCES_MAX: usize = 100;

/// The resources that an event's parameters, its answer and its `resources` name, in that order, each once.
/// At most 100. Parameters are read for the services of a fixed table only: events of others are passed at
/// once.
pub fn resources(event: &Event<'_>) -> Vec<FoundResource> {
    let mut found = Found { event: event.raw(Field::EventName).unwrap_or(""), list: Vec::new() };
    if let Some(rows) = event.raw(Field::EventSource).and_then(rows) {
        for field in [Field::RequestParameters, Field::ResponseElements] {
            if let Some(raw) = event.raw(field) {
                each_string(raw, |parent, key, value| found.take_member(rows, parent, key, value));
            }
        }
    }
    if let Some(raw) = event.raw(Field::Resources) {
        elements(raw).for_each(|element| found.take_resource(element));
    }
    found.list
}

struct Found<'a> {
    /// The event's name, as its raw JSON.
    event: &'a str,
    list: Vec<FoundResource>,
}

impl Found<'_> {
    fn take_member(&mut self, rows: &[Row], parent: &str, key: &str, raw: &str) {
        let row = rows.iter().find(|row| row.is_for(parent, key, self.event));
        if let Some(Row { resource_type, .. }) = row
            && let Some(name) = string(raw)
        {
            self.take(Some(resource_type), &name);
        }
    }

    fn take_resource(&mut self, raw: &str) {
        let (mut resource_type, mut arn, mut prefix) = (None, None, None);
        for (key, value) in members(raw) {
            match string(key).as_deref() {
                Some("type") => resource_type = string(value),
                Some("ARN") => arn = string(value),
                Some("ARNPrefix") => prefix = string(value),
                _ => {}
            }
        }
        if let Some(name) = arn.or(prefix) {
            self.take(resource_type.as_deref(), &name);
        }
    }

    fn take(&mut self, resource_type: Option<&str>, name: &str) {
        let is_known =
            |found: &FoundResource| found.name == name && found.resource_type.as_deref() == resource_type;
        if name.is_empty() || self.list.len() == RESOURCES_MAX || self.list.iter().any(is_known) {
            return;
        }
        self.list
            .push(FoundResource { resource_type: resource_type.map(str::to_owned), name: name.to_owned() });
    }
}
