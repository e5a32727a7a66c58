//! The rules of organizations: who manages what is an organization's, who may be told to help with it, and what the
//! settings make of an organization at a start.
//!
//! What is an organization's (trails, event data stores) belongs to its management account, whoever made it.
//! Delegated administrators may do with it what that account may, but for making it an organization's or taking it back.

mod delegation;
mod error;
mod settings;

pub use delegation::{DELEGATED_MAX, deregister, register};
pub use error::{NotManager, OrganizationError};
pub use settings::{Kept, Settings, changes};

use cairn_model::{AccountId, Organization, Timestamp};

/// What an operation on an organization is decided by.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The organization that the caller's account belongs to.
    pub organization: Option<&'a Organization>,
    /// The caller's account.
    pub account: AccountId,
    /// Now.
    pub now: Timestamp,
}

/// The organization, if the account may manage in CloudTrail what is the organization's.
pub fn managed(organization: Option<&Organization>, account: AccountId) -> Result<&Organization, NotManager> {
    let organization = organization.ok_or(NotManager::NoOrganization)?;
    match organization.is_managed_by(account) {
        true => Ok(organization),
        false => Err(NotManager::Member(account)),
    }
}

/// The organization, if the account is its management account: delegated administrators cannot make of an account's
/// things the organization's, nor take them back.
pub fn owned(organization: Option<&Organization>, account: AccountId) -> Result<&Organization, NotManager> {
    let organization = organization.ok_or(NotManager::NoOrganization)?;
    match organization.management == account {
        true => Ok(organization),
        false => Err(NotManager::Member(account)),
    }
}

#[cfg(test)]
mod tests;
