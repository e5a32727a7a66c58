//! One service's part of the table, unpacked.
//!
//! `table.bin`, little-endian: the magic `CairnOp` and the version 1; lengths (32 bits) of index and dictionary;
//! the index (see `index.rs`); the dictionary, text that all frames refer to; and a zstd frame for each
//! service. Unpacked, a frame holds, each table as columns:
//!
//! | part | holds |
//! |---|---|
//! | names | their length in bytes (32 bits), and the names, each ended by a line feed |
//! | shapes | their number (16); kinds (8), flags (8), how many members each has (16) |
//! | members | their number (32); name (16), wire name xor name, query name xor wire name, shape (16), location (8), flags (8) |
//! | operations | their number (16), sorted by name; name (16), method (8), path (16), input (16), output (16) |
//!
//! A column of 16 bits is all its low bytes, then all its high bytes. Names are numbered in their order; 65,535
//! stands for no shape. The element of a list and key and value of a map are members.

use crate::cursor::Cursor;
use crate::planes::{self, Plane};
use crate::protocol::TimestampFormat;
use crate::routes::Routes;
use crate::shape::{Kind, Location};
use crate::{read_only, secrets};
use std::sync::OnceLock;

/// Names, shapes and operations of a service. Rows refer to each other by number, so nothing in it is boxed.
pub(crate) struct Table {
    text: Box<str>,
    /// Where in `text` each name starts, and the end of all.
    starts: Box<[u32]>,
    shapes: Box<[ShapeRow]>,
    members: Box<[MemberRow]>,
    operations: Box<[OperationRow]>,
    /// Made when the first request has to be told by its path.
    pub(crate) routes: OnceLock<Routes>,
}

pub(crate) struct ShapeRow {
    pub(crate) kind: Kind,
    pub(crate) first_member: u32,
    pub(crate) member_count: u16,
    flags: u8,
}

pub(crate) struct MemberRow {
    pub(crate) name: u16,
    pub(crate) wire_name: u16,
    pub(crate) query_name: u16,
    pub(crate) shape: u16,
    pub(crate) location: Location,
    flags: u8,
}

pub(crate) struct OperationRow {
    pub(crate) name: u16,
    pub(crate) method: &'static str,
    pub(crate) uri: u16,
    pub(crate) input: Option<u16>,
    pub(crate) output: Option<u16>,
    // Not in the file, and asked for with every request: made once.
    pub(crate) plane: Plane,
    pub(crate) is_read_only: bool,
    pub(crate) has_streaming_input: bool,
    pub(crate) has_streaming_output: bool,
}

/// The bits of a shape's flags.
#[derive(Clone, Copy)]
pub(crate) enum ShapeFlag {
    Sensitive = 1,
    Streaming = 2,
    EventStream = 4,
}

/// The bits of a member's flags.
#[derive(Clone, Copy)]
pub(crate) enum MemberFlag {
    Payload = 1,
    Flattened = 2,
    Required = 4,
    HostLabel = 8,
    JsonText = 16,
    Attribute = 32,
    /// Not in the file: set for what [`secrets`] knows.
    Secret = 64,
}

impl ShapeRow {
    pub(crate) fn has(&self, flag: ShapeFlag) -> bool {
        self.flags & flag as u8 != 0
    }
}

impl MemberRow {
    pub(crate) fn has(&self, flag: MemberFlag) -> bool {
        self.flags & flag as u8 != 0
    }
}

/// The kinds by their numbers in the file.
const KINDS: [Kind; 16] = [
    Kind::Structure,
    Kind::Union,
    Kind::List,
    Kind::Map,
    Kind::String,
    Kind::Blob,
    Kind::Boolean,
    Kind::Integer,
    Kind::Long,
    Kind::Float,
    Kind::Double,
    Kind::Timestamp(None),
    Kind::Document,
    Kind::Timestamp(Some(TimestampFormat::Iso8601)),
    Kind::Timestamp(Some(TimestampFormat::UnixSeconds)),
    Kind::Timestamp(Some(TimestampFormat::HttpDate)),
];

/// The locations by their numbers in the file.
const LOCATIONS: [Location; 7] = [
    Location::Body,
    Location::Header,
    Location::Headers,
    Location::Query,
    Location::QueryMap,
    Location::Path,
    Location::StatusCode,
];

/// The methods by their numbers in the file.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

const NO_SHAPE: u16 = u16::MAX;

impl Table {
    /// The part of the service `id` from its unpacked frame.
    pub(crate) fn read(id: &str, frame: &[u8]) -> Table {
        let mut cursor = Cursor::new(frame);
        let length = cursor.long();
        let text: Box<str> = cursor.utf8(length).into();
        let ends = text.match_indices('\n').map(|(end, _)| end as u32 + 1);
        let starts = [0].into_iter().chain(ends).collect();
        let shapes = read_shapes(&mut cursor);
        let members = read_members(&mut cursor);
        let operations = read_operations(&mut cursor);
        let mut table = Table { text, starts, shapes, members, operations, routes: OnceLock::new() };
        table.mark_secrets(id);
        table.mark_operations(id);
        table
    }

    /// The name of this number.
    pub(crate) fn string(&self, number: u16) -> &str {
        let number = usize::from(number);
        let (start, end) = (self.starts[number], self.starts[number + 1] - 1);
        &self.text[start as usize..end as usize]
    }

    pub(crate) fn shape(&self, number: u16) -> &ShapeRow {
        &self.shapes[usize::from(number)]
    }

    pub(crate) fn member(&self, number: u32) -> &MemberRow {
        &self.members[number as usize]
    }

    pub(crate) fn operation(&self, number: u16) -> &OperationRow {
        &self.operations[usize::from(number)]
    }

    /// The numbers of all operations.
    pub(crate) fn operation_numbers(&self) -> std::ops::Range<u16> {
        0..self.operations.len() as u16
    }

    /// The number of the operation of this name.
    pub(crate) fn operation_named(&self, name: &str) -> Option<u16> {
        let found = self.operations.binary_search_by(|row| self.string(row.name).cmp(name));
        found.ok().map(|number| number as u16)
    }

    /// Bytes on the heap, but for the routes.
    #[cfg(test)]
    pub(crate) fn heap_bytes(&self) -> usize {
        self.text.len()
            + size_of_val(&*self.starts)
            + size_of_val(&*self.shapes)
            + size_of_val(&*self.members)
            + size_of_val(&*self.operations)
    }

    fn mark_secrets(&mut self, id: &str) {
        let names = 0..self.starts.len() as u16 - 1;
        let secret: Vec<bool> = names.map(|name| secrets::is_secret(id, self.string(name))).collect();
        let holds_text: Vec<bool> = self.shapes.iter().map(|shape| self.holds_text(shape)).collect();
        for member in self.members.iter_mut().filter(|member| secret[usize::from(member.name)]) {
            // `ManageMasterUserPassword` is a choice, and `AuthToken` may be a structure that tells of one.
            if holds_text[usize::from(member.shape)] {
                member.flags |= MemberFlag::Secret as u8;
            }
        }
    }

    fn mark_operations(&mut self, id: &str) {
        let mut operations = std::mem::take(&mut self.operations);
        for row in &mut operations {
            let name = self.string(row.name);
            row.plane = planes::plane(id, name);
            row.is_read_only = read_only::is_read_only(name);
            row.has_streaming_input = self.has_stream(row.input);
            row.has_streaming_output = self.has_stream(row.output);
        }
        self.operations = operations;
    }

    /// Whether a member of a structure is a stream: an object's content, or events.
    fn has_stream(&self, shape: Option<u16>) -> bool {
        let Some(shape) = shape.map(|number| self.shape(number)) else { return false };
        let members = shape.first_member..shape.first_member + u32::from(shape.member_count);
        let mut shapes = members.map(|number| self.shape(self.member(number).shape));
        shapes.any(|shape| shape.has(ShapeFlag::Streaming) || shape.has(ShapeFlag::EventStream))
    }

    /// Whether a shape is text or bytes, or a list of them.
    fn holds_text(&self, shape: &ShapeRow) -> bool {
        match shape.kind {
            Kind::String | Kind::Blob => true,
            Kind::List => {
                let element = self.member(shape.first_member);
                matches!(self.shape(element.shape).kind, Kind::String | Kind::Blob)
            }
            _ => false,
        }
    }
}

fn read_shapes(cursor: &mut Cursor<'_>) -> Box<[ShapeRow]> {
    let count = usize::from(cursor.number());
    let kinds = cursor.small(count);
    let flags = cursor.small(count);
    let member_counts = cursor.numbers(count);
    let mut next_member = 0;
    kinds
        .zip(flags)
        .zip(member_counts)
        .map(|((kind, flags), member_count)| {
            let first_member = next_member;
            next_member += u32::from(member_count);
            ShapeRow { kind: KINDS[usize::from(kind)], first_member, member_count, flags }
        })
        .collect()
}

fn read_members(cursor: &mut Cursor<'_>) -> Box<[MemberRow]> {
    let count = cursor.long();
    let names = cursor.numbers(count);
    let wire_names = cursor.numbers(count);
    let query_names = cursor.numbers(count);
    let shapes = cursor.numbers(count);
    let locations = cursor.small(count);
    let flags = cursor.small(count);
    let texts = names.zip(wire_names).zip(query_names);
    texts
        .zip(shapes)
        .zip(locations.zip(flags))
        .map(|((((name, wire), query), shape), (location, flags))| MemberRow {
            name,
            wire_name: name ^ wire,
            query_name: name ^ wire ^ query,
            shape,
            location: LOCATIONS[usize::from(location)],
            flags,
        })
        .collect()
}

fn read_operations(cursor: &mut Cursor<'_>) -> Box<[OperationRow]> {
    let count = usize::from(cursor.number());
    let names = cursor.numbers(count);
    let methods = cursor.small(count);
    let uris = cursor.numbers(count);
    let inputs = cursor.numbers(count);
    let outputs = cursor.numbers(count);
    let shape = |number: u16| (number != NO_SHAPE).then_some(number);
    names
        .zip(methods)
        .zip(uris)
        .zip(inputs.zip(outputs))
        .map(|(((name, method), uri), (input, output))| OperationRow {
            name,
            method: METHODS[usize::from(method)],
            uri,
            input: shape(input),
            output: shape(output),
            plane: Plane::Management,
            is_read_only: false,
            has_streaming_input: false,
            has_streaming_output: false,
        })
        .collect()
}

#[cfg(test)]
mod tests;
