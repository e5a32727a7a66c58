//! Advanced event selectors.

use super::is_read;
use super::operators::Operators;
use super::resource::{Resource, resources};
use cairn_model::{AdvancedEventSelector, Category, Event, Field};
use std::borrow::Cow;

#[derive(Clone, Debug)]
pub(super) struct Advanced {
    /// What stands in an event's header decides most events before a member is looked for.
    header: Header,
    members: Vec<(Field, Operators)>,
    /// Conditions on one element of `resources`, which must meet all of them.
    resource_types: Vec<Operators>,
    resource_arns: Vec<Operators>,
}

/// Conditions on category and direction, judged beforehand.
#[derive(Clone, Debug)]
struct Header {
    /// The categories that Cairn knows and that meet all conditions.
    categories: Vec<Category>,
    /// Conditions for the others.
    category: Vec<Operators>,
    reads: bool,
    writes: bool,
}

const KNOWN: [Category; 8] = [
    Category::Management,
    Category::Data,
    Category::NetworkActivity,
    Category::Insight,
    Category::Aggregated,
    Category::ActivityAuditLog,
    Category::ConfigurationItem,
    Category::Evidence,
];

impl Advanced {
    pub(super) fn new(selector: &AdvancedEventSelector) -> Advanced {
        let mut advanced = Advanced {
            header: Header { categories: KNOWN.to_vec(), category: Vec::new(), reads: true, writes: true },
            members: Vec::new(),
            resource_types: Vec::new(),
            resource_arns: Vec::new(),
        };
        for field in &selector.field_selectors {
            advanced.add(&field.field, Operators::new(field));
        }
        advanced
    }

    fn add(&mut self, field: &str, operators: Operators) {
        match field {
            "eventCategory" => self.header.add_category(operators),
            "readOnly" => self.header.add_direction(&operators),
            "resources.type" => self.resource_types.push(operators),
            "resources.ARN" => self.resource_arns.push(operators),
            name => match member(name) {
                Some(member) => self.members.push((member, operators)),
                // No event has it.
                None if operators.hold(None) => {}
                None => self.header.take_nothing(),
            },
        }
    }

    pub(super) fn takes(&self, event: &Event<'_>) -> bool {
        self.header.takes(event)
            && self.members.iter().all(|(field, operators)| operators.hold(text(event, *field).as_deref()))
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

impl Header {
    fn add_category(&mut self, operators: Operators) {
        self.categories.retain(|category| operators.hold(Some(category.name())));
        self.category.push(operators);
    }

    fn add_direction(&mut self, operators: &Operators) {
        self.reads &= operators.hold(Some("true"));
        self.writes &= operators.hold(Some("false"));
    }

    fn take_nothing(&mut self) {
        (self.reads, self.writes) = (false, false);
    }

    fn takes(&self, event: &Event<'_>) -> bool {
        let is_taken = if is_read(event) { self.reads } else { self.writes };
        is_taken
            && match event.category() {
                Category::Other => {
                    let name = event.string(Field::EventCategory);
                    self.category.iter().all(|operators| operators.hold(name.as_deref()))
                }
                category => self.categories.contains(&category),
            }
    }
}

/// The member that a field selector of this name asks for.
fn member(name: &str) -> Option<Field> {
    match name {
        "eventSource" => Some(Field::EventSource),
        "eventName" => Some(Field::EventName),
        "eventType" => Some(Field::EventType),
        "errorCode" => Some(Field::ErrorCode),
        "vpcEndpointId" => Some(Field::VpcEndpointId),
        "userIdentity.arn" => Some(Field::UserArn),
        "sessionCredentialFromConsole" => Some(Field::SessionCredentialFromConsole),
        _ => None,
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
