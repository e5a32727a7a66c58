//! `CloudWatchLogsLogGroupArn` and `CloudWatchLogsRoleArn`: what they may say, and what CloudWatch Logs must say to them.

use super::Facts;
use super::error::TrailError;
use super::grants::trusts;
use crate::names::log_stream_name;
use cairn_model::{LogGroup, Trail};

/// Log groups have names of up to 512 characters, roles ARNs of up to 2048.
const GROUP_NAME_LENGTH_MAX: usize = 512;
const ROLE_ARN_LENGTH_MAX: usize = 2048;

/// `InvalidCloudWatchLogsLogGroupArnException`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogGroupError {
    /// There is a role and no log group.
    #[error("You must specify a CloudWatch Logs log group ARN along with a CloudWatch Logs role ARN.")]
    Missing,
    /// Not `arn:aws:logs:<region>:<account>:log-group:<name>:*`.
    #[error("CloudWatch Logs log group ARN {0} is not valid.")]
    Malformed(String),
    /// Of another account, or of another region than the trail's home.
    #[error(
        "CloudWatch Logs log group {0} must belong to the account and to the home region of the trail. Access denied."
    )]
    Elsewhere(String),
    /// There is none.
    #[error("CloudWatch Logs log group {0} does not exist.")]
    NotFound(String),
}

/// `InvalidCloudWatchLogsRoleArnException`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogRoleError {
    /// There is a log group and no role.
    #[error("You must specify a CloudWatch Logs role ARN along with a CloudWatch Logs log group ARN.")]
    Missing,
    /// Not `arn:aws:iam::<account>:role/<path and name>`.
    #[error("CloudWatch Logs role ARN {0} is not valid.")]
    Malformed(String),
    /// A role of Cairn's own that does not let CloudTrail assume it.
    #[error(
        "Access denied. Check the trust relationships for role {0}: cloudtrail.amazonaws.com cannot assume it."
    )]
    Untrusting(String),
    /// CloudWatch Logs keeps CloudTrail from the log group.
    #[error("Access denied. Verify in IAM that role {0} has adequate permissions.")]
    Denied(String),
}

/// `CloudWatchLogsDeliveryUnavailableException`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogsUnavailable {
    /// Nothing says where CloudWatch Logs is.
    #[error(
        "CloudWatchLogsLogGroupArn cannot be set: no CloudWatch Logs is configured (CAIRN_LOGS_ENDPOINT, or credentials \
         for AWS)."
    )]
    NotConfigured,
    /// It failed, or did not answer.
    #[error("CloudWatchLogsLogGroupArn cannot be set: CloudWatch Logs could not be asked: {code}.")]
    Failed {
        /// The service's error code.
        code: String,
    },
}

/// The members about a log group. What is absent stays as it is; empty texts take the log group away.
#[derive(Clone, Debug, Default)]
pub struct LogGroupSettings {
    /// `CloudWatchLogsLogGroupArn`.
    pub arn: Option<String>,
    /// `CloudWatchLogsRoleArn`.
    pub role_arn: Option<String>,
}

/// A stream that the trail's first events would go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogStream {
    /// The log group, and who writes to it.
    pub group: LogGroup,
    /// The stream's name.
    pub name: String,
}

/// What came of making the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogStreamAnswer {
    /// Whether it is there now.
    pub made: Result<(), LogStreamFault>,
    /// The trust policy of the role, if it is one of Cairn's own. What others say of theirs is not asked.
    pub trust: Option<String>,
}

/// Why there is no such stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogStreamFault {
    /// No CloudWatch Logs is configured.
    NotConfigured,
    /// There is no such log group.
    NotFound,
    /// The service refused, or did not answer.
    Refused {
        /// The service's error code, such as `AccessDeniedException`.
        code: String,
    },
}

impl LogGroupSettings {
    /// The log group that a trail has with these settings.
    pub(super) fn applied_to(
        &self,
        facts: &Facts<'_>,
        old: Option<&LogGroup>,
    ) -> Result<Option<LogGroup>, TrailError> {
        match (self.said(), self.role_arn.as_deref().filter(|text| !text.is_empty())) {
            (None, None) if self.arn.is_none() && self.role_arn.is_none() => Ok(old.cloned()),
            (None, None) => Ok(None),
            (None, Some(_)) => Err(LogGroupError::Missing.into()),
            (Some(_), None) => Err(LogRoleError::Missing.into()),
            (Some(arn), Some(role_arn)) => {
                check_group(facts, arn)?;
                check_role(role_arn)?;
                Ok(Some(LogGroup { arn: arn.to_owned(), role_arn: role_arn.to_owned() }))
            }
        }
    }

    /// The stream that must be there if the settings name a log group.
    pub(super) fn stream(&self, facts: &Facts<'_>, trail: &Trail) -> Option<LogStream> {
        self.said()?;
        let name = log_stream_name(trail, facts.account);
        trail.log_group.clone().map(|group| LogStream { group, name })
    }

    fn said(&self) -> Option<&str> {
        self.arn.as_deref().filter(|text| !text.is_empty())
    }
}

/// Refuses a log group that cannot be written to.
pub(super) fn check_stream(
    trail: &Trail,
    group: &LogGroup,
    answer: &LogStreamAnswer,
) -> Result<(), TrailError> {
    let role = &group.role_arn;
    if let Some(trust) = &answer.trust
        && !trusts(trust, trail, role)
    {
        return Err(LogRoleError::Untrusting(role.clone()).into());
    }
    match &answer.made {
        Ok(()) => Ok(()),
        Err(LogStreamFault::NotConfigured) => Err(LogsUnavailable::NotConfigured.into()),
        Err(LogStreamFault::NotFound) => Err(LogGroupError::NotFound(group.arn.clone()).into()),
        Err(LogStreamFault::Refused { code }) if code.starts_with("AccessDenied") => {
            Err(LogRoleError::Denied(role.clone()).into())
        }
        Err(LogStreamFault::Refused { code }) => Err(LogsUnavailable::Failed { code: code.clone() }.into()),
    }
}

fn check_group(facts: &Facts<'_>, arn: &str) -> Result<(), LogGroupError> {
    let malformed = || LogGroupError::Malformed(arn.to_owned());
    let parts: Vec<&str> = arn.split(':').collect();
    let (["arn", "aws", "logs", region, account, "log-group", name]
    | ["arn", "aws", "logs", region, account, "log-group", name, "*"]) = parts[..]
    else {
        return Err(malformed());
    };
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "_/.#-".contains(c);
    if !(1..=GROUP_NAME_LENGTH_MAX).contains(&name.len()) || !name.chars().all(is_letter) {
        return Err(malformed());
    }
    match region == facts.region && account == facts.account.to_string() {
        true => Ok(()),
        false => Err(LogGroupError::Elsewhere(arn.to_owned())),
    }
}

fn check_role(arn: &str) -> Result<(), LogRoleError> {
    let malformed = || LogRoleError::Malformed(arn.to_owned());
    let rest = arn.strip_prefix("arn:aws:iam::").ok_or_else(malformed)?;
    let (account, role) = rest.split_once(":role/").ok_or_else(malformed)?;
    let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "+=,.@_/-".contains(c);
    let is_role = !role.is_empty() && !role.ends_with('/') && role.chars().all(is_letter);
    match is_account && is_role && arn.len() <= ROLE_ARN_LENGTH_MAX {
        true => Ok(()),
        false => Err(malformed()),
    }
}
