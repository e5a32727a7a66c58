//! What callers may write into the selectors of a trail or an event data store.

mod advanced;
mod basic;

pub use advanced::{check_advanced, check_store_selectors};
pub use basic::{check_basic, read_write_type};

use crate::insights::InsightSelectorError;
use std::fmt;

/// What has the selectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A trail.
    Trail,
    /// An event data store.
    EventDataStore,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Subject::Trail => "A trail",
            Subject::EventDataStore => "An event data store",
        })
    }
}

/// Selectors that a trail or an event data store may not have; AWS's `InvalidEventSelectorsException` for every variant.
/// The text is for the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    /// Not 1 to 5 basic selectors.
    #[error("A trail can have 1 to 5 event selectors; {0} were specified.")]
    SelectorCount(usize),
    /// More than 250 data resources over all basic selectors, the ones that mean "all" not counted.
    #[error("A trail can have up to 250 data resources across all event selectors; {0} were specified.")]
    TooManyDataResources(usize),
    /// More than 500 values over all advanced selectors.
    #[error(
        "{subject} can have up to 500 values for all conditions in all advanced event selectors; {count} were \
         specified."
    )]
    TooManyValues {
        /// What has the selectors.
        subject: Subject,
        /// How many values there are.
        count: usize,
    },
    /// More than 5 advanced selectors for an event data store.
    #[error("An event data store can have up to 5 advanced event selectors; {0} were specified.")]
    TooManySelectors(usize),
    /// Categories in one event data store that are kept in different ones.
    #[error("An event data store cannot take events of the categories {0} and {1} at once.")]
    FamiliesMixed(String, String),
    /// An event data store was to take events of another kind than before.
    #[error("The event categories of an event data store cannot be changed to ones of another kind.")]
    FamilyChanged,
    /// Basic and advanced selectors in one call.
    #[error("EventSelectors and AdvancedEventSelectors cannot be specified in the same request.")]
    BothKinds,
    /// A trail with Insights was no longer to take the events that they are about.
    #[error("The trail has Insights enabled: {0}")]
    InsightsEnabled(#[from] InsightSelectorError),
    /// Neither basic nor advanced selectors.
    #[error("Specify at least one event selector or advanced event selector.")]
    NoSelectors,
    /// A value that its member cannot have.
    #[error("Value {value} for {member} is invalid.")]
    Value {
        /// The member, such as `DataResources.Values`.
        member: &'static str,
        /// The value.
        value: String,
    },
    /// An advanced selector without a field that it needs.
    #[error("Advanced event selectors{} must have a field selector for {field}.", for_category(.category))]
    FieldMissing {
        /// The field.
        field: &'static str,
        /// The selector's category, if the field is needed because of it.
        category: Option<String>,
    },
    /// An advanced selector has a field twice that it may have once.
    #[error("An advanced event selector can have only one field selector for {0}.")]
    FieldTwice(&'static str),
    /// A field that selectors of this category may not have.
    #[error("Field {field} is not allowed in advanced event selectors for eventCategory {category}.")]
    FieldNotAllowed {
        /// The field.
        field: String,
        /// The category.
        category: String,
    },
    /// An operator that the field does not take.
    #[error("Operator {operator} is not allowed for field {field}.")]
    OperatorNotAllowed {
        /// The operator, such as `StartsWith`.
        operator: &'static str,
        /// The field.
        field: String,
    },
    /// A field selector without any value.
    #[error("Field selector for {0} must have at least one operator with a value.")]
    NoValues(String),
    /// A field that takes one value has several.
    #[error("Field {0} can have only one value.")]
    OneValueOnly(&'static str),
    /// A text shorter or longer than allowed.
    #[error("{what} must be {min} to {max} characters long.")]
    Length {
        /// What.
        what: &'static str,
        /// The least number of characters.
        min: usize,
        /// The greatest number of characters.
        max: usize,
    },
    /// Two selectors of network activity for one event source.
    #[error("There can be only one advanced event selector for network activity events of {0}.")]
    SourceTwice(String),
}

fn for_category(category: &Option<String>) -> String {
    match category {
        None => String::new(),
        Some(category) => format!(" for eventCategory {category}"),
    }
}

fn invalid(member: &'static str, value: &str) -> SelectorError {
    SelectorError::Value { member, value: value.to_owned() }
}
