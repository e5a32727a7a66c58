//! Trails.

use crate::{InsightSelector, OrganizationId, Selectors, Timestamp, TrailArn};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A trail: which events of its account go to which bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trail {
    /// Account, home region and name.
    pub arn: TrailArn,
    /// The bucket that log files and digests go to.
    pub bucket: String,
    /// What stands before `AWSLogs/` in every key.
    pub prefix: Option<String>,
    /// Whether events of global services (IAM, STS, CloudFront) are taken.
    pub include_global_service_events: bool,
    /// Whether events of all regions are taken, or those of the home region only.
    pub multi_region: bool,
    /// Whether digests are made.
    pub log_file_validation: bool,
    /// False leaves out events that delivery to the trail's own bucket causes.
    pub recursive_logging: bool,
    /// Which events are taken.
    pub selectors: Selectors,
    /// Whether the trail is logging.
    pub logging: Logging,
    /// When it was created.
    pub created: Timestamp,
    /// The ARN of the SNS topic that is told of delivered log files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sns_topic: Option<String>,
    /// The ARN of the KMS key that delivered objects are encrypted under; without one they are under SSE-S3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<String>,
    /// Its tags by key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The Insights that are looked for among its events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub insights: Vec<InsightSelector>,
    /// How its data events are aggregated, if they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregation: Option<Aggregation>,
    /// The organization whose accounts' events it takes; without one it takes those of its own account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// The log group of CloudWatch Logs that its events go to beside the bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_group: Option<LogGroup>,
}

/// A log group of CloudWatch Logs, and who writes to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogGroup {
    /// Its ARN, as it was given: with `:*` at its end or without.
    pub arn: String,
    /// The ARN of the role that may write to it.
    pub role_arn: String,
}

impl Trail {
    /// A trail as AWS makes it if nothing else is said. It is not logging.
    pub fn new(arn: TrailArn, bucket: String, created: Timestamp) -> Trail {
        Trail {
            arn,
            bucket,
            prefix: None,
            include_global_service_events: true,
            multi_region: false,
            log_file_validation: false,
            recursive_logging: true,
            selectors: Selectors::Default,
            logging: Logging::Never,
            created,
            sns_topic: None,
            kms_key: None,
            tags: BTreeMap::new(),
            insights: Vec::new(),
            aggregation: None,
            organization: None,
            log_group: None,
        }
    }
}

/// How data events are aggregated over five minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aggregation {
    /// At least one, each once.
    pub templates: Vec<AggregationTemplate>,
}

/// By what events are aggregated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AggregationTemplate {
    /// By the API that was called.
    ApiActivity,
    /// By the resource that was used.
    ResourceAccess,
    /// By who acted.
    UserActions,
}

impl AggregationTemplate {
    /// All of them.
    pub const ALL: [AggregationTemplate; 3] = [
        AggregationTemplate::ApiActivity,
        AggregationTemplate::ResourceAccess,
        AggregationTemplate::UserActions,
    ];

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<AggregationTemplate> {
        AggregationTemplate::ALL.into_iter().find(|known| known.name() == name)
    }

    /// AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            AggregationTemplate::ApiActivity => "API_ACTIVITY",
            AggregationTemplate::ResourceAccess => "RESOURCE_ACCESS",
            AggregationTemplate::UserActions => "USER_ACTIONS",
        }
    }
}

/// Whether a trail is logging, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Logging {
    /// StartLogging was never called.
    Never,
    /// Logging.
    On {
        /// When StartLogging turned it on.
        started: Timestamp,
        /// When StopLogging was last called before that.
        stopped: Option<Timestamp>,
    },
    /// Stopped.
    Off {
        /// When StartLogging had turned it on.
        started: Timestamp,
        /// When StopLogging was called.
        stopped: Timestamp,
    },
}

impl Logging {
    /// Whether events are delivered.
    pub fn is_on(self) -> bool {
        matches!(self, Logging::On { .. })
    }

    /// When StartLogging last turned it on.
    pub fn started(self) -> Option<Timestamp> {
        match self {
            Logging::Never => None,
            Logging::On { started, .. } | Logging::Off { started, .. } => Some(started),
        }
    }

    /// When StopLogging was last called.
    pub fn stopped(self) -> Option<Timestamp> {
        match self {
            Logging::Never => None,
            Logging::On { stopped, .. } => stopped,
            Logging::Off { stopped, .. } => Some(stopped),
        }
    }
}
