//! Who may do what: a bucket's owner, and whom its policy lets in.

use crate::bucket::BucketInfo;
use crate::buckets::Buckets;
use crate::policy::{Asker, Circumstances, Request, Verdict};
use crate::settings::Settings;
use cairn_model::AccountId;
use s3s::{S3Error, S3Request, S3Result, s3_error};
use std::sync::Arc;

/// Whose request it is, and what conditions of policies see of it; goes along with the request.
#[derive(Clone)]
pub(super) struct Who {
    pub(super) asker: Asker,
    pub(super) circumstances: Arc<Circumstances>,
}

/// Actions that nobody but the owner's account ever gets, and that no policy takes from the account's root: else
/// a policy could shut out all who could change it. Source: "Bucket policies" in the Amazon S3 user guide.
const OWNERS_ACTIONS: [&str; 3] = ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"];

impl Who {
    /// Of the request; the gate has let nobody in without.
    pub(super) fn of<T>(req: &S3Request<T>) -> S3Result<Who> {
        req.extensions.get::<Who>().cloned().ok_or_else(denied)
    }

    /// The account, for what needs one.
    pub(super) fn account(&self) -> S3Result<AccountId> {
        self.asker.account().ok_or_else(denied)
    }

    /// Refuses what the asker may not do. A bucket that does not exist is for the operation to tell.
    pub(super) async fn require(
        &self,
        buckets: &Buckets,
        action: &str,
        bucket: &str,
        key: Option<&str>,
    ) -> S3Result<()> {
        match self.may(buckets, action, bucket, key).await {
            true => Ok(()),
            false => Err(denied()),
        }
    }

    pub(super) async fn may(&self, buckets: &Buckets, action: &str, bucket: &str, key: Option<&str>) -> bool {
        let (info, settings) = (buckets.bucket(bucket).await, buckets.settings(bucket));
        let (Some(info), Ok(settings)) = (info, settings) else { return true };
        let request = Request { asker: &self.asker, action, bucket, key, circumstances: &self.circumstances };
        decide(&info, &settings, &request)
    }
}

fn decide(info: &BucketInfo, settings: &Settings, request: &Request<'_>) -> bool {
    let is_owners = request.asker.account() == Some(info.owner);
    let is_root = matches!(request.asker, Asker::Key { user: None, .. });
    if OWNERS_ACTIONS.contains(&request.action) && (!is_owners || is_root) {
        return is_owners;
    }
    let Some(policy) = &settings.policy else { return is_owners };
    let is_restricted =
        settings.public_access_block.is_some_and(|block| block.restrict) && policy.is_public();
    match policy.verdict(request) {
        Verdict::Denied => false,
        Verdict::Allowed => is_owners || !is_restricted,
        Verdict::Silent => is_owners,
    }
}

pub(super) fn denied() -> S3Error {
    s3_error!(AccessDenied, "Access Denied")
}
