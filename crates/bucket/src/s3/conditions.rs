//! Conditions under which an object is read or copied.

use super::headers::shown_time;
use crate::object::ObjectInfo;
use http::HeaderValue;
use s3s::dto::{ETagCondition, IfMatch, IfNoneMatch, Timestamp};
use s3s::{S3Error, S3ErrorCode, S3Result, s3_error};

/// When a caller wants to read an object at all. The ETags go before the times (RFC 9110, 13.2.2).
pub(super) struct Conditions {
    pub(super) if_match: Option<IfMatch>,
    pub(super) if_none_match: Option<IfNoneMatch>,
    pub(super) if_modified_since: Option<Timestamp>,
    pub(super) if_unmodified_since: Option<Timestamp>,
}

impl Conditions {
    pub(super) fn check(&self, info: &ObjectInfo) -> S3Result<()> {
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
