//! Listing objects, in both versions of the protocol.

use super::checksums::{shown_algorithm, shown_coverage};
use super::headers::{shown_etag, shown_time};
use crate::buckets::Buckets;
use crate::list::{ListQuery, Page};
use crate::object::ObjectInfo;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use cairn_model::AccountId;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result, s3_error};

/// Keys and common prefixes of a page, at most and unless asked otherwise; as in S3.
const PAGE_KEYS_MAX: i32 = 1000;
/// What `encoding-type=url` leaves as it is.
const URL_PLAIN: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/').remove(b'*');

pub(super) async fn list(
    buckets: &Buckets,
    owner: AccountId,
    req: S3Request<ListObjectsInput>,
) -> S3Result<S3Response<ListObjectsOutput>> {
    let input = req.input;
    let encoding = Encoding::of(input.encoding_type)?;
    let max_keys = page_keys(input.max_keys)?;
    let query = ListQuery {
        prefix: input.prefix.unwrap_or_default(),
        delimiter: input.delimiter.filter(|delimiter| !delimiter.is_empty()),
        after: input.marker.unwrap_or_default(),
        limit: max_keys.try_into().unwrap_or(0),
    };
    let page = buckets.list(&input.bucket, query.clone()).await?;
    let next_marker = page.next.clone().filter(|_| query.delimiter.is_some());
    let is_truncated = page.next.is_some();
    let (contents, common_prefixes) = encoding.entries(page, Some(owner));
    Ok(S3Response::new(ListObjectsOutput {
        name: Some(input.bucket),
        prefix: Some(encoding.text(query.prefix)),
        marker: Some(encoding.text(query.after)),
        max_keys: Some(max_keys),
        is_truncated: Some(is_truncated),
        contents: Some(contents),
        common_prefixes: Some(common_prefixes),
        delimiter: query.delimiter.map(|delimiter| encoding.text(delimiter)),
        next_marker: next_marker.map(|marker| encoding.text(marker)),
        encoding_type: encoding.shown(),
        ..ListObjectsOutput::default()
    }))
}

pub(super) async fn list_v2(
    buckets: &Buckets,
    owner: AccountId,
    req: S3Request<ListObjectsV2Input>,
) -> S3Result<S3Response<ListObjectsV2Output>> {
    let input = req.input;
    let encoding = Encoding::of(input.encoding_type)?;
    let max_keys = page_keys(input.max_keys)?;
    let after = match &input.continuation_token {
        Some(token) => read_token(token)?,
        None => input.start_after.clone().unwrap_or_default(),
    };
    let query = ListQuery {
        prefix: input.prefix.unwrap_or_default(),
        delimiter: input.delimiter.filter(|delimiter| !delimiter.is_empty()),
        after,
        limit: max_keys.try_into().unwrap_or(0),
    };
    let page = buckets.list(&input.bucket, query.clone()).await?;
    let next_token = page.next.as_ref().map(|next| BASE64_URL_SAFE_NO_PAD.encode(next));
    let (contents, common_prefixes) =
        encoding.entries(page, input.fetch_owner.unwrap_or(false).then_some(owner));
    Ok(S3Response::new(ListObjectsV2Output {
        name: Some(input.bucket),
        prefix: Some(encoding.text(query.prefix)),
        max_keys: Some(max_keys),
        key_count: i32::try_from(contents.len() + common_prefixes.len()).ok(),
        continuation_token: input.continuation_token,
        is_truncated: Some(next_token.is_some()),
        next_continuation_token: next_token,
        contents: Some(contents),
        common_prefixes: Some(common_prefixes),
        delimiter: query.delimiter.map(|delimiter| encoding.text(delimiter)),
        encoding_type: encoding.shown(),
        start_after: input.start_after.map(|start| encoding.text(start)),
        ..ListObjectsV2Output::default()
    }))
}

/// Every object is the one version there is of it, with the id `null`.
pub(super) async fn list_versions(
    buckets: &Buckets,
    owner: AccountId,
    req: S3Request<ListObjectVersionsInput>,
) -> S3Result<S3Response<ListObjectVersionsOutput>> {
    let input = req.input;
    let encoding = Encoding::of(input.encoding_type)?;
    let max_keys = page_keys(input.max_keys)?;
    let query = ListQuery {
        prefix: input.prefix.unwrap_or_default(),
        delimiter: input.delimiter.filter(|delimiter| !delimiter.is_empty()),
        after: input.key_marker.unwrap_or_default(),
        limit: max_keys.try_into().unwrap_or(0),
    };
    let page = buckets.list(&input.bucket, query.clone()).await?;
    let next = page.next.clone();
    let (contents, common_prefixes) = encoding.entries(page, Some(owner));
    let versions = contents.into_iter().map(|object| ObjectVersion {
        key: object.key,
        size: object.size,
        e_tag: object.e_tag,
        last_modified: object.last_modified,
        owner: object.owner,
        is_latest: Some(true),
        version_id: Some("null".to_owned()),
        storage_class: Some(ObjectVersionStorageClass::from_static(ObjectVersionStorageClass::STANDARD)),
        checksum_algorithm: object.checksum_algorithm,
        checksum_type: object.checksum_type,
        ..ObjectVersion::default()
    });
    Ok(S3Response::new(ListObjectVersionsOutput {
        name: Some(input.bucket),
        prefix: Some(encoding.text(query.prefix)),
        key_marker: Some(encoding.text(query.after)),
        version_id_marker: Some(input.version_id_marker.unwrap_or_default()),
        max_keys: Some(max_keys),
        is_truncated: Some(next.is_some()),
        next_version_id_marker: next.as_ref().map(|_| "null".to_owned()),
        next_key_marker: next.map(|next| encoding.text(next)),
        versions: Some(versions.collect()),
        common_prefixes: Some(common_prefixes),
        delimiter: query.delimiter.map(|delimiter| encoding.text(delimiter)),
        encoding_type: encoding.shown(),
        ..ListObjectVersionsOutput::default()
    }))
}

fn page_keys(max_keys: Option<i32>) -> S3Result<i32> {
    match max_keys.unwrap_or(PAGE_KEYS_MAX) {
        ..0 => {
            Err(s3_error!(InvalidArgument, "Argument maxKeys must be an integer between 0 and 2147483647"))
        }
        asked => Ok(asked.min(PAGE_KEYS_MAX)),
    }
}

/// A token is the last key or common prefix of the page before.
pub(super) fn read_token(token: &str) -> S3Result<String> {
    let text = BASE64_URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or_else(|| s3_error!(InvalidArgument, "The continuation token provided is incorrect"))
}

/// The user that an account is, as S3 shows owners.
pub(super) fn shown_owner(account: AccountId) -> Owner {
    Owner { display_name: Some(account.to_string()), id: Some(account.to_string()) }
}

/// Whether keys are shown percent-encoded: XML cannot hold all of them as they are.
#[derive(Clone, Copy)]
pub(super) enum Encoding {
    Plain,
    Url,
}

impl Encoding {
    pub(super) fn of(encoding: Option<EncodingType>) -> S3Result<Encoding> {
        match encoding.as_ref().map(EncodingType::as_str) {
            None => Ok(Encoding::Plain),
            Some(EncodingType::URL) => Ok(Encoding::Url),
            Some(_) => Err(s3_error!(InvalidArgument, "Invalid Encoding Method specified in Request")),
        }
    }

    pub(super) fn text(self, text: String) -> String {
        match self {
            Encoding::Plain => text,
            Encoding::Url => utf8_percent_encode(&text, URL_PLAIN).to_string(),
        }
    }

    pub(super) fn shown(self) -> Option<EncodingType> {
        match self {
            Encoding::Plain => None,
            Encoding::Url => Some(EncodingType::from_static(EncodingType::URL)),
        }
    }

    fn entries(self, page: Page, owner: Option<AccountId>) -> (Vec<Object>, Vec<CommonPrefix>) {
        let objects = page.objects.into_iter().map(|info| self.object(info, owner));
        let prefixes =
            page.prefixes.into_iter().map(|prefix| CommonPrefix { prefix: Some(self.text(prefix)) });
        (objects.collect(), prefixes.collect())
    }

    fn object(self, info: ObjectInfo, owner: Option<AccountId>) -> Object {
        Object {
            key: Some(self.text(info.key)),
            size: i64::try_from(info.size).ok(),
            e_tag: Some(shown_etag(&info.etag)),
            last_modified: Some(shown_time(info.modified)),
            storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
            owner: owner.map(shown_owner),
            checksum_algorithm: info
                .checksum
                .as_ref()
                .map(|checksum| vec![shown_algorithm(checksum.algorithm)]),
            checksum_type: info.checksum.map(|checksum| shown_coverage(checksum.coverage)),
            ..Object::default()
        }
    }
}
