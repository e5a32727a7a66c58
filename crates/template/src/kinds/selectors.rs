//! Event selectors as trails and event data stores have them.

use crate::property::{Property, Shape, Standard, TEXTS};

const FIELD: [Property; 7] = [
    Property::new("Field", Shape::Text).required(),
    Property::new("Equals", TEXTS),
    Property::new("StartsWith", TEXTS),
    Property::new("EndsWith", TEXTS),
    Property::new("NotEquals", TEXTS),
    Property::new("NotStartsWith", TEXTS),
    Property::new("NotEndsWith", TEXTS),
];

const ADVANCED: [Property; 2] = [
    Property::new("Name", Shape::Text),
    Property::new("FieldSelectors", Shape::List(&Shape::Structure(&FIELD))).required(),
];

pub(super) const ADVANCED_SELECTORS: Shape = Shape::List(&Shape::Structure(&ADVANCED));

const DATA_RESOURCE: [Property; 2] =
    [Property::new("Type", Shape::Text).required(), Property::new("Values", TEXTS).or(Standard::EmptyList)];

const BASIC: [Property; 4] = [
    Property::new("ReadWriteType", Shape::Text).or(Standard::Text("All")),
    Property::new("IncludeManagementEvents", Shape::Flag).or(Standard::Flag(true)),
    Property::new("DataResources", Shape::List(&Shape::Structure(&DATA_RESOURCE))).or(Standard::EmptyList),
    Property::new("ExcludeManagementEventSources", TEXTS).or(Standard::EmptyList),
];

pub(super) const BASIC_SELECTORS: Shape = Shape::List(&Shape::Structure(&BASIC));
