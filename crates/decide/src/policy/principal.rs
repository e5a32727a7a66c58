//! Who asks.

use cairn_model::AccountId;

/// Who asks for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Principal<'a> {
    /// Nobody known.
    Anonymous,
    /// The root of an account.
    Root(AccountId),
    /// A user.
    User {
        /// The user's account.
        account: AccountId,
        /// The user's name, with its path if it has one.
        name: &'a str,
    },
    /// Somebody who assumed a role.
    Session {
        /// The role's account.
        account: AccountId,
        /// The role's name, with its path if it has one.
        role: &'a str,
        /// The session's name.
        session: &'a str,
    },
    /// A federated user.
    FederatedUser {
        /// The account of whoever vouched.
        account: AccountId,
        /// The name that it was given.
        name: &'a str,
    },
    /// A service, such as `cloudtrail.amazonaws.com`.
    Service(&'a str),
    /// Somebody whom an identity provider vouches for: its ARN or name.
    Federated(&'a str),
}

impl Principal<'_> {
    /// The account that it belongs to, if it belongs to one.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Principal::Root(account)
            | Principal::User { account, .. }
            | Principal::Session { account, .. }
            | Principal::FederatedUser { account, .. } => Some(*account),
            Principal::Anonymous | Principal::Service(_) | Principal::Federated(_) => None,
        }
    }

    /// Its ARN, or what stands for one.
    pub fn arn(&self) -> String {
        match self {
            Principal::Anonymous => "anonymous".to_owned(),
            Principal::Root(account) => format!("arn:aws:iam::{account}:root"),
            Principal::User { account, name } => format!("arn:aws:iam::{account}:user/{name}"),
            Principal::Session { account, role, session } => {
                format!("arn:aws:sts::{account}:assumed-role/{}/{session}", short(role))
            }
            Principal::FederatedUser { account, name } => {
                format!("arn:aws:sts::{account}:federated-user/{name}")
            }
            Principal::Service(name) | Principal::Federated(name) => (*name).to_owned(),
        }
    }
}

/// A role's name without its path: sessions are named so.
pub(super) fn short(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}
