//! Bodies of the query protocol and of EC2's dialect: `Tags.member.1.Key=a&Tags.member.1.Value=b`.

use super::scalar::scalar;
use super::{Members, Reading};
use cairn_operations::{Kind, Member, Shape};
use percent_encoding::percent_decode;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Nodes of a form, each of which costs up to a kilobyte: more than anything takes that a service lets in.
const NODES_MAX: usize = 20_000;
/// Dots in a name: more than any input has levels.
const LEVELS_MAX: usize = 16;

/// A form as the tree that the dots in its names make of it. Sorted, so that looking a name up is no walk
/// through what a hostile caller heaped up.
#[derive(Debug, Default)]
struct Node {
    value: Option<String>,
    children: BTreeMap<String, Node>,
}

/// The members that a form gives to `input`, and whether all of it could be read.
pub(super) fn members(input: Shape, form: &[u8]) -> (Members, Reading) {
    let (root, reading) = Node::read(form);
    let given = |member: Member| Some((member, value(member, member.query_name(), &root)?));
    (input.members().filter_map(given).collect(), reading)
}

impl Node {
    /// Reads a form, as far as it is none that was made to fill the memory.
    fn read(form: &[u8]) -> (Node, Reading) {
        let (mut root, mut room, mut reading) = (Node::default(), NODES_MAX, Reading::Whole);
        for (name, value) in pairs(form) {
            let levels = name.split('.').take(LEVELS_MAX + 1).count();
            if levels > LEVELS_MAX {
                reading = Reading::Cut;
            } else if levels > room {
                return (root, Reading::Cut);
            } else {
                room -= root.insert(&name, value);
            }
        }
        (root, reading)
    }

    /// Puts a value in its place; returns how many nodes that made.
    fn insert(&mut self, name: &str, value: String) -> usize {
        let (mut node, mut made) = (self, 0);
        for part in name.split('.') {
            node = node.children.entry(part.to_owned()).or_insert_with(|| {
                made += 1;
                Node::default()
            });
        }
        node.value.get_or_insert(value);
        made
    }

    /// The children whose names are numbers, in the order of those.
    fn numbered(&self) -> Vec<&Node> {
        let number = |(name, node)| Some((str::parse::<u64>(name).ok()?, node));
        let mut numbered: Vec<(u64, &Node)> =
            self.children.iter().map(|(name, node)| (name.as_str(), node)).filter_map(number).collect();
        numbered.sort_by_key(|(number, _)| *number);
        numbered.into_iter().map(|(_, node)| node).collect()
    }
}

fn pairs(form: &[u8]) -> impl Iterator<Item = (String, String)> {
    form.split(|byte| *byte == b'&').filter(|part| !part.is_empty()).map(|part| {
        let middle = part.iter().position(|byte| *byte == b'=').unwrap_or(part.len());
        (decoded(&part[..middle]), decoded(part.get(middle + 1..).unwrap_or_default()))
    })
}

fn decoded(text: &[u8]) -> String {
    let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).decode_utf8_lossy().into_owned()
}

/// What stands under `name` for a member, if anything does.
fn value(member: Member, name: &str, parent: &Node) -> Option<Value> {
    let shape = member.shape();
    match shape.kind() {
        Kind::List => list(member, name, parent),
        Kind::Map => map(member, parent.children.get(name)?),
        _ => node_value(shape, parent.children.get(name)?),
    }
}

fn node_value(shape: Shape, node: &Node) -> Option<Value> {
    match shape.kind() {
        Kind::Structure | Kind::Union => Some(structure(shape, node)),
        Kind::Blob => Some(Value::Null),
        _ => Some(scalar(shape, node.value.as_deref()?)),
    }
}

fn structure(shape: Shape, node: &Node) -> Value {
    let given =
        |member: Member| Some((member.wire_name().to_owned(), value(member, member.query_name(), node)?));
    Value::Object(shape.members().filter_map(given).collect())
}

/// A flattened list goes by its element's name if that has one, any other has it in between.
fn list(member: Member, name: &str, parent: &Node) -> Option<Value> {
    let element = member.shape().element()?;
    let (element_name, is_named) = (element.wire_name(), element.wire_name() != "member");
    let elements = if member.is_flattened() {
        let flat = if is_named && !parent.children.contains_key(name) { element_name } else { name };
        parent.children.get(flat)?
    } else {
        let node = parent.children.get(name)?;
        match node.children.get(element_name) {
            Some(elements) => elements,
            // The way in which a caller says that a list is there and empty.
            None if node.value.is_some() => return Some(Value::Array(Vec::new())),
            None => node,
        }
    };
    Some(Value::Array(
        elements.numbered().into_iter().filter_map(|node| element_value(element, node)).collect(),
    ))
}

/// An element of a list that is a list or map itself, which only flattened names could tell apart, or plain.
fn element_value(element: Member, node: &Node) -> Option<Value> {
    match element.shape().kind() {
        Kind::Map => map(element, node),
        Kind::List => {
            let inner = element.shape().element()?;
            let nodes = node.children.get(inner.wire_name()).unwrap_or(node);
            Some(nodes.numbered().into_iter().filter_map(|node| element_value(inner, node)).collect())
        }
        _ => node_value(element.shape(), node),
    }
}

fn map(member: Member, node: &Node) -> Option<Value> {
    let (key, value_member) = (member.shape().key()?, member.shape().value()?);
    let entries = if member.is_flattened() { node } else { node.children.get("entry").unwrap_or(node) };
    let entry = |node: &Node| {
        let name = node.children.get(key.wire_name())?.value.clone()?;
        Some((name, value(value_member, value_member.wire_name(), node)?))
    };
    let entries: Map<String, Value> = entries.numbered().into_iter().filter_map(entry).collect();
    Some(Value::Object(entries))
}
