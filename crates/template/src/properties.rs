//! The properties of one resource, in the form in which they are compared.

use crate::document::Member;
use crate::fault::{Fault, Mark, Problem};
use crate::kind::Kind;
use crate::scope::Environment;
use serde_json::{Map, Value};

/// Properties by name. What is as it would be if nobody said so, is not in it.
pub type Properties = Map<String, Value>;

/// The properties that a template asks for.
pub(crate) fn wanted(
    kind: Kind,
    members: &[Member],
    mark: Mark,
    environment: &Environment,
) -> Result<Properties, Fault> {
    let mut read = Map::new();
    for Member { mark, key, value } in members {
        let property = kind.property(key).ok_or_else(|| kind.unknown_property(key, *mark))?;
        read.insert(key.clone(), property.shape.read(value)?);
    }
    let required = kind.handler().properties().iter().filter(|property| property.required);
    match required.map(|property| property.name).find(|name| !read.contains_key(*name)) {
        Some(missing) => Err(mark.fault(Problem::Missing(missing.to_owned()))),
        None => Ok(settled(kind, &read, environment)),
    }
}

/// Properties, whoever gave them, in the form in which they are compared.
pub(crate) fn settled(kind: Kind, given: &Map<String, Value>, environment: &Environment) -> Properties {
    let mut filled = Map::new();
    for property in kind.handler().properties() {
        if let Some(value) = given.get(property.name).filter(|value| !value.is_null()) {
            filled.insert(property.name.to_owned(), property.shape.filled(value));
        }
    }
    kind.handler().settle(&mut filled, environment);
    filled.retain(|name, value| kind.property(name).is_some_and(|property| property.standard() != *value));
    filled
}

/// What is different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The property.
    pub property: &'static str,
    /// What it is; null if nobody said.
    pub present: Value,
    /// What it should be; null if nobody says.
    pub wanted: Value,
}

/// What is different between what is there and what should be.
pub(crate) fn changes(kind: Kind, present: &Properties, wanted: &Properties) -> Vec<Change> {
    let properties = kind.handler().properties().iter();
    let changes = properties.filter_map(|property| {
        let of = |properties: &Properties| properties.get(property.name).cloned().unwrap_or_default();
        let (present, wanted) = (of(present), of(wanted));
        let is_same = property.shape.same(&present, &wanted);
        (!is_same).then_some(Change { property: property.name, present, wanted })
    });
    changes.collect()
}
