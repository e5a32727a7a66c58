//! Multipart uploads: what clients do with bodies of more than some megabytes.

use super::body::{Expected, checked};
use super::headers::{kept, now, refuse_unsupported, shown_etag};
use super::objects::condition;
use crate::buckets::{Buckets, Completion, UploadAt};
use crate::error::BucketError;
use crate::upload::NamedPart;
use bytes::Bytes;
use futures::stream;
use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result, s3_error};

const PART_NUMBERS: std::ops::RangeInclusive<i32> = 1..=10_000;

pub(super) async fn create(
    buckets: &Buckets,
    req: S3Request<CreateMultipartUploadInput>,
) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
    refuse_unsupported(&req.headers)?;
    let (bucket, key) = (req.input.bucket, req.input.key);
    let id = buckets.create_upload(&bucket, &key, kept(&req.headers)?, now()).await?;
    Ok(S3Response::new(CreateMultipartUploadOutput {
        bucket: Some(bucket),
        key: Some(key),
        upload_id: Some(id),
        checksum_algorithm: req.input.checksum_algorithm,
        checksum_type: req.input.checksum_type,
        ..CreateMultipartUploadOutput::default()
    }))
}

pub(super) async fn put_part(
    buckets: &Buckets,
    req: S3Request<UploadPartInput>,
) -> S3Result<S3Response<UploadPartOutput>> {
    refuse_unsupported(&req.headers)?;
    let input = req.input;
    let number = part_number(Some(input.part_number))?;
    let mut expected = Expected::of(&req.headers, req.trailing_headers)?;
    expected.length = input.content_length.and_then(|length| u64::try_from(length).ok());
    let (body, computed) = match input.body {
        Some(body) => checked(body, expected),
        None => checked(stream::empty::<Result<Bytes, BucketError>>(), expected),
    };
    let at = UploadAt { bucket: input.bucket, key: input.key, id: input.upload_id };
    let outcome = buckets.put_part(at, number, body, now()).await?;
    let checksum = computed.get();
    Ok(S3Response::new(UploadPartOutput {
        e_tag: Some(shown_etag(&outcome.etag)),
        checksum_crc32: checksum.checksum_crc32,
        checksum_crc32c: checksum.checksum_crc32c,
        checksum_crc64nvme: checksum.checksum_crc64nvme,
        checksum_sha1: checksum.checksum_sha1,
        checksum_sha256: checksum.checksum_sha256,
        ..UploadPartOutput::default()
    }))
}

pub(super) async fn complete(
    buckets: &Buckets,
    req: S3Request<CompleteMultipartUploadInput>,
) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
    let mut expected = Expected::of(&req.headers, None)?;
    expected.forget_md5();
    let input = req.input;
    expected.length = input.mpu_object_size.and_then(|size| u64::try_from(size).ok());
    let completion = Completion {
        condition: condition(input.if_match, input.if_none_match)?,
        now: now(),
        check: Box::new(|assembly| checked(assembly.body(), expected).0),
    };
    let parts = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
    let parts = parts.into_iter().map(named_part).collect::<S3Result<Vec<_>>>()?;
    let at = UploadAt { bucket: input.bucket.clone(), key: input.key.clone(), id: input.upload_id };
    let outcome = buckets.complete_upload(at, parts, completion).await?;
    Ok(S3Response::new(CompleteMultipartUploadOutput {
        location: Some(format!("/{}/{}", input.bucket, input.key)),
        bucket: Some(input.bucket),
        key: Some(input.key),
        e_tag: Some(shown_etag(&outcome.etag)),
        ..CompleteMultipartUploadOutput::default()
    }))
}

pub(super) async fn abort(
    buckets: &Buckets,
    req: S3Request<AbortMultipartUploadInput>,
) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
    let input = req.input;
    buckets.abort_upload(UploadAt { bucket: input.bucket, key: input.key, id: input.upload_id }).await?;
    Ok(S3Response::new(AbortMultipartUploadOutput::default()))
}

fn named_part(part: CompletedPart) -> S3Result<NamedPart> {
    let etag = part.e_tag.ok_or_else(|| s3_error!(MalformedXML, "A part has no ETag."))?;
    Ok(NamedPart { number: part_number(part.part_number)?, etag: etag.value().to_owned() })
}

fn part_number(number: Option<i32>) -> S3Result<u16> {
    let number =
        number.filter(|number| PART_NUMBERS.contains(number)).and_then(|number| u16::try_from(number).ok());
    number.ok_or_else(|| {
        s3_error!(InvalidArgument, "Part number must be an integer between 1 and 10000, inclusive")
    })
}
