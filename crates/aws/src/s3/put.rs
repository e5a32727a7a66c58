//! Putting objects that nobody may replace.

mod compare;
mod headers;

use super::{BucketAsk, S3};
use crate::error::AwsError;
use bytes::Bytes;
use headers::Dialect;
use http::Method;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// How long a put may take: 50 MB at 1 MB/s.
pub(super) const PUT: Duration = Duration::from_secs(50);

/// An object to put.
#[derive(Clone, Debug)]
pub struct PutObject {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// Whether nobody else could have made up the key: what has it already is this object, also where the credentials
    /// may write but not read.
    pub key_is_random: bool,
    /// The bytes.
    pub body: Bytes,
    /// Lower-case hex SHA-256 of the bytes; S3 checks it.
    pub sha256: String,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// `Content-Encoding`.
    pub content_encoding: Option<&'static str>,
    /// User metadata as (name without `x-amz-meta-`, value).
    pub metadata: Vec<(&'static str, String)>,
    /// What the bucket encrypts it with.
    pub encryption: ServerSideEncryption,
}

/// Server-side encryption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerSideEncryption {
    /// `AES256`.
    SseS3,
    /// `aws:kms`.
    SseKms {
        /// The key's ARN.
        key_arn: String,
        /// The encryption context.
        context: Vec<(String, String)>,
    },
}

/// What became of an object. Either way it is in the bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutOutcome {
    /// It was put.
    Created,
    /// The same bytes had the key already.
    SameAlreadyThere,
}

/// Why an object is not in the bucket, or may not be.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PutError {
    /// Other bytes have the key.
    #[error("another object has the key")]
    Conflict,
    /// S3 refused or did not answer. Also if something has the key already that may not be looked at, unless the key is
    /// random.
    #[error(transparent)]
    Aws(#[from] AwsError),
}

impl S3 {
    /// Puts the object if none has its key, with the ACL `bucket-owner-full-control`. May be called again after any
    /// error.
    ///
    /// An endpoint without conditional puts is asked before; without ACLs or SSE-S3 they are left out, once it said so.
    /// Encryption by KMS is never left out.
    pub async fn put_new(&self, object: &PutObject) -> Result<PutOutcome, PutError> {
        let mut dialect = self.dialect();
        loop {
            match self.put_as(object, dialect).await {
                Err(PutError::Aws(error)) if is_not_implemented(&error) => {
                    dialect = dialect.poorer().ok_or(error)?;
                }
                Ok(outcome) => {
                    self.speak(dialect, &object.bucket);
                    return Ok(outcome);
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn put_as(&self, object: &PutObject, dialect: Dialect) -> Result<PutOutcome, PutError> {
        if !dialect.has_conditions() && self.is_there(object).await? {
            return self.compare(object).await;
        }
        let headers = headers::of(object, dialect);
        let ask = BucketAsk {
            key: Some(&object.key),
            headers: &headers,
            body: object.body.clone(),
            sha256: Some(&object.sha256),
            within: PUT,
            ..BucketAsk::new(Method::PUT, &object.bucket)
        };
        match self.send(&ask).await {
            Ok(_) => Ok(PutOutcome::Created),
            // An earlier try, of which nobody heard, may have put it.
            Err(error) if error.status() == Some(412) => self.compare(object).await,
            Err(error) => Err(error.into()),
        }
    }

    async fn is_there(&self, object: &PutObject) -> Result<bool, AwsError> {
        match self.head(&object.bucket, &object.key).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn dialect(&self) -> Dialect {
        Dialect::from_bits(self.0.dialect.load(Relaxed))
    }

    /// Remembers what the endpoint took.
    fn speak(&self, dialect: Dialect, bucket: &str) {
        if self.0.dialect.swap(dialect.bits(), Relaxed) != dialect.bits() {
            let endpoint = self.authority(bucket);
            tracing::warn!(endpoint, without = dialect.lacks(), "the S3 endpoint does not have all of S3");
        }
    }
}

fn is_not_implemented(error: &AwsError) -> bool {
    error.status() == Some(501) || error.code() == "NotImplemented"
}
