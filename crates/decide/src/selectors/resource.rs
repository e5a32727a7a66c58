//! The `resources` of an event, read only when a selector asks.

use cairn_model::json::{elements, members, string};
use cairn_model::{Event, Field};
use std::borrow::Cow;

/// One element of `resources`.
#[derive(Debug, Default)]
pub(crate) struct Resource<'a> {
    pub(crate) resource_type: Option<Cow<'a, str>>,
    /// `ARN`, or else `ARNPrefix`.
    pub(crate) arn: Option<Cow<'a, str>>,
}

/// The event's resources, in their order.
pub(crate) fn resources<'a>(event: &Event<'a>) -> impl Iterator<Item = Resource<'a>> {
    elements(event.raw(Field::Resources).unwrap_or("[]")).map(read)
}

fn read(raw: &str) -> Resource<'_> {
    let mut resource = Resource::default();
    let mut prefix = None;
    for (key, value) in members(raw) {
        // A key may be written with escapes.
        match string(key).as_deref() {
            Some("type") => resource.resource_type = string(value),
            Some("ARN") => resource.arn = string(value),
            Some("ARNPrefix") => prefix = string(value),
            _ => {}
        }
    }
    resource.arn = resource.arn.or(prefix);
    resource
}
