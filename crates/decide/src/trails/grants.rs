//! What the policies of a bucket and a topic must let CloudTrail do.
//!
//! Source: AWS CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail" and "Amazon SNS topic policy for CloudTrail".

use super::error::TrailError;
use super::plan::PolicyText;
use crate::policy::{Context, Policy, Principal, Purpose, Request, Verdict};
use cairn_model::Trail;

const SERVICE: &str = "cloudtrail.amazonaws.com";
const ACL: &str = "bucket-owner-full-control";

/// `InsufficientS3BucketPolicyException`: what a bucket's policy lacks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Incorrect S3 bucket policy is detected for bucket: {bucket}. {}", .fault.text(.need))]
pub struct GrantError {
    bucket: String,
    need: Need,
    fault: Fault,
}

/// What the policy says instead.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fault {
    Missing,
    Denied { sid: Option<String> },
    Malformed,
    Unreadable { code: String },
}

/// Something that CloudTrail must be let do.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Need {
    /// The `Sid` that AWS's template gives to its statement.
    sid: &'static str,
    action: &'static str,
    resource: String,
    trail: String,
    has_acl: bool,
}

impl Fault {
    fn text(&self, need: &Need) -> String {
        let Need { sid, action, resource, trail, has_acl } = need;
        match self {
            Fault::Missing => {
                let acl = if *has_acl { format!("s3:x-amz-acl \"{ACL}\" and ") } else { String::new() };
                format!(
                    "It has no statement like {sid}, which lets {SERVICE} do {action} on {resource} with {acl}aws:SourceArn \
                     \"{trail}\"."
                )
            }
            Fault::Denied { sid: denying } => {
                let denying = denying.as_deref().unwrap_or("without Sid");
                format!("Its statement {denying} denies {SERVICE} {action} on {resource}.")
            }
            Fault::Malformed => "It is not a policy document.".to_owned(),
            Fault::Unreadable { code } => format!("It could not be read: {code}."),
        }
    }
}

/// Whether the bucket lets CloudTrail deliver for the trail: ask for the bucket's ACL, and put objects below the
/// account's folder, or the organization's.
pub(super) fn check_bucket_policy(trail: &Trail, policy: &PolicyText) -> Result<(), Box<GrantError>> {
    let needs = needs(trail);
    let refused =
        |need: &Need, fault| Box::new(GrantError { bucket: trail.bucket.clone(), need: need.clone(), fault });
    let [first, _] = &needs;
    let policy = match policy {
        PolicyText::None => return Err(refused(first, Fault::Missing)),
        PolicyText::Unreadable { code } => {
            return Err(refused(first, Fault::Unreadable { code: code.clone() }));
        }
        PolicyText::Text(text) => {
            Policy::parse(text, Purpose::Resource).map_err(|_| refused(first, Fault::Malformed))?
        }
    };
    for need in &needs {
        match need.judged_by(&policy) {
            Verdict::Allowed { .. } => {}
            Verdict::Denied { statement } => {
                let sid = statement.sid().map(str::to_owned);
                return Err(refused(need, Fault::Denied { sid }));
            }
            Verdict::Silent => return Err(refused(need, Fault::Missing)),
        }
    }
    Ok(())
}

fn needs(trail: &Trail) -> [Need; 2] {
    let bucket = format!("arn:aws:s3:::{}", trail.bucket);
    let prefix = trail.prefix.as_ref().map(|prefix| format!("{prefix}/")).unwrap_or_default();
    let folder = match &trail.organization {
        Some(organization) => organization.as_str(),
        None => trail.arn.account.as_str(),
    };
    let objects = format!("{bucket}/{prefix}AWSLogs/{folder}/*");
    let need = |sid, action, resource, has_acl| Need {
        sid,
        action,
        resource,
        trail: trail.arn.to_string(),
        has_acl,
    };
    [
        need("AWSCloudTrailAclCheck20150319", "s3:GetBucketAcl", bucket, false),
        need("AWSCloudTrailWrite20150319", "s3:PutObject", objects, true),
    ]
}

impl Need {
    fn judged_by<'a>(&self, policy: &'a Policy) -> Verdict<'a> {
        let mut context = context(&self.trail);
        if self.has_acl {
            context.set("s3:x-amz-acl", ACL);
        }
        judged(policy, self.action, &self.resource, &context)
    }
}

/// Whether the topic lets CloudTrail publish what it delivered for the trail.
pub(super) fn check_topic_policy(trail: &Trail, topic: &str, policy: &PolicyText) -> Result<(), TrailError> {
    let document = match policy {
        PolicyText::Text(text) => text,
        PolicyText::None => return Err(refused_topic(topic, NO_PUBLISH)),
        PolicyText::Unreadable { code } => return Err(refused_topic(topic, code)),
    };
    let malformed = |_| refused_topic(topic, "its policy is not a policy document");
    let policy = Policy::parse(document, Purpose::Resource).map_err(malformed)?;
    match judged(&policy, "SNS:Publish", topic, &context(&trail.arn.to_string())) {
        Verdict::Allowed { .. } => Ok(()),
        Verdict::Denied { .. } | Verdict::Silent => Err(refused_topic(topic, NO_PUBLISH)),
    }
}

const NO_PUBLISH: &str =
    "its policy does not let cloudtrail.amazonaws.com do SNS:Publish (AWSCloudTrailSNSPolicy20131101)";

fn refused_topic(topic: &str, why: &str) -> TrailError {
    TrailError::InsufficientSnsTopicPolicy { arn: topic.to_owned(), why: why.to_owned() }
}

/// Whether a role's trust policy lets CloudTrail assume it for the trail.
pub(super) fn trusts(document: &str, trail: &Trail, role_arn: &str) -> bool {
    let context = context(&trail.arn.to_string());
    let allows = |policy: &Policy| {
        matches!(judged(policy, "sts:AssumeRole", role_arn, &context), Verdict::Allowed { .. })
    };
    Policy::parse(document, Purpose::Trust).is_ok_and(|policy| allows(&policy))
}

/// What CloudTrail says of itself when it delivers for the trail of this ARN.
fn context(trail: &str) -> Context {
    Context::from([
        ("aws:sourcearn", trail),
        ("aws:sourceaccount", trail.split(':').nth(4).unwrap_or_default()),
        ("aws:principalisawsservice", "true"),
        ("aws:principalservicename", SERVICE),
        ("aws:securetransport", "true"),
    ])
}

fn judged<'a>(policy: &'a Policy, action: &str, resource: &str, context: &Context) -> Verdict<'a> {
    policy.judge(&Request { principal: Principal::Service(SERVICE), action, resource, context })
}
