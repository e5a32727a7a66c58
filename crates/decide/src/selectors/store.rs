//! What is particular to the selectors of event data stores.

use cairn_model::{AdvancedEventSelector, AdvancedFieldSelector};

/// Categories of events that are kept in one store. Events of different families have different columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Management, data and network activity events.
    CloudTrail,
    /// Insights events.
    Insight,
    /// Configuration items of AWS Config.
    ConfigurationItem,
    /// Evidence of AWS Audit Manager.
    Evidence,
    /// What comes through channels.
    ActivityAuditLog,
}

impl Family {
    /// The family of a category.
    pub(super) fn of(category: &str) -> Family {
        match category {
            "Insight" => Family::Insight,
            "ConfigurationItem" => Family::ConfigurationItem,
            "Evidence" => Family::Evidence,
            "ActivityAuditLog" => Family::ActivityAuditLog,
            _ => Family::CloudTrail,
        }
    }
}

/// The family of a store with these selectors, which [`super::check_store_selectors`] let pass.
pub fn family(selectors: &[AdvancedEventSelector]) -> Family {
    selectors.first().and_then(category).map_or(Family::CloudTrail, Family::of)
}

/// The category of a selector's events.
pub(super) fn category(selector: &AdvancedEventSelector) -> Option<&str> {
    let field = selector.field_selectors.iter().find(|field| field.field == "eventCategory")?;
    field.equals.first().map(String::as_str)
}

/// The selectors of a store that nobody gave any. Source: AWS CloudTrail API Reference, CreateEventDataStore.
pub fn default_store_selectors() -> Vec<AdvancedEventSelector> {
    let management = AdvancedFieldSelector {
        field: "eventCategory".to_owned(),
        equals: vec!["Management".to_owned()],
        ..AdvancedFieldSelector::default()
    };
    let name = Some("Default management events".to_owned());
    vec![AdvancedEventSelector { name, field_selectors: vec![management] }]
}
