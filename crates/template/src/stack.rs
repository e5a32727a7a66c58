//! What earlier runs made: which resource belongs to which stack.

use crate::kind::Kind;
use serde_json::{Value, json};

/// A resource of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owned {
    /// Its name in the template.
    pub logical_id: String,
    /// Its type.
    pub kind: Kind,
    /// Its name, or the ARN of the resource whose policy it is.
    pub id: String,
    /// Whether it stays when the template has it no more.
    pub retain: bool,
}

/// All stacks of an account and region, as one of them sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stacks {
    own: Vec<Owned>,
    others: Vec<(String, Vec<Owned>)>,
    revision: u64,
}

impl Stacks {
    /// What the server says of them: `[{"name", "revision", "resources": [{"logicalId", "type", "id", "retain"}]}]`.
    pub fn of(stack: &str, stacks: &Value) -> Stacks {
        let mut all = Stacks::default();
        for found in stacks.as_array().into_iter().flatten() {
            let resources: Vec<Owned> =
                found["resources"].as_array().into_iter().flatten().filter_map(Owned::of).collect();
            let name = found["name"].as_str().unwrap_or_default();
            if name == stack {
                (all.own, all.revision) = (resources, found["revision"].as_u64().unwrap_or_default());
            } else {
                all.others.push((name.to_owned(), resources));
            }
        }
        all
    }

    /// The resources of this stack, in the order in which they were made.
    pub fn own(&self) -> &[Owned] {
        &self.own
    }

    /// How often the record of this stack was written; 0 if there is none.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The resources that this stack made under that name in the template, of that type and with other names than `id`.
    pub fn former(&self, logical_id: &str, kind: Kind, id: Option<&str>) -> Vec<&Owned> {
        let is_former = |owned: &&Owned| {
            owned.logical_id == logical_id && owned.kind == kind && Some(owned.id.as_str()) != id
        };
        self.own.iter().filter(is_former).collect()
    }

    pub(crate) fn owns(&self, kind: Kind, id: &str) -> bool {
        self.own.iter().any(|owned| owned.is(kind, id))
    }

    /// The other stack that a resource belongs to.
    pub(crate) fn other_owner(&self, kind: Kind, id: &str) -> Option<&str> {
        let owner = self.others.iter().find(|(_, owned)| owned.iter().any(|owned| owned.is(kind, id)));
        owner.map(|(name, _)| name.as_str())
    }
}

impl Owned {
    fn of(resource: &Value) -> Option<Owned> {
        Some(Owned {
            logical_id: resource["logicalId"].as_str()?.to_owned(),
            kind: Kind::from_type_name(resource["type"].as_str()?)?,
            id: resource["id"].as_str()?.to_owned(),
            retain: resource["retain"] == true,
        })
    }

    /// As the server keeps it.
    pub fn json(&self) -> Value {
        json!({
            "logicalId": self.logical_id, "type": self.kind.type_name(), "id": self.id, "retain": self.retain,
        })
    }

    fn is(&self, kind: Kind, id: &str) -> bool {
        self.kind == kind && self.id == id
    }
}
