//! Putting and deleting objects.

use super::access::Who;
use super::body;
use super::checksums::{self, Expected};
use super::headers::{kept, kept_of_form, now, refuse_unsupported, shown_etag};
use super::tagging;
use crate::bucket::{Condition, PutObject, PutOutcome};
use crate::buckets::{Buckets, Extra};
use crate::error::BucketError;
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
    let headers = kept(&req.headers)?;
    let mut expected = Expected::of(&req.headers, req.trailing_headers)?;
    let input = req.input;
    expected.length = input.content_length.and_then(|length| u64::try_from(length).ok());
    let put = PutObject {
        bucket: input.bucket,
        key: input.key,
        body: body::incoming(input.body),
        headers,
        condition: condition(input.if_match, input.if_none_match)?,
        locked_until: None,
        now: now(),
    };
    let extra = Extra {
        tags: tagging::of_header(input.tagging.as_deref())?,
        algorithm: expected.algorithm(),
        check: Some(expected.check()),
        ..Extra::default()
    };
    let outcome = buckets.put_with(put, extra).await?;
    Ok(S3Response::new(shown(outcome)))
}

/// An upload by an HTML form. What it says stands in its fields; the request's headers are the form's.
pub(super) async fn post(
    buckets: &Buckets,
    req: S3Request<PostObjectInput>,
) -> S3Result<S3Response<PostObjectOutput>> {
    let who = Who::of(&req)?;
    let headers = kept_of_form(&req.input)?;
    let input = req.input;
    who.require(buckets, "s3:PutObject", &input.bucket, Some(&input.key)).await?;
    let put = PutObject {
        bucket: input.bucket,
        key: input.key,
        body: body::incoming(input.body),
        headers,
        condition: Condition::Always,
        locked_until: None,
        now: now(),
    };
    let outcome = buckets.put(put).await?;
    Ok(S3Response::new(PostObjectOutput {
        e_tag: Some(shown_etag(&outcome.etag)),
        ..PostObjectOutput::default()
    }))
}

fn shown(outcome: PutOutcome) -> PutObjectOutput {
    let checksum = checksums::shown(outcome.checksum);
    PutObjectOutput {
        e_tag: Some(shown_etag(&outcome.etag)),
        checksum_crc32: checksum.checksum_crc32,
        checksum_crc32c: checksum.checksum_crc32c,
        checksum_crc64nvme: checksum.checksum_crc64nvme,
        checksum_sha1: checksum.checksum_sha1,
        checksum_sha256: checksum.checksum_sha256,
        checksum_type: checksum.checksum_type,
        ..PutObjectOutput::default()
    }
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
    check_version(input.version_id.as_deref())?;
    if input.if_match_size.is_some() || input.if_match_last_modified_time.is_some() {
        return Err(other_conditions());
    }
    let etag = input.if_match.map(|condition| match condition {
        ETagCondition::Any => "*".to_owned(),
        ETagCondition::ETag(etag) => etag.value().to_owned(),
    });
    buckets.delete_if(&input.bucket, &input.key, etag, now()).await?;
    Ok(S3Response::new(DeleteObjectOutput::default()))
}

pub(super) async fn delete_many(
    buckets: &Buckets,
    req: S3Request<DeleteObjectsInput>,
) -> S3Result<S3Response<DeleteObjectsOutput>> {
    let who = Who::of(&req)?;
    let DeleteObjectsInput { bucket, delete: Delete { objects, quiet }, .. } = req.input;
    if objects.is_empty() || objects.len() > DELETIONS_MAX {
        return Err(s3_error!(MalformedXML, "A request names 1 to 1000 keys."));
    }
    if buckets.bucket(&bucket).await.is_none() {
        return Err(BucketError::NoSuchBucket.into());
    }
    let deletions = stream::iter(objects).map(|object| async {
        let deleted = delete_one(buckets, &who, &bucket, &object).await;
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

async fn delete_one(buckets: &Buckets, who: &Who, bucket: &str, object: &ObjectIdentifier) -> S3Result<()> {
    who.require(buckets, "s3:DeleteObject", bucket, Some(&object.key)).await?;
    check_version(object.version_id.as_deref())?;
    if object.size.is_some() || object.last_modified_time.is_some() {
        return Err(other_conditions());
    }
    let etag = object.e_tag.as_ref().map(|etag| etag.value().to_owned());
    Ok(buckets.delete_if(bucket, &object.key, etag, now()).await?)
}

fn other_conditions() -> s3s::S3Error {
    s3_error!(NotImplemented, "Conditional deletes other than by ETag are not implemented.")
}

/// Our buckets have no versions; the one there is has the id `null`.
pub(super) fn check_version(version: Option<&str>) -> S3Result<()> {
    match version {
        None | Some("null") => Ok(()),
        Some(_) => Err(s3_error!(NoSuchVersion, "The specified version does not exist.")),
    }
}
