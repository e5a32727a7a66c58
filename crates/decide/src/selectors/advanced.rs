//! Advanced event selectors.

use super::is_read;
use super::resource::{Resource, resources};
use cairn_model::{AdvancedEventSelector, AdvancedFieldSelector, Category, Event, Field};
use std::borrow::Cow;

#[derive(Clone, Debug)]
pub(super) struct Advanced {
    fields: Vec<(Asked, Operators)>,
    /// Conditions on one element of `resources`, which must meet all of them.
    resource_types: Vec<Operators>,
    resource_arns: Vec<Operators>,
}

/// What a field selector asks an event for.
#[derive(Clone, Copy, Debug)]
enum Asked {
    Category,
    ReadOnly,
    Member(Field),
    /// A field that no event has.
    Unknown,
}

/// The conditions on one field: any of the positive ones (if there are some) and all of the negative ones.
#[derive(Clone, Debug)]
struct Operators {
    equals: Vec<String>,
    starts_with: Vec<String>,
    ends_with: Vec<String>,
    not_equals: Vec<String>,
    not_starts_with: Vec<String>,
    not_ends_with: Vec<String>,
}

impl Advanced {
    pub(super) fn new(selector: &AdvancedEventSelector) -> Advanced {
        let mut advanced =
            Advanced { fields: Vec::new(), resource_types: Vec::new(), resource_arns: Vec::new() };
        for field in &selector.field_selectors {
            let operators = Operators::new(field);
            match field.field.as_str() {
                "resources.type" => advanced.resource_types.push(operators),
                "resources.ARN" => advanced.resource_arns.push(operators),
                name => advanced.fields.push((Asked::named(name), operators)),
            }
        }
        // The category is in the event's header: it decides most events before a member is looked for.
        advanced.fields.sort_by_key(|(asked, _)| !matches!(asked, Asked::Category | Asked::ReadOnly));
        advanced
    }

    pub(super) fn takes(&self, event: &Event<'_>) -> bool {
        self.fields.iter().all(|(asked, operators)| operators.hold(asked.value(event).as_deref()))
            && self.takes_resources(event)
    }

    /// Some element meets all conditions; an event without resources is judged as one whose only
    /// resource has neither type nor ARN.
    fn takes_resources(&self, event: &Event<'_>) -> bool {
        if self.resource_types.is_empty() && self.resource_arns.is_empty() {
            return true;
        }
        let mut found = resources(event).peekable();
        if found.peek().is_none() {
            return self.takes_resource(&Resource::default());
        }
        found.any(|resource| self.takes_resource(&resource))
    }

    fn takes_resource(&self, resource: &Resource<'_>) -> bool {
        let all = |conditions: &[Operators], value| conditions.iter().all(|o| o.hold(value));
        all(&self.resource_types, resource.resource_type.as_deref())
            && all(&self.resource_arns, resource.arn.as_deref())
    }
}

impl Asked {
    fn named(name: &str) -> Asked {
        match name {
            "eventCategory" => Asked::Category,
            "readOnly" => Asked::ReadOnly,
            "eventSource" => Asked::Member(Field::EventSource),
            "eventName" => Asked::Member(Field::EventName),
            "eventType" => Asked::Member(Field::EventType),
            "errorCode" => Asked::Member(Field::ErrorCode),
            "vpcEndpointId" => Asked::Member(Field::VpcEndpointId),
            "userIdentity.arn" => Asked::Member(Field::UserArn),
            "sessionCredentialFromConsole" => Asked::Member(Field::SessionCredentialFromConsole),
            _ => Asked::Unknown,
        }
    }

    fn value<'a>(self, event: &Event<'a>) -> Option<Cow<'a, str>> {
        match self {
            Asked::Category => match event.category() {
                Category::Other => event.string(Field::EventCategory),
                category => Some(Cow::Borrowed(category.name())),
            },
            Asked::ReadOnly => Some(Cow::Borrowed(if is_read(event) { "true" } else { "false" })),
            Asked::Member(field) => text(event, field),
            Asked::Unknown => None,
        }
    }
}

/// A member's text; for `true`, `false` and numbers their JSON. Null is as good as absent.
fn text<'a>(event: &Event<'a>, field: Field) -> Option<Cow<'a, str>> {
    let raw = event.raw(field)?;
    match raw.as_bytes().first()? {
        b'"' => event.string(field),
        b'{' | b'[' | b'n' => None,
        _ => Some(Cow::Borrowed(raw)),
    }
}

impl Operators {
    fn new(selector: &AdvancedFieldSelector) -> Operators {
        Operators {
            equals: selector.equals.clone(),
            starts_with: selector.starts_with.clone(),
            ends_with: selector.ends_with.clone(),
            not_equals: selector.not_equals.clone(),
            not_starts_with: selector.not_starts_with.clone(),
            not_ends_with: selector.not_ends_with.clone(),
        }
    }

    /// A value that is missing fails every positive condition and meets every negative one.
    fn hold(&self, value: Option<&str>) -> bool {
        match value {
            Some(value) => (!self.has_positive() || self.any_positive(value)) && !self.any_negative(value),
            None => !self.has_positive(),
        }
    }

    fn has_positive(&self) -> bool {
        !(self.equals.is_empty() && self.starts_with.is_empty() && self.ends_with.is_empty())
    }

    fn any_positive(&self, value: &str) -> bool {
        any(&self.equals, |wanted| value == wanted)
            || any(&self.starts_with, |wanted| value.starts_with(wanted))
            || any(&self.ends_with, |wanted| value.ends_with(wanted))
    }

    fn any_negative(&self, value: &str) -> bool {
        any(&self.not_equals, |unwanted| value == unwanted)
            || any(&self.not_starts_with, |unwanted| value.starts_with(unwanted))
            || any(&self.not_ends_with, |unwanted| value.ends_with(unwanted))
    }
}

fn any(values: &[String], test: impl Fn(&str) -> bool) -> bool {
    values.iter().any(|value| test(value))
}
