//! The rules of users, groups, roles and policies.
//!
//! Source: IAM User Guide, "IAM and AWS STS quotas"; IAM API Reference (patterns of names).

mod builtin;
mod grants;
mod names;
mod sessions;
mod vocabulary;

pub use builtin::{BUILTIN, Builtin, builtin};
pub use grants::{Holder, attach, detach, put_inline, remove_inline};
pub use names::{Kind, check_name, policy_of_arn, role_of_arn};
pub use sessions::{AssumeRole, SessionError, token_duration};
pub(crate) use vocabulary::is_key;

use crate::policy::{PolicyFault, Purpose};

/// The most groups that a user is in.
pub const GROUPS_MAX: usize = 10;
/// The most managed policies that one holder has.
pub const ATTACHED_MAX: usize = 10;
/// The longest managed policy, and the longest trust policy, in characters that are no white space.
const MANAGED_MAX: usize = 6144;
const TRUST_MAX: usize = 2048;
/// The longest document with its white space, in bytes: every change of its holder would carry it.
const DOCUMENT_BYTES_MAX: usize = 32 << 10;
/// How long sessions of a role last at most, in seconds: what may be chosen, and what is taken if nothing is.
const SESSION_SECONDS: std::ops::RangeInclusive<u32> = 3600..=43_200;
/// See [`SESSION_SECONDS`].
pub const SESSION_SECONDS_DEFAULT: u32 = 3600;

/// Why something of users, groups, roles or policies is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// A name of another form than there is.
    #[error("{kind} name {name:?} is not 1 to {max} letters, digits or any of +=,.@_-", max = .kind.name_length_max())]
    Name {
        /// Of what.
        kind: Kind,
        /// As it was given.
        name: String,
    },
    /// A document that is malformed.
    #[error("MalformedPolicyDocument: {0}")]
    Document(#[from] PolicyFault),
    /// A document that is too long.
    #[error("Maximum policy size of {max} characters exceeded for {kind}")]
    TooLong {
        /// Of what.
        kind: Kind,
        /// In characters that are no white space.
        max: usize,
    },
    /// There is no such thing.
    #[error("The {kind} with name {name} cannot be found.")]
    NotFound {
        /// What.
        kind: Kind,
        /// Its name or ARN.
        name: String,
    },
    /// It is there already.
    #[error("{kind} with name {name} already exists.")]
    Exists {
        /// What.
        kind: Kind,
        /// Its name.
        name: String,
    },
    /// Something else needs it.
    #[error("Cannot delete entity: {0}")]
    InUse(&'static str),
    /// One has as many as one may.
    #[error("Cannot exceed quota for {0}")]
    Limit(&'static str),
    /// Neither within what may be chosen.
    #[error("The session duration is not from 3600 to 43200 seconds.")]
    SessionSeconds,
}

/// Checks the document of a managed policy.
pub fn check_managed(document: &str) -> Result<(), AccessError> {
    check_document(document, Purpose::Identity, Kind::Policy, MANAGED_MAX)
}

/// Checks the document that says who may assume a role.
pub fn check_trust(document: &str) -> Result<(), AccessError> {
    check_document(document, Purpose::Trust, Kind::Role, TRUST_MAX)
}

/// Checks how long sessions of a role may last.
pub fn check_session_seconds(seconds: u32) -> Result<(), AccessError> {
    if SESSION_SECONDS.contains(&seconds) { Ok(()) } else { Err(AccessError::SessionSeconds) }
}

fn check_document(document: &str, purpose: Purpose, kind: Kind, max: usize) -> Result<(), AccessError> {
    check_bytes(document, kind)?;
    if length(document) > max {
        return Err(AccessError::TooLong { kind, max });
    }
    Ok(vocabulary::check(document, purpose)?)
}

fn check_bytes(document: &str, kind: Kind) -> Result<(), AccessError> {
    match document.len() > DOCUMENT_BYTES_MAX {
        true => Err(AccessError::TooLong { kind, max: DOCUMENT_BYTES_MAX }),
        false => Ok(()),
    }
}

/// White space does not count.
fn length(document: &str) -> usize {
    document.chars().filter(|character| !character.is_whitespace()).count()
}

#[cfg(test)]
mod tests;
