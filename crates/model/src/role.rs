//! Roles, which are assumed for a while.

use crate::policy::Grants;
use crate::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A role: `arn:aws:iam::<account>:role/<name>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// The account that it belongs to.
    pub account: AccountId,
    /// Its name, unique in the account.
    pub name: String,
    /// Unique for all time, `AROA...`: sessions of a role that was deleted are none of its namesake's.
    pub id: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who may assume it: a policy document, as it was given.
    pub trust: String,
    /// How long a session may last at most, in seconds.
    pub session_seconds_max: u32,
    /// What its sessions hold.
    #[serde(flatten)]
    pub grants: Grants,
    /// What conditions see as `aws:PrincipalTag/...`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// When it was created.
    pub created: Timestamp,
}

impl Role {
    /// Its ARN.
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{}", self.account, self.name)
    }
}
