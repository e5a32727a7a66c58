//! Locks of delivered objects: `cairn lock`.

use super::{Answered, answered, invalid, request};
use crate::app::App;
use crate::auth::Caller;
use crate::events::{self as record, Exchange};
use crate::http::journal_error;
use bytes::Bytes;
use cairn_bucket::BucketError;
use cairn_wire::{ApiError, ErrorCode};
use serde::Deserialize;
use serde_json::json;

/// Characters of a reason, at most.
const REASON_MAX: usize = 1024;

/// What BreakLock asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BreakLock {
    bucket: String,
    key: String,
    /// For whoever asks later.
    reason: String,
}

/// Ends the lock of an object in one of Cairn's own buckets, so that it can be deleted and overwritten. The event
/// comes first: a crash after it leaves a lock that holds and a record of who wanted to break it, never a lock that
/// was broken and nobody knows by whom.
pub(super) async fn break_lock(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    body: &Bytes,
) -> Answered {
    let BreakLock { bucket, key, reason } = request(body)?;
    if reason.trim().is_empty() || reason.chars().count() > REASON_MAX {
        return Err(invalid(format!("reason is not 1 to {REASON_MAX} characters long")));
    }
    let info = app.buckets.head(&bucket, &key).await.map_err(refusal)?;
    let until = info.locked_until.filter(|until| exchange.now < *until).ok_or(BucketError::NotLocked);
    let until = until.map_err(refusal)?.to_string();
    let parameters = json!({ "bucket": bucket, "key": key, "reason": reason, "lockedUntil": until });
    let event = record::own_event(exchange, caller, "BreakLock", Some(parameters), None);
    let recorded = app.journal.control().await.commit(&[], caller.account(), &event).await;
    recorded.map_err(journal_error)?;
    app.buckets.break_lock(&bucket, &key, &reason, exchange.now).await.map_err(refusal)?;
    answered(&json!({ "bucket": bucket, "key": key, "lockedUntil": until }))
}

fn refusal(error: BucketError) -> ApiError {
    match error {
        BucketError::NoSuchBucket
        | BucketError::NoSuchKey
        | BucketError::EmptyKey
        | BucketError::KeyTooLong
        | BucketError::NotLocked => invalid(format!("{error}; nothing was changed")),
        BucketError::Full => {
            ApiError::new(ErrorCode::ServiceUnavailable, "The disk is full. Nothing was changed. Try again.")
        }
        error => ApiError::internal(error.to_string()),
    }
}
