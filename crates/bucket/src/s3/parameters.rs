//! Query parameters, as s3s reads them, and those that it would read otherwise than S3.

use http::{HeaderMap, Method, Request, Uri};
use percent_encoding::percent_decode_str;
use std::collections::BTreeSet;

/// Parameters without a value that s3s knows: on objects, and on buckets.
const OBJECT_PARTS: [&str; 9] =
    ["acl", "attributes", "legal-hold", "restore", "retention", "select", "tagging", "torrent", "uploads"];
const BUCKET_PARTS: [&str; 26] = [
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "delete",
    "encryption",
    "intelligent-tiering",
    "inventory",
    "lifecycle",
    "location",
    "logging",
    "metadataTable",
    "metrics",
    "notification",
    "object-lock",
    "ownershipControls",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "replication",
    "requestPayment",
    "tagging",
    "uploads",
    "versioning",
    "versions",
    "website",
];
/// Parameters of listings, which may be empty.
const LISTING_PARTS: [&str; 9] = [
    "continuation-token",
    "delimiter",
    "encoding-type",
    "key-marker",
    "marker",
    "prefix",
    "start-after",
    "upload-id-marker",
    "version-id-marker",
];

/// A parameter without a value that names no part of a bucket or object we know; and, as s3s would then put an
/// object, one half of what names a part of an upload.
pub(super) fn unknown<B>(request: &Request<B>, has_key: bool) -> Option<String> {
    let has = |name| query(request.uri(), name).is_some();
    if request.method() == Method::PUT && has_key && has("uploadId") != has("partNumber") {
        return Some(if has("uploadId") { "uploadId" } else { "partNumber" }.to_owned());
    }
    let names = request.uri().query()?.split('&').filter_map(|pair| match pair.split_once('=') {
        Some((name, "")) => Some(name),
        Some(_) => None,
        None => Some(pair),
    });
    let is_known = |name: &str| match has_key {
        true => OBJECT_PARTS.contains(&name),
        false => BUCKET_PARTS.contains(&name) || LISTING_PARTS.contains(&name),
    };
    let mut unknown = names.map(decoded).filter(|name| !name.is_empty() && !is_known(name));
    unknown.find(|name| !name.to_ascii_lowercase().starts_with("x-amz-"))
}

/// A query parameter, or a header of S3's other than user metadata, that comes more than once: who judges it and who
/// acts on it might each see another one.
pub fn repeated(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let mut names = BTreeSet::new();
    let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let parameters = pairs.map(|pair| decoded(pair.split_once('=').map_or(pair, |(name, _)| name)));
    let mut twice = parameters.filter(|name| !names.insert(name.clone()));
    twice.next().or_else(|| {
        let mut names =
            headers.keys().map(http::HeaderName::as_str).filter(|name| name.starts_with("x-amz-"));
        let is_repeated =
            |name: &&str| !name.starts_with("x-amz-meta-") && headers.get_all(*name).iter().count() > 1;
        names.find(is_repeated).map(str::to_owned)
    })
}

/// The first query parameter of this name, decoded.
pub(super) fn query(uri: &Uri, name: &str) -> Option<String> {
    let found = uri.query()?.split('&').find_map(|pair| {
        let (pair_name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(pair_name) == name).then_some(value)
    });
    found.map(decoded)
}

/// A name or value of a query, as forms encode it: what s3s takes it for.
fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// Parts of buckets and objects that a signature of version 2 does not cover: whoever was given a presigned URL
/// could add them.
const NOT_COVERED: [&str; 9] = [
    "attributes",
    "encryption",
    "intelligent-tiering",
    "legal-hold",
    "metadataTable",
    "ownershipControls",
    "policyStatus",
    "publicAccessBlock",
    "retention",
];

/// A part that the request names and that its signature of version 2 does not cover.
pub(super) fn not_covered(uri: &Uri) -> Option<String> {
    NOT_COVERED.into_iter().find(|name| query(uri, name).is_some()).map(str::to_owned)
}
