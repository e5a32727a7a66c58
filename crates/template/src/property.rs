//! What properties look like, and what they are when nobody says.

mod fill;
mod read;

use serde_json::{Value, json};

/// A property of a resource, or a member of one.
#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
    standard: Standard,
}

/// The form of a value.
#[derive(Debug)]
pub(crate) enum Shape {
    Text,
    /// A KMS key in any of its forms.
    Key,
    Flag,
    Number,
    List(&'static Shape),
    /// A map of these members.
    Structure(&'static [Property]),
    /// A map of texts.
    Texts,
    /// A list of keys and values, whose order says nothing.
    Tags,
    /// A policy: a map, or its JSON as a text.
    Policy,
}

/// What a value is when nobody says.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Standard {
    Absent,
    Flag(bool),
    Text(&'static str),
    EmptyList,
    EmptyMap,
    /// The event selectors of a trail that got none.
    TrailSelectors,
    /// The event selectors of an event data store that got none.
    StoreSelectors,
    /// The categories of an insight selector.
    Management,
}

pub(crate) const TEXTS: Shape = Shape::List(&Shape::Text);

impl Property {
    pub(crate) const fn new(name: &'static str, shape: Shape) -> Property {
        Property { name, shape, required: false, standard: Standard::Absent }
    }

    pub(crate) const fn required(self) -> Property {
        Property { name: self.name, shape: self.shape, required: true, standard: self.standard }
    }

    pub(crate) const fn or(self, standard: Standard) -> Property {
        Property { name: self.name, shape: self.shape, required: self.required, standard }
    }

    /// What it is when nobody says; null if it is not there then.
    pub(crate) fn standard(&self) -> Value {
        match self.standard {
            Standard::Absent => Value::Null,
            Standard::Flag(flag) => Value::Bool(flag),
            Standard::Text(text) => Value::String(text.to_owned()),
            Standard::EmptyList => json!([]),
            Standard::EmptyMap => json!({}),
            Standard::TrailSelectors => json!([{
                "ReadWriteType": "All", "IncludeManagementEvents": true,
                "DataResources": [], "ExcludeManagementEventSources": [],
            }]),
            Standard::StoreSelectors => json!([{
                "Name": "Default management events",
                "FieldSelectors": [{ "Field": "eventCategory", "Equals": ["Management"] }],
            }]),
            Standard::Management => json!(["Management"]),
        }
    }
}

#[cfg(test)]
mod tests;
