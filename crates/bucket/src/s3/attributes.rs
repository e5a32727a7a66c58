//! GetObjectAttributes.

use super::access::Who;
use super::checksums;
use super::headers::{shown_etag, shown_time};
use super::objects::check_version;
use super::reading::hidden;
use crate::buckets::Buckets;
use crate::object::ObjectInfo;
use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result, s3_error};

/// Parts of a page, at most and unless asked otherwise; as in S3.
const PAGE_PARTS_MAX: i32 = 1000;

pub(super) async fn get(
    buckets: &Buckets,
    req: S3Request<GetObjectAttributesInput>,
) -> S3Result<S3Response<GetObjectAttributesOutput>> {
    let who = Who::of(&req)?;
    let input = req.input;
    check_version(input.version_id.as_deref())?;
    who.require(buckets, "s3:GetObjectAttributes", &input.bucket, Some(&input.key)).await?;
    let info = match buckets.head(&input.bucket, &input.key).await {
        Err(error) => return Err(hidden(buckets, &who, &input.bucket, error).await),
        Ok(info) => info,
    };
    // s3s takes the header, which names them all, for one name.
    let named = input.object_attributes.iter().flat_map(|names| names.as_str().split(','));
    let asked: Vec<&str> = named.map(str::trim).collect();
    let known = [
        ObjectAttributes::ETAG,
        ObjectAttributes::CHECKSUM,
        ObjectAttributes::OBJECT_PARTS,
        ObjectAttributes::OBJECT_SIZE,
        ObjectAttributes::STORAGE_CLASS,
    ];
    if asked.is_empty() || asked.iter().any(|name| !known.contains(name)) {
        return Err(s3_error!(InvalidArgument, "Invalid attribute name specified."));
    }
    let wants = |name| asked.contains(&name);
    let mut output = GetObjectAttributesOutput {
        last_modified: Some(shown_time(info.modified)),
        ..GetObjectAttributesOutput::default()
    };
    if wants(ObjectAttributes::ETAG) {
        output.e_tag = Some(shown_etag(&info.etag));
    }
    if wants(ObjectAttributes::CHECKSUM) {
        output.checksum = info.checksum.is_some().then(|| checksums::shown(info.checksum.clone()));
    }
    if wants(ObjectAttributes::OBJECT_SIZE) {
        output.object_size = i64::try_from(info.size).ok();
    }
    if wants(ObjectAttributes::STORAGE_CLASS) {
        output.storage_class = Some(StorageClass::from_static(StorageClass::STANDARD));
    }
    if wants(ObjectAttributes::OBJECT_PARTS) {
        output.object_parts = parts(&info, input.part_number_marker, input.max_parts);
    }
    Ok(S3Response::new(output))
}

/// The parts of a multipart upload, counted from 1.
fn parts(info: &ObjectInfo, marker: Option<i32>, max_parts: Option<i32>) -> Option<GetObjectAttributesParts> {
    let total = i32::try_from(info.parts_count()?).ok()?;
    let marker = marker.unwrap_or(0).clamp(0, total);
    let limit = max_parts.unwrap_or(PAGE_PARTS_MAX).clamp(0, PAGE_PARTS_MAX);
    let last = total.min(marker.saturating_add(limit));
    let parts = (marker + 1..=last).map(|number| {
        let range = u32::try_from(number).ok().and_then(|number| info.part(number));
        ObjectPart {
            part_number: Some(number),
            size: range.and_then(|range| i64::try_from(range.end - range.start).ok()),
            ..ObjectPart::default()
        }
    });
    Some(GetObjectAttributesParts {
        is_truncated: Some(last < total),
        max_parts: Some(limit),
        next_part_number_marker: Some(last),
        part_number_marker: Some(marker),
        parts: Some(parts.collect()),
        total_parts_count: Some(total),
    })
}
