//! The settings that CreateTrail and UpdateTrail share.

use super::Facts;
use super::error::{CombinationError, TrailError};
use super::logs::LogGroupSettings;
use crate::names::{check_bucket_name, check_kms_key_id, check_prefix, topic_arn};
use crate::organization::owned;
use cairn_model::Trail;

/// The members that CreateTrail and UpdateTrail share. What is absent stays as it is; CreateTrail starts from
/// AWS's defaults.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `S3BucketName`.
    pub bucket: Option<String>,
    /// `S3KeyPrefix`; empty takes it away.
    pub prefix: Option<String>,
    /// `SnsTopicName`: a name or an ARN; empty takes it away.
    pub sns_topic: Option<String>,
    /// `KmsKeyId`, in any of its forms; empty takes it away.
    pub kms_key: Option<String>,
    /// `IncludeGlobalServiceEvents`.
    pub include_global_service_events: Option<bool>,
    /// `IsMultiRegionTrail`.
    pub multi_region: Option<bool>,
    /// `EnableLogFileValidation`.
    pub log_file_validation: Option<bool>,
    /// `RecursiveLogging`.
    pub recursive_logging: Option<bool>,
    /// `IsOrganizationTrail`.
    pub organization: Option<bool>,
    /// `CloudWatchLogsLogGroupArn` and `CloudWatchLogsRoleArn`.
    pub log_group: LogGroupSettings,
}

impl Settings {
    /// The trail with these settings, but for its key: only KMS knows the ARN that a new one has.
    pub(super) fn applied_to(&self, facts: &Facts<'_>, old: &Trail) -> Result<Trail, TrailError> {
        let mut trail = old.clone();
        if let Some(bucket) = &self.bucket {
            trail.bucket.clone_from(bucket);
        }
        if let Some(prefix) = &self.prefix {
            trail.prefix = said(prefix).map(str::to_owned);
        }
        if let Some(topic) = &self.sns_topic {
            let arn = said(topic).map(|topic| topic_arn(topic, facts.region, facts.account));
            trail.sns_topic = arn.transpose()?;
        }
        if let Some(key) = &self.kms_key {
            said(key).map_or(Ok(()), check_kms_key_id)?;
            trail.kms_key = None;
        }
        trail.multi_region = self.multi_region.unwrap_or(old.multi_region);
        if trail.multi_region != old.multi_region {
            // AWS couples the two: to all regions turns global services on, back to one turns them off.
            trail.include_global_service_events = trail.multi_region;
        }
        if let Some(include) = self.include_global_service_events {
            trail.include_global_service_events = include;
        }
        trail.log_file_validation = self.log_file_validation.unwrap_or(old.log_file_validation);
        trail.recursive_logging = self.recursive_logging.unwrap_or(old.recursive_logging);
        if let Some(shared) = self.organization.filter(|shared| *shared != old.organization.is_some()) {
            let organization = owned(facts.organization(), facts.account)?;
            trail.organization = shared.then(|| organization.id.clone());
        }
        check(&trail)?;
        trail.log_group = self.log_group.applied_to(facts, old.log_group.as_ref())?;
        Ok(trail)
    }

    /// The key that the settings ask for, as the caller names it.
    pub(super) fn new_kms_key(&self) -> Option<&str> {
        self.kms_key.as_deref().and_then(said)
    }

    /// The topic that the settings ask for.
    pub(super) fn has_new_topic(&self) -> bool {
        self.sns_topic.as_deref().and_then(said).is_some()
    }

    /// Whether anything is asked for that hangs on the bucket.
    pub(super) fn concerns_bucket(&self) -> bool {
        self.bucket.is_some() || self.prefix.is_some() || self.new_kms_key().is_some()
    }
}

/// A text that asks for something; an empty one takes away what was there.
fn said(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn check(trail: &Trail) -> Result<(), TrailError> {
    check_bucket_name(&trail.bucket)?;
    if let Some(prefix) = &trail.prefix {
        check_prefix(prefix)?;
    }
    if trail.multi_region && !trail.include_global_service_events {
        return Err(CombinationError::MultiRegionWithoutGlobal.into());
    }
    Ok(())
}
