//! Event selectors as callers write them. `decide::selectors` compiles them to predicates.

use serde::{Deserialize, Serialize};

/// Which events a trail takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Selectors {
    /// None were ever put: all management events, as one basic selector without exclusions.
    #[default]
    Default,
    /// Basic selectors; an event is taken if any selector takes it.
    Basic(Vec<EventSelector>),
    /// Advanced selectors; an event is taken if any selector takes it.
    Advanced(Vec<AdvancedEventSelector>),
}

/// A basic event selector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventSelector {
    /// Read-only events, write-only events, or both.
    pub read_write_type: ReadWriteType,
    /// Whether management events are taken at all.
    pub include_management_events: bool,
    /// Data events to take.
    pub data_resources: Vec<DataResource>,
    /// Management events of these sources (`kms.amazonaws.com`, `rdsdata.amazonaws.com`) are left out.
    pub exclude_management_event_sources: Vec<String>,
}

impl Default for EventSelector {
    fn default() -> EventSelector {
        EventSelector {
            read_write_type: ReadWriteType::All,
            include_management_events: true,
            data_resources: Vec::new(),
            exclude_management_event_sources: Vec::new(),
        }
    }
}

/// Which of reading and writing calls a basic selector takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReadWriteType {
    /// Reading calls only.
    ReadOnly,
    /// Writing calls only.
    WriteOnly,
    /// Both.
    All,
}

/// Data events that a basic selector takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataResource {
    /// `AWS::S3::Object`, `AWS::Lambda::Function` or `AWS::DynamoDB::Table`.
    pub resource_type: String,
    /// ARNs; for objects also ARN prefixes, and `arn:aws:s3` and its like for all.
    pub values: Vec<String>,
}

/// An advanced event selector: all its field selectors must take the event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvancedEventSelector {
    /// A name for people; it selects nothing.
    pub name: Option<String>,
    /// At least one.
    pub field_selectors: Vec<AdvancedFieldSelector>,
}

/// A condition on one field. Inside it the positive operators are joined by "or", the negative
/// ones by "and", and both groups must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvancedFieldSelector {
    /// The field, such as `eventCategory` or `resources.ARN`.
    pub field: String,
    /// The field equals one of these.
    pub equals: Vec<String>,
    /// The field starts with one of these.
    pub starts_with: Vec<String>,
    /// The field ends with one of these.
    pub ends_with: Vec<String>,
    /// The field equals none of these.
    pub not_equals: Vec<String>,
    /// The field starts with none of these.
    pub not_starts_with: Vec<String>,
    /// The field ends with none of these.
    pub not_ends_with: Vec<String>,
}
