//! What owners say about their buckets: policies, CORS rules, public access.

use super::access::Who;
use super::failure::custom;
use super::front::Said;
use crate::buckets::Buckets;
use crate::cors::{CorsFault, CorsRule};
use crate::error::BucketError;
use crate::policy::Policy;
use crate::settings::PublicAccessBlock;
use http::StatusCode;
use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result, s3_error};

pub(super) async fn put_policy(
    buckets: &Buckets,
    req: S3Request<PutBucketPolicyInput>,
) -> S3Result<S3Response<PutBucketPolicyOutput>> {
    Who::of(&req)?.require(buckets, "s3:PutBucketPolicy", &req.input.bucket, None).await?;
    let policy = &req.input.policy;
    if let (Some(said), Ok(policy)) = (req.extensions.get::<Said>(), serde_json::from_str(policy)) {
        said.note("bucketPolicy", policy);
    }
    buckets.set_policy(&req.input.bucket, Some(policy)).await?;
    Ok(S3Response::with_status(PutBucketPolicyOutput::default(), StatusCode::NO_CONTENT))
}

pub(super) fn get_policy(
    buckets: &Buckets,
    req: &S3Request<GetBucketPolicyInput>,
) -> S3Result<S3Response<GetBucketPolicyOutput>> {
    let settings = buckets.settings(&req.input.bucket)?;
    let policy = settings.policy.as_ref().ok_or_else(no_policy)?;
    Ok(S3Response::new(GetBucketPolicyOutput { policy: Some(policy.text().to_owned()) }))
}

pub(super) async fn delete_policy(
    buckets: &Buckets,
    req: S3Request<DeleteBucketPolicyInput>,
) -> S3Result<S3Response<DeleteBucketPolicyOutput>> {
    buckets.set_policy(&req.input.bucket, None).await?;
    Ok(S3Response::with_status(DeleteBucketPolicyOutput::default(), StatusCode::NO_CONTENT))
}

pub(super) fn policy_status(
    buckets: &Buckets,
    req: &S3Request<GetBucketPolicyStatusInput>,
) -> S3Result<S3Response<GetBucketPolicyStatusOutput>> {
    let settings = buckets.settings(&req.input.bucket)?;
    let is_public = settings.policy.as_ref().map(Policy::is_public).ok_or_else(no_policy)?;
    let policy_status = Some(PolicyStatus { is_public: Some(is_public) });
    Ok(S3Response::new(GetBucketPolicyStatusOutput { policy_status }))
}

fn no_policy() -> s3s::S3Error {
    s3_error!(NoSuchBucketPolicy, "The bucket policy does not exist")
}

pub(super) async fn put_cors(
    buckets: &Buckets,
    req: S3Request<PutBucketCorsInput>,
) -> S3Result<S3Response<PutBucketCorsOutput>> {
    Who::of(&req)?.require(buckets, "s3:PutBucketCORS", &req.input.bucket, None).await?;
    let rules: Vec<CorsRule> = req.input.cors_configuration.cors_rules.into_iter().map(rule).collect();
    if rules.is_empty() {
        return Err(BucketError::Cors(CorsFault::Count).into());
    }
    buckets.set_cors(&req.input.bucket, rules).await?;
    Ok(S3Response::new(PutBucketCorsOutput::default()))
}

fn rule(rule: CORSRule) -> CorsRule {
    CorsRule {
        id: rule.id,
        origins: rule.allowed_origins,
        methods: rule.allowed_methods,
        headers: rule.allowed_headers.unwrap_or_default(),
        exposed: rule.expose_headers.unwrap_or_default(),
        max_age_seconds: rule.max_age_seconds.and_then(|seconds| u32::try_from(seconds).ok()),
    }
}

pub(super) fn get_cors(
    buckets: &Buckets,
    req: &S3Request<GetBucketCorsInput>,
) -> S3Result<S3Response<GetBucketCorsOutput>> {
    let rules = buckets.settings(&req.input.bucket)?.cors.clone();
    if rules.is_empty() {
        return Err(s3_error!(NoSuchCORSConfiguration, "The CORS configuration does not exist"));
    }
    let listed = |texts: Vec<String>| (!texts.is_empty()).then_some(texts);
    let rules = rules.into_iter().map(|rule| CORSRule {
        id: rule.id,
        allowed_origins: rule.origins,
        allowed_methods: rule.methods,
        allowed_headers: listed(rule.headers),
        expose_headers: listed(rule.exposed),
        max_age_seconds: rule.max_age_seconds.and_then(|seconds| i32::try_from(seconds).ok()),
    });
    Ok(S3Response::new(GetBucketCorsOutput { cors_rules: Some(rules.collect()) }))
}

pub(super) async fn delete_cors(
    buckets: &Buckets,
    req: S3Request<DeleteBucketCorsInput>,
) -> S3Result<S3Response<DeleteBucketCorsOutput>> {
    buckets.set_cors(&req.input.bucket, Vec::new()).await?;
    Ok(S3Response::with_status(DeleteBucketCorsOutput::default(), StatusCode::NO_CONTENT))
}

pub(super) async fn put_public_access_block(
    buckets: &Buckets,
    req: S3Request<PutPublicAccessBlockInput>,
) -> S3Result<S3Response<PutPublicAccessBlockOutput>> {
    Who::of(&req)?.require(buckets, "s3:PutBucketPublicAccessBlock", &req.input.bucket, None).await?;
    let asked = req.input.public_access_block_configuration;
    let block = PublicAccessBlock {
        block_acls: asked.block_public_acls.unwrap_or(false),
        ignore_acls: asked.ignore_public_acls.unwrap_or(false),
        block_policy: asked.block_public_policy.unwrap_or(false),
        restrict: asked.restrict_public_buckets.unwrap_or(false),
    };
    buckets.set_public_access_block(&req.input.bucket, Some(block)).await?;
    Ok(S3Response::new(PutPublicAccessBlockOutput::default()))
}

pub(super) fn get_public_access_block(
    buckets: &Buckets,
    req: &S3Request<GetPublicAccessBlockInput>,
) -> S3Result<S3Response<GetPublicAccessBlockOutput>> {
    let block = buckets.settings(&req.input.bucket)?.public_access_block.ok_or_else(|| {
        custom(
            "NoSuchPublicAccessBlockConfiguration",
            StatusCode::NOT_FOUND,
            "The public access block configuration was not found",
        )
    })?;
    Ok(S3Response::new(GetPublicAccessBlockOutput {
        public_access_block_configuration: Some(PublicAccessBlockConfiguration {
            block_public_acls: Some(block.block_acls),
            ignore_public_acls: Some(block.ignore_acls),
            block_public_policy: Some(block.block_policy),
            restrict_public_buckets: Some(block.restrict),
        }),
    }))
}

pub(super) async fn delete_public_access_block(
    buckets: &Buckets,
    req: S3Request<DeletePublicAccessBlockInput>,
) -> S3Result<S3Response<DeletePublicAccessBlockOutput>> {
    buckets.set_public_access_block(&req.input.bucket, None).await?;
    Ok(S3Response::with_status(DeletePublicAccessBlockOutput::default(), StatusCode::NO_CONTENT))
}
