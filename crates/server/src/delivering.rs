//! Where trails deliver: into Cairn's own buckets, else to wherever the bucket is, and to log groups; and whom they tell.

use crate::clock;
use crate::targets::{PutFault, ServiceFault, Targets};
use async_trait::async_trait;
use cairn_aws::{PutOutcome, ServerSideEncryption};
use cairn_bucket::{BucketError, Buckets, Condition, Headers, ObjectBody, PutObject};
use cairn_delivery::{Encryption, LogEvents, Notification, Object, Put, Target, TargetError};
use std::time::Duration;

/// Routes each object to its bucket. One that is among Cairn's own is never looked for elsewhere.
pub(crate) struct Router {
    own: Buckets,
    /// How long objects in own buckets are locked. Buckets elsewhere have locks of their own.
    lock: Duration,
    targets: Targets,
}

impl Router {
    pub(crate) fn new(own: Buckets, lock: Duration, targets: Targets) -> Router {
        Router { own, lock, targets }
    }

    async fn put_own(&self, object: &Object) -> Result<Put, TargetError> {
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
        match self.own.deliver(put, &object.trail.to_string()).await {
            Ok(_) => Ok(Put::Created),
            Err(BucketError::Exists { sha256 }) if hex::encode(sha256.0) == object.sha256 => {
                Ok(Put::SameAlreadyThere)
            }
            Err(BucketError::Exists { .. }) => Err(TargetError::Conflict),
            Err(error) => Err(refused(code(&error))),
        }
    }

    async fn put_elsewhere(&self, object: &Object) -> Result<Put, TargetError> {
        match self.targets.put_new(&elsewhere(object)).await {
            Ok(PutOutcome::Created) => Ok(Put::Created),
            Ok(PutOutcome::SameAlreadyThere) => Ok(Put::SameAlreadyThere),
            Err(PutFault::Conflict) => Err(TargetError::Conflict),
            Err(PutFault::Service(ServiceFault { code })) => Err(TargetError::Refused { code }),
        }
    }
}

#[async_trait]
impl Target for Router {
    async fn put_new(&self, object: &Object) -> Result<Put, TargetError> {
        let is_own = self.own.bucket(&object.bucket).await.is_some();
        match &object.encryption {
            // An own bucket has no KMS, and a file that only seems encrypted is worse than one that waits.
            Encryption::SseKms { .. } if is_own => Err(refused("KMS.NotSupported")),
            _ if is_own => self.put_own(object).await,
            _ => self.put_elsewhere(object).await,
        }
    }

    async fn notify(&self, notification: &Notification) -> Result<(), TargetError> {
        let published = self.targets.publish(&notification.topic_arn, &notification.message).await;
        published.map_err(|ServiceFault { code }| TargetError::Refused { code })
    }

    async fn put_log_events(&self, put: &LogEvents) -> Result<(), TargetError> {
        let events: Vec<(i64, &str)> =
            put.events.iter().map(|event| (event.time_millis, event.message.as_str())).collect();
        let taken = self.targets.put_log_events(&put.group_arn, &put.stream, &events).await;
        taken.map_err(|ServiceFault { code }| TargetError::Refused { code })
    }
}

fn elsewhere(object: &Object) -> cairn_aws::PutObject {
    cairn_aws::PutObject {
        bucket: object.bucket.clone(),
        key: object.key.clone(),
        // Log files' names end in 16 random characters; those of digests follow from their times.
        key_is_random: !object.key.contains("/CloudTrail-Digest/"),
        body: object.bytes.clone(),
        sha256: object.sha256.clone(),
        content_type: object.content_type,
        content_encoding: Some(object.content_encoding),
        metadata: object.metadata.clone(),
        encryption: match &object.encryption {
            Encryption::SseS3 => ServerSideEncryption::SseS3,
            Encryption::SseKms { key_arn, context } => {
                ServerSideEncryption::SseKms { key_arn: key_arn.clone(), context: context.clone() }
            }
        },
    }
}

fn refused(code: &str) -> TargetError {
    TargetError::Refused { code: code.to_owned() }
}

/// The S3 error code that GetTrailStatus shows.
fn code(error: &BucketError) -> &'static str {
    match error {
        BucketError::NoSuchBucket => "NoSuchBucket",
        BucketError::InvalidBucketName => "InvalidBucketName",
        BucketError::KeyTooLong => "KeyTooLongError",
        BucketError::Locked { .. } | BucketError::Denied => "AccessDenied",
        BucketError::Full => "SlowDown",
        error => {
            tracing::error!(%error, "an own bucket took no delivery");
            "InternalError"
        }
    }
}
