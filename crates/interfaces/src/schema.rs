//! Which members of a body are secret: `x-cairn-hide: true`, `format: password` and `writeOnly: true`.
//!
//! Of a schema only this is kept. Schemas refer to each other in circles, so they are numbered.

use crate::document::{Fault, Node};
use crate::parameters::HIDDEN;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// The schemas of a document that request bodies and parameters use.
#[derive(Debug, Default)]
pub(crate) struct Schemas {
    all: Vec<Schema>,
}

/// The number of a schema.
pub(crate) type SchemaId = usize;

#[derive(Debug, Default)]
struct Schema {
    is_hidden: bool,
    /// By name in lower case: servers that do not mind case read `Password` as `password`.
    members: HashMap<String, Vec<SchemaId>>,
    /// What any other member may be.
    others: Vec<SchemaId>,
    elements: Vec<SchemaId>,
    /// What the same value is or may be besides.
    also: Vec<SchemaId>,
}

impl Schemas {
    /// Hides what any of the schemas says is secret, at any depth. In doubt it is hidden: of alternatives
    /// (`oneOf`, `anyOf`, `if`) all are taken to apply.
    pub(crate) fn hide(&self, value: &mut Value, schemas: &[SchemaId]) {
        if schemas.is_empty() || value.is_null() {
            return;
        }
        let schemas = self.closure(schemas, |schema| &schema.also);
        let schemas: Vec<&Schema> = schemas.into_iter().map(|id| &self.all[id]).collect();
        if schemas.iter().any(|schema| schema.is_hidden) {
            *value = Value::from(HIDDEN);
            return;
        }
        match value {
            Value::Object(members) => {
                for (name, value) in members.iter_mut() {
                    self.hide(value, &member(&schemas, &name.to_lowercase()));
                }
            }
            Value::Array(elements) => {
                let of_elements: Vec<SchemaId> =
                    schemas.iter().flat_map(|schema| schema.elements.iter().copied()).collect();
                elements.iter_mut().for_each(|element| self.hide(element, &of_elements));
            }
            _ => {}
        }
    }

    /// Whether something of a value of this schema would be hidden, at any depth.
    pub(crate) fn hides(&self, schema: SchemaId) -> bool {
        let within = |schema: &Schema| {
            let members = schema.members.values().flatten();
            members.chain(&schema.others).chain(&schema.elements).chain(&schema.also).copied().collect()
        };
        self.reach(&[schema], within).into_iter().any(|id| self.all[id].is_hidden)
    }

    /// The members of a value of this schema of which something would be hidden, in lower case.
    pub(crate) fn hidden_members(&self, schema: SchemaId) -> Vec<String> {
        let schemas = self.closure(&[schema], |schema| &schema.also);
        let members = schemas.into_iter().flat_map(|id| &self.all[id].members);
        let hidden = members.filter(|(_, schemas)| schemas.iter().any(|schema| self.hides(*schema)));
        hidden.map(|(name, _)| name.clone()).collect()
    }

    fn closure(&self, from: &[SchemaId], step: impl Fn(&Schema) -> &Vec<SchemaId>) -> Vec<SchemaId> {
        self.reach(from, |schema| step(schema).clone())
    }

    /// Everything that can be reached, each once.
    fn reach(&self, from: &[SchemaId], step: impl Fn(&Schema) -> Vec<SchemaId>) -> Vec<SchemaId> {
        let mut reached = from.to_vec();
        let mut seen: HashSet<SchemaId> = from.iter().copied().collect();
        let mut next = 0;
        while let Some(id) = reached.get(next) {
            let new = step(&self.all[*id]).into_iter().filter(|id| seen.insert(*id));
            let new: Vec<SchemaId> = new.collect();
            reached.extend(new);
            next += 1;
        }
        reached
    }
}

/// What the schemas say of a member.
fn member(schemas: &[&Schema], name: &str) -> Vec<SchemaId> {
    let mut found = Vec::new();
    for schema in schemas {
        match schema.members.get(name) {
            Some(schemas) => found.extend(schemas),
            None => found.extend(&schema.others),
        }
    }
    found
}

/// Reads schemas, each once. Those that were met and not read yet wait in a list, because a chain of references
/// may be longer than the stack is deep.
#[derive(Debug, Default)]
pub(crate) struct Reader<'d> {
    schemas: Schemas,
    known: HashMap<String, SchemaId>,
    waiting: Vec<(SchemaId, Node<'d>)>,
}

impl<'d> Reader<'d> {
    /// The number of a schema; it and all that it refers to are read.
    pub(crate) fn read(&mut self, node: &Node<'d>) -> Result<SchemaId, Fault> {
        let id = self.id(node.clone());
        while let Some((id, node)) = self.waiting.pop() {
            self.schemas.all[id] = self.schema(&node)?;
        }
        Ok(id)
    }

    /// All that was read so far.
    pub(crate) fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    pub(crate) fn finish(self) -> Schemas {
        self.schemas
    }

    fn id(&mut self, node: Node<'d>) -> SchemaId {
        if let Some(known) = self.known.get(&node.pointer) {
            return *known;
        }
        let id = self.schemas.all.len();
        self.schemas.all.push(Schema::default());
        self.known.insert(node.pointer.clone(), id);
        self.waiting.push((id, node));
        id
    }

    fn schema(&mut self, node: &Node<'d>) -> Result<Schema, Fault> {
        if node.value.is_boolean() {
            return Ok(Schema::default());
        }
        node.map()?;
        let mut schema = Schema { is_hidden: is_hidden(node)?, ..Schema::default() };
        for (name, member) in node.get("properties").iter().flat_map(Node::members) {
            let id = self.id(member);
            schema.members.entry(name.to_lowercase()).or_default().push(id);
        }
        for key in ["additionalProperties", "unevaluatedProperties"] {
            schema.others.extend(node.get(key).map(|other| self.id(other)));
        }
        for (_, other) in node.get("patternProperties").iter().flat_map(Node::members) {
            schema.others.push(self.id(other));
        }
        for key in ["items", "prefixItems", "contains", "unevaluatedItems"] {
            let elements = node.get(key).map(|node| node.one_or_more()).unwrap_or_default();
            schema.elements.extend(elements.into_iter().map(|element| self.id(element)));
        }
        for key in ["allOf", "anyOf", "oneOf", "if", "then", "else"] {
            let alternatives = node.get(key).map(|node| node.one_or_more()).unwrap_or_default();
            schema.also.extend(alternatives.into_iter().map(|alternative| self.id(alternative)));
        }
        if let Some(reference) = node.reference() {
            let target = node.follow(reference)?;
            schema.also.push(self.id(target));
        }
        for heir in heirs(node)? {
            schema.also.push(self.id(heir));
        }
        Ok(schema)
    }
}

/// Whether values of the schema, parameter or body are secret as a whole.
pub(crate) fn is_hidden(node: &Node<'_>) -> Result<bool, Fault> {
    let is_password = node.value.get("format").is_some_and(|format| format == "password");
    Ok(is_password || node.flag_of("writeOnly")? || node.flag_of("x-cairn-hide")?)
}

/// The schemas that a discriminator tells apart: those of its mapping, and all that build on this one.
fn heirs<'d>(node: &Node<'d>) -> Result<Vec<Node<'d>>, Fault> {
    let Some(discriminator) = node.get("discriminator") else { return Ok(Vec::new()) };
    let mut heirs = Vec::new();
    for (_, name) in discriminator.get("mapping").iter().flat_map(Node::members) {
        let text = name.text()?;
        let is_name = !text.contains(['#', '/', '.']);
        let reference = if is_name { format!("#/components/schemas/{text}") } else { text.to_owned() };
        heirs.push(name.follow(&reference)?);
    }
    let schemas = Node::root(node.root).get("components").and_then(|components| components.get("schemas"));
    for (_, schema) in schemas.iter().flat_map(Node::members) {
        let bases = schema.get("allOf");
        let builds_on_it = |base: Node<'d>| {
            let target = base.reference().and_then(|reference| base.follow(reference).ok());
            target.is_some_and(|target| target.pointer == node.pointer)
        };
        if bases.iter().flat_map(Node::elements).any(builds_on_it) {
            heirs.push(schema);
        }
    }
    Ok(heirs)
}

#[cfg(test)]
mod tests;
