//! Who called.

mod identity;
mod mapped;

use cairn_model::{AccountId, Session, SessionHolder};

pub(crate) use identity::UserIdentity;
pub use mapped::{IdentityFault, MappedIdentity};

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
    /// Whoever temporary credentials were handed out to.
    Session(&'a Session),
    /// Somebody whom another system vouches for: the caller of `AssumeRoleWithWebIdentity`, or of an own API
    /// that takes JSON web tokens. All are claims of the token.
    WebIdentity {
        /// Who vouches: a URL, or a name such as `accounts.google.com`.
        issuer: &'a str,
        /// Whom the token is for.
        audience: &'a str,
        /// Who calls.
        subject: &'a str,
        /// What people call the caller, if that is not the subject.
        name: Option<&'a str>,
    },
    /// The caller of `AssumeRoleWithSAML`.
    Saml {
        /// Who vouches: its ARN or URL.
        provider: &'a str,
        /// What the subject is unique within.
        name_qualifier: &'a str,
        /// Who calls.
        subject: &'a str,
    },
    /// Whoever the operator's map says that a key belongs to.
    Mapped {
        /// What the map says.
        identity: &'a MappedIdentity,
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

impl Caller<'_> {
    /// The account that the caller belongs to, if it is known: its events go there.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Caller::Root { account, .. } | Caller::User { account, .. } => Some(*account),
            Caller::Session(session) => Some(session.account),
            Caller::Mapped { identity, .. } => identity.account(),
            Caller::WebIdentity { .. } | Caller::Saml { .. } => None,
            Caller::Unknown { .. } | Caller::Anonymous | Caller::Service { .. } => None,
        }
    }

    /// The account, and the user's name unless it is the root, if credentials are handed out to users at all:
    /// those of a session are the session's user's.
    pub(crate) fn as_user(&self) -> Option<(AccountId, Option<&str>)> {
        match self {
            Caller::Root { account, .. } => Some((*account, None)),
            Caller::User { account, user, .. } => Some((*account, Some(user))),
            Caller::Session(session) => match &session.holder {
                SessionHolder::User { user } => Some((session.account, user.as_deref())),
                SessionHolder::AssumedRole { .. } | SessionHolder::FederatedUser { .. } => None,
            },
            Caller::Mapped { identity, .. } => identity.as_user(),
            _ => None,
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

#[cfg(test)]
mod tests;
