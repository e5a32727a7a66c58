//! Headers that come with an object, and those that ask for what we do not do.

use crate::object::Headers;
use cairn_model::Timestamp;
use http::{HeaderMap, HeaderName, HeaderValue};
use s3s::{S3Error, S3Result, dto, s3_error};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// Bytes of all names and values of user metadata together, as in S3.
const USER_BYTES_MAX: usize = 2048;
const USER_PREFIX: &str = "x-amz-meta-";

/// The headers to keep with an object, as they came.
pub(super) fn kept(headers: &HeaderMap) -> S3Result<Headers> {
    Ok(Headers {
        content_type: text(headers, http::header::CONTENT_TYPE)?,
        content_encoding: text(headers, http::header::CONTENT_ENCODING)?
            .and_then(|value| without_chunked(&value)),
        content_disposition: text(headers, http::header::CONTENT_DISPOSITION)?,
        content_language: text(headers, http::header::CONTENT_LANGUAGE)?,
        cache_control: text(headers, http::header::CACHE_CONTROL)?,
        expires: text(headers, http::header::EXPIRES)?,
        user: user(headers)?,
    })
}

fn text(headers: &HeaderMap, name: HeaderName) -> S3Result<Option<String>> {
    let Some(value) = headers.get(&name) else { return Ok(None) };
    let text = std::str::from_utf8(value.as_bytes()).map_err(|_| not_text(&name))?;
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn not_text(name: &HeaderName) -> S3Error {
    s3_error!(InvalidArgument, "The header {name} is not UTF-8.")
}

/// `aws-chunked` is how the request carries the body, not how the body is encoded.
fn without_chunked(value: &str) -> Option<String> {
    let others = value.split(',').map(str::trim).filter(|coding| !coding.eq_ignore_ascii_case("aws-chunked"));
    let others = others.collect::<Vec<_>>().join(",");
    (!others.is_empty()).then_some(others)
}

fn user(headers: &HeaderMap) -> S3Result<BTreeMap<String, String>> {
    let mut user = BTreeMap::new();
    let mut bytes = 0;
    for (name, value) in headers {
        let Some(short) = name.as_str().strip_prefix(USER_PREFIX).filter(|short| !short.is_empty()) else {
            continue;
        };
        bytes += short.len() + value.len();
        let value = std::str::from_utf8(value.as_bytes()).map_err(|_| not_text(name))?;
        user.insert(short.to_owned(), value.to_owned());
    }
    if bytes > USER_BYTES_MAX {
        return Err(too_much_metadata());
    }
    Ok(user)
}

/// The same of an upload by an HTML form, as its fields say it.
pub(super) fn kept_of_form(form: &dto::PostObjectInput) -> S3Result<Headers> {
    let user: BTreeMap<String, String> = form.metadata.clone().unwrap_or_default().into_iter().collect();
    let bytes: usize = user.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes > USER_BYTES_MAX {
        return Err(too_much_metadata());
    }
    Ok(Headers {
        content_type: form.content_type.clone(),
        content_encoding: form.content_encoding.clone(),
        content_disposition: form.content_disposition.clone(),
        content_language: form.content_language.clone(),
        cache_control: form.cache_control.clone(),
        expires: None,
        user,
    })
}

pub(super) fn is_usual_acl(acl: &str) -> bool {
    matches!(acl, "private" | "bucket-owner-full-control")
}

pub(super) fn no_acls() -> S3Error {
    s3_error!(AccessControlListNotSupported, "The bucket does not allow ACLs")
}

pub(super) fn no_encryption() -> S3Error {
    s3_error!(
        NotImplemented,
        "Cairn's own buckets do not encrypt what they keep: put the data folder on an encrypted disk, and ask for no server-side encryption."
    )
}

fn too_much_metadata() -> S3Error {
    s3_error!(MetadataTooLarge, "Your metadata headers exceed the maximum allowed metadata size")
}

/// The user metadata as response headers. (s3s would encode them anew.)
pub(super) fn user_headers(user: &BTreeMap<String, String>) -> HeaderMap {
    let pairs = user.iter().filter_map(|(name, value)| {
        let name = HeaderName::from_bytes(format!("{USER_PREFIX}{name}").as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(value.as_bytes()).ok()?))
    });
    pairs.collect()
}

/// Refuses a request to put that asks for what we do not do: a setting is honoured or refused, never ignored.
pub(super) fn refuse_unsupported(headers: &HeaderMap) -> S3Result<()> {
    const UNSUPPORTED: [&str; 4] = [
        "x-amz-website-redirect-location",
        "x-amz-object-lock-",
        "x-amz-bucket-object-lock-enabled",
        "x-amz-write-offset-bytes",
    ];
    for (name, value) in headers {
        let name = name.as_str();
        let is_default = value == "false" && name == "x-amz-bucket-object-lock-enabled";
        if UNSUPPORTED.iter().any(|unsupported| name.starts_with(unsupported)) && !is_default {
            return Err(s3_error!(NotImplemented, "The header {name} is not implemented."));
        }
        if name.starts_with("x-amz-server-side-encryption")
            || name.starts_with("x-amz-copy-source-server-side-")
        {
            return Err(no_encryption());
        }
        let is_other_acl = name == "x-amz-acl" && !value.to_str().is_ok_and(is_usual_acl);
        if is_other_acl || name.starts_with("x-amz-grant-") {
            return Err(no_acls());
        }
        if name == "x-amz-storage-class" && value != "STANDARD" {
            return Err(s3_error!(InvalidStorageClass, "The storage class you specified is not valid"));
        }
        if name == "x-amz-object-ownership" && value != "BucketOwnerEnforced" {
            return Err(s3_error!(
                NotImplemented,
                "Object ownership other than BucketOwnerEnforced is not implemented."
            ));
        }
    }
    Ok(())
}

/// The time by the clock.
pub(super) fn now() -> Timestamp {
    Timestamp::from_micros(jiff::Timestamp::now().as_microsecond())
}

/// To the second, as S3 shows times; before 1970 it is 1970.
pub(super) fn shown_time(time: Timestamp) -> dto::Timestamp {
    let seconds = u64::try_from(time.as_micros().div_euclid(1_000_000)).unwrap_or(0);
    dto::Timestamp::from(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}

/// An ETag without its quotes.
pub(super) fn shown_etag(etag: &str) -> dto::ETag {
    dto::ETag::Strong(etag.to_owned())
}
