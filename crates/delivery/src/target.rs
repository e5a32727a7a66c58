//! What delivery needs from the outside: somewhere to put objects, and someone who opens sealed keys.

use async_trait::async_trait;
use bytes::Bytes;
use cairn_model::TrailArn;

/// An object to put into a bucket. Every attempt to put it carries the same bytes under the same key.
#[derive(Clone, Debug)]
pub struct Object {
    /// The trail that delivers it; its account is whose bucket is meant.
    pub trail: TrailArn,
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// The bytes: one gzip member.
    pub bytes: Bytes,
    /// Lower-case hex SHA-256 of `bytes`.
    pub sha256: String,
    /// `application/json`.
    pub content_type: &'static str,
    /// `gzip`.
    pub content_encoding: &'static str,
    /// User metadata as (name without `x-amz-meta-`, value).
    pub metadata: Vec<(&'static str, String)>,
    /// What the bucket encrypts it with.
    pub encryption: Encryption,
}

/// Server-side encryption of an object. Log files and digests have the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// `AES256`: by keys of the bucket's own.
    SseS3,
    /// `aws:kms`.
    SseKms {
        /// The key's ARN.
        key_arn: String,
        /// The encryption context: `aws:cloudtrail:arn`, the trail's ARN, and `aws:s3:arn`, the object's.
        context: Vec<(String, String)>,
    },
}

/// News of log files that are in their bucket, for a trail's SNS topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The trail that delivered them; its account is who publishes.
    pub trail: TrailArn,
    /// The topic's ARN.
    pub topic_arn: String,
    /// The region that the log files are of. The topic's own region is in its ARN.
    pub region: String,
    /// The message: `{"s3Bucket":"...","s3ObjectKey":["...",...]}`, at most 128 KiB.
    pub message: String,
}

/// Events for a stream of a trail's log group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEvents {
    /// The trail that delivers them.
    pub trail: TrailArn,
    /// The log group's ARN.
    pub group_arn: String,
    /// The stream, which may have to be made.
    pub stream: String,
    /// At least one, in the order of their times; as many as one PutLogEvents takes.
    pub events: Vec<LogEvent>,
}

/// An event as log groups keep it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEvent {
    /// Milliseconds since 1970.
    pub time_millis: i64,
    /// The event's compact JSON.
    pub message: String,
}

/// What became of an object. Either way it is in the bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It was put.
    Created,
    /// An earlier attempt, of which nobody heard, had put it.
    SameAlreadyThere,
}

/// Why an object is not in its bucket, or may not be; or why a topic was not told,
/// or a log group was not sent events.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It was refused or nobody answered; trying again later may help.
    #[error("{code}")]
    Refused {
        /// The S3 error code, such as `NoSuchBucket` or `AccessDenied`, or that of SNS or CloudWatch Logs, such as
        /// `AuthorizationError`: GetTrailStatus shows it.
        code: String,
    },
    /// Another object has the key. Trying again helps only if somebody removes that one.
    #[error("another object has the key")]
    Conflict,
}

/// Where objects and news of them go.
#[async_trait]
pub trait Target: Send + Sync {
    /// Creates the object if no object has its key. When this returns `Ok`, the object survives power loss
    /// there.
    async fn put_new(&self, object: &Object) -> Result<Put, TargetError>;

    /// Publishes to the topic. May be called again for a message that was published but reported as failed.
    /// Never fails with [`TargetError::Conflict`].
    async fn notify(&self, notification: &Notification) -> Result<(), TargetError>;

    /// Appends to the stream. May be called again for events that were appended but reported as failed. Never fails
    /// with [`TargetError::Conflict`].
    async fn put_log_events(&self, events: &LogEvents) -> Result<(), TargetError>;
}

/// Sealed bytes could not be opened: wrong key file, wrong context or damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed signing key cannot be opened")]
pub struct UnsealError;

/// Opens what was sealed under the data folder's key file.
pub trait Unseal: Send + Sync {
    /// Opens a [`cairn_model::SigningKey`]'s `sealed_private`; `context` is its fingerprint.
    fn unseal(&self, sealed: &[u8], context: &str) -> Result<Vec<u8>, UnsealError>;
}
