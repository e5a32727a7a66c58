//! Who asks, and whom a statement means.

use super::parse::PolicyFault;
use cairn_model::AccountId;
use serde_json::Value;

/// Who asks for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asker {
    /// Nobody known.
    Anonymous,
    /// The holder of one of an account's keys.
    Key {
        /// The account.
        account: AccountId,
        /// The user's name with its path; nothing for the account's root.
        user: Option<String>,
    },
    /// A service, for example `cloudtrail.amazonaws.com`.
    Service(&'static str),
}

impl Asker {
    /// The account, if one is known.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Asker::Key { account, .. } => Some(*account),
            Asker::Anonymous | Asker::Service(_) => None,
        }
    }
}

/// Whom a statement means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Principals {
    /// `*`: everyone, whether known or not.
    Anyone,
    Listed(Vec<Principal>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Principal {
    /// An account: its root and all its users.
    Account(AccountId),
    User {
        account: AccountId,
        user: String,
    },
    Service(String),
}

impl Principals {
    pub(super) fn include(&self, asker: &Asker) -> bool {
        match self {
            Principals::Anyone => true,
            Principals::Listed(principals) => principals.iter().any(|principal| principal.is(asker)),
        }
    }

    pub(super) fn is_anyone(&self) -> bool {
        *self == Principals::Anyone
    }

    /// Reads `Principal`: `"*"`, or an object with `AWS` and `Service`.
    pub(super) fn parse(value: &Value) -> Result<Principals, PolicyFault> {
        if value == "*" {
            return Ok(Principals::Anyone);
        }
        let members = value.as_object().filter(|members| !members.is_empty());
        let members =
            members.ok_or(PolicyFault::Principal("it is neither \"*\" nor an object".to_owned()))?;
        let mut listed = Vec::new();
        for (kind, values) in members {
            for text in super::parse::texts(values, "Principal")? {
                match (kind.as_str(), text) {
                    ("AWS", "*") => return Ok(Principals::Anyone),
                    ("AWS", text) => listed.push(aws(text)?),
                    ("Service", text) => listed.push(service(text)?),
                    (kind, _) => {
                        return Err(PolicyFault::Principal(format!("Cairn knows no {kind} principals")));
                    }
                }
            }
        }
        Ok(Principals::Listed(listed))
    }
}

impl Principal {
    fn is(&self, asker: &Asker) -> bool {
        match (self, asker) {
            (Principal::Account(one), Asker::Key { account, .. }) => one == account,
            (Principal::User { account: one, user }, Asker::Key { account, user: Some(other) }) => {
                one == account && user == other
            }
            (Principal::Service(one), Asker::Service(other)) => one == other,
            _ => false,
        }
    }
}

/// An account id, or the ARN of an account's root or of a user.
fn aws(text: &str) -> Result<Principal, PolicyFault> {
    if let Ok(account) = text.parse() {
        return Ok(Principal::Account(account));
    }
    let unknown =
        || PolicyFault::Principal(format!("{text:?} is no account, root or user that Cairn can tell"));
    let rest = text.strip_prefix("arn:aws:iam::").ok_or_else(unknown)?;
    let (account, name) = rest.split_once(':').ok_or_else(unknown)?;
    let account = account.parse().map_err(|_| unknown())?;
    match name.strip_prefix("user/") {
        Some(user) if !user.is_empty() && !user.contains(['*', '?']) => {
            Ok(Principal::User { account, user: user.to_owned() })
        }
        None if name == "root" => Ok(Principal::Account(account)),
        _ => Err(unknown()),
    }
}

fn service(text: &str) -> Result<Principal, PolicyFault> {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    match text.ends_with(".amazonaws.com") && text.bytes().all(allowed) {
        true => Ok(Principal::Service(text.to_owned())),
        false => Err(PolicyFault::Principal(format!("{text:?} is not a service's name"))),
    }
}
