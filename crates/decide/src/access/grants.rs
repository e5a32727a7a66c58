//! What a user, a group or a role holds.

use super::{
    ATTACHED_MAX, AccessError, Kind, builtin, check_bytes, check_name, length, policy_of_arn, vocabulary,
};
use crate::policy::Purpose;
use cairn_model::{AccountId, Grants};

/// Who holds policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A user.
    User,
    /// A group.
    Group,
    /// A role.
    Role,
}

impl Holder {
    /// The most characters, but for white space, of all inline policies together.
    fn inline_max(self) -> usize {
        match self {
            Holder::User => 2048,
            Holder::Group => 5120,
            Holder::Role => 10_240,
        }
    }
}

/// Attaches a managed policy: one of AWS's names, or one of `account`, as `is_there` tells by name. Idempotent.
pub fn attach(
    grants: &mut Grants,
    account: AccountId,
    arn: &str,
    is_there: impl Fn(&str) -> bool,
) -> Result<(), AccessError> {
    let is_own = policy_of_arn(arn).is_some_and(|(owner, name)| owner == account && is_there(name));
    if !is_own && builtin(arn).is_none() {
        return Err(AccessError::NotFound { kind: Kind::Policy, name: arn.to_owned() });
    }
    if grants.attached.len() >= ATTACHED_MAX && !grants.attached.contains(arn) {
        return Err(AccessError::Limit("PoliciesPerHolder: 10"));
    }
    grants.attached.insert(arn.to_owned());
    Ok(())
}

/// Takes a managed policy away.
pub fn detach(grants: &mut Grants, arn: &str) -> Result<(), AccessError> {
    match grants.attached.remove(arn) {
        true => Ok(()),
        false => Err(AccessError::NotFound { kind: Kind::Policy, name: arn.to_owned() }),
    }
}

/// Gives a document that belongs to the holder alone, or replaces it.
pub fn put_inline(
    grants: &mut Grants,
    holder: Holder,
    name: &str,
    document: &str,
) -> Result<(), AccessError> {
    check_name(Kind::Policy, name)?;
    check_bytes(document, Kind::Policy)?;
    vocabulary::check(document, Purpose::Identity)?;
    let others = grants.inline.iter().filter(|(other, _)| *other != name);
    let total = others.map(|(_, document)| length(document)).sum::<usize>() + length(document);
    if total > holder.inline_max() {
        return Err(AccessError::TooLong { kind: Kind::Policy, max: holder.inline_max() });
    }
    grants.inline.insert(name.to_owned(), document.to_owned());
    Ok(())
}

/// Takes such a document away.
pub fn remove_inline(grants: &mut Grants, name: &str) -> Result<(), AccessError> {
    match grants.inline.remove(name) {
        Some(_) => Ok(()),
        None => Err(AccessError::NotFound { kind: Kind::Policy, name: name.to_owned() }),
    }
}
