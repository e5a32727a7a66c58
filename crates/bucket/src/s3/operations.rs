//! The operations we have; s3s answers NotImplemented for all others.

use super::gate::Caller;
use super::headers::{now, refuse_unsupported, shown_time};
use super::{listing, objects, reading, uploads};
use crate::bucket::BucketInfo;
use crate::buckets::Buckets;
use crate::error::BucketError;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use cairn_model::AccountId;
use s3s::dto::*;
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};

/// Buckets of a page, at most and unless asked otherwise; as in S3.
const PAGE_BUCKETS_MAX: i32 = 10_000;
/// The region whose buckets have no location constraint.
const UNNAMED_REGION: &str = "us-east-1";

/// S3 over our buckets.
pub(super) struct Operations {
    pub(super) buckets: Buckets,
    /// The region of a bucket that is made without a location constraint.
    pub(super) region: String,
}

impl Operations {
    async fn info(&self, bucket: &str) -> S3Result<BucketInfo> {
        Ok(self.buckets.bucket(bucket).await.ok_or(BucketError::NoSuchBucket)?)
    }

    /// The region that a new bucket is asked to be in.
    fn region(&self, configuration: Option<CreateBucketConfiguration>) -> S3Result<String> {
        let constraint = configuration.and_then(|configuration| configuration.location_constraint);
        let region = match constraint.as_ref().map(BucketLocationConstraint::as_str) {
            None | Some("") => return Ok(self.region.clone()),
            Some("EU") => "eu-west-1",
            Some(region) => region,
        };
        let is_region = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        match region.len() <= 32 && region.bytes().all(is_region) {
            true => Ok(region.to_owned()),
            false => {
                Err(s3_error!(InvalidLocationConstraint, "The specified location-constraint is not valid"))
            }
        }
    }
}

/// Whose request it is; the gate has let nobody in without.
fn caller<T>(req: &S3Request<T>) -> S3Result<AccountId> {
    let caller = req.extensions.get::<Caller>();
    caller.map(|caller| caller.0).ok_or_else(|| s3_error!(AccessDenied, "Access Denied"))
}

#[async_trait::async_trait]
impl S3 for Operations {
    async fn create_bucket(
        &self,
        req: S3Request<CreateBucketInput>,
    ) -> S3Result<S3Response<CreateBucketOutput>> {
        refuse_unsupported(&req.headers)?;
        let owner = caller(&req)?;
        let region = self.region(req.input.create_bucket_configuration)?;
        self.buckets.create_bucket(&req.input.bucket, &region, owner, now()).await?;
        Ok(S3Response::new(CreateBucketOutput { location: Some(format!("/{}", req.input.bucket)) }))
    }

    async fn delete_bucket(
        &self,
        req: S3Request<DeleteBucketInput>,
    ) -> S3Result<S3Response<DeleteBucketOutput>> {
        self.buckets.delete_bucket(&req.input.bucket).await?;
        Ok(S3Response::with_status(DeleteBucketOutput::default(), http::StatusCode::NO_CONTENT))
    }

    async fn head_bucket(&self, req: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
        let info = self.info(&req.input.bucket).await?;
        Ok(S3Response::new(HeadBucketOutput {
            bucket_region: Some(info.region),
            ..HeadBucketOutput::default()
        }))
    }

    async fn get_bucket_location(
        &self,
        req: S3Request<GetBucketLocationInput>,
    ) -> S3Result<S3Response<GetBucketLocationOutput>> {
        let info = self.info(&req.input.bucket).await?;
        let named = Some(info.region).filter(|region| region != UNNAMED_REGION);
        let location_constraint = named.map(BucketLocationConstraint::from);
        Ok(S3Response::new(GetBucketLocationOutput { location_constraint }))
    }

    async fn list_buckets(
        &self,
        req: S3Request<ListBucketsInput>,
    ) -> S3Result<S3Response<ListBucketsOutput>> {
        let owner = caller(&req)?;
        let input = req.input;
        let after =
            input.continuation_token.as_deref().map(listing::read_token).transpose()?.unwrap_or_default();
        let prefix = input.prefix.clone().unwrap_or_default();
        let limit = usize::try_from(input.max_buckets.unwrap_or(PAGE_BUCKETS_MAX).clamp(1, PAGE_BUCKETS_MAX))
            .unwrap_or(1);
        let in_region =
            |info: &BucketInfo| input.bucket_region.as_ref().is_none_or(|region| info.region == *region);
        let mut infos = self.buckets.list_buckets(owner).await;
        infos.retain(|info| info.name.starts_with(&prefix) && info.name > after && in_region(info));
        let is_truncated = infos.len() > limit;
        infos.truncate(limit);
        let last = infos.last().filter(|_| is_truncated);
        Ok(S3Response::new(ListBucketsOutput {
            continuation_token: last.map(|last| BASE64_URL_SAFE_NO_PAD.encode(&last.name)),
            buckets: Some(infos.into_iter().map(shown_bucket).collect()),
            owner: Some(listing::shown_owner(owner)),
            prefix: input.prefix,
        }))
    }

    async fn put_object(&self, req: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        objects::put(&self.buckets, req).await
    }

    async fn get_object(&self, req: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        reading::get(&self.buckets, req).await
    }

    async fn head_object(&self, req: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        reading::head(&self.buckets, req).await
    }

    async fn delete_object(
        &self,
        req: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        objects::delete(&self.buckets, req).await
    }

    async fn delete_objects(
        &self,
        req: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        objects::delete_many(&self.buckets, req).await
    }

    async fn list_objects(
        &self,
        req: S3Request<ListObjectsInput>,
    ) -> S3Result<S3Response<ListObjectsOutput>> {
        let owner = caller(&req)?;
        listing::list(&self.buckets, owner, req).await
    }

    async fn list_objects_v2(
        &self,
        req: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let owner = caller(&req)?;
        listing::list_v2(&self.buckets, owner, req).await
    }

    async fn create_multipart_upload(
        &self,
        req: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        uploads::create(&self.buckets, req).await
    }

    async fn upload_part(&self, req: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
        uploads::put_part(&self.buckets, req).await
    }

    async fn complete_multipart_upload(
        &self,
        req: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        uploads::complete(&self.buckets, req).await
    }

    async fn abort_multipart_upload(
        &self,
        req: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        uploads::abort(&self.buckets, req).await
    }
}

fn shown_bucket(info: BucketInfo) -> Bucket {
    Bucket {
        name: Some(info.name),
        creation_date: Some(shown_time(info.created)),
        bucket_region: Some(info.region),
    }
}
