//! Advanced event selectors.

use super::super::store::{Family, category};
use super::{SelectorError, Subject, invalid};
use cairn_model::{AdvancedEventSelector, AdvancedFieldSelector};

const VALUES_MAX: usize = 500;
const STORE_SELECTORS_MAX: usize = 5;
const NAME_CHARACTERS_MAX: usize = 1000;
const FIELD_CHARACTERS_MAX: usize = 1000;
const VALUE_CHARACTERS_MAX: usize = 2048;

const CATEGORY: &str = "eventCategory";
const SOURCE: &str = "eventSource";
const RESOURCE_TYPE: &str = "resources.type";

/// A category of events, and what its selectors may ask for.
struct CategoryRules {
    name: &'static str,
    allowed: &'static [&'static str],
    required: Option<&'static str>,
}

const DATA: CategoryRules = CategoryRules {
    name: "Data",
    allowed: &[
        CATEGORY,
        RESOURCE_TYPE,
        "resources.ARN",
        "readOnly",
        "eventName",
        SOURCE,
        "eventType",
        "sessionCredentialFromConsole",
        "userIdentity.arn",
    ],
    required: Some(RESOURCE_TYPE),
};

const NETWORK_ACTIVITY: CategoryRules = CategoryRules {
    name: "NetworkActivity",
    allowed: &[CATEGORY, SOURCE, "eventName", "errorCode", "vpcEndpointId"],
    required: Some(SOURCE),
};

/// Source: reference table "Advanced event selectors", column "trail fields".
const TRAIL_CATEGORIES: [CategoryRules; 3] = [
    CategoryRules { name: "Management", allowed: &[CATEGORY, SOURCE, "readOnly"], required: None },
    DATA,
    NETWORK_ACTIVITY,
];

/// Source: the same table, column "extra for EDS".
const STORE_CATEGORIES: [CategoryRules; 7] = [
    CategoryRules {
        name: "Management",
        allowed: &[
            CATEGORY,
            SOURCE,
            "readOnly",
            "eventName",
            "eventType",
            "sessionCredentialFromConsole",
            "userIdentity.arn",
        ],
        required: None,
    },
    DATA,
    NETWORK_ACTIVITY,
    only_category("Insight"),
    only_category("ConfigurationItem"),
    only_category("Evidence"),
    only_category("ActivityAuditLog"),
];

const fn only_category(name: &'static str) -> CategoryRules {
    CategoryRules { name, allowed: &[CATEGORY], required: None }
}

/// Whether a trail may have these advanced selectors.
pub fn check_advanced(selectors: &[AdvancedEventSelector]) -> Result<(), SelectorError> {
    check_all(selectors, Subject::Trail)
}

/// Whether an event data store may have these selectors: at most five, of one family of categories.
pub fn check_store_selectors(selectors: &[AdvancedEventSelector]) -> Result<(), SelectorError> {
    if selectors.len() > STORE_SELECTORS_MAX {
        return Err(SelectorError::TooManySelectors(selectors.len()));
    }
    check_all(selectors, Subject::EventDataStore)?;
    let mut categories = selectors.iter().filter_map(category);
    let Some(first) = categories.next() else {
        return Err(SelectorError::NoSelectors);
    };
    match categories.find(|other| Family::of(other) != Family::of(first)) {
        None => Ok(()),
        Some(other) => Err(SelectorError::FamiliesMixed(first.to_owned(), other.to_owned())),
    }
}

fn check_all(selectors: &[AdvancedEventSelector], subject: Subject) -> Result<(), SelectorError> {
    if selectors.is_empty() {
        return Err(SelectorError::NoSelectors);
    }
    let fields = selectors.iter().flat_map(|s| &s.field_selectors);
    let count = fields.flat_map(all_values).count();
    if count > VALUES_MAX {
        return Err(SelectorError::TooManyValues { subject, count });
    }
    selectors.iter().try_for_each(|selector| check_selector(selector, subject))?;
    refuse_same_network_sources(selectors)
}

fn check_selector(selector: &AdvancedEventSelector, subject: Subject) -> Result<(), SelectorError> {
    let name = selector.name.as_deref().unwrap_or("");
    check_length("Name", name, 0, NAME_CHARACTERS_MAX)?;
    for field in &selector.field_selectors {
        check_shape(field)?;
    }
    let rules = category_rules(selector, subject)?;
    if let Some(field) = rules.required {
        single_field(selector, field)?
            .ok_or_else(|| SelectorError::FieldMissing { field, category: Some(rules.name.to_owned()) })?;
    }
    for field in &selector.field_selectors {
        if !rules.allowed.contains(&field.field.as_str()) {
            return Err(SelectorError::FieldNotAllowed {
                field: field.field.clone(),
                category: rules.name.to_owned(),
            });
        }
        let is_excluding = is_excluding_sources(subject, rules.name, field);
        check_operators(field, rules.name, is_excluding)?;
        check_values(field, is_excluding)?;
    }
    Ok(())
}

/// Sources of management events can only be left out of a trail, and only two of them.
fn is_excluding_sources(subject: Subject, category: &str, field: &AdvancedFieldSelector) -> bool {
    subject == Subject::Trail && category == "Management" && field.field == SOURCE
}

/// What holds for field selectors whatever their field is.
fn check_shape(field: &AdvancedFieldSelector) -> Result<(), SelectorError> {
    check_length("Field", &field.field, 1, FIELD_CHARACTERS_MAX)?;
    let is_named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '|');
    if !field.field.chars().all(is_named) {
        return Err(invalid("Field", &field.field));
    }
    if all_values(field).next().is_none() {
        return Err(SelectorError::NoValues(field.field.clone()));
    }
    all_values(field)
        .try_for_each(|value| check_length("A field selector's value", value, 1, VALUE_CHARACTERS_MAX))
}

fn category_rules(
    selector: &AdvancedEventSelector,
    subject: Subject,
) -> Result<&'static CategoryRules, SelectorError> {
    let field = single_field(selector, CATEGORY)?
        .ok_or(SelectorError::FieldMissing { field: CATEGORY, category: None })?;
    check_operators(field, "", false)?;
    let [category] = &field.equals[..] else {
        return Err(SelectorError::OneValueOnly(CATEGORY));
    };
    let known: &[CategoryRules] = match subject {
        Subject::Trail => &TRAIL_CATEGORIES,
        Subject::EventDataStore => &STORE_CATEGORIES,
    };
    let rules = known.iter().find(|rules| rules.name == category);
    rules.ok_or_else(|| invalid(CATEGORY, category))
}

/// The selector's only condition on `name`, if it has one.
fn single_field<'a>(
    selector: &'a AdvancedEventSelector,
    name: &'static str,
) -> Result<Option<&'a AdvancedFieldSelector>, SelectorError> {
    let mut found = selector.field_selectors.iter().filter(|f| f.field == name);
    match (found.next(), found.next()) {
        (_, Some(_)) => Err(SelectorError::FieldTwice(name)),
        (first, None) => Ok(first),
    }
}

fn check_operators(
    field: &AdvancedFieldSelector,
    category: &str,
    is_excluding: bool,
) -> Result<(), SelectorError> {
    let allowed: &[&str] = match (category, field.field.as_str()) {
        (_, CATEGORY | RESOURCE_TYPE | "readOnly" | "errorCode") => &["Equals"],
        ("NetworkActivity", SOURCE) => &["Equals"],
        (_, SOURCE) if is_excluding => &["NotEquals"],
        (_, "sessionCredentialFromConsole") => &["Equals", "NotEquals"],
        _ => return Ok(()),
    };
    let used = operators(field).into_iter().filter(|(_, values)| !values.is_empty());
    match used.map(|(name, _)| name).find(|name| !allowed.contains(name)) {
        None => Ok(()),
        Some(operator) => Err(SelectorError::OperatorNotAllowed { operator, field: field.field.clone() }),
    }
}

fn check_values(field: &AdvancedFieldSelector, is_excluding: bool) -> Result<(), SelectorError> {
    let (member, is_valid): (_, fn(&str) -> bool) = match field.field.as_str() {
        "readOnly" => ("readOnly", |value| matches!(value, "true" | "false")),
        "errorCode" => ("errorCode", |value| value == "VpceAccessDenied"),
        "sessionCredentialFromConsole" => ("sessionCredentialFromConsole", |value| value == "true"),
        RESOURCE_TYPE => (RESOURCE_TYPE, is_resource_type),
        SOURCE if is_excluding => {
            (SOURCE, |value| matches!(value, "kms.amazonaws.com" | "rdsdata.amazonaws.com"))
        }
        _ => return Ok(()),
    };
    if let Some(value) = all_values(field).find(|value| !is_valid(value)) {
        return Err(invalid(member, value));
    }
    let takes_one = member == RESOURCE_TYPE || member == "readOnly";
    if takes_one && all_values(field).count() > 1 {
        return Err(SelectorError::OneValueOnly(member));
    }
    Ok(())
}

/// `AWS::Service::Kind`. AWS's list of kinds grows; one that is not on it takes nothing and harms nobody.
fn is_resource_type(value: &str) -> bool {
    let is_word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric());
    match value.split("::").collect::<Vec<_>>()[..] {
        ["AWS", service, kind] => is_word(service) && is_word(kind),
        _ => false,
    }
}

fn refuse_same_network_sources(selectors: &[AdvancedEventSelector]) -> Result<(), SelectorError> {
    let mut seen: Vec<&str> = Vec::new();
    for selector in selectors {
        let equals = |name| {
            let mut fields = selector.field_selectors.iter();
            fields.find(|f| f.field == name).map_or(&[][..], |f| &f.equals)
        };
        if equals(CATEGORY) != ["NetworkActivity"] {
            continue;
        }
        for source in equals(SOURCE) {
            if seen.contains(&source.as_str()) {
                return Err(SelectorError::SourceTwice(source.clone()));
            }
            seen.push(source);
        }
    }
    Ok(())
}

fn operators(field: &AdvancedFieldSelector) -> [(&'static str, &[String]); 6] {
    [
        ("Equals", &field.equals),
        ("StartsWith", &field.starts_with),
        ("EndsWith", &field.ends_with),
        ("NotEquals", &field.not_equals),
        ("NotStartsWith", &field.not_starts_with),
        ("NotEndsWith", &field.not_ends_with),
    ]
}

fn all_values(field: &AdvancedFieldSelector) -> impl Iterator<Item = &str> {
    operators(field).into_iter().flat_map(|(_, values)| values.iter().map(String::as_str))
}

fn check_length(what: &'static str, text: &str, min: usize, max: usize) -> Result<(), SelectorError> {
    let count = text.chars().count();
    if (min..=max).contains(&count) { Ok(()) } else { Err(SelectorError::Length { what, min, max }) }
}
