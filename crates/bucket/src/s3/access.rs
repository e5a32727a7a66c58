//! Who may do what: a bucket's owner, and whom policies let in.

use crate::bucket::BucketInfo;
use crate::buckets::Buckets;
use crate::error::BucketError;
use crate::settings::Settings;
use cairn_decide::policy::{
    Actor, Context, Decision, PolicyKind, Principal, Question, Request, ResourceSide, decide,
};
use cairn_decide::policy::{Identity, Policy, Who as WhoOf};
use cairn_model::AccountId;
use s3s::{S3Error, S3ErrorCode, S3Request, S3Result, s3_error};
use std::sync::Arc;

/// Whose request it is, and what conditions of policies see of it; goes along with the request.
#[derive(Clone)]
pub(super) struct Who {
    /// Nobody, if the request is not signed.
    pub(super) actor: Option<Arc<Actor>>,
    pub(super) context: Arc<Context>,
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
        self.known_account().ok_or_else(denied)
    }

    pub(super) fn known_account(&self) -> Option<AccountId> {
        self.actor.as_ref().map(|actor| actor.account)
    }

    /// Refuses what the actor's own policies do not let them do with what is not there yet, or with everything.
    pub(super) fn require_of_account(&self, action: &str, resource: &str) -> S3Result<()> {
        let actor = self.actor.as_ref().ok_or_else(denied)?;
        match actor.may(action, resource, &self.context, None) {
            Decision::Allowed(_) => Ok(()),
            decision => Err(explained(actor, &decision, action, resource)),
        }
    }

    /// Refuses what the asker may not do as of now, and everything of a bucket that does not exist: it might be
    /// somebody's a moment later.
    pub(super) async fn require(
        &self,
        buckets: &Buckets,
        action: &str,
        bucket: &str,
        key: Option<&str>,
    ) -> S3Result<()> {
        let info = buckets.bucket(bucket).await.ok_or(BucketError::NoSuchBucket)?;
        let settings = buckets.settings(bucket)?;
        let resource = arn(bucket, key);
        match self.decide(&info, &settings, action, &resource) {
            Decision::Allowed(_) => Ok(()),
            decision => match self.actor.as_ref().filter(|actor| actor.account == info.owner) {
                Some(actor) => Err(explained(actor, &decision, action, &resource)),
                // A stranger is told nothing of what the owner wrote.
                None => Err(denied()),
            },
        }
    }

    pub(super) async fn may(&self, buckets: &Buckets, action: &str, bucket: &str, key: Option<&str>) -> bool {
        self.require(buckets, action, bucket, key).await.is_ok()
    }

    fn decide<'a>(
        &'a self,
        info: &BucketInfo,
        settings: &'a Settings,
        action: &'a str,
        resource: &'a str,
    ) -> Decision<'a> {
        let is_owners = self.known_account() == Some(info.owner);
        let is_root =
            self.actor.as_ref().is_some_and(|actor| actor.who == WhoOf::Root && actor.is_unbounded());
        if OWNERS_ACTIONS.contains(&action) && !is_owners {
            return Decision::NotAllowed(PolicyKind::Resource);
        }
        let said = settings.policy.as_ref().filter(|policy| {
            let is_restricted = settings.public_access_block.is_some_and(|block| block.restrict);
            is_owners || !is_restricted || !policy.is_public()
        });
        let said =
            said.filter(|_| !(OWNERS_ACTIONS.contains(&action) && is_root)).map(|policy| policy.read());
        let side = ResourceSide { owner: info.owner, policy: said, is_required: false };
        match &self.actor {
            Some(actor) => actor.may(action, resource, &self.context, Some(side)),
            None => decide(&self.anonymous(action, resource, side)),
        }
    }

    fn anonymous<'a>(&'a self, action: &'a str, resource: &'a str, side: ResourceSide<'a>) -> Question<'a> {
        Question {
            request: Request { principal: Principal::Anonymous, action, resource, context: &self.context },
            identity: Identity::Policies(&[]),
            session: None::<&Policy>,
            resource: Some(side),
        }
    }
}

/// The ARN of a bucket, or of an object in it.
pub(super) fn arn(bucket: &str, key: Option<&str>) -> String {
    match key {
        Some(key) => format!("arn:aws:s3:::{bucket}/{key}"),
        None => format!("arn:aws:s3:::{bucket}"),
    }
}

/// Says why, to somebody of the bucket's account.
fn explained(actor: &Actor, decision: &Decision<'_>, action: &str, resource: &str) -> S3Error {
    let (arn, why) = (actor.principal().arn(), decision.why(action));
    let text =
        format!("User: {arn} is not authorized to perform: {action} on resource: \"{resource}\" {why}");
    S3Error::with_message(S3ErrorCode::AccessDenied, text)
}

pub(super) fn denied() -> S3Error {
    s3_error!(AccessDenied, "Access Denied")
}
