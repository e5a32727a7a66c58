//! Multipart uploads of all buckets.

use super::{Buckets, Check, Extra, put_into};
use crate::bucket::{Condition, PutObject, PutOutcome, check_key};
use crate::checksum::{Algorithm, Coverage};
use crate::error::BucketError;
use crate::incoming::{ObjectBody, blocking};
use crate::upload::{NamedPart, PartsPage, Plan, UploadsPage, UploadsQuery, combined_etag};
use cairn_model::Timestamp;
use std::sync::Arc;

/// Which multipart upload.
#[derive(Debug, Clone)]
pub(crate) struct UploadAt {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) id: String,
}

/// How a multipart upload is to become an object.
pub(crate) struct Completion {
    pub(crate) condition: Condition,
    pub(crate) now: Timestamp,
    /// Which checksum of the body to compute if the upload's maker named none.
    pub(crate) algorithm: Option<Algorithm>,
    /// Looks at the whole object, the checksum of its parts' checksums included, before it becomes visible.
    pub(crate) check: Option<Check>,
}

impl Buckets {
    /// Begins a multipart upload and gives its id.
    pub(crate) async fn create_upload(
        &self,
        bucket: &str,
        key: &str,
        plan: Plan,
        now: Timestamp,
    ) -> Result<String, BucketError> {
        let (bucket, key) = (self.inner.find(bucket)?, key.to_owned());
        check_key(&key)?;
        let mut random = [0; 16];
        aws_lc_rs::rand::fill(&mut random).map_err(|error| BucketError::Io(std::io::Error::other(error)))?;
        let id = hex::encode(random);
        blocking(move || bucket.begin_upload(&id, &key, plan, now).map(|()| id)).await
    }

    /// What an upload's maker said.
    pub(crate) async fn upload_plan(&self, at: &UploadAt) -> Result<Plan, BucketError> {
        let (bucket, at) = (self.inner.find(&at.bucket)?, at.clone());
        blocking(move || bucket.plan(&at.id, &at.key)).await
    }

    /// Takes in one part, of which a checksum may be wanted.
    pub(crate) async fn put_part(
        &self,
        at: UploadAt,
        number: u16,
        body: ObjectBody,
        (algorithm, check): (Option<Algorithm>, Option<Check>),
        now: Timestamp,
    ) -> Result<PutOutcome, BucketError> {
        let bucket = self.inner.find(&at.bucket)?;
        let begun = Arc::clone(&bucket);
        let filled = blocking(move || begun.begin(algorithm)).await?.fill(body).await?;
        check.map_or(Ok(()), |check| check(&filled.digests)).map_err(BucketError::Body)?;
        blocking(move || bucket.publish_part(&at.id, &at.key, number, filled, now)).await
    }

    /// Puts the named parts together into one object. Asked once more after it was done, it says what was
    /// made, if that is still there.
    pub(crate) async fn complete_upload(
        &self,
        at: UploadAt,
        parts: Vec<NamedPart>,
        completion: Completion,
    ) -> Result<PutOutcome, BucketError> {
        let bucket = self.inner.find(&at.bucket)?;
        let made = combined_etag(&parts);
        let (assembling, id, key) = (Arc::clone(&bucket), at.id.clone(), at.key.clone());
        let mut assembly = match blocking(move || assembling.assemble(&id, &key, &parts)).await {
            Err(BucketError::NoSuchUpload) => return self.made_before(&at, made).await,
            assembled => assembled?,
        };
        let plan = std::mem::take(&mut assembly.plan);
        let algorithm = match plan.checksum {
            Some((algorithm, Coverage::FullObject)) => Some(algorithm),
            Some((_, Coverage::Composite)) => None,
            None => completion.algorithm,
        };
        let extra = Extra {
            tags: plan.tags,
            algorithm,
            check: completion.check,
            etag: Some(assembly.etag.clone()),
            checksum: assembly.composite.take(),
            parts: std::mem::take(&mut assembly.runs),
        };
        let put = PutObject {
            bucket: at.bucket,
            key: at.key.clone(),
            body: ObjectBody::stream(assembly.body()),
            headers: plan.headers,
            condition: completion.condition,
            locked_until: None,
            now: completion.now,
        };
        let outcome = put_into(Arc::clone(&bucket), put, extra).await?;
        // The object is there; parts that stay behind cost space, nothing else.
        let ended = blocking(move || bucket.end_upload(&at.id, &at.key)).await;
        if let Err(error) = ended {
            tracing::warn!("cannot remove the parts of a completed upload: {error}");
        }
        Ok(outcome)
    }

    /// A client that did not hear the answer asks again.
    async fn made_before(&self, at: &UploadAt, etag: Option<String>) -> Result<PutOutcome, BucketError> {
        let there = self.head(&at.bucket, &at.key).await.ok();
        let made = there.filter(|there| Some(&there.etag) == etag.as_ref());
        made.map(PutOutcome::from).ok_or(BucketError::NoSuchUpload)
    }

    /// Forgets an upload and its parts.
    pub(crate) async fn abort_upload(&self, at: UploadAt) -> Result<(), BucketError> {
        let bucket = self.inner.find(&at.bucket)?;
        blocking(move || bucket.end_upload(&at.id, &at.key)).await
    }

    /// Forgets the uploads of all buckets that were begun before `time`; says how many.
    ///
    /// Errors: the disk's; uploads may have been forgotten all the same.
    pub async fn end_uploads_before(&self, time: Timestamp) -> Result<usize, BucketError> {
        let inner = Arc::clone(&self.inner);
        blocking(move || inner.all().iter().map(|bucket| bucket.end_uploads_before(time)).sum()).await
    }

    /// Lists the uploads that are under way.
    pub(crate) async fn list_uploads(
        &self,
        bucket: &str,
        query: UploadsQuery,
    ) -> Result<UploadsPage, BucketError> {
        let bucket = self.inner.find(bucket)?;
        blocking(move || bucket.list_uploads(&query)).await
    }

    /// Lists the parts of an upload whose numbers are greater than `after`.
    pub(crate) async fn list_parts(
        &self,
        at: UploadAt,
        after: u16,
        limit: usize,
    ) -> Result<PartsPage, BucketError> {
        let bucket = self.inner.find(&at.bucket)?;
        blocking(move || bucket.list_parts(&at.id, &at.key, after, limit)).await
    }
}
