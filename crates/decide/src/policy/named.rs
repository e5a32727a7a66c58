//! Whom a statement names.

use super::Principal;
use super::fault::PolicyReason;
use super::principal::short;
use cairn_model::AccountId;

/// How directly a statement names who asks; more direct is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// It names the account, which says of its users itself what they may.
    Account,
    /// It names everyone, the user, or the role of the session.
    Principal,
    /// It names the session itself, which no session policy narrows then.
    Session,
}

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Principals {
    /// An identity's policy: it is about whoever holds it.
    Holder,
    AnyOf(Vec<Named>),
    NoneOf(Vec<Named>),
}

/// One that a statement names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Everyone,
    Account(AccountId),
    User {
        account: AccountId,
        name: String,
    },
    Role {
        account: AccountId,
        name: String,
    },
    Session {
        account: AccountId,
        role: String,
        session: String,
    },
    FederatedUser {
        account: AccountId,
        name: String,
    },
    Service(String),
    Federated(String),
    /// A canonical user of S3, or the unique id of a principal that is gone: nobody here has one.
    Nobody,
}

impl Principals {
    /// How directly they name who asks; `None` if they do not.
    pub(super) fn reach(&self, principal: &Principal<'_>) -> Option<Reach> {
        match self {
            Principals::Holder => Some(Reach::Principal),
            Principals::AnyOf(named) => named.iter().filter_map(|named| named.reach(principal)).max(),
            Principals::NoneOf(named) => {
                let is_root = matches!(principal, Principal::Root(_));
                let is_spared = |reach| reach > Reach::Account || is_root;
                let spared = named.iter().filter_map(|named| named.reach(principal)).any(is_spared);
                (!spared).then_some(Reach::Principal)
            }
        }
    }

    pub(super) fn is_everyone(&self) -> bool {
        match self {
            Principals::Holder => false,
            Principals::AnyOf(named) => named.contains(&Named::Everyone),
            Principals::NoneOf(_) => true,
        }
    }
}

impl Named {
    fn reach(&self, principal: &Principal<'_>) -> Option<Reach> {
        let direct = |is_it: bool| is_it.then_some(Reach::Principal);
        match (self, principal) {
            (Named::Everyone, _) => Some(Reach::Principal),
            (Named::Account(one), Principal::Root(account)) => direct(one == account),
            (Named::Account(one), principal) => (principal.account() == Some(*one)).then_some(Reach::Account),
            (Named::User { account: one, name }, Principal::User { account, name: other }) => {
                direct(one == account && name == other)
            }
            (Named::Role { account: one, name }, Principal::Session { account, role, .. }) => {
                direct(one == account && name == role)
            }
            (
                Named::Session { account: one, role, session },
                Principal::Session { account, role: other, session: asked },
            ) => {
                let is_it = one == account && role == short(other) && session == asked;
                is_it.then_some(Reach::Session)
            }
            (
                Named::FederatedUser { account: one, name },
                Principal::FederatedUser { account, name: other },
            ) => direct(one == account && name == other),
            (Named::Service(one), Principal::Service(other))
            | (Named::Federated(one), Principal::Federated(other)) => direct(one == other),
            _ => None,
        }
    }

    /// Reads a principal of a kind: `AWS`, `Service`, `Federated` or `CanonicalUser`.
    pub(super) fn parse(kind: &str, text: &str) -> Result<Named, PolicyReason> {
        let read = match kind {
            "AWS" => aws(text),
            "Service" => is_host(text).then(|| Named::Service(text.to_owned())),
            "Federated" => (!text.is_empty()).then(|| Named::Federated(text.to_owned())),
            "CanonicalUser" => text.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(Named::Nobody),
            _ => None,
        };
        let invalid = || PolicyReason::Principal { kind: kind.to_owned(), text: text.to_owned() };
        read.ok_or_else(invalid)
    }
}

fn is_host(text: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    text.contains('.') && text.bytes().all(allowed)
}

/// `*`, an account's id, a unique id, or the ARN of a root, user, role, session or federated user.
fn aws(text: &str) -> Option<Named> {
    if text == "*" {
        return Some(Named::Everyone);
    }
    if let Ok(account) = text.parse() {
        return Some(Named::Account(account));
    }
    if is_unique_id(text) {
        return Some(Named::Nobody);
    }
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, service, "", account, name] = parts[..] else { return None };
    if !partition.starts_with("aws") || name.contains(['*', '?']) {
        return None;
    }
    let account = account.parse().ok()?;
    let (kind, name) = name.split_once('/').unwrap_or((name, ""));
    match (service, kind, name) {
        ("iam", "root", "") => Some(Named::Account(account)),
        (_, _, "") => None,
        ("iam", "user", name) => Some(Named::User { account, name: name.to_owned() }),
        ("iam", "role", name) => Some(Named::Role { account, name: name.to_owned() }),
        ("sts", "federated-user", name) => Some(Named::FederatedUser { account, name: name.to_owned() }),
        ("sts", "assumed-role", name) => {
            let (role, session) = name.split_once('/')?;
            Some(Named::Session { account, role: role.to_owned(), session: session.to_owned() })
        }
        _ => None,
    }
}

/// Such as `AIDA...` or `AROA...`, which AWS puts in the place of an ARN whose holder was deleted.
fn is_unique_id(text: &str) -> bool {
    let is_upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    (16..=32).contains(&text.len()) && text.starts_with('A') && text.bytes().all(is_upper)
}
