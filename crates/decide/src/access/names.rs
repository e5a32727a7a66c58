//! Names and ARNs.

use super::AccessError;
use cairn_model::AccountId;
use std::fmt;

/// What has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A user.
    User,
    /// A group.
    Group,
    /// A role.
    Role,
    /// A managed policy, or an inline one.
    Policy,
}

impl Kind {
    pub(super) fn name_length_max(self) -> usize {
        match self {
            Kind::User | Kind::Role => 64,
            Kind::Group | Kind::Policy => 128,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::User => "user",
            Kind::Group => "group",
            Kind::Role => "role",
            Kind::Policy => "policy",
        })
    }
}

/// Checks a name.
pub fn check_name(kind: Kind, name: &str) -> Result<(), AccessError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte);
    let is_short = (1..=kind.name_length_max()).contains(&name.len());
    match is_short && name.bytes().all(allowed) {
        true => Ok(()),
        false => Err(AccessError::Name { kind, name: name.to_owned() }),
    }
}

/// The account and the name in a role's ARN.
pub fn role_of_arn(arn: &str) -> Option<(AccountId, &str)> {
    of_arn(arn, "role/")
}

/// The account and the name in the ARN of an account's own managed policy.
pub fn policy_of_arn(arn: &str) -> Option<(AccountId, &str)> {
    of_arn(arn, "policy/")
}

fn of_arn<'a>(arn: &'a str, kind: &str) -> Option<(AccountId, &'a str)> {
    let (account, name) = arn.strip_prefix("arn:aws:iam::")?.split_once(':')?;
    Some((account.parse().ok()?, name.strip_prefix(kind)?))
}
