//! Access keys.

use crate::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

/// An access key that Cairn verifies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKey {
    /// The id that requests carry, such as `AKIA...`.
    pub access_key_id: String,
    /// The account that it acts for.
    pub account: AccountId,
    /// The IAM user that it belongs to; `None` is the account's root.
    pub user: Option<String>,
    /// The secret, sealed under the data folder's key file with the key's id as context.
    #[serde(with = "crate::change::hex_bytes")]
    pub sealed_secret: Vec<u8>,
    /// SHA-256 of the bearer token, in lower-case hex, if one was made with the key.
    pub token_sha256: Option<String>,
    /// May only post events.
    pub ingest_only: bool,
    /// May post events for other accounts.
    pub any_account: bool,
    /// The operator's: the root key of the first account, which sees every account.
    #[serde(default)]
    pub operator: bool,
    /// Whether requests signed by it are taken.
    pub status: KeyStatus,
    /// When it was created.
    pub created: Timestamp,
}

/// Whether requests signed by a key are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyStatus {
    /// Taken.
    Active,
    /// Refused, as if the key were unknown.
    Disabled,
}
