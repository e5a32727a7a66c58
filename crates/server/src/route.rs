//! Where a request goes.

use cairn_operations::{Recognized, Request, recognize};
use http::Method;
use http::request::Parts;

/// Who answers a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// Cairn's own paths, under `/_cairn/`.
    Cairn,
    /// OpenTelemetry logs, over HTTP.
    Logs,
    /// OpenTelemetry logs, over gRPC.
    LogsGrpc,
    /// CloudTrail's API.
    CloudTrail,
    /// PutAuditEvents.
    CloudTrailData,
    /// Who belongs to the organization.
    Organizations,
    /// GetCallerIdentity, and what an upstream has of `sts`.
    Sts,
    /// Buckets: Cairn's own, or an upstream's.
    S3,
    /// Another service, by the name that requests are signed for, or what stands for it in the request.
    Service(String),
    /// Nothing in the request is of AWS: a bucket's, or an API of one's own.
    Plain,
}

/// Where OpenTelemetry's exporters send logs by gRPC.
const LOGS_SERVICE: &str = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";

/// Reads the route off, in this order: an own path, the service that the signature was made for,
/// `X-Amz-Target`, and `Action` (in the query, or in a form body). What is left says nothing of a service.
pub(crate) fn route(parts: &Parts) -> Route {
    let path = parts.uri.path();
    if path == "/_cairn" || path.starts_with("/_cairn/") {
        return Route::Cairn;
    }
    if parts.method == Method::POST && path == LOGS_SERVICE {
        return Route::LogsGrpc;
    }
    let signed_for = signed_service(parts);
    // A bucket named `v1` takes no such requests but signed ones.
    let is_own = signed_for.as_deref().is_none_or(|service| service == "cairn");
    if parts.method == Method::POST && path == "/v1/logs" && is_own {
        return Route::Logs;
    }
    if let Some(service) = signed_for {
        return service_route(&service);
    }
    if header(parts, "x-amz-target").is_some() || names_action(parts) {
        return service_route(&unsigned_service(parts));
    }
    Route::Plain
}

fn service_route(service: &str) -> Route {
    match service {
        "cloudtrail" => Route::CloudTrail,
        "cloudtrail-data" => Route::CloudTrailData,
        "organizations" => Route::Organizations,
        "sts" => Route::Sts,
        "s3" => Route::S3,
        other => Route::Service(other.to_owned()),
    }
}

/// The service that a target or an action is of. What nobody knows counts as `sts`, whose requests are forms.
fn unsigned_service(parts: &Parts) -> String {
    let request = Request {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query(),
        headers: &parts.headers,
        host: header(parts, "host").unwrap_or_default(),
        base_hosts: &[],
        signing_name: None,
        form: &[],
    };
    let named = match recognize(&request) {
        Recognized::Operation { operation, .. } => Some(operation.service()),
        Recognized::Unlisted { .. } => None,
    };
    match (named, header(parts, "x-amz-target")) {
        // Of a target that nobody knows, method and path would tell something else.
        (Some(service), Some(_)) if !service.target_prefix().is_empty() => service.signing_name().to_owned(),
        (_, Some(target)) => target.split('.').next().unwrap_or_default().to_owned(),
        (Some(service), None) => service.signing_name().to_owned(),
        (None, None) => "sts".to_owned(),
    }
}

fn names_action(parts: &Parts) -> bool {
    let is_form = header(parts, "content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let has_action =
        parts.uri.query().is_some_and(|query| query.split('&').any(|pair| pair.starts_with("Action=")));
    has_action || (is_form && parts.method == Method::POST && parts.uri.path() == "/")
}

fn header<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.headers.get(name)?.to_str().ok()
}

/// The service in the credential scope: `.../KEY/DATE/REGION/SERVICE/aws4_request`.
pub(crate) fn signed_service(parts: &Parts) -> Option<String> {
    let from_header = header(parts, "authorization").and_then(|text| {
        // As nearly all begin, without a search.
        let usual = text.strip_prefix("AWS4-HMAC-SHA256 Credential=");
        let credential = usual.or_else(|| text.split("Credential=").nth(1))?;
        service_of(credential.split([',', ' ']).next()?.rsplit('/'))
    });
    from_header.or_else(|| {
        let query = parts.uri.query()?;
        let credential = query.split('&').find_map(|pair| pair.strip_prefix("X-Amz-Credential="))?;
        let escaped = credential.replace("%2f", "%2F");
        service_of(escaped.rsplit("%2F")).or_else(|| service_of(credential.rsplit('/')))
    })
}

/// Of the parts of a credential, from its end.
fn service_of<'a>(mut parts: impl Iterator<Item = &'a str>) -> Option<String> {
    let _terminator = parts.next()?;
    let service = parts.next()?;
    parts.next()?;
    Some(service.to_owned())
}

#[cfg(test)]
mod tests;
