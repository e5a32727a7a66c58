//! Organizations: accounts that one account manages.

use crate::{AccountId, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// An organization's id: `o-` and 10 to 32 small letters and digits. It is a folder of its trails' keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct OrganizationId(String);

/// The text is no organization's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an organization id is o- and 10 to 32 small letters and digits")]
pub struct NotAnOrganizationId;

impl OrganizationId {
    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrganizationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for OrganizationId {
    type Err = NotAnOrganizationId;

    fn from_str(text: &str) -> Result<OrganizationId, NotAnOrganizationId> {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9');
        match text.strip_prefix("o-") {
            Some(rest) if (10..=32).contains(&rest.len()) && rest.bytes().all(allowed) => {
                Ok(OrganizationId(text.to_owned()))
            }
            _ => Err(NotAnOrganizationId),
        }
    }
}

impl<'de> Deserialize<'de> for OrganizationId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OrganizationId, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// The account that manages it, and that all that is the organization's belongs to.
    pub management: AccountId,
    /// Its accounts, the management account among them.
    pub members: BTreeMap<AccountId, Member>,
    /// The members that may manage CloudTrail for it beside the management account, and since when.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub delegated: BTreeMap<AccountId, Timestamp>,
    /// When Cairn first met it.
    pub created: Timestamp,
}

/// An account of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its mail address, if one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Since when it belongs to the organization.
    pub joined: Timestamp,
}

impl Organization {
    /// Whether the account belongs to it.
    pub fn has(&self, account: AccountId) -> bool {
        self.members.contains_key(&account)
    }

    /// Whether the account may manage what is the organization's in CloudTrail.
    pub fn is_managed_by(&self, account: AccountId) -> bool {
        account == self.management || self.delegated.contains_key(&account)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

    use super::OrganizationId;

    #[test]
    fn an_id_is_what_can_be_a_folder() {
        let check =
            |text: &str, is_id: bool| assert_eq!(text.parse::<OrganizationId>().is_ok(), is_id, "{text}");
        check("o-exampleorgid", true);
        check("o-1234567890", true);
        check("o-123456789", false);
        check("o-Exampleorgid", false);
        check("exampleorgid", false);
        check("o-example/orgid", false);
        check(&format!("o-{}", "a".repeat(32)), true);
        check(&format!("o-{}", "a".repeat(33)), false);
    }

    #[test]
    fn an_id_is_checked_when_it_is_read() {
        assert!(serde_json::from_str::<OrganizationId>("\"o-exampleorgid\"").is_ok());
        assert!(serde_json::from_str::<OrganizationId>("\"../../etc\"").is_err());
    }
}
