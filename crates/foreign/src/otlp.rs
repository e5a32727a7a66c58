//! OpenTelemetry: log records of export requests of the logs service, version 1 of the protocol, with the
//! attributes of its semantic conventions.

mod attributes;
mod json;
mod protobuf;

pub(crate) use json::each_in_json;
pub(crate) use protobuf::each_in_protobuf;
pub use protobuf::export_response;

use crate::draft::{Draft, Failure, Resource, Unique};
use crate::identity::Identity;
use crate::look::{integer, text};
use crate::verbs::only_reads;
use crate::{Defaults, Format, Refusal, write};
use attributes::Attributes;
use cairn_model::Timestamp;
use serde_json::{Map, Value, json};
use std::rc::Rc;

/// How a request is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `application/json`.
    Json,
    /// `application/x-protobuf`, and gRPC.
    Protobuf,
}

/// A log record with what it was sent under, as the protocol's JSON has it.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    /// Shared by all log records of the resource.
    pub(crate) resource: Rc<Value>,
    /// Shared by all log records of the scope.
    pub(crate) scope: Rc<Value>,
    pub(crate) record: Value,
}

/// Attributes that are told by other members of the record than `requestParameters`.
const TOLD: [&str; 16] = [
    "event.name",
    "user.id",
    "user.name",
    "user.email",
    "enduser.id",
    "client.address",
    "source.address",
    "user_agent.original",
    "http.user_agent",
    "error.type",
    "error.message",
    "exception.type",
    "exception.message",
    "log.record.uid",
    "rpc.service",
    "rpc.method",
];

/// The record of a log record.
pub(crate) fn record(log: Log, defaults: &Defaults<'_>) -> Result<Vec<u8>, Refusal> {
    let draft = draft(&log)?;
    let Log { resource, scope, record } = log;
    let original = json!({"resource": *resource, "scope": *scope, "logRecord": record});
    Ok(write::record(Format::Otlp, draft, original, defaults))
}

fn draft(log: &Log) -> Result<Draft, Refusal> {
    let attributes = Attributes::of(&log.record);
    let name = event_name(log, &attributes).ok_or(Refusal::Missing(
        "the name of an event (eventName, event.name, rpc.method, http.request.method)",
    ))?;
    let happened = happened(&log.record).ok_or(Refusal::Missing("timeUnixNano"))?;
    let resource = Attributes::of(&log.resource);
    let source = resource
        .text(&["service.name"])
        .or_else(|| attributes.text(&["rpc.service"]))
        .or_else(|| text(&log.scope, "/name"))
        .unwrap_or("opentelemetry.io");
    let mut draft = Draft::new(happened, source, name.as_str());
    draft.identity = identity(&attributes, source);
    draft.source_ip = owned(attributes.text(&[
        "client.address",
        "source.address",
        "http.client_ip",
        "network.peer.address",
        "net.peer.ip",
    ]));
    draft.user_agent = owned(attributes.text(&["user_agent.original", "http.user_agent"]));
    draft.failure = failure(&attributes);
    draft.request_id = owned(
        attributes
            .text(&["http.request.header.x-request-id", "request.id"])
            .or_else(|| text(&log.record, "/traceId")),
    );
    draft.read_only = only_reads(attributes.text(&["http.request.method", "http.method"]).unwrap_or(&name));
    draft.resources = owned(attributes.text(&["cloud.resource_id"]))
        .map(|name| Resource { resource_type: None, name, account: None })
        .into_iter()
        .collect();
    draft.unique = Unique::of(&[attributes.text(&["log.record.uid"])]);
    draft.parameters = parameters(log, attributes);
    Ok(draft)
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

/// The event's own name, the called method's, or method and path of an HTTP request.
fn event_name(log: &Log, attributes: &Attributes) -> Option<String> {
    let named = text(&log.record, "/eventName").or_else(|| attributes.text(&["event.name", "rpc.method"]));
    if let Some(name) = named {
        return Some(name.to_owned());
    }
    let method = attributes.text(&["http.request.method", "http.method"])?;
    let path = attributes.text(&["http.route", "url.template", "url.path", "http.target"]);
    // A query is no part of a name.
    let path = path.and_then(|path| path.split('?').next());
    Some(path.map_or_else(|| method.to_owned(), |path| format!("{method} {path}")))
}

/// When it happened, or else when it was seen; 0 is unknown.
fn happened(record: &Value) -> Option<Timestamp> {
    let nanos = ["/timeUnixNano", "/observedTimeUnixNano"]
        .iter()
        .find_map(|pointer| integer(record, pointer).filter(|nanos| *nanos > 0))?;
    Some(Timestamp::from_micros(nanos / 1000))
}

/// The service that tells of users vouches for them.
fn identity(attributes: &Attributes, source: &str) -> Identity {
    let name = attributes.text(&["user.name", "user.email", "user.id", "enduser.id"]);
    let Some(name) = name else { return Identity::unknown() };
    let id = attributes.text(&["user.id", "enduser.id"]).unwrap_or(name);
    Identity::user(source, id, name)
}

fn failure(attributes: &Attributes) -> Option<Failure> {
    let status = attributes.integer(&["http.response.status_code", "http.status_code"]);
    let rpc_status = attributes
        .text_or_number(&["rpc.response.status_code", "rpc.grpc.status_code"])
        .filter(|status| status != "0" && status != "OK");
    let code = owned(attributes.text(&["error.type", "exception.type"]))
        .or_else(|| status.filter(|status| *status >= 400).map(|status| status.to_string()))
        .or(rpc_status)?;
    let message = attributes.text(&["error.message", "exception.message"]);
    Some(Failure { code, message: owned(message) })
}

/// What remains of the attributes, and the body.
fn parameters(log: &Log, attributes: Attributes) -> Map<String, Value> {
    let mut parameters = attributes.without(&TOLD);
    if let Some(body) = log.record.pointer("/body") {
        let body = attributes::plain(body);
        if !body.is_null() {
            parameters.insert("body".to_owned(), body);
        }
    }
    parameters
}

#[cfg(test)]
mod tests;
