//! Creating, changing and deleting trails.

use super::Facts;
use super::error::{CombinationError, TrailError};
use super::find::{home_arn, to_change};
use crate::names::{check_bucket_name, check_prefix, check_trail_name};
use cairn_model::{Logging, Selectors, Trail, TrailArn};

/// CreateTrail's members.
#[derive(Clone, Debug, Default)]
pub struct CreateTrail {
    /// `Name`.
    pub name: String,
    /// `S3BucketName`.
    pub bucket: String,
    /// `S3KeyPrefix`; empty is none.
    pub prefix: Option<String>,
    /// `IncludeGlobalServiceEvents`; true if absent.
    pub include_global_service_events: Option<bool>,
    /// `IsMultiRegionTrail`; false if absent.
    pub multi_region: Option<bool>,
    /// `EnableLogFileValidation`; false if absent.
    pub log_file_validation: Option<bool>,
    /// `RecursiveLogging`; true if absent.
    pub recursive_logging: Option<bool>,
    /// Members that Cairn refuses.
    pub unbuilt: Unbuilt,
    /// Whether somebody keeps the bucket.
    pub bucket_exists: bool,
}

/// UpdateTrail's members; what is absent stays as it is.
#[derive(Clone, Debug, Default)]
pub struct UpdateTrail {
    /// `Name`: a name or an ARN.
    pub name: String,
    /// `S3BucketName`.
    pub bucket: Option<String>,
    /// `S3KeyPrefix`; empty takes it away.
    pub prefix: Option<String>,
    /// `IncludeGlobalServiceEvents`.
    pub include_global_service_events: Option<bool>,
    /// `IsMultiRegionTrail`.
    pub multi_region: Option<bool>,
    /// `EnableLogFileValidation`.
    pub log_file_validation: Option<bool>,
    /// `RecursiveLogging`.
    pub recursive_logging: Option<bool>,
    /// Members that Cairn refuses.
    pub unbuilt: Unbuilt,
    /// Whether somebody keeps `bucket`; not looked at without one.
    pub bucket_exists: bool,
}

/// Members that Cairn refuses until they are built. Empty and false ones pass: they ask for nothing.
#[derive(Clone, Debug, Default)]
pub struct Unbuilt {
    /// `SnsTopicName`.
    pub sns_topic_name: Option<String>,
    /// `KmsKeyId`.
    pub kms_key_id: Option<String>,
    /// `CloudWatchLogsLogGroupArn`.
    pub log_group_arn: Option<String>,
    /// `CloudWatchLogsRoleArn`.
    pub log_role_arn: Option<String>,
    /// `IsOrganizationTrail`.
    pub organization: Option<bool>,
    /// How many `TagsList` has.
    pub tags: usize,
}

impl Unbuilt {
    fn refuse(&self) -> Result<(), TrailError> {
        let says = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
        let asked = [
            ("SnsTopicName", says(&self.sns_topic_name)),
            ("KmsKeyId", says(&self.kms_key_id)),
            ("CloudWatchLogsLogGroupArn", says(&self.log_group_arn)),
            ("CloudWatchLogsRoleArn", says(&self.log_role_arn)),
            ("IsOrganizationTrail", self.organization == Some(true)),
            ("TagsList", self.tags > 0),
        ];
        match asked.into_iter().find(|(_, is_asked)| *is_asked) {
            None => Ok(()),
            Some((member, _)) => Err(TrailError::UnsupportedOperation(member)),
        }
    }
}

/// CreateTrail: the new trail, which is not logging and takes all management events.
pub fn create(facts: &Facts<'_>, request: &CreateTrail) -> Result<Trail, TrailError> {
    check_trail_name(&request.name)?;
    let trail = Trail {
        arn: home_arn(facts, &request.name),
        bucket: request.bucket.clone(),
        prefix: request.prefix.clone().filter(|prefix| !prefix.is_empty()),
        include_global_service_events: request.include_global_service_events.unwrap_or(true),
        multi_region: request.multi_region.unwrap_or(false),
        log_file_validation: request.log_file_validation.unwrap_or(false),
        recursive_logging: request.recursive_logging.unwrap_or(true),
        selectors: Selectors::Default,
        logging: Logging::Never,
        created: facts.now,
    };
    check_settings(&trail)?;
    request.unbuilt.refuse()?;
    refuse_missing_bucket(&trail, request.bucket_exists)?;
    refuse_taken_name(facts, &trail)?;
    refuse_over_quota(facts, &trail)?;
    Ok(trail)
}

/// UpdateTrail: the trail with its new settings.
pub fn update(facts: &Facts<'_>, request: &UpdateTrail) -> Result<Trail, TrailError> {
    let old = to_change(facts, &request.name)?;
    let mut trail = old.clone();
    if let Some(bucket) = &request.bucket {
        trail.bucket.clone_from(bucket);
    }
    if let Some(prefix) = &request.prefix {
        trail.prefix = Some(prefix.clone()).filter(|prefix| !prefix.is_empty());
    }
    trail.multi_region = request.multi_region.unwrap_or(old.multi_region);
    if trail.multi_region != old.multi_region {
        // AWS couples the two: to all regions turns global services on, back to one turns them off.
        trail.include_global_service_events = trail.multi_region;
    }
    if let Some(include) = request.include_global_service_events {
        trail.include_global_service_events = include;
    }
    trail.log_file_validation = request.log_file_validation.unwrap_or(old.log_file_validation);
    trail.recursive_logging = request.recursive_logging.unwrap_or(old.recursive_logging);
    check_settings(&trail)?;
    request.unbuilt.refuse()?;
    if request.bucket.is_some() {
        refuse_missing_bucket(&trail, request.bucket_exists)?;
    }
    if trail.multi_region && !old.multi_region {
        refuse_name_taken_elsewhere(facts, &trail)?;
    }
    Ok(trail)
}

/// DeleteTrail: which trail goes.
pub fn delete(facts: &Facts<'_>, name_or_arn: &str) -> Result<TrailArn, TrailError> {
    Ok(to_change(facts, name_or_arn)?.arn.clone())
}

/// StartLogging. A trail that is logging stays as it is: its logging began when it began.
pub fn start_logging(facts: &Facts<'_>, name_or_arn: &str) -> Result<Trail, TrailError> {
    let mut trail = to_change(facts, name_or_arn)?.clone();
    if !trail.logging.is_on() {
        trail.logging = Logging::On { started: facts.now, stopped: trail.logging.stopped() };
    }
    Ok(trail)
}

/// StopLogging. A trail that is not logging stays as it is.
pub fn stop_logging(facts: &Facts<'_>, name_or_arn: &str) -> Result<Trail, TrailError> {
    let mut trail = to_change(facts, name_or_arn)?.clone();
    if let Logging::On { started, .. } = trail.logging {
        trail.logging = Logging::Off { started, stopped: facts.now };
    }
    Ok(trail)
}

fn check_settings(trail: &Trail) -> Result<(), TrailError> {
    check_bucket_name(&trail.bucket)?;
    if let Some(prefix) = &trail.prefix {
        check_prefix(prefix)?;
    }
    if trail.multi_region && !trail.include_global_service_events {
        return Err(CombinationError::MultiRegionWithoutGlobal.into());
    }
    Ok(())
}

fn refuse_missing_bucket(trail: &Trail, exists: bool) -> Result<(), TrailError> {
    if exists { Ok(()) } else { Err(TrailError::S3BucketDoesNotExist(trail.bucket.clone())) }
}

/// A name is taken where a trail or a shadow has it; a multi-region trail takes it everywhere.
fn refuse_taken_name(facts: &Facts<'_>, new: &Trail) -> Result<(), TrailError> {
    let mut rivals = facts
        .trails
        .iter()
        .filter(|trail| new.multi_region || trail.multi_region || trail.arn.region == new.arn.region);
    if rivals.any(|trail| trail.arn.name == new.arn.name) {
        return Err(TrailError::TrailAlreadyExists { name: new.arn.name.clone(), account: facts.account });
    }
    Ok(())
}

/// UpdateTrail has no exception for taken names, so this is a combination of parameters that is not valid.
fn refuse_name_taken_elsewhere(facts: &Facts<'_>, new: &Trail) -> Result<(), TrailError> {
    let mut others = facts.trails.iter().filter(|trail| trail.arn != new.arn);
    match others.find(|trail| trail.arn.name == new.arn.name) {
        None => Ok(()),
        Some(other) => Err(CombinationError::NameTakenElsewhere {
            name: new.arn.name.clone(),
            region: other.arn.region.clone(),
        }
        .into()),
    }
}

/// No region may show more trails than it may: a multi-region trail counts in all of them.
fn refuse_over_quota(facts: &Facts<'_>, new: &Trail) -> Result<(), TrailError> {
    let homes = facts.trails.iter().map(|trail| trail.arn.region.as_str());
    let regions = homes.filter(|_| new.multi_region).chain([facts.region]);
    for region in regions {
        let count = facts.visible_in(region).count();
        if count >= facts.trails_per_region_max {
            return Err(TrailError::MaximumNumberOfTrailsExceeded {
                account: facts.account,
                count,
                region: region.to_owned(),
            });
        }
    }
    Ok(())
}
