//! Users and groups.

use crate::policy::Grants;
use crate::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A user: `arn:aws:iam::<account>:user/<name>`. A key's user of whom there is no such record may do all in the
/// account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The account that it belongs to.
    pub account: AccountId,
    /// Its name, unique in the account.
    pub name: String,
    /// Names of its groups.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub groups: BTreeSet<String>,
    /// What it holds itself.
    #[serde(flatten)]
    pub grants: Grants,
    /// What conditions see as `aws:PrincipalTag/...`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// When it was created.
    pub created: Timestamp,
}

/// A group of users: `arn:aws:iam::<account>:group/<name>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The account that it belongs to.
    pub account: AccountId,
    /// Its name, unique in the account.
    pub name: String,
    /// What all its users hold.
    #[serde(flatten)]
    pub grants: Grants,
    /// When it was created.
    pub created: Timestamp,
}
