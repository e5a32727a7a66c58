//! Who called.

use cairn_model::AccountId;
use serde::Serialize;

/// Who called, as far as it was found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller<'a> {
    /// The root of an account.
    Root {
        /// The account.
        account: AccountId,
        /// The key that signed.
        access_key_id: &'a str,
    },
    /// An IAM user.
    User {
        /// The user's account.
        account: AccountId,
        /// The user's name.
        user: &'a str,
        /// The key that signed.
        access_key_id: &'a str,
    },
    /// A key that Cairn does not know, or a signature that is wrong: the key's owner is *not* the caller
    /// then.
    Unknown {
        /// The key that the request named, if it named one.
        access_key_id: Option<&'a str>,
    },
    /// Nobody: the request was not signed.
    Anonymous,
    /// A service.
    Service {
        /// Such as `cairn.amazonaws.com`.
        name: &'a str,
    },
}

/// `userIdentity`, its members in the order of AWS's samples.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserIdentity<'a> {
    #[serde(rename = "type")]
    identity_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_key_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invoked_by: Option<&'a str>,
}

impl<'a> UserIdentity<'a> {
    pub(crate) fn of(caller: &Caller<'a>) -> UserIdentity<'a> {
        match *caller {
            Caller::Root { account, access_key_id } => UserIdentity {
                identity_type: "Root",
                principal_id: Some(account.to_string()),
                arn: Some(format!("arn:aws:iam::{account}:root")),
                account_id: Some(account.to_string()),
                access_key_id: Some(access_key_id),
                ..UserIdentity::default()
            },
            Caller::User { account, user, access_key_id } => UserIdentity {
                identity_type: "IAMUser",
                principal_id: Some(user_id(account, user)),
                arn: Some(format!("arn:aws:iam::{account}:user/{user}")),
                account_id: Some(account.to_string()),
                access_key_id: Some(access_key_id),
                user_name: Some(user),
                ..UserIdentity::default()
            },
            Caller::Unknown { access_key_id } => UserIdentity {
                identity_type: "Unknown",
                access_key_id: access_key_id.map(|key| truncated(key, TEXT_BYTES_MAX)),
                ..UserIdentity::default()
            },
            Caller::Anonymous => UserIdentity {
                identity_type: "AWSAccount",
                principal_id: Some(String::new()),
                account_id: Some("anonymous".to_owned()),
                ..UserIdentity::default()
            },
            Caller::Service { name } => UserIdentity {
                identity_type: "AWSService",
                invoked_by: Some(name),
                ..UserIdentity::default()
            },
        }
    }
}

/// The unique id of an IAM user, `AIDA` and 17 letters or digits: users have no id of their own, so it is
/// made of account and name, and is the same in every event and answer. (FNV-1a over 128 bits, in base 32.)
pub fn user_id(account: AccountId, user: &str) -> String {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut hash = OFFSET;
    for byte in account.as_bytes().iter().chain(b"/").chain(user.as_bytes()) {
        hash = (hash ^ u128::from(*byte)).wrapping_mul(PRIME);
    }
    let digit = |place: u32| char::from(DIGITS[(hash >> (place * 5) & 31) as usize]);
    let digits: String = (0..17).map(digit).collect();
    format!("AIDA{digits}")
}

/// The most bytes that a text may have that a caller chooses.
pub(crate) const TEXT_BYTES_MAX: usize = 1024;

/// The longest start of `text` that has at most `max` bytes and no broken character.
pub(crate) fn truncated(text: &str, max: usize) -> &str {
    &text[..text.floor_char_boundary(max)]
}
