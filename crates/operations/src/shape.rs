//! What goes into an operation and comes out of it.

use crate::protocol::TimestampFormat;
use crate::table::{MemberFlag, MemberRow, ShapeFlag, ShapeRow, Table};
use std::fmt;

/// The shape of an input, an output or a part of one. A handle: cheap to copy.
#[derive(Clone, Copy)]
pub struct Shape {
    table: &'static Table,
    index: u16,
}

/// What a [`Shape`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// [`Shape::members`] by name.
    Structure,
    /// A structure of which exactly one member is set.
    Union,
    /// Any number of [`Shape::element`].
    List,
    /// [`Shape::key`] to [`Shape::value`].
    Map,
    /// Text.
    String,
    /// Bytes; base64 in JSON, XML and forms.
    Blob,
    /// True or false.
    Boolean,
    /// 32 bits, signed.
    Integer,
    /// 64 bits, signed.
    Long,
    /// 32 bits, floating.
    Float,
    /// 64 bits, floating.
    Double,
    /// An instant, in this format or else in the [usual](TimestampFormat::usual) one.
    Timestamp(Option<TimestampFormat>),
    /// Any JSON.
    Document,
}

impl Shape {
    pub(crate) fn new(table: &'static Table, index: u16) -> Shape {
        Shape { table, index }
    }

    /// What it is.
    pub fn kind(self) -> Kind {
        self.row().kind
    }

    /// The members of a structure or union in the model's order; of other kinds, none.
    pub fn members(self) -> Members {
        let row = self.row();
        let count = match row.kind {
            Kind::Structure | Kind::Union => row.member_count,
            _ => 0,
        };
        Members { table: self.table, next: row.first_member, end: row.first_member + u32::from(count) }
    }

    /// The member of this name in the model.
    pub fn member(self, name: &str) -> Option<Member> {
        self.members().find(|member| member.name() == name)
    }

    /// The member of this [`Member::wire_name`].
    pub fn member_by_wire_name(self, wire_name: &str) -> Option<Member> {
        self.members().find(|member| member.wire_name() == wire_name)
    }

    /// The member that is the whole body, such as an object's content.
    pub fn payload(self) -> Option<Member> {
        self.members().find(|member| member.is_payload())
    }

    /// The element of a list, as if it were its one member: the wire name is that of an element in XML and
    /// forms, `member` unless the model says otherwise.
    pub fn element(self) -> Option<Member> {
        self.part(Kind::List, 0)
    }

    /// The key of a map, whose wire name is `key` unless the model says otherwise.
    pub fn key(self) -> Option<Member> {
        self.part(Kind::Map, 0)
    }

    /// The value of a map, whose wire name is `value` unless the model says otherwise.
    pub fn value(self) -> Option<Member> {
        self.part(Kind::Map, 1)
    }

    /// Whether what is inside must not be shown.
    pub fn is_sensitive(self) -> bool {
        self.row().has(ShapeFlag::Sensitive)
    }

    /// Whether it is sent as a stream: a blob of any length, or events.
    pub fn is_streaming(self) -> bool {
        self.row().has(ShapeFlag::Streaming) || self.is_event_stream()
    }

    /// Whether it is a union whose values follow each other in the event stream encoding.
    pub fn is_event_stream(self) -> bool {
        self.row().has(ShapeFlag::EventStream)
    }

    fn part(self, kind: Kind, number: u32) -> Option<Member> {
        let row = self.row();
        (row.kind == kind).then(|| Member { table: self.table, index: row.first_member + number })
    }

    fn row(self) -> &'static ShapeRow {
        self.table.shape(self.index)
    }
}

/// Two handles are equal if they are of the same shape of the same service. Recursive shapes exist: compare
/// before walking down for ever.
impl PartialEq for Shape {
    fn eq(&self, other: &Shape) -> bool {
        std::ptr::eq(self.table, other.table) && self.index == other.index
    }
}

impl Eq for Shape {}

impl fmt::Debug for Shape {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?} {}", self.kind(), self.index)
    }
}

/// The members of a structure, in the model's order.
#[derive(Clone)]
pub struct Members {
    table: &'static Table,
    next: u32,
    end: u32,
}

impl Iterator for Members {
    type Item = Member;

    fn next(&mut self) -> Option<Member> {
        if self.next == self.end {
            return None;
        }
        self.next += 1;
        Some(Member { table: self.table, index: self.next - 1 })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.end - self.next) as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Members {}

/// A member of a structure, or the element, key or value of a list or map. A handle: cheap to copy.
#[derive(Clone, Copy)]
pub struct Member {
    table: &'static Table,
    index: u32,
}

/// Where in a request or response a member of the outermost structure lies. The name there is
/// [`Member::wire_name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Location {
    /// In the body: under its name, or as the whole of it if [`Member::is_payload`].
    Body,
    /// In the header of that name.
    Header,
    /// A map: in all headers whose names start with the wire name, such as `x-amz-meta-`.
    Headers,
    /// In the query string under that name.
    Query,
    /// A map: all of the query string that no other member takes.
    QueryMap,
    /// In the path, at the label of that name.
    Path,
    /// The answer's status code.
    StatusCode,
}

impl Member {
    /// The model's name, such as `RoleArn`.
    pub fn name(self) -> &'static str {
        self.table.string(self.row().name)
    }

    /// The name on the wire: the model's location name, else its name.
    pub fn wire_name(self) -> &'static str {
        self.table.string(self.row().wire_name)
    }

    /// The name in a form: for EC2 the model's query name, else the location name with its first letter
    /// raised; for other services the same as [`Member::wire_name`].
    pub fn query_name(self) -> &'static str {
        self.table.string(self.row().query_name)
    }

    /// Where it lies.
    pub fn location(self) -> Location {
        self.row().location
    }

    /// Its shape.
    pub fn shape(self) -> Shape {
        Shape { table: self.table, index: self.row().shape }
    }

    /// Whether it is the whole body.
    pub fn is_payload(self) -> bool {
        self.row().has(MemberFlag::Payload)
    }

    /// Whether the list or map is written without an element around it (XML), or without `.member` or
    /// `.entry` in between (forms).
    pub fn is_flattened(self) -> bool {
        self.row().has(MemberFlag::Flattened)
    }

    /// Whether callers must give it. Kept for members outside of the body only: recognition needs them.
    pub fn is_required(self) -> bool {
        self.row().has(MemberFlag::Required)
    }

    /// Whether it is a part of the host's name too.
    pub fn is_host_label(self) -> bool {
        self.row().has(MemberFlag::HostLabel)
    }

    /// Whether its text is JSON, in base64 if it is a header.
    pub fn is_json_text(self) -> bool {
        self.row().has(MemberFlag::JsonText)
    }

    /// Whether it is an attribute of its structure's XML element.
    pub fn is_attribute(self) -> bool {
        self.row().has(MemberFlag::Attribute)
    }

    /// Whether its value must not be shown: the model says so of its shape, or it is known to be secret.
    pub fn is_sensitive(self) -> bool {
        self.row().has(MemberFlag::Secret) || self.shape().is_sensitive()
    }

    fn row(self) -> &'static MemberRow {
        self.table.member(self.index)
    }
}

/// Two handles are equal if they are of the same member of the same shape, not if their names are the same.
impl PartialEq for Member {
    fn eq(&self, other: &Member) -> bool {
        std::ptr::eq(self.table, other.table) && self.index == other.index
    }
}

impl Eq for Member {}

impl fmt::Debug for Member {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {:?}", self.name(), self.shape())
    }
}
