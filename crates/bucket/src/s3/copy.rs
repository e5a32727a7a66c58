//! Copying objects, whole or as parts of uploads. A copy passes through this process, which holds it against
//! the source's hash: a damaged object is not copied.

use super::access::Who;
use super::checksums;
use super::conditions::Conditions;
use super::headers::{kept, now, refuse_unsupported, shown_etag, shown_time};
use super::objects::check_version;
use super::reading::hidden;
use super::tagging;
use super::uploads::part_number;
use crate::bucket::{Condition, PutObject, PutOutcome};
use crate::buckets::{Buckets, Extra, UploadAt};
use crate::incoming::ObjectBody;
use crate::read::Object;
use crate::tags::Tags;
use s3s::dto::*;
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};

/// Largest object that is copied at once, and largest part; as in S3.
const COPY_BYTES_MAX: u64 = 5 << 30;

pub(super) async fn object(
    buckets: &Buckets,
    req: S3Request<CopyObjectInput>,
) -> S3Result<S3Response<CopyObjectOutput>> {
    refuse_unsupported(&req.headers)?;
    let who = Who::of(&req)?;
    let input = &req.input;
    let source = Source::of(&input.copy_source)?;
    let algorithm = checksums::algorithm(input.checksum_algorithm.as_ref())?;
    let replaces_headers = is_replace(input.metadata_directive.as_ref().map(MetadataDirective::as_str))?;
    let replaces_tags = is_replace(input.tagging_directive.as_ref().map(TaggingDirective::as_str))?;
    if source.bucket == input.bucket && source.key == input.key && !replaces_headers && !replaces_tags {
        return Err(changes_nothing());
    }
    let conditions = Conditions {
        if_match: input.copy_source_if_match.clone(),
        if_none_match: input.copy_source_if_none_match.clone(),
        if_modified_since: input.copy_source_if_modified_since.clone(),
        if_unmodified_since: input.copy_source_if_unmodified_since.clone(),
    };
    let from = source.open(buckets, &who, input.expected_source_bucket_owner.as_deref(), &conditions).await?;
    if from.info.size > COPY_BYTES_MAX {
        return Err(too_large());
    }
    let tags = if replaces_tags {
        tagging::of_header(input.tagging.as_deref())?
    } else {
        copied_tags(buckets, &who, &source, input, &from).await?
    };
    let headers = if replaces_headers { kept(&req.headers)? } else { from.info.headers.clone() };
    let kept_algorithm = from.info.checksum.as_ref().map(|checksum| checksum.algorithm);
    let extra = Extra { tags, algorithm: algorithm.or(kept_algorithm), ..Extra::default() };
    let modified = now();
    let put = PutObject {
        bucket: input.bucket.clone(),
        key: input.key.clone(),
        headers,
        condition: destination(&req)?,
        locked_until: None,
        now: modified,
        body: ObjectBody::Stream(from.body()),
    };
    let outcome = buckets.put_with(put, extra).await?;
    let copy_object_result = Some(shown(outcome, modified));
    Ok(S3Response::new(CopyObjectOutput { copy_object_result, ..CopyObjectOutput::default() }))
}

fn shown(outcome: PutOutcome, modified: cairn_model::Timestamp) -> CopyObjectResult {
    let checksum = checksums::shown(outcome.checksum);
    CopyObjectResult {
        e_tag: Some(shown_etag(&outcome.etag)),
        last_modified: Some(shown_time(modified)),
        checksum_crc32: checksum.checksum_crc32,
        checksum_crc32c: checksum.checksum_crc32c,
        checksum_crc64nvme: checksum.checksum_crc64nvme,
        checksum_sha1: checksum.checksum_sha1,
        checksum_sha256: checksum.checksum_sha256,
        checksum_type: checksum.checksum_type,
    }
}

/// The source's tags, which the asker must be able to read and to give.
async fn copied_tags(
    buckets: &Buckets,
    who: &Who,
    source: &Source,
    input: &CopyObjectInput,
    from: &Object,
) -> S3Result<Tags> {
    if input.tagging.is_some() {
        return Err(s3_error!(InvalidArgument, "x-amz-tagging needs x-amz-tagging-directive: REPLACE."));
    }
    let tags = from.info.tags.clone();
    if !tags.is_empty() {
        who.require(buckets, "s3:GetObjectTagging", &source.bucket, Some(&source.key)).await?;
        who.require(buckets, "s3:PutObjectTagging", &input.bucket, Some(&input.key)).await?;
    }
    Ok(tags)
}

fn changes_nothing() -> S3Error {
    s3_error!(
        InvalidRequest,
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes."
    )
}

/// The condition on the key that is copied to. s3s does not read these headers of a copy.
fn destination(req: &S3Request<CopyObjectInput>) -> S3Result<Condition> {
    let header = |name| req.headers.get(name).and_then(|value| value.to_str().ok());
    match (header("if-match"), header("if-none-match")) {
        (None, None) => Ok(Condition::Always),
        (None, Some("*")) => Ok(Condition::IfAbsent),
        (Some(etag), None) => Ok(Condition::IfMatches(etag.trim_matches('"').to_owned())),
        _ => Err(s3_error!(
            NotImplemented,
            "A header you provided implies functionality that is not implemented"
        )),
    }
}

pub(super) async fn part(
    buckets: &Buckets,
    req: S3Request<UploadPartCopyInput>,
) -> S3Result<S3Response<UploadPartCopyOutput>> {
    refuse_unsupported(&req.headers)?;
    let who = Who::of(&req)?;
    let input = req.input;
    let number = part_number(Some(input.part_number))?;
    let at = UploadAt { bucket: input.bucket, key: input.key, id: input.upload_id };
    let plan = buckets.upload_plan(&at).await?;
    let source = Source::of(&input.copy_source)?;
    let conditions = Conditions {
        if_match: input.copy_source_if_match,
        if_none_match: input.copy_source_if_none_match,
        if_modified_since: input.copy_source_if_modified_since,
        if_unmodified_since: input.copy_source_if_unmodified_since,
    };
    let from = source.open(buckets, &who, input.expected_source_bucket_owner.as_deref(), &conditions).await?;
    let body = match input.copy_source_range {
        None if from.info.size > COPY_BYTES_MAX => return Err(too_large()),
        None => ObjectBody::Stream(from.body()),
        Some(range) => {
            let range = source_range(&range, from.info.size)?;
            ObjectBody::stream(from.range(range))
        }
    };
    let modified = now();
    let algorithm = plan.checksum.map(|(algorithm, _)| algorithm);
    let outcome = buckets.put_part(at, number, body, (algorithm, None), modified).await?;
    let checksum = checksums::shown(outcome.checksum);
    Ok(S3Response::new(UploadPartCopyOutput {
        copy_part_result: Some(CopyPartResult {
            e_tag: Some(shown_etag(&outcome.etag)),
            last_modified: Some(shown_time(modified)),
            checksum_crc32: checksum.checksum_crc32,
            checksum_crc32c: checksum.checksum_crc32c,
            checksum_crc64nvme: checksum.checksum_crc64nvme,
            checksum_sha1: checksum.checksum_sha1,
            checksum_sha256: checksum.checksum_sha256,
        }),
        ..UploadPartCopyOutput::default()
    }))
}

/// The object that is copied.
struct Source {
    bucket: String,
    key: String,
}

impl Source {
    fn of(source: &CopySource) -> S3Result<Source> {
        match source {
            CopySource::Bucket { bucket, key, version_id } => {
                check_version(version_id.as_deref())?;
                Ok(Source { bucket: bucket.to_string(), key: key.to_string() })
            }
            CopySource::AccessPoint { .. } | CopySource::Outpost { .. } => {
                Err(s3_error!(NotImplemented, "Copying from access points is not implemented."))
            }
        }
    }

    /// Opens the object, if the asker may read it and the conditions hold.
    async fn open(
        &self,
        buckets: &Buckets,
        who: &Who,
        expected_owner: Option<&str>,
        conditions: &Conditions,
    ) -> S3Result<Object> {
        who.require(buckets, "s3:GetObject", &self.bucket, Some(&self.key)).await?;
        let owner = buckets.bucket(&self.bucket).await.map(|info| info.owner);
        if let (Some(expected), Some(owner)) = (expected_owner, owner)
            && owner.as_str() != expected
        {
            return Err(super::access::denied());
        }
        let object = match buckets.get(&self.bucket, &self.key).await {
            Err(error) => return Err(hidden(buckets, who, &self.bucket, error).await),
            Ok(object) => object,
        };
        // A copy has no "not modified": whatever does not hold is a failed precondition.
        conditions.check(&object.info).map_err(|_| -> S3Error {
            s3_error!(PreconditionFailed, "At least one of the pre-conditions you specified did not hold")
        })?;
        Ok(object)
    }
}

/// `bytes=first-last`, both there and within the source.
fn source_range(text: &str, size: u64) -> S3Result<std::ops::Range<u64>> {
    let parsed = text.strip_prefix("bytes=").and_then(|range| {
        let (first, last) = range.split_once('-')?;
        let (first, last) = (first.parse::<u64>().ok()?, last.parse::<u64>().ok()?);
        (first <= last && last < size).then(|| first..last + 1)
    });
    parsed.ok_or_else(|| {
        s3_error!(
            InvalidArgument,
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy"
        )
    })
}

fn too_large() -> S3Error {
    s3_error!(
        InvalidRequest,
        "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120"
    )
}

/// `COPY` (or nothing) or `REPLACE`.
fn is_replace(directive: Option<&str>) -> S3Result<bool> {
    match directive {
        None | Some("COPY") => Ok(false),
        Some("REPLACE") => Ok(true),
        Some(_) => Err(s3_error!(InvalidArgument, "Unknown directive.")),
    }
}
