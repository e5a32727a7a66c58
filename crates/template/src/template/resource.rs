//! A resource as a template declares it.

use super::section::{check_name, known_keys, text_of};
use crate::document::{Member, Tree, member};
use crate::fault::{Fault, Mark, Problem};
use crate::kind::Kind;

const KEYS: [&str; 7] =
    ["Type", "Properties", "DependsOn", "Condition", "DeletionPolicy", "UpdateReplacePolicy", "Metadata"];

/// A declared resource.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    pub(crate) logical_id: String,
    pub(crate) mark: Mark,
    pub(crate) kind: Kind,
    pub(crate) properties: Vec<Member>,
    pub(crate) depends_on: Vec<(String, Mark)>,
    pub(crate) condition: Option<(String, Mark)>,
    /// Whether it stays when the template has it no more.
    pub(crate) retain: bool,
    /// Whether it stays when another takes its place.
    pub(crate) retain_replaced: bool,
}

impl Resource {
    pub(super) fn parse(resource: &Member) -> Result<Resource, Fault> {
        check_name(resource)?;
        let members = resource.value.map()?;
        let missing = |what: &str| resource.mark.fault(Problem::Missing(what.to_owned()));
        let (type_name, at) = text_of(members, "Type")?.ok_or_else(|| missing("Type"))?;
        let kind = Kind::from_type_name(&type_name);
        let kind = kind.ok_or_else(|| at.fault(Problem::UnknownType(type_name)))?;
        known_keys(members, &KEYS)?;
        let properties = member(members, "Properties").map(|properties| properties.value.map());
        Ok(Resource {
            logical_id: resource.key.clone(),
            mark: resource.mark,
            kind,
            properties: properties.transpose()?.unwrap_or_default().to_vec(),
            depends_on: depends_on(members)?,
            condition: text_of(members, "Condition")?,
            retain: is_retained(members, "DeletionPolicy")?,
            retain_replaced: is_retained(members, "UpdateReplacePolicy")?,
        })
    }
}

/// One name or several.
fn depends_on(members: &[Member]) -> Result<Vec<(String, Mark)>, Fault> {
    let Some(found) = member(members, "DependsOn") else { return Ok(Vec::new()) };
    let names = match &found.value.tree {
        Tree::List(names) => names.iter().collect(),
        _ => vec![&found.value],
    };
    names.into_iter().map(|name| Ok((name.text()?.to_owned(), name.mark))).collect()
}

fn is_retained(members: &[Member], key: &str) -> Result<bool, Fault> {
    match text_of(members, key)? {
        None => Ok(false),
        Some((policy, mark)) => match policy.as_str() {
            "Delete" => Ok(false),
            // Nothing here is rolled back, so the two are the same.
            "Retain" | "RetainExceptOnCreate" => Ok(true),
            "Snapshot" => Err(mark.fault(Problem::Unsupported("snapshots of these resources".to_owned()))),
            _ => Err(mark.fault(Problem::Expected("Delete or Retain"))),
        },
    }
}
