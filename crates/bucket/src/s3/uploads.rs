//! Multipart uploads: what clients do with bodies of more than some megabytes.

use super::access::Who;
use super::body;
use super::checksums::{self, Expected, planned, shown_algorithm, shown_coverage};
use super::headers::{kept, now, refuse_unsupported, shown_etag, shown_time};
use super::listing::{Encoding, shown_owner};
use super::objects::condition;
use super::tagging;
use crate::bucket::PutOutcome;
use crate::buckets::{Buckets, Completion, UploadAt};
use crate::checksum::Algorithm;
use crate::error::BucketError;
use crate::upload::{NamedPart, PartInfo, Plan, UploadInfo, UploadsQuery};
use cairn_model::AccountId;
use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result, s3_error};
use std::time::Duration;

const PART_NUMBERS: std::ops::RangeInclusive<i32> = 1..=10_000;
/// Parts and uploads of a page, at most and unless asked otherwise; as in S3.
const PAGE_MAX: i32 = 1000;
/// A completion that takes longer is answered at once, with white space until its outcome is known: clients give
/// up on a server that says nothing for a minute.
const SILENCE_MAX: Duration = Duration::from_secs(20);

pub(super) async fn create(
    buckets: &Buckets,
    req: S3Request<CreateMultipartUploadInput>,
) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
    refuse_unsupported(&req.headers)?;
    let input = req.input;
    let checksum = planned(input.checksum_algorithm.as_ref(), input.checksum_type.as_ref())?;
    let plan =
        Plan { headers: kept(&req.headers)?, tags: tagging::of_header(input.tagging.as_deref())?, checksum };
    let id = buckets.create_upload(&input.bucket, &input.key, plan, now()).await?;
    Ok(S3Response::new(CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(id),
        checksum_algorithm: checksum.map(|(algorithm, _)| shown_algorithm(algorithm)),
        checksum_type: checksum.map(|(_, coverage)| shown_coverage(coverage)),
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
    let at = UploadAt { bucket: input.bucket, key: input.key, id: input.upload_id };
    let planned = buckets.upload_plan(&at).await?.checksum.map(|(algorithm, _)| algorithm);
    let algorithm = match (planned, expected.algorithm()) {
        (Some(planned), Some(given)) if planned != given => {
            return Err(s3_error!(
                InvalidRequest,
                "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: {}",
                planned.name().to_lowercase(),
                given.name().to_lowercase()
            ));
        }
        (planned, given) => planned.or(given),
    };
    let checks = (algorithm, Some(expected.check()));
    let outcome = buckets.put_part(at, number, body::incoming(input.body), checks, now()).await?;
    let checksum = checksums::shown(outcome.checksum);
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
    let who = Who::of(&req)?;
    let mut expected = Expected::of(&req.headers, None)?;
    expected.forget_md5();
    let input = req.input;
    who.require(buckets, "s3:PutObject", &input.bucket, Some(&input.key)).await?;
    expected.length = input.mpu_object_size.and_then(|size| u64::try_from(size).ok());
    let at = UploadAt { bucket: input.bucket.clone(), key: input.key.clone(), id: input.upload_id };
    if let (Some(asked), Ok(Plan { checksum: Some((_, coverage)), .. })) =
        (&input.checksum_type, buckets.upload_plan(&at).await)
        && asked.as_str() != coverage.name()
    {
        return Err(s3_error!(
            InvalidRequest,
            "The upload was created with the {} checksum type. The complete request must have the same one.",
            coverage.name()
        ));
    }
    let completion = Completion {
        condition: condition(input.if_match, input.if_none_match)?,
        now: now(),
        algorithm: expected.algorithm(),
        check: Some(expected.check()),
    };
    let parts = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
    let parts = parts.into_iter().map(named_part).collect::<S3Result<Vec<_>>>()?;
    let (bucket, key, buckets) = (input.bucket, input.key, buckets.clone());
    // A task of its own: a client that hangs up does not undo a minute's work.
    let mut work = tokio::spawn(async move {
        let outcome = buckets.complete_upload(at, parts, completion).await?;
        Ok::<_, BucketError>(completed(bucket, key, outcome))
    });
    match tokio::time::timeout(SILENCE_MAX, &mut work).await {
        Ok(done) => Ok(S3Response::new(ended(done)?)),
        Err(_) => Ok(S3Response::new(CompleteMultipartUploadOutput {
            future: Some(Box::pin(async { ended(work.await) })),
            ..CompleteMultipartUploadOutput::default()
        })),
    }
}

fn ended(
    done: Result<Result<CompleteMultipartUploadOutput, BucketError>, tokio::task::JoinError>,
) -> S3Result<CompleteMultipartUploadOutput> {
    let done = done.map_err(|error| BucketError::Io(std::io::Error::other(error)))?;
    Ok(done?)
}

fn completed(bucket: String, key: String, outcome: PutOutcome) -> CompleteMultipartUploadOutput {
    let checksum = checksums::shown(outcome.checksum);
    CompleteMultipartUploadOutput {
        location: Some(format!("/{bucket}/{key}")),
        bucket: Some(bucket),
        key: Some(key),
        e_tag: Some(shown_etag(&outcome.etag)),
        checksum_crc32: checksum.checksum_crc32,
        checksum_crc32c: checksum.checksum_crc32c,
        checksum_crc64nvme: checksum.checksum_crc64nvme,
        checksum_sha1: checksum.checksum_sha1,
        checksum_sha256: checksum.checksum_sha256,
        checksum_type: checksum.checksum_type,
        ..CompleteMultipartUploadOutput::default()
    }
}

pub(super) async fn abort(
    buckets: &Buckets,
    req: S3Request<AbortMultipartUploadInput>,
) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
    let input = req.input;
    buckets.abort_upload(UploadAt { bucket: input.bucket, key: input.key, id: input.upload_id }).await?;
    Ok(S3Response::new(AbortMultipartUploadOutput::default()))
}

pub(super) async fn list_parts(
    buckets: &Buckets,
    req: S3Request<ListPartsInput>,
) -> S3Result<S3Response<ListPartsOutput>> {
    let owner = owner(buckets, &req.input.bucket).await?;
    let input = req.input;
    let limit = page_size(input.max_parts, "max-parts")?;
    let marker = input.part_number_marker.unwrap_or(0);
    let after = u16::try_from(marker).map_err(|_| {
        s3_error!(InvalidArgument, "Argument part-number-marker must be an integer between 0 and 10000")
    })?;
    let at = UploadAt { bucket: input.bucket.clone(), key: input.key.clone(), id: input.upload_id.clone() };
    let page = buckets.list_parts(at, after, usize::try_from(limit).unwrap_or(0)).await?;
    let last = page.parts.last().map(|part| i32::from(part.number));
    Ok(S3Response::new(ListPartsOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        part_number_marker: Some(marker),
        next_part_number_marker: last.filter(|_| page.is_truncated),
        max_parts: Some(limit),
        is_truncated: Some(page.is_truncated),
        parts: Some(page.parts.into_iter().map(shown_part).collect()),
        owner: Some(shown_owner(owner)),
        storage_class: Some(StorageClass::from_static(StorageClass::STANDARD)),
        checksum_algorithm: page.checksum.map(|(algorithm, _)| shown_algorithm(algorithm)),
        checksum_type: page.checksum.map(|(_, coverage)| shown_coverage(coverage)),
        ..ListPartsOutput::default()
    }))
}

fn shown_part(part: PartInfo) -> Part {
    let checksum = checksums::shown(part.checksum);
    Part {
        part_number: Some(i32::from(part.number)),
        e_tag: Some(shown_etag(&part.etag)),
        size: i64::try_from(part.size).ok(),
        last_modified: Some(shown_time(part.modified)),
        checksum_crc32: checksum.checksum_crc32,
        checksum_crc32c: checksum.checksum_crc32c,
        checksum_crc64nvme: checksum.checksum_crc64nvme,
        checksum_sha1: checksum.checksum_sha1,
        checksum_sha256: checksum.checksum_sha256,
    }
}

pub(super) async fn list(
    buckets: &Buckets,
    req: S3Request<ListMultipartUploadsInput>,
) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
    let owner = owner(buckets, &req.input.bucket).await?;
    let input = req.input;
    let encoding = Encoding::of(input.encoding_type)?;
    let limit = page_size(input.max_uploads, "max-uploads")?;
    let key_marker = input.key_marker.unwrap_or_default();
    let query = UploadsQuery {
        prefix: input.prefix.unwrap_or_default(),
        delimiter: input.delimiter.filter(|delimiter| !delimiter.is_empty()),
        // Without a key there is nothing for an id to go on from.
        after_id: input.upload_id_marker.clone().filter(|id| !id.is_empty() && !key_marker.is_empty()),
        after_key: key_marker,
        limit: usize::try_from(limit).unwrap_or(0),
    };
    let page = buckets.list_uploads(&input.bucket, query.clone()).await?;
    let is_truncated = page.next.is_some();
    let (next_key, next_id) = page.next.unzip();
    let prefixes = page.prefixes.into_iter();
    Ok(S3Response::new(ListMultipartUploadsOutput {
        bucket: Some(input.bucket),
        prefix: Some(encoding.text(query.prefix)),
        delimiter: query.delimiter.map(|delimiter| encoding.text(delimiter)),
        key_marker: Some(encoding.text(query.after_key)),
        upload_id_marker: Some(input.upload_id_marker.unwrap_or_default()),
        next_key_marker: next_key.map(|key| encoding.text(key)),
        next_upload_id_marker: next_id,
        max_uploads: Some(limit),
        is_truncated: Some(is_truncated),
        uploads: Some(page.uploads.into_iter().map(|upload| shown_upload(upload, owner, encoding)).collect()),
        common_prefixes: Some(
            prefixes.map(|prefix| CommonPrefix { prefix: Some(encoding.text(prefix)) }).collect(),
        ),
        encoding_type: encoding.shown(),
        ..ListMultipartUploadsOutput::default()
    }))
}

fn shown_upload(upload: UploadInfo, owner: AccountId, encoding: Encoding) -> MultipartUpload {
    let initiator = Initiator { display_name: Some(owner.to_string()), id: Some(owner.to_string()) };
    MultipartUpload {
        key: Some(encoding.text(upload.key)),
        upload_id: Some(upload.id),
        initiated: Some(shown_time(upload.created)),
        initiator: Some(initiator),
        owner: Some(shown_owner(owner)),
        storage_class: Some(StorageClass::from_static(StorageClass::STANDARD)),
        checksum_algorithm: upload.checksum.map(|(algorithm, _)| shown_algorithm(algorithm)),
        checksum_type: upload.checksum.map(|(_, coverage)| shown_coverage(coverage)),
    }
}

/// The owner of a bucket and all that is in it.
pub(super) async fn owner(buckets: &Buckets, bucket: &str) -> S3Result<AccountId> {
    let info = buckets.bucket(bucket).await;
    Ok(info.ok_or(BucketError::NoSuchBucket)?.owner)
}

fn page_size(asked: Option<i32>, name: &str) -> S3Result<i32> {
    match asked.unwrap_or(PAGE_MAX) {
        ..0 => Err(s3_error!(InvalidArgument, "Argument {name} must be an integer between 0 and 2147483647")),
        asked => Ok(asked.min(PAGE_MAX)),
    }
}

fn named_part(part: CompletedPart) -> S3Result<NamedPart> {
    let etag = part.e_tag.ok_or_else(|| s3_error!(MalformedXML, "A part has no ETag."))?;
    let checksums = [
        (Algorithm::Crc32, part.checksum_crc32),
        (Algorithm::Crc32c, part.checksum_crc32c),
        (Algorithm::Crc64Nvme, part.checksum_crc64nvme),
        (Algorithm::Sha1, part.checksum_sha1),
        (Algorithm::Sha256, part.checksum_sha256),
    ];
    Ok(NamedPart {
        number: part_number(part.part_number)?,
        etag: etag.value().to_owned(),
        checksums: checksums.into_iter().filter_map(|(algorithm, value)| Some((algorithm, value?))).collect(),
    })
}

pub(super) fn part_number(number: Option<i32>) -> S3Result<u16> {
    let number =
        number.filter(|number| PART_NUMBERS.contains(number)).and_then(|number| u16::try_from(number).ok());
    number.ok_or_else(|| {
        s3_error!(InvalidArgument, "Part number must be an integer between 1 and 10000, inclusive")
    })
}
