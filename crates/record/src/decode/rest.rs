//! What the REST protocols put beside the body: in path, query, headers and status.

use super::Members;
use super::scalar::scalar;
use cairn_operations::{Kind, Labels, Location, Member, Operation, Shape};
use http::{HeaderMap, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The members that path, query and headers give to `input`.
pub(super) fn request(
    operation: Operation,
    input: Shape,
    labels: &Labels,
    query: &str,
    headers: &HeaderMap,
) -> Members {
    let mut query = parsed_query(query);
    // What the template fixes chooses the operation, and is no parameter of it.
    let fixed = operation.uri().split_once('?').map_or(Vec::new(), |(_, fixed)| parsed_query(fixed));
    query.retain(|(name, _)| !fixed.iter().any(|(key, _)| key == name));
    let given = |member: Member| {
        let value = match member.location() {
            Location::Path => {
                let (_, text) = labels.iter().find(|(name, _)| *name == member.name())?;
                Some(scalar(member.shape(), text))
            }
            Location::Query => of_query(member, &query),
            Location::QueryMap => rest_of_query(input, &query),
            location => of_headers(member, location, headers),
        };
        Some((member, value?))
    };
    input.members().filter_map(given).collect()
}

/// The members that status and headers give to `output`.
pub(super) fn response(output: Shape, status: StatusCode, headers: &HeaderMap) -> Members {
    let given = |member: Member| {
        let value = match member.location() {
            Location::StatusCode => Some(Value::from(status.as_u16())),
            location => of_headers(member, location, headers),
        };
        Some((member, value?))
    };
    output.members().filter_map(given).collect()
}

/// (name, value) of each part, decoded; a part without `=` has an empty value.
pub(crate) fn parsed_query(query: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

fn of_query(member: Member, query: &[(String, String)]) -> Option<Value> {
    let mut values = query.iter().filter(|(name, _)| name == member.wire_name()).map(|(_, value)| value);
    match member.shape().element() {
        None => Some(scalar(member.shape(), values.next()?)),
        Some(element) => {
            let values: Vec<Value> = values.map(|value| scalar(element.shape(), value)).collect();
            (!values.is_empty()).then_some(Value::Array(values))
        }
    }
}

/// A map takes what no other member does; what signs a request belongs to none.
fn rest_of_query(input: Shape, query: &[(String, String)]) -> Option<Value> {
    let is_taken = |name: &str| {
        let has_name = |member: Member| member.location() == Location::Query && member.wire_name() == name;
        is_signing(name) || input.members().any(has_name)
    };
    let mut rest = Map::new();
    for (name, value) in query.iter().filter(|(name, _)| !is_taken(name)) {
        rest.insert(name.clone(), Value::from(value.as_str()));
    }
    (!rest.is_empty()).then_some(Value::Object(rest))
}

fn is_signing(name: &str) -> bool {
    name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("x-amz-"))
}

fn of_headers(member: Member, location: Location, headers: &HeaderMap) -> Option<Value> {
    match location {
        Location::Header if member.is_json_text() => None,
        Location::Header => {
            let text = lossy(headers.get(member.wire_name())?);
            let Some(element) = member.shape().element() else { return Some(scalar(member.shape(), &text)) };
            Some(text.split(',').map(|part| scalar(element.shape(), part.trim())).collect())
        }
        Location::Headers if member.shape().kind() == Kind::Map => prefixed(member.wire_name(), headers),
        _ => None,
    }
}

/// Some SDKs send UTF-8.
fn lossy(value: &http::HeaderValue) -> Cow<'_, str> {
    String::from_utf8_lossy(value.as_bytes())
}

fn prefixed(prefix: &str, headers: &HeaderMap) -> Option<Value> {
    let prefix = prefix.to_ascii_lowercase();
    let entry = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        Some((name.as_str().strip_prefix(&prefix)?.to_owned(), Value::from(lossy(value))))
    };
    let found: Map<String, Value> = headers.iter().filter_map(entry).collect();
    (!found.is_empty()).then_some(Value::Object(found))
}
