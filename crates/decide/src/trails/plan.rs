//! Creating and updating trails, in two steps: a plan, made of what the catalog knows, and its end, when the
//! services that hold bucket, topic and key have answered. They may take long, and a bad request asks them nothing.

use super::Facts;
use super::error::{CombinationError, TrailError};
use super::find::{home_arn, to_change};
use super::grants::{check_bucket_policy, check_topic_policy};
use super::logs::{LogStream, LogStreamAnswer, check_stream};
use super::quota;
use super::settings::Settings;
use crate::names::check_trail_name;
use crate::organization::managed;
use crate::tags::{self, Tag};
use cairn_model::Trail;
use std::collections::BTreeMap;

/// CreateTrail's members.
#[derive(Clone, Debug, Default)]
pub struct CreateTrail {
    /// `Name`.
    pub name: String,
    /// `TagsList`.
    pub tags: Vec<Tag>,
    /// All others. The bucket is required.
    pub settings: Settings,
}

/// A trail that is as it should be, if the services say so.
#[derive(Clone, Debug)]
pub struct Plan {
    trail: Trail,
    questions: Questions,
    checks_policies: bool,
}

/// What only other services know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Questions {
    /// Is there a bucket of this name, and what does its policy say?
    pub bucket: Option<String>,
    /// Is there a topic of this ARN, and what does its policy say?
    pub topic: Option<String>,
    /// Which key is this, and can it encrypt?
    pub kms_key: Option<String>,
    /// Can this stream be made, if it is missing?
    pub log_stream: Option<LogStream>,
}

/// What they answered.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// What was asked; what was not asked has no answer.
    pub questions: Questions,
    /// The bucket.
    pub bucket: Option<BucketAnswer>,
    /// The topic's policy.
    pub topic: Option<Result<PolicyText, TargetFault>>,
    /// The key's ARN.
    pub kms_key: Option<Result<String, TargetFault>>,
    /// The stream.
    pub log_stream: Option<LogStreamAnswer>,
}

/// Where a bucket is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BucketAnswer {
    /// Nowhere.
    Missing,
    /// Among Cairn's own, of the caller's account.
    Own(PolicyText),
    /// Among Cairn's own, of another account: its policy must allow the delivery, whatever the limits say.
    OfAnother(PolicyText),
    /// Somebody else keeps it.
    Elsewhere(PolicyText),
}

/// A bucket's or a topic's policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyText {
    /// It has none, or nobody asked: see [`super::Limits::checks_policies`].
    None,
    /// The document.
    Text(String),
    /// It could not be read.
    Unreadable {
        /// The service's error code, such as `AccessDenied`.
        code: String,
    },
}

/// Why a topic or a key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetFault {
    /// There is none.
    NotFound,
    /// It is there, in a state in which it cannot be used.
    NotUsable {
        /// The state as the service calls it, such as `Disabled`.
        state: String,
    },
    /// The service refused, or did not answer.
    Refused {
        /// The service's error code, such as `AccessDenied`.
        code: String,
    },
}

/// CreateTrail: plans the new trail, which is not logging and takes all management events.
pub fn create(facts: &Facts<'_>, request: &CreateTrail) -> Result<Plan, TrailError> {
    check_trail_name(&request.name)?;
    let trail = request.settings.applied_to(facts, &blank(facts, request)?)?;
    let trail = Trail { tags: tags::added(&BTreeMap::new(), &request.tags)?, ..trail };
    quota::refuse_taken_name(facts, &trail)?;
    quota::refuse_too_many(facts, &trail)?;
    Ok(Plan::new(facts, &request.settings, trail, true))
}

/// UpdateTrail: plans the trail with its new settings.
pub fn update(facts: &Facts<'_>, name_or_arn: &str, settings: &Settings) -> Result<Plan, TrailError> {
    let old = to_change(facts, name_or_arn)?;
    let trail = settings.applied_to(facts, old)?;
    if trail.multi_region && !old.multi_region {
        quota::refuse_spread(facts, &trail)?;
    }
    // An organization's trail has a folder of its own.
    let asks_for_bucket = settings.concerns_bucket() || trail.organization != old.organization;
    Ok(Plan::new(facts, settings, trail, asks_for_bucket))
}

/// A trail with AWS's defaults. An organization's belongs to the management account, whoever makes it.
fn blank(facts: &Facts<'_>, request: &CreateTrail) -> Result<Trail, TrailError> {
    let mut trail = Trail::new(home_arn(facts, &request.name), String::new(), facts.now);
    if request.settings.organization == Some(true) {
        let organization = managed(facts.organization(), facts.account)?;
        trail.arn.account = organization.management;
        trail.organization = Some(organization.id.clone());
    }
    Ok(trail)
}

impl Plan {
    fn new(facts: &Facts<'_>, settings: &Settings, trail: Trail, asks_for_bucket: bool) -> Plan {
        let questions = Questions {
            bucket: asks_for_bucket.then(|| trail.bucket.clone()),
            topic: trail.sns_topic.clone().filter(|_| settings.has_new_topic()),
            kms_key: settings.new_kms_key().map(str::to_owned),
            log_stream: settings.log_group.stream(facts, &trail),
        };
        Plan { trail, questions, checks_policies: facts.limits.checks_policies }
    }

    /// What has to be asked before [`Plan::settle`].
    pub fn questions(&self) -> &Questions {
        &self.questions
    }

    /// The trail, if the answers allow it. Answers to other questions mean that the trail was changed between
    /// two plans: [`TrailError::Conflict`].
    pub fn settle(self, answers: &Answers) -> Result<Trail, TrailError> {
        let Plan { mut trail, questions, checks_policies } = self;
        if answers.questions != questions {
            return Err(TrailError::Conflict(trail.arn.name));
        }
        if let Some(bucket) = &answers.bucket {
            check_bucket(&trail, bucket, checks_policies)?;
        }
        if let (Some(arn), Some(answer)) = (&questions.topic, &answers.topic) {
            let policy = answer.as_ref().map_err(|fault| topic_error(arn, fault))?;
            if checks_policies {
                check_topic_policy(&trail, arn, policy)?;
            }
        }
        if let (Some(key), Some(answer)) = (&questions.kms_key, &answers.kms_key) {
            let arn = answer.clone().map_err(|fault| key_error(key, &fault))?;
            trail.kms_key = Some(arn);
        }
        if let (Some(stream), Some(answer)) = (&questions.log_stream, &answers.log_stream) {
            check_stream(&trail, &stream.group, answer)?;
        }
        if trail.kms_key.is_some()
            && matches!(answers.bucket, Some(BucketAnswer::Own(_) | BucketAnswer::OfAnother(_)))
        {
            return Err(CombinationError::KmsKeyOfOwnBucket(trail.bucket).into());
        }
        Ok(trail)
    }
}

fn check_bucket(trail: &Trail, answer: &BucketAnswer, checks_policies: bool) -> Result<(), TrailError> {
    let (policy, must_allow) = match answer {
        BucketAnswer::Missing => return Err(TrailError::S3BucketDoesNotExist(trail.bucket.clone())),
        BucketAnswer::OfAnother(policy) => (policy, true),
        BucketAnswer::Own(policy) | BucketAnswer::Elsewhere(policy) => (policy, checks_policies),
    };
    if must_allow {
        check_bucket_policy(trail, policy)?;
    }
    Ok(())
}

fn topic_error(arn: &str, fault: &TargetFault) -> TrailError {
    let arn = arn.to_owned();
    let why = match fault {
        // The code of a service that does not know, or no longer knows, whose key it is.
        TargetFault::Refused { code } if code == "InvalidClientTokenId" => {
            return TrailError::CloudTrailInvalidClientTokenId { arn };
        }
        TargetFault::NotFound => "NotFound",
        TargetFault::NotUsable { state: code } | TargetFault::Refused { code } => code,
    };
    TrailError::InsufficientSnsTopicPolicy { arn, why: why.to_owned() }
}

fn key_error(key: &str, fault: &TargetFault) -> TrailError {
    let key = key.to_owned();
    match fault {
        TargetFault::NotFound => TrailError::KmsKeyNotFound(key),
        TargetFault::NotUsable { state } => TrailError::KmsKeyDisabled { key, state: state.clone() },
        TargetFault::Refused { code } if code.starts_with("AccessDenied") => {
            TrailError::InsufficientEncryptionPolicy { key }
        }
        TargetFault::Refused { code } => TrailError::Kms { key, code: code.clone() },
    }
}
