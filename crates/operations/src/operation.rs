//! One operation of one service.

use crate::index::Service;
use crate::planes::Plane;
use crate::shape::Shape;
use crate::table::{OperationRow, Table};
use crate::{names, unsigned};
use std::fmt;

/// An operation of the table. A handle: cheap to copy.
#[derive(Clone, Copy)]
pub struct Operation {
    service: &'static Service,
    table: &'static Table,
    index: u16,
}

impl Operation {
    pub(crate) fn new(service: &'static Service, index: u16) -> Operation {
        Operation { service, table: service.table(), index }
    }

    /// The model's name, such as `ListObjectsV2`.
    pub fn name(self) -> &'static str {
        self.table.string(self.row().name)
    }

    /// The service that it belongs to.
    pub fn service(self) -> &'static Service {
        self.service
    }

    /// `eventSource`, such as `s3.amazonaws.com`.
    pub fn event_source(self) -> &'static str {
        self.service.event_source()
    }

    /// `eventName`: mostly [`Operation::name`], but Lambda's carry dates and some of S3's differ.
    pub fn event_name(self) -> &'static str {
        names::event_name(self.service.id(), self.name())
    }

    /// `apiVersion`, such as `2011-06-15`.
    pub fn api_version(self) -> &'static str {
        self.service.api_version()
    }

    /// `readOnly`.
    pub fn is_read_only(self) -> bool {
        self.row().is_read_only
    }

    /// Whether CloudTrail counts its calls as management or as data events.
    pub fn plane(self) -> Plane {
        self.row().plane
    }

    /// The HTTP method; `POST` for protocols that have no other.
    pub fn method(self) -> &'static str {
        self.row().method
    }

    /// The template of path and query, such as `/{Bucket}/{Key+}?acl`.
    pub fn uri(self) -> &'static str {
        self.table.string(self.row().uri)
    }

    /// What goes in; `None` if it takes no parameters.
    pub fn input(self) -> Option<Shape> {
        self.row().input.map(|index| Shape::new(self.table, index))
    }

    /// What comes out; `None` if it answers nothing.
    pub fn output(self) -> Option<Shape> {
        self.row().output.map(|index| Shape::new(self.table, index))
    }

    /// Whether the request's body is a stream: an object's content, or events.
    pub fn has_streaming_input(self) -> bool {
        self.row().has_streaming_input
    }

    /// Whether the answer's body is a stream.
    pub fn has_streaming_output(self) -> bool {
        self.row().has_streaming_output
    }

    /// Whether it may be called with its body left out of the signature.
    pub fn may_leave_body_unsigned(self) -> bool {
        unsigned::may_be_unsigned(self.service.id(), self.name())
    }

    /// Whether the request's body is a stream of events, each of which is signed.
    pub fn takes_events(self) -> bool {
        self.input().is_some_and(|input| input.members().any(|member| member.shape().is_event_stream()))
    }

    fn row(self) -> &'static OperationRow {
        self.table.operation(self.index)
    }
}

/// Two handles are equal if they are of the same operation of the same service.
impl PartialEq for Operation {
    fn eq(&self, other: &Operation) -> bool {
        std::ptr::eq(self.table, other.table) && self.index == other.index
    }
}

impl Eq for Operation {}

impl fmt::Debug for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.service.id(), self.name())
    }
}
