//! Reading objects.

use super::body::Outgoing;
use super::headers::{shown_etag, shown_time, user_headers};
use super::objects::refuse_version;
use crate::buckets::Buckets;
use crate::object::ObjectInfo;
use http::{HeaderMap, HeaderValue};
use s3s::dto::*;
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result, s3_error};
use std::ops;

/// What S3 says of an object that came without a type.
const DEFAULT_TYPE: &str = "binary/octet-stream";

pub(super) async fn get(
    buckets: &Buckets,
    req: S3Request<GetObjectInput>,
) -> S3Result<S3Response<GetObjectOutput>> {
    let input = req.input;
    refuse_version(input.version_id.as_deref())?;
    refuse_part(input.part_number)?;
    let object = buckets.get(&input.bucket, &input.key).await?;
    let info = object.info.clone();
    Conditions {
        if_match: input.if_match,
        if_none_match: input.if_none_match,
        if_modified_since: input.if_modified_since,
        if_unmodified_since: input.if_unmodified_since,
    }
    .check(&info)?;
    let part = input.range.map(|range| range.check(info.size)).transpose()?;
    let body = match part.clone() {
        Some(part) => Outgoing::blob(part.end - part.start, object.range(part)),
        None => Outgoing::blob(info.size, object.checked_body()),
    };
    let mut headers = user_headers(&info.headers.user);
    if input.response_expires.is_none() {
        add_expires(&mut headers, &info);
    }
    let output = GetObjectOutput { body: Some(body), ..described(info, part) };
    Ok(S3Response::with_headers(output, headers))
}

pub(super) async fn head(
    buckets: &Buckets,
    req: S3Request<HeadObjectInput>,
) -> S3Result<S3Response<HeadObjectOutput>> {
    let input = req.input;
    refuse_version(input.version_id.as_deref())?;
    refuse_part(input.part_number)?;
    let info = buckets.head(&input.bucket, &input.key).await?;
    Conditions {
        if_match: input.if_match,
        if_none_match: input.if_none_match,
        if_modified_since: input.if_modified_since,
        if_unmodified_since: input.if_unmodified_since,
    }
    .check(&info)?;
    let part = input.range.map(|range| range.check(info.size)).transpose()?;
    let mut headers = user_headers(&info.headers.user);
    add_expires(&mut headers, &info);
    let like_get = described(info, part);
    let output = HeadObjectOutput {
        accept_ranges: like_get.accept_ranges,
        content_length: like_get.content_length,
        content_range: like_get.content_range,
        content_type: like_get.content_type,
        content_encoding: like_get.content_encoding,
        content_disposition: like_get.content_disposition,
        content_language: like_get.content_language,
        cache_control: like_get.cache_control,
        e_tag: like_get.e_tag,
        last_modified: like_get.last_modified,
        object_lock_mode: like_get.object_lock_mode,
        object_lock_retain_until_date: like_get.object_lock_retain_until_date,
        ..HeadObjectOutput::default()
    };
    Ok(S3Response::with_headers(output, headers))
}

/// All but the body, of the whole object or a part of it.
fn described(info: ObjectInfo, part: Option<ops::Range<u64>>) -> GetObjectOutput {
    let length = part.as_ref().map_or(info.size, |part| part.end - part.start);
    GetObjectOutput {
        accept_ranges: Some("bytes".to_owned()),
        content_length: i64::try_from(length).ok(),
        content_range: part.map(|part| format!("bytes {}-{}/{}", part.start, part.end - 1, info.size)),
        content_type: Some(info.headers.content_type.unwrap_or_else(|| DEFAULT_TYPE.to_owned())),
        content_encoding: info.headers.content_encoding,
        content_disposition: info.headers.content_disposition,
        content_language: info.headers.content_language,
        cache_control: info.headers.cache_control,
        e_tag: Some(shown_etag(&info.etag)),
        last_modified: Some(shown_time(info.modified)),
        object_lock_mode: info.locked_until.map(|_| ObjectLockMode::from_static(ObjectLockMode::COMPLIANCE)),
        object_lock_retain_until_date: info.locked_until.map(shown_time),
        ..GetObjectOutput::default()
    }
}

fn add_expires(headers: &mut HeaderMap, info: &ObjectInfo) {
    let expires =
        info.headers.expires.as_ref().and_then(|text| HeaderValue::from_bytes(text.as_bytes()).ok());
    headers.extend(expires.map(|expires| (http::header::EXPIRES, expires)));
}

fn refuse_part(part: Option<PartNumber>) -> S3Result<()> {
    match part {
        None => Ok(()),
        Some(_) => Err(s3_error!(NotImplemented, "Reading by part number is not implemented.")),
    }
}

/// When a caller wants to read an object at all. The ETags go before the times (RFC 9110, 13.2.2).
struct Conditions {
    if_match: Option<IfMatch>,
    if_none_match: Option<IfNoneMatch>,
    if_modified_since: Option<Timestamp>,
    if_unmodified_since: Option<Timestamp>,
}

impl Conditions {
    fn check(&self, info: &ObjectInfo) -> S3Result<()> {
        let modified = shown_time(info.modified);
        let holds = match (&self.if_match, &self.if_unmodified_since) {
            (Some(etag), _) => is_etag(etag, info),
            (None, Some(time)) => modified <= *time,
            (None, None) => true,
        };
        if !holds {
            return Err(s3_error!(
                PreconditionFailed,
                "At least one of the pre-conditions you specified did not hold"
            ));
        }
        let is_unmodified = match (&self.if_none_match, &self.if_modified_since) {
            (Some(etag), _) => is_etag(etag, info),
            (None, Some(time)) => modified <= *time,
            (None, None) => false,
        };
        if is_unmodified { Err(not_modified(info)) } else { Ok(()) }
    }
}

fn is_etag(condition: &ETagCondition, info: &ObjectInfo) -> bool {
    match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(etag) => etag.value() == info.etag,
    }
}

fn not_modified(info: &ObjectInfo) -> S3Error {
    let mut error = S3Error::new(S3ErrorCode::NotModified);
    let etag = HeaderValue::from_str(&format!("\"{}\"", info.etag));
    error.set_headers(etag.into_iter().map(|etag| (http::header::ETAG, etag)).collect());
    error
}
