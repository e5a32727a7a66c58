//! Where a request goes.

use http::request::Parts;

/// Who answers a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// Cairn's own paths, under `/_cairn/`.
    Cairn,
    /// CloudTrail's API.
    CloudTrail,
    /// PutAuditEvents.
    CloudTrailData,
    /// GetCallerIdentity.
    Sts,
    /// The bucket server.
    S3,
    /// A service that Cairn does not have, named in the request.
    Unknown(String),
}

/// Reads the route off, in this order: an own path, the service that the signature was made for,
/// `X-Amz-Target`, and `Action` (in the query, or in a form body). What is left can only be a bucket's.
pub(crate) fn route(parts: &Parts) -> Route {
    let path = parts.uri.path();
    if path == "/_cairn" || path.starts_with("/_cairn/") {
        return Route::Cairn;
    }
    if let Some(service) = signed_service(parts) {
        return match service.as_str() {
            "cloudtrail" => Route::CloudTrail,
            "cloudtrail-data" => Route::CloudTrailData,
            "sts" => Route::Sts,
            "s3" => Route::S3,
            _ => Route::Unknown(service),
        };
    }
    if let Some(target) = header(parts, "x-amz-target") {
        return match target.contains("CloudTrail_20131101") {
            true => Route::CloudTrail,
            false => Route::Unknown(target.split('.').next().unwrap_or_default().to_owned()),
        };
    }
    let form = header(parts, "content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let action =
        parts.uri.query().is_some_and(|query| query.split('&').any(|pair| pair.starts_with("Action=")));
    if action || (form && path == "/") {
        return Route::Sts;
    }
    Route::S3
}

fn header<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.headers.get(name)?.to_str().ok()
}

/// The service in the credential scope: `.../KEY/DATE/REGION/SERVICE/aws4_request`.
fn signed_service(parts: &Parts) -> Option<String> {
    let from_header = header(parts, "authorization").and_then(|text| {
        let credential = text.split("Credential=").nth(1)?;
        let credential = credential.split([',', ' ']).next()?;
        service_of(credential, "/")
    });
    from_header.or_else(|| {
        let query = parts.uri.query()?;
        let credential = query.split('&').find_map(|pair| pair.strip_prefix("X-Amz-Credential="))?;
        service_of(&credential.replace("%2f", "%2F"), "%2F").or_else(|| service_of(credential, "/"))
    })
}

fn service_of(credential: &str, separator: &str) -> Option<String> {
    let mut parts = credential.rsplit(separator);
    let _terminator = parts.next()?;
    let service = parts.next()?;
    parts.next()?;
    Some(service.to_owned())
}

#[cfg(test)]
mod tests;
