//! Reading objects.

use super::access::{Who, denied};
use super::body::Outgoing;
use super::checksums;
use super::conditions::Conditions;
use super::failure::custom;
use super::headers::{shown_etag, shown_time, user_headers};
use super::objects::check_version;
use super::overrides::Overrides;
use crate::buckets::Buckets;
use crate::error::BucketError;
use crate::object::ObjectInfo;
use http::{HeaderMap, HeaderValue, StatusCode};
use s3s::dto::*;
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};
use std::ops;

/// What S3 says of an object that came without a type.
const DEFAULT_TYPE: &str = "binary/octet-stream";

pub(super) async fn get(
    buckets: &Buckets,
    req: S3Request<GetObjectInput>,
) -> S3Result<S3Response<GetObjectOutput>> {
    let who = Who::of(&req)?;
    let input = req.input;
    check_version(input.version_id.as_deref())?;
    let overrides = Overrides {
        content_type: input.response_content_type,
        content_language: input.response_content_language,
        expires: input.response_expires,
        cache_control: input.response_cache_control,
        content_disposition: input.response_content_disposition,
        content_encoding: input.response_content_encoding,
    };
    overrides.check(&who)?;
    let object = match buckets.get(&input.bucket, &input.key).await {
        Err(error) => return Err(hidden(buckets, &who, &input.bucket, error).await),
        Ok(object) => object,
    };
    let info = object.info.clone();
    Conditions {
        if_match: input.if_match,
        if_none_match: input.if_none_match,
        if_modified_since: input.if_modified_since,
        if_unmodified_since: input.if_unmodified_since,
    }
    .check(&info)?;
    let part = Part::of(&info, input.range, input.part_number)?;
    let wants_checksum =
        input.checksum_mode.as_ref().is_some_and(|mode| mode.as_str() == ChecksumMode::ENABLED);
    let body = match part.range() {
        Some(range) => Outgoing::blob(range.end - range.start, object.range(range)),
        None => Outgoing::blob(info.size, object.checked_body()),
    };
    let headers = other_headers(&info, &overrides);
    let output = GetObjectOutput { body: Some(body), ..described(info, &part, wants_checksum) };
    Ok(S3Response::with_headers(overrides.apply(output), headers))
}

pub(super) async fn head(
    buckets: &Buckets,
    req: S3Request<HeadObjectInput>,
) -> S3Result<S3Response<HeadObjectOutput>> {
    let who = Who::of(&req)?;
    let input = req.input;
    check_version(input.version_id.as_deref())?;
    let overrides = Overrides {
        content_type: input.response_content_type,
        content_language: input.response_content_language,
        expires: input.response_expires,
        cache_control: input.response_cache_control,
        content_disposition: input.response_content_disposition,
        content_encoding: input.response_content_encoding,
    };
    overrides.check(&who)?;
    let info = match buckets.head(&input.bucket, &input.key).await {
        Err(error) => return Err(hidden(buckets, &who, &input.bucket, error).await),
        Ok(info) => info,
    };
    Conditions {
        if_match: input.if_match,
        if_none_match: input.if_none_match,
        if_modified_since: input.if_modified_since,
        if_unmodified_since: input.if_unmodified_since,
    }
    .check(&info)?;
    let part = Part::of(&info, input.range, input.part_number)?;
    let wants_checksum =
        input.checksum_mode.as_ref().is_some_and(|mode| mode.as_str() == ChecksumMode::ENABLED);
    let headers = other_headers(&info, &overrides);
    let like_get = overrides.apply(described(info, &part, wants_checksum));
    let output = HeadObjectOutput {
        accept_ranges: like_get.accept_ranges,
        content_length: like_get.content_length,
        content_range: like_get.content_range,
        content_type: like_get.content_type,
        content_encoding: like_get.content_encoding,
        content_disposition: like_get.content_disposition,
        content_language: like_get.content_language,
        cache_control: like_get.cache_control,
        checksum_crc32: like_get.checksum_crc32,
        checksum_crc32c: like_get.checksum_crc32c,
        checksum_crc64nvme: like_get.checksum_crc64nvme,
        checksum_sha1: like_get.checksum_sha1,
        checksum_sha256: like_get.checksum_sha256,
        checksum_type: like_get.checksum_type,
        e_tag: like_get.e_tag,
        last_modified: like_get.last_modified,
        object_lock_mode: like_get.object_lock_mode,
        object_lock_retain_until_date: like_get.object_lock_retain_until_date,
        parts_count: like_get.parts_count,
        ..HeadObjectOutput::default()
    };
    Ok(S3Response::with_headers(output, headers))
}

/// Whether a key is taken is for those to know who may list the bucket.
pub(super) async fn hidden(buckets: &Buckets, who: &Who, bucket: &str, error: BucketError) -> S3Error {
    match error {
        BucketError::NoSuchKey if !who.may(buckets, "s3:ListBucket", bucket, None).await => denied(),
        error => error.into(),
    }
}

/// Which part of an object is asked for.
enum Part {
    Whole,
    Range(ops::Range<u64>),
    /// One of the parts that it was uploaded in.
    Numbered(ops::Range<u64>),
}

impl Part {
    fn of(info: &ObjectInfo, range: Option<Range>, number: Option<PartNumber>) -> S3Result<Part> {
        match (range, number) {
            (None, None) => Ok(Part::Whole),
            (Some(range), None) => Ok(Part::Range(range.check(info.size)?)),
            (None, Some(number)) => {
                let number = u32::try_from(number).ok().filter(|number| (1..=10_000).contains(number));
                let number = number.ok_or_else(|| {
                    s3_error!(
                        InvalidArgument,
                        "Part number must be an integer between 1 and 10000, inclusive"
                    )
                })?;
                let range = info.part(number).ok_or_else(|| {
                    let message = "The requested partnumber is not satisfiable";
                    custom("InvalidPartNumber", StatusCode::RANGE_NOT_SATISFIABLE, message)
                })?;
                Ok(Part::Numbered(range))
            }
            (Some(_), Some(_)) => Err(s3_error!(
                InvalidRequest,
                "Cannot specify both Range header and partNumber query parameter"
            )),
        }
    }

    /// The bytes, if it is not the whole. An empty range is read as the whole: of an empty object, part 1.
    fn range(&self) -> Option<ops::Range<u64>> {
        match self {
            Part::Range(range) | Part::Numbered(range) => {
                Some(range.clone()).filter(|range| !range.is_empty())
            }
            Part::Whole => None,
        }
    }
}

/// What s3s would not write, or otherwise than it came.
fn other_headers(info: &ObjectInfo, overrides: &Overrides) -> HeaderMap {
    let mut headers = user_headers(&info.headers.user);
    let expires = match &overrides.expires {
        Some(time) => http_date(time),
        None => info.headers.expires.as_ref().and_then(|text| HeaderValue::from_bytes(text.as_bytes()).ok()),
    };
    headers.extend(expires.map(|expires| (http::header::EXPIRES, expires)));
    if !info.tags.is_empty() {
        headers.insert("x-amz-tagging-count", HeaderValue::from(info.tags.len()));
    }
    headers
}

fn http_date(time: &Timestamp) -> Option<HeaderValue> {
    let mut text = Vec::new();
    time.format(TimestampFormat::HttpDate, &mut text).ok()?;
    HeaderValue::from_bytes(&text).ok()
}

/// All but the body, of the whole object or a part of it.
fn described(info: ObjectInfo, part: &Part, wants_checksum: bool) -> GetObjectOutput {
    let range = part.range();
    let length = range.as_ref().map_or(info.size, |range| range.end - range.start);
    // The checksum is over the whole; beside a part, clients would hold it against that.
    let checksum = checksums::shown(info.checksum.clone().filter(|_| wants_checksum && range.is_none()));
    let parts = info.parts_count().filter(|_| matches!(part, Part::Numbered(_)));
    GetObjectOutput {
        accept_ranges: Some("bytes".to_owned()),
        content_length: i64::try_from(length).ok(),
        content_range: range.map(|range| format!("bytes {}-{}/{}", range.start, range.end - 1, info.size)),
        content_type: Some(info.headers.content_type.unwrap_or_else(|| DEFAULT_TYPE.to_owned())),
        content_encoding: info.headers.content_encoding,
        content_disposition: info.headers.content_disposition,
        content_language: info.headers.content_language,
        cache_control: info.headers.cache_control,
        checksum_crc32: checksum.checksum_crc32,
        checksum_crc32c: checksum.checksum_crc32c,
        checksum_crc64nvme: checksum.checksum_crc64nvme,
        checksum_sha1: checksum.checksum_sha1,
        checksum_sha256: checksum.checksum_sha256,
        checksum_type: checksum.checksum_type,
        e_tag: Some(shown_etag(&info.etag)),
        last_modified: Some(shown_time(info.modified)),
        parts_count: parts.and_then(|parts| i32::try_from(parts).ok()),
        object_lock_mode: info.locked_until.map(|_| ObjectLockMode::from_static(ObjectLockMode::COMPLIANCE)),
        object_lock_retain_until_date: info.locked_until.map(shown_time),
        ..GetObjectOutput::default()
    }
}
