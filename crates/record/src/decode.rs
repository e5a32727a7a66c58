//! What a request or an answer says, by the shapes of its operation.
//!
//! One decoder a protocol. All give the same: the members of the outermost structure, their values as JSON whose
//! names are [`Member::wire_name`]s. What the shapes do not know is left out, and what is no body for an event
//! (bytes, streams) is null or left out.

pub(crate) mod cbor;
pub(crate) mod form;
mod json;
pub(crate) mod rest;
mod scalar;
pub(crate) mod xml;

use crate::observed::{Body, Observed, header};
use cairn_operations::{Kind, Labels, Location, Member, Operation, Protocol, Shape};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};
use xml::Element;

/// Elements within elements that a body may have.
pub(crate) const DEPTH_MAX: usize = 64;

/// Members of the outermost structure that were given, and what as.
pub(crate) type Members = Vec<(Member, Value)>;

/// What a request or an answer says.
#[derive(Debug, Default)]
pub(crate) struct Decoded {
    pub(crate) members: Members,
    /// Names in the body that the shapes do not know.
    pub(crate) unknown: Vec<String>,
    pub(crate) reading: Reading,
}

/// How far a body could be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reading {
    /// All of it.
    #[default]
    Whole,
    /// Only a part: its start alone was kept, or it holds more than any call has.
    Cut,
    /// It is not what its operation takes.
    Unreadable,
}

/// The protocol that a request speaks: a service may speak several.
pub(crate) fn spoken(operation: Operation, headers: &HeaderMap) -> Protocol {
    let service = operation.service();
    let content_type = headers.get(CONTENT_TYPE).map_or(&b""[..], |value| value.as_bytes());
    let is = |start: &[u8]| content_type.get(..start.len()).is_some_and(|it| it.eq_ignore_ascii_case(start));
    if headers.get("smithy-protocol").is_some_and(|value| value == "rpc-v2-cbor") || is(b"application/cbor") {
        Protocol::RpcV2Cbor
    } else if headers.contains_key("x-amz-target") {
        service.protocols().find(|protocol| protocol.is_json()).unwrap_or(Protocol::Json11)
    } else if is(b"application/x-www-form-urlencoded") && !service.protocol().is_query() {
        Protocol::Query
    } else {
        // A service that is chosen by CBOR first is reached by its other protocol if the request is not CBOR.
        let is_other = |protocol: &Protocol| *protocol != Protocol::RpcV2Cbor;
        service.protocols().find(is_other).unwrap_or(service.protocol())
    }
}

/// What a request says.
pub(crate) fn request(operation: Operation, labels: &Labels, observed: &Observed<'_>) -> Decoded {
    let Some(input) = operation.input() else { return Decoded::default() };
    let protocol = spoken(operation, observed.headers);
    let body = match (protocol, observed.body.is_empty()) {
        // A query request may be sent by GET too.
        (Protocol::Query | Protocol::Ec2, true) => Body::whole(observed.uri.query().unwrap_or("").as_bytes()),
        _ => observed.body,
    };
    let mut decoded = body_members(operation, input, protocol, observed.headers, body, Side::Request);
    if protocol.is_rest() {
        let beside =
            rest::request(operation, input, labels, observed.uri.query().unwrap_or(""), observed.headers);
        decoded.members.splice(0..0, beside);
    }
    decoded
}

/// What an answer says to a request in `protocol`.
pub(crate) fn response(
    operation: Operation,
    protocol: Protocol,
    status: StatusCode,
    headers: &HeaderMap,
    body: Body<'_>,
) -> Decoded {
    let Some(output) = operation.output() else { return Decoded::default() };
    let mut decoded = body_members(operation, output, protocol, headers, body, Side::Response);
    if protocol.is_rest() {
        decoded.members.splice(0..0, rest::response(output, status, headers));
    }
    decoded
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Request,
    Response,
}

fn body_members(
    operation: Operation,
    shape: Shape,
    protocol: Protocol,
    headers: &HeaderMap,
    body: Body<'_>,
    side: Side,
) -> Decoded {
    let payload = shape.payload().filter(|_| protocol.is_rest());
    if payload.is_some_and(is_content) || shape.members().any(|member| member.shape().is_event_stream()) {
        return Decoded::default();
    }
    if body.is_empty() {
        return Decoded::default();
    }
    if is_encoded(headers) {
        return Decoded::unreadable(body);
    }
    match protocol {
        Protocol::Query | Protocol::Ec2 if side == Side::Request => of_form(shape, body),
        Protocol::Query | Protocol::Ec2 | Protocol::RestXml => of_xml(operation, shape, payload, body),
        Protocol::RpcV2Cbor => of_value(shape, None, cbor::read(body.start).ok(), body),
        Protocol::Json10 | Protocol::Json11 | Protocol::RestJson => match payload {
            Some(member) if member.shape().kind() == Kind::String => of_text(member, body),
            _ if body.is_whole => of_value(shape, payload, serde_json::from_slice(body.start).ok(), body),
            _ => of_value(shape, payload, json::read_start(body.start), body),
        },
    }
}

/// Whether what an operation takes is what a resource holds.
pub(crate) fn takes_content(operation: Operation) -> bool {
    operation.input().and_then(Shape::payload).is_some_and(is_content)
}

/// Whether what an operation answers, if it succeeds, is what a resource holds.
pub(crate) fn answers_content(operation: Operation) -> bool {
    operation.output().and_then(Shape::payload).is_some_and(is_content)
}

/// Whether a payload is what a resource holds, or bytes: neither is for events.
fn is_content(payload: Member) -> bool {
    payload.shape().is_streaming() || payload.shape().kind() == Kind::Blob
}

/// `aws-chunked` is S3's and about signing.
fn is_encoded(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_ENCODING).is_some_and(|value| value != "identity" && value != "aws-chunked")
}

impl Decoded {
    fn unreadable(body: Body<'_>) -> Decoded {
        let reading = if body.is_whole { Reading::Unreadable } else { Reading::Cut };
        Decoded { reading, ..Decoded::default() }
    }

    fn of(members: Members, body: Body<'_>) -> Decoded {
        let reading = if body.is_whole { Reading::Whole } else { Reading::Cut };
        Decoded { members, reading, unknown: Vec::new() }
    }
}

fn of_form(shape: Shape, body: Body<'_>) -> Decoded {
    // The last field of a start may be half of one.
    let complete = match body.start.iter().rposition(|byte| *byte == b'&') {
        _ if body.is_whole => body.start,
        Some(end) => &body.start[..end],
        None => &[],
    };
    let (members, reading) = form::members(shape, complete);
    let decoded = Decoded::of(members, body);
    if decoded.reading == Reading::Whole { Decoded { reading, ..decoded } } else { decoded }
}

fn of_text(member: Member, body: Body<'_>) -> Decoded {
    match std::str::from_utf8(body.start) {
        Ok(text) if body.is_whole => Decoded::of(vec![(member, Value::from(text))], body),
        _ => Decoded::unreadable(body),
    }
}

fn of_xml(operation: Operation, shape: Shape, payload: Option<Member>, body: Body<'_>) -> Decoded {
    if let Some(member) = payload.filter(|member| member.shape().kind() == Kind::String) {
        return of_text(member, body);
    }
    let Ok(root) = Element::read(body.start) else { return Decoded::unreadable(body) };
    let members = match payload {
        Some(member) => vec![(member, xml::structure(member.shape(), &root))],
        None => {
            let result = root
                .children
                .iter()
                .find(|child| child.name.strip_suffix("Result").is_some_and(|name| name == operation.name()));
            xml::members(shape, result.unwrap_or(&root))
        }
    };
    Decoded::of(members, body)
}

fn of_value(shape: Shape, payload: Option<Member>, value: Option<Value>, body: Body<'_>) -> Decoded {
    match (value, payload) {
        (Some(value), Some(member)) => Decoded::of(vec![(member, value)], body),
        (Some(Value::Object(members)), None) => of_object(shape, members, body),
        (Some(Value::Null), None) => Decoded::default(),
        _ => Decoded::unreadable(body),
    }
}

fn of_object(shape: Shape, members: Map<String, Value>, body: Body<'_>) -> Decoded {
    let mut decoded = Decoded::of(Vec::new(), body);
    for (name, value) in members {
        let is_it = |member: &Member| member.location() == Location::Body && member.wire_name() == name;
        match shape.members().find(is_it) {
            Some(member) => decoded.members.push((member, value)),
            None => decoded.unknown.push(name),
        }
    }
    decoded
}

/// The request id that an answer carries in a header.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"]
        .iter()
        .find_map(|name| header(headers, name))
}

#[cfg(test)]
mod tests;
