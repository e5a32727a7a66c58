//! Whether the object that has a key is the one that should have it.

use crate::error::AwsError;
use crate::s3::{ObjectHead, PutError, PutObject, PutOutcome, S3};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt;

impl S3 {
    /// Compares what has the object's key with the object: by its checksum, else by its size, else by its bytes. What
    /// may not be looked at is the same if the key is random.
    pub(super) async fn compare(&self, object: &PutObject) -> Result<PutOutcome, PutError> {
        match self.is_same(object).await {
            Ok(true) => Ok(PutOutcome::SameAlreadyThere),
            Ok(false) => Err(PutError::Conflict),
            Err(error) if error.status() == Some(403) => unseen(object, error),
            Err(error) => Err(error.into()),
        }
    }

    async fn is_same(&self, object: &PutObject) -> Result<bool, AwsError> {
        let there = self.head(&object.bucket, &object.key).await?;
        match verdict(object, &there) {
            Some(is_same) => Ok(is_same),
            None => self.has_same_bytes(object).await,
        }
    }

    async fn has_same_bytes(&self, object: &PutObject) -> Result<bool, AwsError> {
        let (_, mut body) = self.get(&object.bucket, &object.key).await?;
        let mut expected = object.body.clone();
        while let Some(chunk) = body.next().await {
            let chunk = chunk?;
            if !expected.starts_with(&chunk) {
                return Ok(false);
            }
            expected = expected.slice(chunk.len()..);
        }
        Ok(expected.is_empty())
    }
}

/// What the head alone says.
fn verdict(object: &PutObject, there: &ObjectHead) -> Option<bool> {
    if there.size.is_some_and(|size| size != object.body.len() as u64) {
        return Some(false);
    }
    // A checksum of parts, which ends in their number, says nothing of the whole.
    let checksum = there.checksum_sha256.as_ref().filter(|checksum| !checksum.contains('-'))?;
    Some(STANDARD.decode(checksum).ok()? == hex::decode(&object.sha256).ok()?)
}

/// Credentials that only write are common, and the answer to a put may be lost.
fn unseen(object: &PutObject, error: AwsError) -> Result<PutOutcome, PutError> {
    let PutObject { bucket, key, .. } = object;
    if object.key_is_random {
        tracing::warn!(bucket, key, "put before, though not looked at: that needs s3:GetObject");
        return Ok(PutOutcome::SameAlreadyThere);
    }
    tracing::warn!(bucket, key, "an object has the key already; whether it is the same needs s3:GetObject");
    Err(error.into())
}
