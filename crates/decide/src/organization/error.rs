//! Why something about an organization is refused.

use super::DELEGATED_MAX;
use cairn_model::AccountId;

/// Why an account may not manage what is an organization's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotManager {
    /// `OrganizationsNotInUseException`.
    #[error("The account is not a member of an organization.")]
    NoOrganization,
    /// `NotOrganizationMasterAccountException`.
    #[error(
        "Account {0} can neither make nor change what is the organization's: only its management account and its \
         delegated administrators can, and only the management account can make an account's trail or event data \
         store the organization's or take it back."
    )]
    Member(AccountId),
}

/// Why the delegated administrators of an organization stay as they are; each variant is one of AWS's exceptions.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrganizationError {
    /// `OrganizationsNotInUseException`.
    #[error("The account is not a member of an organization.")]
    NotInUse,
    /// `NotOrganizationManagementAccountException`.
    #[error("Account {0} is not the management account of the organization.")]
    NotManagementAccount(AccountId),
    /// `InvalidParameterException`.
    #[error("{0} is not an account ID.")]
    NotAnAccount(String),
    /// `CannotDelegateManagementAccountException`.
    #[error(
        "Account {0} is the management account of the organization, which is no delegated administrator."
    )]
    CannotDelegateManagementAccount(AccountId),
    /// `AccountNotFoundException`.
    #[error("Account {0} is not a member of the organization.")]
    AccountNotFound(AccountId),
    /// `AccountRegisteredException`.
    #[error("Account {0} is a delegated administrator of the organization already.")]
    AccountRegistered(AccountId),
    /// `AccountNotRegisteredException`.
    #[error("Account {0} is not a delegated administrator of the organization.")]
    AccountNotRegistered(AccountId),
    /// `DelegatedAdminAccountLimitExceededException`.
    #[error("The organization has {DELEGATED_MAX} delegated administrators already.")]
    LimitExceeded,
}

impl From<NotManager> for OrganizationError {
    fn from(refused: NotManager) -> OrganizationError {
        match refused {
            NotManager::NoOrganization => OrganizationError::NotInUse,
            NotManager::Member(account) => OrganizationError::NotManagementAccount(account),
        }
    }
}
