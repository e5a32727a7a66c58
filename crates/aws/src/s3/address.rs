//! How a bucket and a key become a URL.

use super::S3Options;
use crate::endpoint::Endpoint;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What S3 leaves as it is in the values of a query.
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// In a path the slash stays, too.
const IN_PATH: &AsciiSet = &IN_QUERY.remove(b'/');

/// How buckets are named in URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressing {
    /// Before the host at AWS, in the path elsewhere.
    Auto,
    /// In the path.
    Path,
    /// Before the host.
    VirtualHost,
}

/// The URL of a bucket or of an object in it; `query` is encoded.
pub(super) fn url(options: &S3Options, region: &str, bucket: &str, key: Option<&str>, query: &str) -> String {
    let endpoint = match &options.endpoint {
        Some(endpoint) => endpoint.clone(),
        None => Endpoint::of_aws("s3", region),
    };
    let is_label = match options.addressing {
        Addressing::Auto => options.endpoint.is_none() && fits_certificate(bucket),
        Addressing::Path => false,
        Addressing::VirtualHost => is_host(bucket),
    };
    let key = utf8_percent_encode(key.unwrap_or_default(), IN_PATH);
    if is_label {
        endpoint.with_label(bucket).url(&format!("/{key}"), query)
    } else {
        let bucket = utf8_percent_encode(bucket, IN_PATH);
        endpoint.url(&format!("/{bucket}/{key}"), query)
    }
}

/// Whether S3's wildcard certificate is good for the bucket's name as a host's label: dots would make more labels.
fn fits_certificate(bucket: &str) -> bool {
    is_host(bucket) && !bucket.contains('.')
}

/// Whether the name can be part of a host and stay itself.
fn is_host(bucket: &str) -> bool {
    !bucket.is_empty() && bucket.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'))
}

/// A value of a query.
pub(super) fn in_query(value: &str) -> impl std::fmt::Display {
    utf8_percent_encode(value, IN_QUERY)
}

#[cfg(test)]
mod tests;
