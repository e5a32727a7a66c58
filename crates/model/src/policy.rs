//! Policies that say what their holders may do.

use crate::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A policy that has a name of its own, so that many can hold it: `arn:aws:iam::<account>:policy/<name>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManagedPolicy {
    /// The account that it belongs to.
    pub account: AccountId,
    /// Its name, unique in the account.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The document, as it was given.
    pub document: String,
    /// When it was created.
    pub created: Timestamp,
    /// When the document was last replaced.
    pub updated: Timestamp,
}

impl ManagedPolicy {
    /// Its ARN.
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::{}:policy/{}", self.account, self.name)
    }
}

/// What a user, a group or a role holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Grants {
    /// ARNs of managed policies, AWS's too.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub attached: BTreeSet<String>,
    /// Documents that belong to this holder alone, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub inline: BTreeMap<String, String>,
}
