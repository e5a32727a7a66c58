//! Reading objects.

use super::body::Resumed;
use super::{BucketAsk, S3};
use crate::error::AwsError;
use bytes::Bytes;
use futures::stream::BoxStream;
use http::{HeaderMap, HeaderName, Method, Response, header};
use hyper::body::Incoming;
use std::collections::BTreeMap;
use std::ops::Range;

/// What is known of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectHead {
    /// The whole object's size in bytes, if it was told.
    pub size: Option<u64>,
    /// Its ETag, with the quotes that belong to it.
    pub etag: Option<String>,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Content-Encoding`: the bytes come as they are stored, not decoded.
    pub content_encoding: Option<String>,
    /// `Last-Modified`, as HTTP writes dates.
    pub last_modified: Option<String>,
    /// `x-amz-server-side-encryption`.
    pub encryption: Option<String>,
    /// The base64 SHA-256 that it was put with, if the endpoint keeps it.
    pub checksum_sha256: Option<String>,
    /// User metadata by name, without `x-amz-meta-`.
    pub metadata: BTreeMap<String, String>,
}

/// An object's bytes. A connection that breaks is taken up again where it broke; it ends with the first error.
pub type ObjectBody = BoxStream<'static, Result<Bytes, AwsError>>;

impl S3 {
    /// What is known of an object.
    ///
    /// Errors: [`AwsError::is_not_found`] if it, or its bucket, is not there.
    pub async fn head(&self, bucket: &str, key: &str) -> Result<ObjectHead, AwsError> {
        let headers = [(HeaderName::from_static("x-amz-checksum-mode"), "ENABLED".to_owned())];
        let ask = BucketAsk { key: Some(key), headers: &headers, ..BucketAsk::new(Method::HEAD, bucket) };
        let response = self.send(&ask).await?;
        Ok(head_of(response.headers()))
    }

    /// An object: what is known of it, and its bytes as they are asked for.
    ///
    /// Errors: `NoSuchKey`, `NoSuchBucket`, `AccessDenied`, ...; in the stream [`AwsError::Changed`] if the object was
    /// replaced while it was read.
    pub async fn get(&self, bucket: &str, key: &str) -> Result<(ObjectHead, ObjectBody), AwsError> {
        self.get_range(bucket, key, 0..u64::MAX).await
    }

    /// Those bytes of an object that lie in `range`, which must not be empty and may reach beyond its end.
    ///
    /// Errors: as of [`S3::get`]; `InvalidRange` if the object ends before the range.
    pub async fn get_range(
        &self,
        bucket: &str,
        key: &str,
        range: Range<u64>,
    ) -> Result<(ObjectHead, ObjectBody), AwsError> {
        let response = self.get_from(bucket, key, &range, None).await?;
        let head = head_of(response.headers());
        let rest = Resumed {
            s3: self.clone(),
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            etag: head.etag.clone(),
            range,
        };
        Ok((head, rest.stream(response.into_body())))
    }

    /// One GET of a range, of the version `etag` if one is named.
    pub(super) async fn get_from(
        &self,
        bucket: &str,
        key: &str,
        range: &Range<u64>,
        etag: Option<&str>,
    ) -> Result<Response<Incoming>, AwsError> {
        let mut headers = Vec::new();
        if range.end < u64::MAX {
            headers.push((header::RANGE, format!("bytes={}-{}", range.start, range.end.saturating_sub(1))));
        } else if range.start > 0 {
            headers.push((header::RANGE, format!("bytes={}-", range.start)));
        }
        if let Some(etag) = etag {
            headers.push((header::IF_MATCH, etag.to_owned()));
        }
        let ask = BucketAsk { key: Some(key), headers: &headers, ..BucketAsk::new(Method::GET, bucket) };
        self.send(&ask).await
    }
}

fn head_of(headers: &HeaderMap) -> ObjectHead {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    // The size after the slash of a range's, else the body's.
    let of_range = text("content-range").and_then(|range| range.rsplit('/').next()?.parse().ok());
    let metadata = headers.iter().filter_map(|(name, value)| {
        let name = name.as_str().strip_prefix("x-amz-meta-")?;
        Some((name.to_owned(), value.to_str().ok()?.to_owned()))
    });
    ObjectHead {
        size: of_range.or_else(|| text("content-length")?.parse().ok()),
        etag: text("etag"),
        content_type: text("content-type"),
        content_encoding: text("content-encoding"),
        last_modified: text("last-modified"),
        encryption: text("x-amz-server-side-encryption"),
        checksum_sha256: text("x-amz-checksum-sha256"),
        metadata: metadata.collect(),
    }
}
