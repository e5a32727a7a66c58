//! Which operation a request calls.
//!
//! The name that a credential is scoped to tells the service, or the few that share it; these are asked by
//! their protocols, first those that name the operation outright. A name that no service has, or none at all,
//! leaves the target, the action and the host to tell the service; what then is still unknown and anonymous is
//! taken as a request to S3, whose objects alone are commonly read so.

mod form;
mod named;
mod s3;
mod unlisted;

use crate::index::{self, Service};
use crate::routes::{Match, Parameters, Routes};
use crate::{Operation, sources};
use http::HeaderMap;

/// What of a request tells which operation it calls.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Such as `GET`.
    pub method: &'a str,
    /// Encoded, with its leading slash, without the query.
    pub path: &'a str,
    /// Encoded, without the question mark.
    pub query: Option<&'a str>,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The `Host` header or what stands for it, with or without a port.
    pub host: &'a str,
    /// Names under which clients reach this machine, without ports: `photos.<name>` is then the bucket `photos`.
    /// `s3.` and `s3-` in a host's name are known anyway, and `localhost`.
    pub base_hosts: &'a [String],
    /// The service in the scope of the credential that is presented, by header or query; `None` for anonymous
    /// requests.
    pub signing_name: Option<&'a str>,
    /// The body if it is a form and at hand, else empty. A start of it is enough, if `Action` and `Version` are
    /// in it.
    pub form: &'a [u8],
}

/// Which operation a request calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognized {
    /// One of the table.
    Operation {
        /// Which.
        operation: Operation,
        /// The values of the labels in its path; for S3 `Bucket` and `Key`, wherever they stood.
        labels: Labels,
    },
    /// One that the table lacks, named by its target, its action, or method and path. Both names are printable
    /// ASCII of at most 128 bytes.
    Unlisted {
        /// What stands for `eventSource`.
        event_source: String,
        /// What stands for `eventName`.
        event_name: String,
    },
}

/// Labels of a path by the name of the input's member, decoded.
pub type Labels = Vec<(&'static str, String)>;

/// Services that answer anonymous requests by method and path.
const ANONYMOUS: [&str; 3] = ["signin", "sso", "sso-oidc"];

/// The operation that a request calls. Never fails: what is in no table is [`Recognized::Unlisted`].
///
/// The first request for a service unpacks its part of the table, which takes some milliseconds; afterwards
/// nothing is slower than linear in the request's length.
pub fn recognize(request: &Request<'_>) -> Recognized {
    let services = services_of(request);
    if s3::is_form_upload(request, &services) {
        return unlisted::form_upload();
    }
    let found = if services.is_empty() { anywhere(request) } else { among(&services, request) };
    match found {
        Some(Match { operation, labels, .. }) => Recognized::Operation { operation, labels },
        None => unlisted::unlisted(request, &services),
    }
}

/// The services that may be meant, the likeliest first; none if nothing tells.
fn services_of(request: &Request<'_>) -> Vec<&'static Service> {
    let Some(scope) = request.signing_name else { return Vec::new() };
    let mut services = index::by_signing_name(scope);
    services.extend(sources::signing_alias(scope).into_iter().flat_map(index::by_signing_name));
    if services.is_empty() {
        services = index::by_endpoint_prefix(scope);
    }
    services.sort_by_key(|service| !is_at_host(service, request.host));
    services
}

fn is_at_host(service: &Service, host: &str) -> bool {
    host.strip_prefix(service.endpoint_prefix()).is_some_and(|rest| rest.starts_with('.'))
}

/// The operation of one of the services.
fn among(services: &[&'static Service], request: &Request<'_>) -> Option<Match> {
    named::operation(services, request).map(Match::of).or_else(|| routed(services, request))
}

/// The operation of any service, for requests whose credential does not tell.
fn anywhere(request: &Request<'_>) -> Option<Match> {
    if let Some(operation) = named::anywhere(request) {
        return Some(Match::of(operation));
    }
    let at_host = by_host(request.host);
    if !at_host.is_empty() {
        return among(&at_host, request);
    }
    if request.signing_name.is_some() {
        return None;
    }
    let anonymous: Vec<_> = ANONYMOUS.iter().filter_map(|id| index::service(id)).collect();
    let certain = |found: &Match| found.rank.starts_with_literal() && found.rank.is_complete();
    routed(&anonymous, request).filter(certain).or_else(|| routed(&[s3::service()], request))
}

/// A host's name or address.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The services that a host's name starts with.
fn by_host(host: &str) -> Vec<&'static Service> {
    let mut dots = host.match_indices('.').map(|(dot, _)| dot);
    let (first, second) = (dots.next(), dots.next());
    let prefixes = [second, first].into_iter().flatten().map(|dot| &host[..dot]);
    prefixes.map(index::by_endpoint_prefix).find(|services| !services.is_empty()).unwrap_or_default()
}

/// The operation whose method and path fit best, of the services that are told so.
fn routed(services: &[&'static Service], request: &Request<'_>) -> Option<Match> {
    let parameters = Parameters::new(request.query.unwrap_or(""), request.headers);
    let mut best: Option<Match> = None;
    for service in services.iter().filter(|service| service.protocol().is_rest()) {
        if !s3::may_be_meant(service, request) {
            continue;
        }
        let path = s3::path(service, request);
        let found = Routes::of(service).find(request.method, &path, &parameters);
        if let Some(found) = found
            && best.as_ref().is_none_or(|best| found.rank > best.rank)
        {
            best = Some(found);
        }
    }
    best
}

#[cfg(test)]
mod tests;
