//! Requests that name their operation: by path (rpc-v2-cbor), `X-Amz-Target` (JSON) or `Action` (forms).

use super::Request;
use super::form;
use crate::Operation;
use crate::index::{self, Service};
use crate::protocol::Protocol;

/// The operation that a request names, if it is one of these services'.
pub(super) fn operation(services: &[&'static Service], request: &Request<'_>) -> Option<Operation> {
    by_rpc_path(services, request)
        .or_else(|| by_target(services, request))
        .or_else(|| by_action(services, request))
}

/// The operation that a request names, of any service.
pub(super) fn anywhere(request: &Request<'_>) -> Option<Operation> {
    if let Some((prefix, _)) = rpc_path(request.path)
        && let Some(found) = by_rpc_path(&index::by_target_prefix(prefix), request)
    {
        return Some(found);
    }
    if let Some((prefix, _)) = target(request) {
        return by_target(&index::by_target_prefix(prefix), request);
    }
    let action = action(request)?;
    let version = parameter(request, "Version")?;
    let mut services = index::services()
        .iter()
        .filter(|service| service.api_version() == version && service.protocols().any(Protocol::is_query));
    services.find_map(|service| service.operation(&action))
}

/// What stands before and behind the last dot of `X-Amz-Target`.
pub(super) fn target<'a>(request: &Request<'a>) -> Option<(&'a str, &'a str)> {
    request.headers.get("x-amz-target")?.to_str().ok()?.rsplit_once('.')
}

/// Service and operation of a path such as `/service/AmazonSQS/operation/SendMessage`.
pub(super) fn rpc_path(path: &str) -> Option<(&str, &str)> {
    let mut segments = path.rsplit('/');
    let (operation, word, service, first) =
        (segments.next()?, segments.next()?, segments.next()?, segments.next()?);
    (first == "service" && word == "operation").then_some((service, operation))
}

/// `Action`, from the body rather than from the query.
pub(super) fn action(request: &Request<'_>) -> Option<String> {
    parameter(request, "Action")
}

fn parameter(request: &Request<'_>, name: &str) -> Option<String> {
    form::value(request.form, name).or_else(|| form::value(request.query?.as_bytes(), name))
}

fn by_rpc_path(services: &[&'static Service], request: &Request<'_>) -> Option<Operation> {
    let (prefix, name) = rpc_path(request.path)?;
    let speaks = |service: &&&'static Service| {
        service.target_prefix() == prefix && service.protocols().any(|found| found == Protocol::RpcV2Cbor)
    };
    services.iter().filter(speaks).find_map(|service| service.operation(name))
}

fn by_target(services: &[&'static Service], request: &Request<'_>) -> Option<Operation> {
    let (prefix, name) = target(request)?;
    let mut meant = services.iter().filter(|service| service.target_prefix() == prefix);
    meant.find_map(|service| service.operation(name))
}

/// Several services that speak forms share a signing name; their versions tell them apart, if they differ.
fn by_action(services: &[&'static Service], request: &Request<'_>) -> Option<Operation> {
    let speakers: Vec<_> =
        services.iter().filter(|service| service.protocols().any(Protocol::is_query)).collect();
    if speakers.is_empty() {
        return None;
    }
    let action = action(request)?;
    let version = parameter(request, "Version").unwrap_or_default();
    let of_version = speakers.iter().filter(|service| service.api_version() == version);
    of_version.chain(&speakers).find_map(|service| service.operation(&action))
}
