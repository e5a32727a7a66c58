//! What GetTrailStatus shows about deliveries.

use cairn_model::{Timestamp, TrailArn};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// What became of a trail's deliveries of one region, as GetTrailStatus shows it. A member without a value
/// is one that nothing happened for yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrailStatus {
    /// When a log file was last delivered.
    pub latest_delivery_time: Option<Timestamp>,
    /// The S3 error code of the latest attempt, if it failed: `NoSuchBucket`, `AccessDenied`, ...
    pub latest_delivery_error: Option<String>,
    /// When a log file was last tried.
    pub latest_delivery_attempt_time: Option<Timestamp>,
    /// When a log file was last tried with success.
    pub latest_delivery_attempt_succeeded: Option<Timestamp>,
    /// When the SNS topic was last told of log files.
    pub latest_notification_time: Option<Timestamp>,
    /// The SNS error code of the latest attempt to tell it, if that failed.
    pub latest_notification_error: Option<String>,
    /// When it was last tried to tell it.
    pub latest_notification_attempt_time: Option<Timestamp>,
    /// When it was last tried with success.
    pub latest_notification_attempt_succeeded: Option<Timestamp>,
    /// When the log group last took events.
    pub latest_log_group_delivery_time: Option<Timestamp>,
    /// The error code of CloudWatch Logs at the latest attempt, if it failed: `ResourceNotFoundException`, ...
    pub latest_log_group_delivery_error: Option<String>,
    /// When a digest was last delivered.
    pub latest_digest_delivery_time: Option<Timestamp>,
    /// The S3 error code of the latest digest's attempt, if it failed, or [`NO_SIGNING_KEY`].
    pub latest_digest_delivery_error: Option<String>,
}

/// The digest error of a trail whose account has no signing key that is valid now and can be opened.
pub(crate) const NO_SIGNING_KEY: &str = "NoValidSigningKey";

/// All of a trail's regions. A bucket that fails, fails all of them, so errors are the trail's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deliveries {
    log_error: Option<String>,
    digest_error: Option<String>,
    #[serde(default)]
    notification_error: Option<String>,
    #[serde(default)]
    log_group_error: Option<String>,
    regions: BTreeMap<String, Region>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Region {
    log_attempted: Option<Timestamp>,
    log_delivered: Option<Timestamp>,
    digest_delivered: Option<Timestamp>,
    #[serde(default)]
    notification_attempted: Option<Timestamp>,
    #[serde(default)]
    notified: Option<Timestamp>,
    #[serde(default)]
    log_group_delivered: Option<Timestamp>,
}

impl Deliveries {
    pub(crate) fn log_delivered(&mut self, region: &str, now: Timestamp) {
        let of_region = self.regions.entry(region.to_owned()).or_default();
        of_region.log_attempted = Some(now);
        of_region.log_delivered = Some(now);
        self.log_error = None;
    }

    pub(crate) fn log_failed(&mut self, region: &str, code: &str, now: Timestamp) {
        let of_region = self.regions.entry(region.to_owned()).or_default();
        of_region.log_attempted = Some(now);
        self.log_error = Some(code.to_owned());
    }

    pub(crate) fn digest_delivered(&mut self, region: &str, now: Timestamp) {
        let of_region = self.regions.entry(region.to_owned()).or_default();
        of_region.digest_delivered = Some(now);
        self.digest_error = None;
    }

    pub(crate) fn digest_failed(&mut self, code: &str) {
        self.digest_error = Some(code.to_owned());
    }

    pub(crate) fn notified(&mut self, region: &str, now: Timestamp) {
        let of_region = self.regions.entry(region.to_owned()).or_default();
        of_region.notification_attempted = Some(now);
        of_region.notified = Some(now);
        self.notification_error = None;
    }

    pub(crate) fn notification_failed(&mut self, region: &str, code: &str, now: Timestamp) {
        let of_region = self.regions.entry(region.to_owned()).or_default();
        of_region.notification_attempted = Some(now);
        self.notification_error = Some(code.to_owned());
    }

    pub(crate) fn log_group_delivered(&mut self, region: &str, now: Timestamp) {
        let of_region = self.regions.entry(region.to_owned()).or_default();
        of_region.log_group_delivered = Some(now);
        self.log_group_error = None;
    }

    pub(crate) fn log_group_failed(&mut self, code: &str) {
        self.log_group_error = Some(code.to_owned());
    }

    fn of(&self, region: &str) -> TrailStatus {
        let of_region = self.regions.get(region).cloned().unwrap_or_default();
        TrailStatus {
            latest_delivery_time: of_region.log_delivered,
            latest_delivery_error: self.log_error.clone(),
            latest_delivery_attempt_time: of_region.log_attempted,
            latest_delivery_attempt_succeeded: of_region.log_delivered,
            latest_notification_time: of_region.notified,
            latest_notification_error: self.notification_error.clone(),
            latest_notification_attempt_time: of_region.notification_attempted,
            latest_notification_attempt_succeeded: of_region.notified,
            latest_log_group_delivery_time: of_region.log_group_delivered,
            latest_log_group_delivery_error: self.log_group_error.clone(),
            latest_digest_delivery_time: of_region.digest_delivered,
            latest_digest_delivery_error: self.digest_error.clone(),
        }
    }
}

/// All trails.
#[derive(Debug, Default)]
pub(crate) struct Statuses(HashMap<TrailArn, Deliveries>);

impl Statuses {
    pub(crate) fn new(stored: Vec<(TrailArn, Deliveries)>) -> Statuses {
        Statuses(stored.into_iter().collect())
    }

    pub(crate) fn of(&self, trail: &TrailArn, region: &str) -> TrailStatus {
        let deliveries = self.0.get(trail);
        deliveries.map_or_else(TrailStatus::default, |deliveries| deliveries.of(region))
    }

    pub(crate) fn deliveries(&mut self, trail: &TrailArn) -> &mut Deliveries {
        self.0.entry(trail.clone()).or_default()
    }

    pub(crate) fn forget(&mut self, trail: &TrailArn) {
        self.0.remove(trail);
    }
}
