//! Trails deliver into Cairn's own buckets.

use crate::clock;
use async_trait::async_trait;
use cairn_bucket::{BucketError, Buckets, Condition, Headers, ObjectBody, PutObject};
use cairn_delivery::{Object, Put, Target, TargetError};
use std::time::Duration;

/// The embedded buckets as the place where log files and digests go. What is put there is locked.
pub(crate) struct OwnBuckets {
    buckets: Buckets,
    lock: Duration,
}

impl OwnBuckets {
    pub(crate) fn new(buckets: Buckets, lock: Duration) -> OwnBuckets {
        OwnBuckets { buckets, lock }
    }
}

#[async_trait]
impl Target for OwnBuckets {
    async fn put_new(&self, object: &Object) -> Result<Put, TargetError> {
        let now = clock::now();
        let user = object.metadata.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let put = PutObject {
            bucket: object.bucket.clone(),
            key: object.key.clone(),
            body: ObjectBody::Bytes(object.bytes.clone()),
            headers: Headers {
                content_type: Some(object.content_type.to_owned()),
                content_encoding: Some(object.content_encoding.to_owned()),
                user: user.collect(),
                ..Headers::default()
            },
            condition: Condition::IfAbsent,
            locked_until: Some(now.plus(self.lock)),
            now,
        };
        match self.buckets.put(put).await {
            Ok(_) => Ok(Put::Created),
            Err(BucketError::Exists { sha256 }) if hex::encode(sha256.0) == object.sha256 => {
                Ok(Put::SameAlreadyThere)
            }
            Err(BucketError::Exists { .. }) => Err(TargetError::Conflict),
            Err(error) => Err(TargetError::Refused { code: code(&error).to_owned() }),
        }
    }
}

/// The S3 error code that GetTrailStatus shows.
fn code(error: &BucketError) -> &'static str {
    match error {
        BucketError::NoSuchBucket => "NoSuchBucket",
        BucketError::InvalidBucketName => "InvalidBucketName",
        BucketError::KeyTooLong => "KeyTooLongError",
        BucketError::Locked { .. } => "AccessDenied",
        BucketError::Full => "SlowDown",
        error => {
            tracing::error!(%error, "an own bucket took no delivery");
            "InternalError"
        }
    }
}
