//! Tags of objects and of buckets.

use super::access::Who;
use super::objects::check_version;
use crate::buckets::Buckets;
use crate::tags::{self, BUCKET_TAGS_MAX, OBJECT_TAGS_MAX, Tags};
use percent_encoding::percent_decode_str;
use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result, s3_error};

/// The tags of the header `x-amz-tagging`: `key=value&...`, encoded as in a query.
pub(super) fn of_header(header: Option<&str>) -> S3Result<Tags> {
    let decoded = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8().map(std::borrow::Cow::into_owned)
    };
    let pairs = header.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        Ok((decoded(key)?, decoded(value)?))
    });
    let pairs = pairs.collect::<Result<Vec<_>, std::str::Utf8Error>>();
    let pairs =
        pairs.map_err(|_| s3_error!(InvalidArgument, "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates."))?;
    Ok(tags::checked(pairs, OBJECT_TAGS_MAX).map_err(crate::BucketError::from)?)
}

fn of_xml(tagging: Tagging, tags_max: usize) -> S3Result<Tags> {
    let pair = |tag: Tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default());
    let pairs = tagging.tag_set.into_iter().map(pair).collect();
    Ok(tags::checked(pairs, tags_max).map_err(crate::BucketError::from)?)
}

fn shown(tags: Tags) -> TagSet {
    tags.into_iter().map(|(key, value)| Tag { key: Some(key), value: Some(value) }).collect()
}

pub(super) async fn put_object(
    buckets: &Buckets,
    req: S3Request<PutObjectTaggingInput>,
) -> S3Result<S3Response<PutObjectTaggingOutput>> {
    let who = Who::of(&req)?;
    let input = req.input;
    who.require(buckets, "s3:PutObjectTagging", &input.bucket, Some(&input.key)).await?;
    check_version(input.version_id.as_deref())?;
    let tags = of_xml(input.tagging, OBJECT_TAGS_MAX)?;
    buckets.set_object_tags(&input.bucket, &input.key, tags).await?;
    Ok(S3Response::new(PutObjectTaggingOutput::default()))
}

pub(super) async fn get_object(
    buckets: &Buckets,
    req: S3Request<GetObjectTaggingInput>,
) -> S3Result<S3Response<GetObjectTaggingOutput>> {
    let input = req.input;
    check_version(input.version_id.as_deref())?;
    let tags = buckets.object_tags(&input.bucket, &input.key).await?;
    Ok(S3Response::new(GetObjectTaggingOutput { tag_set: shown(tags), version_id: None }))
}

pub(super) async fn delete_object(
    buckets: &Buckets,
    req: S3Request<DeleteObjectTaggingInput>,
) -> S3Result<S3Response<DeleteObjectTaggingOutput>> {
    let input = req.input;
    check_version(input.version_id.as_deref())?;
    buckets.set_object_tags(&input.bucket, &input.key, Tags::new()).await?;
    Ok(S3Response::with_status(DeleteObjectTaggingOutput::default(), http::StatusCode::NO_CONTENT))
}

pub(super) async fn put_bucket(
    buckets: &Buckets,
    req: S3Request<PutBucketTaggingInput>,
) -> S3Result<S3Response<PutBucketTaggingOutput>> {
    Who::of(&req)?.require(buckets, "s3:PutBucketTagging", &req.input.bucket, None).await?;
    let tags = of_xml(req.input.tagging, BUCKET_TAGS_MAX)?;
    buckets.set_bucket_tags(&req.input.bucket, tags).await?;
    Ok(S3Response::with_status(PutBucketTaggingOutput::default(), http::StatusCode::NO_CONTENT))
}

pub(super) fn get_bucket(
    buckets: &Buckets,
    req: &S3Request<GetBucketTaggingInput>,
) -> S3Result<S3Response<GetBucketTaggingOutput>> {
    let tags = buckets.settings(&req.input.bucket)?.tags.clone();
    match tags.is_empty() {
        true => Err(s3_error!(NoSuchTagSet, "The TagSet does not exist")),
        false => Ok(S3Response::new(GetBucketTaggingOutput { tag_set: shown(tags) })),
    }
}

pub(super) async fn delete_bucket(
    buckets: &Buckets,
    req: S3Request<DeleteBucketTaggingInput>,
) -> S3Result<S3Response<DeleteBucketTaggingOutput>> {
    buckets.set_bucket_tags(&req.input.bucket, Tags::new()).await?;
    Ok(S3Response::with_status(DeleteBucketTaggingOutput::default(), http::StatusCode::NO_CONTENT))
}
