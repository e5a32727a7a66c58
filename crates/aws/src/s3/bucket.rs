//! What is asked of a bucket itself.

use super::{ANSWER, BucketAsk, S3};
use crate::caller::whole;
use crate::error::AwsError;
use crate::xml::Element;
use bytes::Bytes;
use http::Method;

impl S3 {
    /// Whether the bucket exists and may be asked for. The region that it is in is known from then on.
    ///
    /// Errors: [`AwsError::is_not_found`] if there is none; `AccessDenied` if there is one of somebody else's, or if
    /// the credentials are wrong.
    pub async fn head_bucket(&self, bucket: &str) -> Result<(), AwsError> {
        let response = self.send(&BucketAsk::new(Method::HEAD, bucket)).await?;
        let region = response.headers().get("x-amz-bucket-region").and_then(|value| value.to_str().ok());
        if let Some(region) = region {
            self.0.regions.learn(bucket, region);
        }
        Ok(())
    }

    /// The bucket's region.
    pub async fn get_bucket_location(&self, bucket: &str) -> Result<String, AwsError> {
        let text =
            self.answer(BucketAsk { query: "location=", ..BucketAsk::new(Method::GET, bucket) }).await?;
        let location = self.document(bucket, &text)?;
        Ok(match location.text().trim() {
            // The first two regions, by the names that they had first.
            "" => "us-east-1".to_owned(),
            "EU" => "eu-west-1".to_owned(),
            region => region.to_owned(),
        })
    }

    /// The bucket's policy as JSON text; `None` if it has none.
    pub async fn get_bucket_policy(&self, bucket: &str) -> Result<Option<String>, AwsError> {
        let ask = BucketAsk { query: "policy=", ..BucketAsk::new(Method::GET, bucket) };
        match self.answer(ask).await {
            Ok(text) => match String::from_utf8(text.to_vec()) {
                Ok(text) => Ok(Some(text)),
                Err(_) => Err(self.malformed(bucket, "a bucket policy")),
            },
            Err(error) if error.code() == "NoSuchBucketPolicy" => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The whole answer.
    pub(super) async fn answer(&self, ask: BucketAsk<'_>) -> Result<Bytes, AwsError> {
        let response = self.send(&ask).await?;
        whole(response, &self.authority(ask.bucket), ANSWER).await
    }

    /// An answer as XML.
    pub(super) fn document(&self, bucket: &str, text: &[u8]) -> Result<Element, AwsError> {
        Element::read(text).map_err(|_| self.malformed(bucket, "XML"))
    }

    pub(super) fn malformed(&self, bucket: &str, what: &'static str) -> AwsError {
        AwsError::Malformed { authority: self.authority(bucket), what }
    }
}
