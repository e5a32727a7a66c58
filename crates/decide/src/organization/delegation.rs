//! Delegated administrators.

use super::error::OrganizationError;
use super::{Facts, owned};
use cairn_model::{AccountId, Organization};

/// The most delegated administrators for CloudTrail that an organization may have. Source: AWS CloudTrail User Guide,
/// "Organization delegated administrator".
pub const DELEGATED_MAX: usize = 3;

/// RegisterOrganizationDelegatedAdmin: the organization with the member as a delegated administrator.
pub fn register(facts: &Facts<'_>, member: &str) -> Result<Organization, OrganizationError> {
    let organization = owned(facts.organization, facts.account)?;
    let account = named(organization, member)?;
    if account == organization.management {
        return Err(OrganizationError::CannotDelegateManagementAccount(account));
    }
    if organization.delegated.contains_key(&account) {
        return Err(OrganizationError::AccountRegistered(account));
    }
    if organization.delegated.len() >= DELEGATED_MAX {
        return Err(OrganizationError::LimitExceeded);
    }
    let mut changed = organization.clone();
    changed.delegated.insert(account, facts.now);
    Ok(changed)
}

/// DeregisterOrganizationDelegatedAdmin: the organization without that delegated administrator. What it made stays.
pub fn deregister(facts: &Facts<'_>, administrator: &str) -> Result<Organization, OrganizationError> {
    let organization = owned(facts.organization, facts.account)?;
    let account = named(organization, administrator)?;
    let mut changed = organization.clone();
    match changed.delegated.remove(&account) {
        Some(_) => Ok(changed),
        None => Err(OrganizationError::AccountNotRegistered(account)),
    }
}

/// The account that a text names, if it is of the organization.
fn named(organization: &Organization, text: &str) -> Result<AccountId, OrganizationError> {
    let account = text.parse().map_err(|_| OrganizationError::NotAnAccount(text.to_owned()))?;
    match organization.has(account) {
        true => Ok(account),
        false => Err(OrganizationError::AccountNotFound(account)),
    }
}
