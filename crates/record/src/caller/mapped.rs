//! Identities that an operator's file gives to keys that only an upstream knows.

use crate::hide::hide;
use cairn_model::AccountId;
use serde_json::{Map, Value};

/// A `userIdentity` as the operator wrote it, checked so far that every event with it can be taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedIdentity(Map<String, Value>);

/// Why an object is no `userIdentity`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityFault {
    /// It is no object.
    #[error("an identity is a JSON object")]
    NotAnObject,
    /// It has no `type`, or one that CloudTrail does not have.
    #[error("`type` is one of {}", TYPES.join(", "))]
    UnknownType,
    /// A member that CloudTrail does not have.
    #[error("`{0}` is no member of userIdentity")]
    UnknownMember(String),
    /// A member that is no text, or no object where one belongs.
    #[error("`{0}` is of the wrong type")]
    WrongType(String),
    /// `accountId` is not 12 digits.
    #[error("`accountId` is 12 digits")]
    NotAnAccount,
    /// It is larger than what is sensible in every event.
    #[error("an identity has at most {BYTES_MAX} bytes")]
    TooLarge,
}

const BYTES_MAX: usize = 4096;

const TYPES: [&str; 12] = [
    "AWSAccount",
    "AWSService",
    "AssumedRole",
    "Directory",
    "FederatedUser",
    "IAMUser",
    "IdentityCenterUser",
    "Role",
    "Root",
    "SAMLUser",
    "Unknown",
    "WebIdentityUser",
];

const TEXTS: [&str; 9] = [
    "accessKeyId",
    "accountId",
    "arn",
    "credentialId",
    "identityProvider",
    "invokedBy",
    "principalId",
    "type",
    "userName",
];

const OBJECTS: [&str; 4] = ["inScopeOf", "invokedByDelegate", "onBehalfOf", "sessionContext"];

impl MappedIdentity {
    /// Takes a `userIdentity` object. Its members are those that CloudTrail has; `accessKeyId` is set by each
    /// request.
    pub fn new(identity: Value) -> Result<MappedIdentity, IdentityFault> {
        let is_large = serde_json::to_vec(&identity).is_ok_and(|text| text.len() > BYTES_MAX);
        let Value::Object(mut members) = identity else { return Err(IdentityFault::NotAnObject) };
        if is_large {
            return Err(IdentityFault::TooLarge);
        }
        for (name, value) in &members {
            check_member(name, value)?;
        }
        let identity_type = members.get("type").and_then(Value::as_str);
        if !identity_type.is_some_and(|name| TYPES.contains(&name)) {
            return Err(IdentityFault::UnknownType);
        }
        members.remove("accessKeyId");
        let mut whole = Value::Object(members);
        hide(&mut whole, &[]);
        let Value::Object(members) = whole else { return Err(IdentityFault::NotAnObject) };
        Ok(MappedIdentity(members))
    }

    /// `accountId`, if it has one.
    pub fn account(&self) -> Option<AccountId> {
        self.text("accountId")?.parse().ok()
    }

    pub(crate) fn as_user(&self) -> Option<(AccountId, Option<&str>)> {
        match self.text("type")? {
            "Root" => Some((self.account()?, None)),
            "IAMUser" => Some((self.account()?, Some(self.text("userName")?))),
            _ => None,
        }
    }

    /// The members in their order, with the key behind the account, where AWS has it.
    pub(crate) fn with_key(&self, access_key_id: &str) -> Map<String, Value> {
        let mut members = self.0.clone();
        let place =
            members.keys().position(|name| name == "accountId").map_or(members.len(), |place| place + 1);
        members.shift_insert(place, "accessKeyId".to_owned(), access_key_id.into());
        members
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }
}

fn check_member(name: &str, value: &Value) -> Result<(), IdentityFault> {
    let is_text = TEXTS.contains(&name);
    if !is_text && !OBJECTS.contains(&name) {
        return Err(IdentityFault::UnknownMember(name.to_owned()));
    }
    if if is_text { !value.is_string() } else { !value.is_object() } {
        return Err(IdentityFault::WrongType(name.to_owned()));
    }
    let is_account = |text: &str| text.parse::<AccountId>().is_ok();
    if name == "accountId" && !value.as_str().is_some_and(is_account) {
        return Err(IdentityFault::NotAnAccount);
    }
    Ok(())
}
