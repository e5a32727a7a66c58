//! What is particular to S3: buckets in hosts' names, and a second API under the same signing name.

use super::{Request, without_port};
use crate::index::{self, Service};
use http::header::CONTENT_TYPE;
use std::borrow::Cow;

pub(super) fn service() -> &'static Service {
    index::service("s3").expect("the table has S3")
}

/// Whether a request can be for this service. `/v20180820/...` may be an object as well as an operation of
/// S3 Control, whose requests name an account, or an outpost.
pub(super) fn may_be_meant(service: &Service, request: &Request<'_>) -> bool {
    service.id() != "s3control"
        || request.headers.contains_key("x-amz-account-id")
        || request.headers.contains_key("x-amz-outpost-id")
        || request.host.contains("s3-control.")
}

/// The path that the service's templates are about: for S3 with the bucket in front, wherever it stood.
pub(super) fn path<'a>(service: &Service, request: &Request<'a>) -> Cow<'a, str> {
    let bucket = if service.id() == "s3" { bucket_of(request.host, request.base_hosts) } else { None };
    match bucket {
        Some(bucket) => format!("/{bucket}{}", request.path).into(),
        None => request.path.into(),
    }
}

/// Whether it is a browser's upload, whose fields and object are one form.
pub(super) fn is_form_upload(request: &Request<'_>, services: &[&Service]) -> bool {
    let content_type = request.headers.get(CONTENT_TYPE).map_or(&[][..], |value| value.as_bytes());
    let may_be_s3 = services.is_empty() || services.iter().any(|service| service.id() == "s3");
    may_be_s3
        && request.method == "POST"
        && content_type.starts_with(b"multipart/form-data")
        && request.query.unwrap_or("").is_empty()
}

/// The bucket in a host's name: what stands before the last label that is `s3` or starts with `s3-`, or before
/// one of the names of this machine.
fn bucket_of<'a>(host: &'a str, base_hosts: &[String]) -> Option<&'a str> {
    let name = without_port(host);
    if base_hosts.iter().any(|base| base == name) {
        return None;
    }
    let bases = base_hosts.iter().map(String::as_str).chain(["localhost"]);
    let mut below = bases.filter_map(|base| name.strip_suffix(base)?.strip_suffix('.'));
    below.next().or_else(|| before_s3(name)).filter(|bucket| !bucket.is_empty() && *bucket != "s3")
}

fn before_s3(name: &str) -> Option<&str> {
    let is_s3 = |label: &str| {
        let kind = label.strip_prefix("s3");
        kind.is_some_and(|kind| kind.is_empty() || kind.starts_with('-') || kind.starts_with("express-"))
            && label != "s3-control"
    };
    let mut dots = name.rmatch_indices('.').map(|(dot, _)| dot);
    dots.find(|dot| is_s3(name[dot + 1..].split('.').next().unwrap_or(""))).map(|dot| &name[..dot])
}

#[cfg(test)]
mod tests;
