//! Temporary credentials that were handed out, and to whom.

use crate::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

/// Whose a temporary access key is, as the answer of STS said that handed it out. Neither its secret nor its token is
/// kept: an upstream verifies them, not Cairn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The id that requests carry, such as `ASIA...`.
    pub access_key_id: String,
    /// The account that it acts for.
    pub account: AccountId,
    /// Who acts.
    pub holder: SessionHolder,
    /// When it was handed out.
    pub created: Timestamp,
    /// From here on it is good for nothing, and forgotten.
    pub expires: Timestamp,
    /// Whether a second factor was shown for it.
    pub mfa: bool,
    /// `SourceIdentity` of the call that made it.
    pub source_identity: Option<String>,
}

/// Who acts in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "holder")]
pub enum SessionHolder {
    /// Somebody who assumed a role.
    AssumedRole {
        /// The role.
        role_arn: String,
        /// Its unique id, `AROA...`.
        role_id: String,
        /// The name that whoever assumed it chose.
        session_name: String,
        /// If by a web identity: who vouched for it, such as `accounts.google.com`.
        provider: Option<String>,
    },
    /// A federated user (GetFederationToken).
    FederatedUser {
        /// The name that the call chose.
        name: String,
        /// The user that made the call; `None` is the account's root.
        issuer: Option<String>,
    },
    /// The user itself (GetSessionToken); `None` is the account's root.
    User {
        /// The user's name.
        user: Option<String>,
    },
}
