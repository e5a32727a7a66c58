//! What `CloudWatchLogsLogGroupArn` and `CloudWatchLogsRoleArn` may say. Cairn does not deliver to CloudWatch Logs yet,
//! so that even a good pair is refused, by the exception that says so.

use super::Facts;
use super::error::TrailError;

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
}

/// Refuses whatever asks for something; empty texts ask for nothing.
pub(super) fn refuse(facts: &Facts<'_>, group: Option<&str>, role: Option<&str>) -> Result<(), TrailError> {
    let said = |text: &&str| !text.is_empty();
    match (group.filter(said), role.filter(said)) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(LogGroupError::Missing.into()),
        (Some(_), None) => Err(LogRoleError::Missing.into()),
        (Some(group), Some(role)) => {
            check_group(facts, group)?;
            check_role(role)?;
            Err(TrailError::CloudWatchLogsDeliveryUnavailable)
        }
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
