//! Control-plane changes, as they stand in the log beside the event of the call that made them.

use crate::{
    AccessKey, AccountId, Channel, ChannelArn, Dashboard, DashboardArn, EventDataStore, EventDataStoreArn,
    Group, ManagedPolicy, Organization, OrganizationId, PolicedArn, ResourcePolicy, Role, Session, Stack,
    StackId, Timestamp, Trail, TrailArn, User,
};
use serde::{Deserialize, Serialize};

/// One change of the control plane. Each states the whole new value, so that applying one twice
/// is the same as applying it once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change")]
pub enum Change {
    /// An account came to be, or its name changed.
    PutAccount(Account),
    /// A key was created or its status changed.
    PutKey(AccessKey),
    /// A key was deleted.
    DeleteKey {
        /// The key's id.
        access_key_id: String,
    },
    /// A trail was created, updated, started, stopped, or got other selectors.
    PutTrail(Box<Trail>),
    /// A trail was deleted.
    DeleteTrail {
        /// The trail.
        arn: TrailArn,
    },
    /// A key that signs digests came to be.
    PutSigningKey(SigningKey),
    /// Temporary credentials were handed out. Those that have expired by then are forgotten.
    PutSession(Box<Session>),
    /// An event data store was created, updated, deleted for the time being, restored, or otherwise changed.
    PutEventDataStore(Box<EventDataStore>),
    /// An event data store is gone for good.
    DeleteEventDataStore {
        /// The store.
        arn: EventDataStoreArn,
    },
    /// A channel was created or updated.
    PutChannel(Box<Channel>),
    /// A channel was deleted.
    DeleteChannel {
        /// The channel.
        arn: ChannelArn,
    },
    /// A dashboard was created or updated.
    PutDashboard(Box<Dashboard>),
    /// A dashboard was deleted.
    DeleteDashboard {
        /// The dashboard.
        arn: DashboardArn,
    },
    /// A resource got a policy, or another one.
    PutResourcePolicy(Box<ResourcePolicy>),
    /// A resource has no policy any more.
    DeleteResourcePolicy {
        /// The resource.
        arn: PolicedArn,
    },
    /// A user was created, or something of it changed: its groups, its policies, its tags.
    PutUser(Box<User>),
    /// A user was deleted.
    DeleteUser {
        /// The account.
        account: AccountId,
        /// The user's name.
        name: String,
    },
    /// A group was created, or its policies changed.
    PutGroup(Box<Group>),
    /// A group was deleted.
    DeleteGroup {
        /// The account.
        account: AccountId,
        /// The group's name.
        name: String,
    },
    /// A role was created, or something of it changed.
    PutRole(Box<Role>),
    /// A role was deleted.
    DeleteRole {
        /// The account.
        account: AccountId,
        /// The role's name.
        name: String,
    },
    /// A managed policy was created, or its document replaced.
    PutPolicy(Box<ManagedPolicy>),
    /// A managed policy was deleted.
    DeletePolicy {
        /// The account.
        account: AccountId,
        /// The policy's name.
        name: String,
    },
    /// An organization came to be, or its accounts or its delegated administrators changed.
    PutOrganization(Box<Organization>),
    /// There is no such organization any more.
    DeleteOrganization {
        /// The organization.
        id: OrganizationId,
    },
    /// A template is about to change its resources, or has.
    PutStack(Box<Stack>),
    /// A stack has no resources any more.
    DeleteStack {
        /// The stack.
        id: StackId,
    },
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// A name for people.
    pub name: Option<String>,
    /// When Cairn first met it.
    pub created: Timestamp,
}

/// A key pair that signs an account's digests in all regions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKey {
    /// The account whose digests it signs.
    pub account: AccountId,
    /// Lower-case hex MD5 of `public_der` (CloudTrail's definition).
    pub fingerprint: String,
    /// PKCS#1 RSAPublicKey, DER.
    #[serde(with = "hex_bytes")]
    pub public_der: Vec<u8>,
    /// PKCS#8 private key, sealed under the data folder's key file with the fingerprint as context.
    #[serde(with = "hex_bytes")]
    pub sealed_private: Vec<u8>,
    /// Digests may be signed from here on.
    pub valid_from: Timestamp,
    /// Digests are signed until here.
    pub valid_to: Timestamp,
}

/// Bytes as hex text in JSON (no base64 here: `model` takes no dependency for it).
pub(crate) mod hex_bytes {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = String::with_capacity(bytes.len() * 2);
        for byte in bytes {
            text.push(char::from(b"0123456789abcdef"[usize::from(byte >> 4)]));
            text.push(char::from(b"0123456789abcdef"[usize::from(byte & 15)]));
        }
        serializer.serialize_str(&text)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(D::Error::custom("not lower-case hex")),
        };
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if !rest.is_empty() {
            return Err(D::Error::custom("odd number of hex digits"));
        }
        pairs.iter().map(|[high, low]| Ok(digit(*high)? << 4 | digit(*low)?)).collect()
    }
}

#[cfg(test)]
mod tests;
