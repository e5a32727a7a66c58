//! One service's part of the table, before compression.

use std::collections::HashMap;
use std::error::Error;

use super::columns::Columns;
use super::model::{Model, Operation, Reference};
use super::shapes::{Numbered, Shapes};

/// Member flags, as `crates/operations/src/table.rs` reads them.
const PAYLOAD: u8 = 1;
const FLATTENED: u8 = 2;
const REQUIRED: u8 = 4;
const HOST_LABEL: u8 = 8;
const JSON_TEXT: u8 = 16;
const ATTRIBUTE: u8 = 32;

/// Stands for "no shape".
const NONE: u16 = u16::MAX;

/// The methods by number, as `crates/operations/src/table.rs` reads them.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

pub(super) struct Frame {
    /// All names in it, in the order of their numbers.
    pub(super) names: Vec<String>,
    pub(super) bytes: Vec<u8>,
}

/// A row of the table of members.
struct Member {
    name: u16,
    wire_name: u16,
    query_name: u16,
    shape: u16,
    location: u8,
    flags: u8,
}

/// A row of the table of operations.
struct Row {
    name: u16,
    method: u8,
    uri: u16,
    input: u16,
    output: u16,
}

pub(super) fn render(model: &Model) -> Result<Frame, Box<dyn Error>> {
    let mut shapes = Shapes::new(&model.shapes);
    for operation in model.operations.values() {
        for reference in [&operation.input, &operation.output].into_iter().flatten() {
            shapes.visit(reference)?;
        }
    }
    let mut names = Names::default();
    let mut operations = Vec::new();
    for (name, operation) in &model.operations {
        operations.push(row(&shapes, &mut names, name, operation)?);
    }
    let is_ec2 = model.metadata.protocol == "ec2";
    let mut members = Vec::new();
    for shape in &shapes.numbered {
        for (name, part) in &shape.parts {
            members.push(member(&shapes, &mut names, shape, name, part, is_ec2)?);
        }
    }
    let bytes = bytes(&names, &shapes.numbered, &members, &operations)?;
    Ok(Frame { names: names.in_order, bytes })
}

fn row(
    shapes: &Shapes<'_>,
    names: &mut Names,
    name: &str,
    operation: &Operation,
) -> Result<Row, Box<dyn Error>> {
    let method = METHODS.iter().position(|method| *method == operation.http.method);
    let shape = |part: &Option<Reference>| part.as_ref().map_or(Ok(NONE), |found| shapes.number(found));
    Ok(Row {
        name: names.number(name)?,
        method: u8::try_from(method.ok_or_else(|| format!("unknown method {}", operation.http.method))?)?,
        uri: names.number(&operation.http.request_uri)?,
        input: shape(&operation.input)?,
        output: shape(&operation.output)?,
    })
}

fn member(
    shapes: &Shapes<'_>,
    names: &mut Names,
    parent: &Numbered<'_>,
    name: &str,
    part: &Reference,
    is_ec2: bool,
) -> Result<Member, Box<dyn Error>> {
    let target = shapes.model_of(part)?;
    let is_member = parent.model.kind == "structure";
    // A list's or map's own location name says how the list is called, not its elements.
    let of_target = target.location_name.as_ref().filter(|_| is_member);
    let location_name = part.location_name.as_ref().or(of_target);
    let wire_name = location_name.map_or(name, String::as_str);
    let query_name = match (&part.query_name, is_ec2) {
        (Some(query_name), _) => query_name.clone(),
        (None, true) => capitalized(wire_name),
        (None, false) => wire_name.to_owned(),
    };
    let is_required =
        part.location.is_some() && parent.model.required.iter().any(|required| required == name);
    Ok(Member {
        name: names.number(name)?,
        wire_name: names.number(wire_name)?,
        query_name: names.number(&query_name)?,
        shape: shapes.number(part)?,
        location: location(part)?,
        flags: flag(parent.model.payload.as_deref() == Some(name), PAYLOAD)
            | flag(part.flattened || target.flattened, FLATTENED)
            | flag(is_required, REQUIRED)
            | flag(part.host_label, HOST_LABEL)
            | flag(part.json_value, JSON_TEXT)
            | flag(part.xml_attribute, ATTRIBUTE),
    })
}

fn flag(is_set: bool, flag: u8) -> u8 {
    if is_set { flag } else { 0 }
}

fn capitalized(name: &str) -> String {
    let mut characters = name.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

/// The numbers of the locations, as `crates/operations/src/table.rs` reads them. A map in the query string
/// takes what no other member does.
fn location(part: &Reference) -> Result<u8, String> {
    Ok(match part.location.as_deref() {
        None => 0,
        Some("header") => 1,
        Some("headers") => 2,
        Some("querystring") if part.location_name.is_some() => 3,
        Some("querystring") => 4,
        Some("uri") => 5,
        Some("statusCode") => 6,
        Some(other) => return Err(format!("unknown location {other}")),
    })
}

/// The frame: names, shapes, members, operations, each as columns.
fn bytes(
    names: &Names,
    shapes: &[Numbered<'_>],
    members: &[Member],
    operations: &[Row],
) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut bytes = Columns::default();
    let text = names.in_order.iter().flat_map(|name| [name, "\n"]).collect::<String>();
    bytes.long(text.len())?;
    bytes.bytes(text.as_bytes());

    let counts =
        shapes.iter().map(|shape| u16::try_from(shape.parts.len())).collect::<Result<Vec<_>, _>>()?;
    bytes.number(shapes.len())?;
    bytes.small(shapes.iter().map(|shape| shape.kind));
    bytes.small(shapes.iter().map(|shape| shape.flags));
    bytes.numbers(counts.into_iter());

    // Most members have one name for all uses; the differences are then columns of zeros.
    bytes.long(members.len())?;
    bytes.numbers(members.iter().map(|member| member.name));
    bytes.numbers(members.iter().map(|member| member.wire_name ^ member.name));
    bytes.numbers(members.iter().map(|member| member.query_name ^ member.wire_name));
    bytes.numbers(members.iter().map(|member| member.shape));
    bytes.small(members.iter().map(|member| member.location));
    bytes.small(members.iter().map(|member| member.flags));

    bytes.number(operations.len())?;
    bytes.numbers(operations.iter().map(|row| row.name));
    bytes.small(operations.iter().map(|row| row.method));
    bytes.numbers(operations.iter().map(|row| row.uri));
    bytes.numbers(operations.iter().map(|row| row.input));
    bytes.numbers(operations.iter().map(|row| row.output));
    Ok(bytes.into_bytes())
}

/// Numbers for names, in the order of their first use.
#[derive(Default)]
struct Names {
    numbers: HashMap<String, u16>,
    in_order: Vec<String>,
}

impl Names {
    fn number(&mut self, name: &str) -> Result<u16, Box<dyn Error>> {
        if let Some(number) = self.numbers.get(name) {
            return Ok(*number);
        }
        let number = u16::try_from(self.in_order.len())?;
        self.numbers.insert(name.to_owned(), number);
        self.in_order.push(name.to_owned());
        Ok(number)
    }
}
