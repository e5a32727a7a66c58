//! Making buckets.

use super::access::Who;
use super::gate::Keys;
use super::headers::{now, refuse_unsupported};
use crate::buckets::Buckets;
use crate::error::BucketError;
use s3s::dto::{BucketLocationConstraint, CreateBucketConfiguration, CreateBucketInput, CreateBucketOutput};
use s3s::{S3Request, S3Response, S3Result, s3_error};

/// CreateBucket. `home` is the region of a bucket that is made without a location constraint.
pub(super) async fn create(
    buckets: &Buckets,
    keys: &dyn Keys,
    home: &str,
    req: S3Request<CreateBucketInput>,
) -> S3Result<S3Response<CreateBucketOutput>> {
    refuse_unsupported(&req.headers)?;
    let owner = Who::of(&req)?.account()?;
    let region = region(home, req.input.create_bucket_configuration)?;
    let bucket = req.input.bucket;
    // Asked as late as can be: the body may have come slowly.
    if keys.is_counted_on(&bucket, owner) {
        return Err(BucketError::AlreadyExists.into());
    }
    buckets.create_bucket(&bucket, &region, owner, now()).await?;
    Ok(S3Response::new(CreateBucketOutput { location: Some(format!("/{bucket}")) }))
}

/// The region that a new bucket is asked to be in.
fn region(home: &str, configuration: Option<CreateBucketConfiguration>) -> S3Result<String> {
    let constraint = configuration.and_then(|configuration| configuration.location_constraint);
    let region = match constraint.as_ref().map(BucketLocationConstraint::as_str) {
        None | Some("") => return Ok(home.to_owned()),
        Some("EU") => "eu-west-1",
        Some(region) => region,
    };
    let is_region = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    match region.len() <= 32 && region.bytes().all(is_region) {
        true => Ok(region.to_owned()),
        false => Err(s3_error!(InvalidLocationConstraint, "The specified location-constraint is not valid")),
    }
}
