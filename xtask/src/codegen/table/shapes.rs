//! Numbers a service's shapes in the order in which its operations reach them.

use std::collections::HashMap;

use super::model::{Reference, Shape};

/// Shape flags, as `crates/operations/src/table.rs` reads them.
const SENSITIVE: u8 = 1;
const STREAMING: u8 = 2;
const EVENT_STREAM: u8 = 4;

/// The shapes that operations reach.
pub(super) struct Shapes<'a> {
    model: &'a HashMap<String, Shape>,
    numbers: HashMap<Identity<'a>, u16>,
    /// In the order of their numbers.
    pub(super) numbered: Vec<Numbered<'a>>,
}

/// Shapes without parts are the same if kind and flags are, whatever the model calls them.
#[derive(PartialEq, Eq, Hash)]
enum Identity<'a> {
    Scalar { kind: u8, flags: u8 },
    Named(&'a str),
}

/// A shape of the table.
pub(super) struct Numbered<'a> {
    pub(super) kind: u8,
    pub(super) flags: u8,
    /// Members, or element, or key and value: name and use.
    pub(super) parts: Vec<(&'a str, &'a Reference)>,
    pub(super) model: &'a Shape,
}

impl<'a> Shapes<'a> {
    pub(super) fn new(model: &'a HashMap<String, Shape>) -> Shapes<'a> {
        Shapes { model, numbers: HashMap::new(), numbered: Vec::new() }
    }

    /// The shape in the model that a reference means.
    pub(super) fn model_of(&self, reference: &Reference) -> Result<&'a Shape, String> {
        self.model.get(&reference.shape).ok_or_else(|| format!("there is no shape {}", reference.shape))
    }

    /// Numbers what a reference means and all that is inside.
    pub(super) fn visit(&mut self, reference: &'a Reference) -> Result<(), String> {
        let mut open = vec![reference];
        while let Some(reference) = open.pop() {
            let identity = self.identity(reference)?;
            if self.numbers.contains_key(&identity) {
                continue;
            }
            let number = u16::try_from(self.numbered.len()).map_err(|_| "too many shapes")?;
            self.numbers.insert(identity, number);
            let model = self.model_of(reference)?;
            let parts = parts(model);
            open.extend(parts.iter().rev().map(|(_, part)| *part));
            self.numbered.push(Numbered { kind: kind(model)?, flags: flags(model, reference), parts, model });
        }
        Ok(())
    }

    /// The number of what a reference means, which was visited.
    pub(super) fn number(&self, reference: &Reference) -> Result<u16, String> {
        Ok(self.numbers[&self.identity(reference)?])
    }

    fn identity<'b>(&self, reference: &'b Reference) -> Result<Identity<'b>, String> {
        let model = self.model_of(reference)?;
        Ok(match model.kind.as_str() {
            "structure" | "list" | "map" => Identity::Named(&reference.shape),
            _ => Identity::Scalar { kind: kind(model)?, flags: flags(model, reference) },
        })
    }
}

fn parts(shape: &Shape) -> Vec<(&str, &Reference)> {
    let single = [("member", &shape.member), ("key", &shape.key), ("value", &shape.value)];
    let single = single.into_iter().filter_map(|(name, part)| Some((name, part.as_ref()?)));
    shape.members.0.iter().map(|(name, part)| (name.as_str(), part)).chain(single).collect()
}

/// The numbers of the kinds, as `crates/operations/src/table.rs` reads them.
fn kind(shape: &Shape) -> Result<u8, String> {
    Ok(match (shape.kind.as_str(), shape.timestamp_format.as_deref()) {
        ("structure", _) if shape.document => 12,
        ("structure", _) if shape.union => 1,
        ("structure", _) => 0,
        ("list", _) => 2,
        ("map", _) => 3,
        ("string", _) => 4,
        ("blob", _) => 5,
        ("boolean", _) => 6,
        ("integer", _) => 7,
        ("long", _) => 8,
        ("float", _) => 9,
        ("double", _) => 10,
        ("timestamp", None) => 11,
        ("timestamp", Some("iso8601")) => 13,
        ("timestamp", Some("unixTimestamp")) => 14,
        ("timestamp", Some("rfc822")) => 15,
        (kind, format) => return Err(format!("unknown type {kind} {format:?}")),
    })
}

fn flags(shape: &Shape, reference: &Reference) -> u8 {
    let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
    flag(shape.sensitive, SENSITIVE)
        | flag(shape.streaming || reference.streaming, STREAMING)
        | flag(shape.eventstream, EVENT_STREAM)
}
