//! Putting and deleting objects.

use super::body::{Expected, checked};
use super::headers::{kept, now, refuse_unsupported, shown_etag};
use crate::bucket::{Condition, PutObject};
use crate::buckets::Buckets;
use crate::error::BucketError;
use bytes::Bytes;
use futures::stream::{self, StreamExt};
use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result, s3_error};

/// Objects of one DeleteObjects request that are deleted at a time; each waits for the disk.
const DELETIONS_AT_ONCE: usize = 16;
/// As in S3.
const DELETIONS_MAX: usize = 1000;

pub(super) async fn put(
    buckets: &Buckets,
    req: S3Request<PutObjectInput>,
) -> S3Result<S3Response<PutObjectOutput>> {
    refuse_unsupported(&req.headers)?;
    let mut expected = Expected::of(&req.headers, req.trailing_headers)?;
    expected.length = req.input.content_length.and_then(|length| u64::try_from(length).ok());
    let (body, computed) = match req.input.body {
        Some(body) => checked(body, expected),
        None => checked(stream::empty::<Result<Bytes, BucketError>>(), expected),
    };
    let put = PutObject {
        bucket: req.input.bucket,
        key: req.input.key,
        body,
        headers: kept(&req.headers)?,
        condition: condition(req.input.if_match, req.input.if_none_match)?,
        locked_until: None,
        now: now(),
    };
    let outcome = buckets.put(put).await?;
    let checksum = computed.get();
    Ok(S3Response::new(PutObjectOutput {
        e_tag: Some(shown_etag(&outcome.etag)),
        checksum_crc32: checksum.checksum_crc32,
        checksum_crc32c: checksum.checksum_crc32c,
        checksum_crc64nvme: checksum.checksum_crc64nvme,
        checksum_sha1: checksum.checksum_sha1,
        checksum_sha256: checksum.checksum_sha256,
        ..PutObjectOutput::default()
    }))
}

/// The condition of a put; S3 knows `If-None-Match: *` and `If-Match: <etag>`.
pub(super) fn condition(
    if_match: Option<IfMatch>,
    if_none_match: Option<IfNoneMatch>,
) -> S3Result<Condition> {
    match (if_match, if_none_match) {
        (None, None) => Ok(Condition::Always),
        (None, Some(ETagCondition::Any)) => Ok(Condition::IfAbsent),
        (Some(ETagCondition::ETag(etag)), None) => Ok(Condition::IfMatches(etag.value().to_owned())),
        _ => Err(s3_error!(
            NotImplemented,
            "A header you provided implies functionality that is not implemented"
        )),
    }
}

pub(super) async fn delete(
    buckets: &Buckets,
    req: S3Request<DeleteObjectInput>,
) -> S3Result<S3Response<DeleteObjectOutput>> {
    let input = req.input;
    refuse_version(input.version_id.as_deref())?;
    if input.if_match.is_some()
        || input.if_match_size.is_some()
        || input.if_match_last_modified_time.is_some()
    {
        return Err(s3_error!(NotImplemented, "Conditional deletes are not implemented."));
    }
    buckets.delete(&input.bucket, &input.key, now()).await?;
    Ok(S3Response::new(DeleteObjectOutput::default()))
}

pub(super) async fn delete_many(
    buckets: &Buckets,
    req: S3Request<DeleteObjectsInput>,
) -> S3Result<S3Response<DeleteObjectsOutput>> {
    let DeleteObjectsInput { bucket, delete: Delete { objects, quiet }, .. } = req.input;
    if objects.len() > DELETIONS_MAX {
        return Err(s3_error!(MalformedXML, "A request can name at most 1000 keys."));
    }
    if buckets.bucket(&bucket).await.is_none() {
        return Err(BucketError::NoSuchBucket.into());
    }
    let deletions = stream::iter(objects).map(|object| async {
        let deleted = delete_one(buckets, &bucket, &object).await;
        (object.key, deleted)
    });
    let (mut deleted, mut errors) = (Vec::new(), Vec::new());
    let mut done = deletions.buffered(DELETIONS_AT_ONCE);
    while let Some((key, outcome)) = done.next().await {
        match outcome {
            Ok(()) => deleted.push(DeletedObject { key: Some(key), ..DeletedObject::default() }),
            Err(error) => errors.push(Error {
                key: Some(key),
                code: Some(error.code().as_str().to_owned()),
                message: error.message().map(str::to_owned),
                version_id: None,
            }),
        }
    }
    let deleted = (quiet != Some(true)).then_some(deleted);
    Ok(S3Response::new(DeleteObjectsOutput { deleted, errors: Some(errors), request_charged: None }))
}

async fn delete_one(buckets: &Buckets, bucket: &str, object: &ObjectIdentifier) -> S3Result<()> {
    refuse_version(object.version_id.as_deref())?;
    if object.e_tag.is_some() || object.size.is_some() || object.last_modified_time.is_some() {
        return Err(s3_error!(NotImplemented, "Conditional deletes are not implemented."));
    }
    Ok(buckets.delete(bucket, &object.key, now()).await?)
}

/// Our buckets have no versions; the one there is has the id `null`.
pub(super) fn refuse_version(version: Option<&str>) -> S3Result<()> {
    match version {
        None | Some("null") => Ok(()),
        Some(_) => Err(s3_error!(InvalidArgument, "Invalid version id specified")),
    }
}
