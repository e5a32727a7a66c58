//! What conditions of policies see in a request's head.

use super::parameters::query;
use http::{HeaderMap, Uri};

/// A header, and the condition key that it is the value of.
const FROM_HEADERS: [(&str, &str); 7] = [
    ("user-agent", "aws:useragent"),
    ("referer", "aws:referer"),
    ("x-amz-acl", "s3:x-amz-acl"),
    ("x-amz-server-side-encryption", "s3:x-amz-server-side-encryption"),
    ("x-amz-copy-source", "s3:x-amz-copy-source"),
    ("x-amz-metadata-directive", "s3:x-amz-metadata-directive"),
    ("x-amz-storage-class", "s3:x-amz-storage-class"),
];
/// The same of query parameters.
const FROM_QUERY: [(&str, &str); 2] = [("prefix", "s3:prefix"), ("delimiter", "s3:delimiter")];

/// The condition keys that a request of S3's gives by its head, with their values. Of what comes twice it is the first:
/// see [`repeated`](super::parameters::repeated).
pub fn condition_values(uri: &Uri, headers: &HeaderMap) -> Vec<(&'static str, String)> {
    let of_headers = FROM_HEADERS.iter().filter_map(|(name, key)| {
        Some((*key, String::from_utf8_lossy(headers.get(*name)?.as_bytes()).into_owned()))
    });
    let of_query = FROM_QUERY.iter().filter_map(|(name, key)| Some((*key, query(uri, name)?)));
    of_headers.chain(of_query).collect()
}
