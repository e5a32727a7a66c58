//! Objects as they are kept for ourselves: without the headers that deliveries have.

use super::put::PUT;
use super::{BucketAsk, S3};
use crate::error::AwsError;
use bytes::Bytes;
use http::{HeaderName, Method, header};

impl S3 {
    /// Puts an object, in place of the one that has the key. `only_new`: unless one has it; then the status is 412. An
    /// endpoint that does not know the condition refuses it with 501, or heeds it not.
    pub async fn put_plain(
        &self,
        bucket: &str,
        key: &str,
        body: Bytes,
        only_new: bool,
    ) -> Result<(), AwsError> {
        let condition: [(HeaderName, String); 1] = [(header::IF_NONE_MATCH, "*".to_owned())];
        let headers = if only_new { &condition[..] } else { &[] };
        let ask =
            BucketAsk { key: Some(key), headers, body, within: PUT, ..BucketAsk::new(Method::PUT, bucket) };
        self.send(&ask).await.map(drop)
    }

    /// Deletes an object. That there is none is no error.
    pub async fn delete(&self, bucket: &str, key: &str) -> Result<(), AwsError> {
        let ask = BucketAsk { key: Some(key), ..BucketAsk::new(Method::DELETE, bucket) };
        match self.send(&ask).await {
            Err(error) if error.is_not_found() && error.code() != "NoSuchBucket" => Ok(()),
            answered => answered.map(drop),
        }
    }
}
