//! What is so for every bucket and cannot be otherwise: its owner alone has rights by ACL, there are no versions,
//! no encryption, no rules that act by themselves. Asked for it, Cairn says so; told to change it, it refuses.

use super::failure::custom;
use super::headers::{no_acls, no_encryption, shown_time};
use super::listing::shown_owner;
use super::objects::check_version;
use super::uploads::owner;
use crate::buckets::Buckets;
use cairn_model::AccountId;
use http::StatusCode;
use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result, s3_error};

fn grants(owner: AccountId) -> Grants {
    let grantee = Grantee {
        display_name: Some(owner.to_string()),
        email_address: None,
        id: Some(owner.to_string()),
        type_: Type::from_static(Type::CANONICAL_USER),
        uri: None,
    };
    let permission = Permission::from_static(Permission::FULL_CONTROL);
    vec![Grant { grantee: Some(grantee), permission: Some(permission) }]
}

pub(super) async fn bucket_acl(
    buckets: &Buckets,
    req: S3Request<GetBucketAclInput>,
) -> S3Result<S3Response<GetBucketAclOutput>> {
    let owner = owner(buckets, &req.input.bucket).await?;
    let (grants, owner) = (Some(grants(owner)), Some(shown_owner(owner)));
    Ok(S3Response::new(GetBucketAclOutput { grants, owner }))
}

pub(super) async fn object_acl(
    buckets: &Buckets,
    req: S3Request<GetObjectAclInput>,
) -> S3Result<S3Response<GetObjectAclOutput>> {
    check_version(req.input.version_id.as_deref())?;
    buckets.head(&req.input.bucket, &req.input.key).await?;
    let owner = owner(buckets, &req.input.bucket).await?;
    let (grants, owner) = (Some(grants(owner)), Some(shown_owner(owner)));
    Ok(S3Response::new(GetObjectAclOutput { grants, owner, ..GetObjectAclOutput::default() }))
}

pub(super) async fn put_bucket_acl(
    buckets: &Buckets,
    req: S3Request<PutBucketAclInput>,
) -> S3Result<S3Response<PutBucketAclOutput>> {
    super::headers::refuse_unsupported(&req.headers)?;
    let owner = owner(buckets, &req.input.bucket).await?;
    check_acl(req.input.acl.is_some(), req.input.access_control_policy, owner)?;
    Ok(S3Response::new(PutBucketAclOutput::default()))
}

pub(super) async fn put_object_acl(
    buckets: &Buckets,
    req: S3Request<PutObjectAclInput>,
) -> S3Result<S3Response<PutObjectAclOutput>> {
    super::headers::refuse_unsupported(&req.headers)?;
    check_version(req.input.version_id.as_deref())?;
    buckets.head(&req.input.bucket, &req.input.key).await?;
    let owner = owner(buckets, &req.input.bucket).await?;
    check_acl(req.input.acl.is_some(), req.input.access_control_policy, owner)?;
    Ok(S3Response::new(PutObjectAclOutput::default()))
}

/// Takes what is so already: `private` or `bucket-owner-full-control` (the headers were looked at), or the owner's
/// one grant.
fn check_acl(is_canned: bool, policy: Option<AccessControlPolicy>, owner: AccountId) -> S3Result<()> {
    let is_owners = |grant: &Grant| {
        let id = grant.grantee.as_ref().and_then(|grantee| grantee.id.as_deref());
        let permission = grant.permission.as_ref().map(Permission::as_str);
        id == Some(owner.as_str()) && permission == Some(Permission::FULL_CONTROL)
    };
    let grants = policy.and_then(|policy| policy.grants).unwrap_or_default();
    match (is_canned, grants.as_slice()) {
        (true, []) => Ok(()),
        (false, [grant]) if is_owners(grant) => Ok(()),
        _ => Err(no_acls()),
    }
}

pub(super) fn put_versioning() -> s3s::S3Error {
    s3_error!(
        NotImplemented,
        "Cairn's own buckets keep no versions: an object that is put replaces the one before. What trails deliver is locked instead."
    )
}

pub(super) fn put_encryption() -> s3s::S3Error {
    no_encryption()
}

pub(super) fn no_encryption_configuration() -> s3s::S3Error {
    custom(
        "ServerSideEncryptionConfigurationNotFoundError",
        StatusCode::NOT_FOUND,
        "The server side encryption configuration was not found",
    )
}

pub(super) fn ownership_controls() -> GetBucketOwnershipControlsOutput {
    let rule = OwnershipControlsRule {
        object_ownership: ObjectOwnership::from_static(ObjectOwnership::BUCKET_OWNER_ENFORCED),
    };
    GetBucketOwnershipControlsOutput { ownership_controls: Some(OwnershipControls { rules: vec![rule] }) }
}

pub(super) fn check_ownership(controls: &OwnershipControls) -> S3Result<()> {
    let is_ours = |rule: &OwnershipControlsRule| {
        rule.object_ownership.as_str() == ObjectOwnership::BUCKET_OWNER_ENFORCED
    };
    match controls.rules.iter().all(is_ours) {
        true => Ok(()),
        false => Err(s3_error!(
            NotImplemented,
            "Object ownership other than BucketOwnerEnforced is not implemented."
        )),
    }
}

/// Until when an object that a trail delivered is locked.
pub(super) async fn retention(
    buckets: &Buckets,
    req: S3Request<GetObjectRetentionInput>,
) -> S3Result<S3Response<GetObjectRetentionOutput>> {
    check_version(req.input.version_id.as_deref())?;
    let info = buckets.head(&req.input.bucket, &req.input.key).await?;
    let Some(until) = info.locked_until else {
        return Err(s3_error!(
            NoSuchObjectLockConfiguration,
            "The specified object does not have a ObjectLock configuration"
        ));
    };
    let mode = ObjectLockRetentionMode::from_static(ObjectLockRetentionMode::COMPLIANCE);
    let retention = ObjectLockRetention { mode: Some(mode), retain_until_date: Some(shown_time(until)) };
    Ok(S3Response::new(GetObjectRetentionOutput { retention: Some(retention) }))
}
