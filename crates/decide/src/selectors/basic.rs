//! Basic event selectors.

use super::is_read;
use super::resource::resources;
use super::texts::{Prefixes, Texts};
use cairn_model::{Category, DataResource, Event, EventSelector, Field, ReadWriteType};

#[derive(Clone, Debug)]
pub(super) struct Basic {
    read_write: ReadWriteType,
    management: bool,
    excluded_sources: Texts,
    data: Vec<DataRule>,
}

/// The data events of one resource type.
#[derive(Clone, Debug)]
struct DataRule {
    resource_type: String,
    exact: Texts,
    prefixes: Prefixes,
}

impl Basic {
    pub(super) fn new(selector: &EventSelector) -> Basic {
        Basic {
            read_write: selector.read_write_type,
            management: selector.include_management_events,
            excluded_sources: Texts::new(&selector.exclude_management_event_sources),
            data: selector.data_resources.iter().map(DataRule::new).collect(),
        }
    }

    pub(super) fn takes(&self, event: &Event<'_>) -> bool {
        match event.category() {
            Category::Management => self.management && self.takes_direction(event) && !self.excludes(event),
            Category::Data => {
                !self.data.is_empty()
                    && self.takes_direction(event)
                    && resources(event).any(|resource| {
                        let resource_type = resource.resource_type.as_deref();
                        let arn = resource.arn.as_deref();
                        self.data.iter().any(|rule| rule.takes(resource_type, arn))
                    })
            }
            _ => false,
        }
    }

    fn takes_direction(&self, event: &Event<'_>) -> bool {
        match self.read_write {
            ReadWriteType::All => true,
            ReadWriteType::ReadOnly => is_read(event),
            ReadWriteType::WriteOnly => !is_read(event),
        }
    }

    fn excludes(&self, event: &Event<'_>) -> bool {
        if self.excluded_sources.is_empty() {
            return false;
        }
        let source = event.string(Field::EventSource);
        source.is_some_and(|source| self.excluded_sources.have(&source))
    }
}

impl DataRule {
    fn new(resource: &DataResource) -> DataRule {
        let is_prefix =
            |value: &String| resource.resource_type == "AWS::S3::Object" || value.split(':').count() == 3;
        let (prefixes, exact): (Vec<String>, Vec<String>) =
            resource.values.iter().cloned().partition(is_prefix);
        DataRule {
            resource_type: resource.resource_type.clone(),
            // `arn:aws:s3` stands for all ARNs that go on after a colon.
            prefixes: Prefixes::new(&prefixes),
            exact: Texts::new(&exact),
        }
    }

    fn takes(&self, resource_type: Option<&str>, arn: Option<&str>) -> bool {
        let (Some(resource_type), Some(arn)) = (resource_type, arn) else {
            return false;
        };
        resource_type == self.resource_type && (self.exact.have(arn) || self.prefixes.begin(arn))
    }
}
