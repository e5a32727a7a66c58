//! What is said about buckets and objects: policies, CORS rules, tags.

use super::Buckets;
use crate::bucket::check_key;
use crate::cors::{self, CorsRule};
use crate::error::BucketError;
use crate::incoming::blocking;
use crate::policy::Policy;
use crate::settings::{PublicAccessBlock, Settings};
use crate::tags::Tags;
use std::sync::Arc;

impl Buckets {
    /// The text of a bucket's policy, as it was put; nothing if there is no bucket or no policy.
    pub fn policy(&self, bucket: &str) -> Option<String> {
        let settings = self.settings(bucket).ok()?;
        settings.policy.as_ref().map(|policy| policy.text().to_owned())
    }

    /// Gives a bucket a policy, or takes it away. When this returns well, it survives power loss.
    ///
    /// Errors: [`BucketError::Policy`] if it is wrong or says what Cairn cannot evaluate,
    /// [`BucketError::PublicPolicy`], [`BucketError::NoSuchBucket`], the disk's.
    pub async fn set_policy(&self, bucket: &str, policy: Option<&str>) -> Result<(), BucketError> {
        let policy = policy.map(|text| Policy::parse(text, bucket)).transpose()?;
        self.change_settings(bucket, move |settings| {
            let blocks = settings.public_access_block.is_some_and(|block| block.block_policy);
            if blocks && policy.as_ref().is_some_and(Policy::is_public) {
                return Err(BucketError::PublicPolicy);
            }
            settings.policy = policy;
            Ok(())
        })
        .await
    }

    /// Gives a bucket CORS rules; none takes them away.
    pub(crate) async fn set_cors(&self, bucket: &str, rules: Vec<CorsRule>) -> Result<(), BucketError> {
        if !rules.is_empty() {
            cors::check(&rules)?;
        }
        self.change_settings(bucket, |settings| {
            settings.cors = rules;
            Ok(())
        })
        .await
    }

    /// Gives a bucket tags.
    pub(crate) async fn set_bucket_tags(&self, bucket: &str, tags: Tags) -> Result<(), BucketError> {
        self.change_settings(bucket, |settings| {
            settings.tags = tags;
            Ok(())
        })
        .await
    }

    /// Says how far policies may open a bucket.
    pub(crate) async fn set_public_access_block(
        &self,
        bucket: &str,
        block: Option<PublicAccessBlock>,
    ) -> Result<(), BucketError> {
        self.change_settings(bucket, move |settings| {
            settings.public_access_block = block;
            Ok(())
        })
        .await
    }

    /// All that is said about a bucket. Does not wait.
    pub(crate) fn settings(&self, bucket: &str) -> Result<Arc<Settings>, BucketError> {
        Ok(self.inner.find(bucket)?.settings())
    }

    async fn change_settings(
        &self,
        bucket: &str,
        change: impl FnOnce(&mut Settings) -> Result<(), BucketError> + Send + 'static,
    ) -> Result<(), BucketError> {
        let bucket = self.inner.find(bucket)?;
        blocking(move || bucket.change_settings(change)).await
    }

    /// An object's tags.
    pub(crate) async fn object_tags(&self, bucket: &str, key: &str) -> Result<Tags, BucketError> {
        let (bucket, key) = (self.inner.find(bucket)?, key.to_owned());
        check_key(&key)?;
        blocking(move || bucket.tags(&key)).await
    }

    /// Gives an object tags. When this returns well, they survive power loss.
    pub(crate) async fn set_object_tags(
        &self,
        bucket: &str,
        key: &str,
        tags: Tags,
    ) -> Result<(), BucketError> {
        let (bucket, key) = (self.inner.find(bucket)?, key.to_owned());
        check_key(&key)?;
        blocking(move || bucket.set_tags(&key, tags)).await
    }
}
