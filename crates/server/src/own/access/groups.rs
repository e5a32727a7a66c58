//! Changes of groups, and of what users, groups and roles hold.

use super::call::Verb;
use super::{Done, Facts, access_error, check_free, request, shown};
use crate::own::invalid;
use cairn_decide::access::{self, AccessError, Holder, Kind};
use cairn_model::{Change, Grants, Group};
use cairn_wire::ApiError;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// What CreateGroup asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    name: String,
}

/// What attaching and detaching ask for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfPolicy {
    policy: String,
}

/// What an inline policy is given by.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inline {
    policy: String,
    document: String,
}

pub(super) fn existing(facts: &Facts<'_>) -> Result<Arc<Group>, ApiError> {
    let found = facts.state.group(facts.account, facts.name).cloned();
    let missing = || AccessError::NotFound { kind: Kind::Group, name: facts.name.to_owned() };
    found.ok_or_else(|| access_error(missing()))
}

pub(super) fn change(verb: Verb, facts: &Facts<'_>) -> Result<Done, ApiError> {
    match verb {
        Verb::Create => create(facts),
        Verb::Delete => delete(facts),
        verb => {
            let mut group = Group::clone(&*existing(facts)?);
            grant(verb, facts, &mut group.grants, Holder::Group)?;
            Ok(put(group))
        }
    }
}

fn put(group: Group) -> Done {
    let answer = json!({ "groups": [shown::group(&group)] });
    Done { changes: vec![Change::PutGroup(Box::new(group))], answer }
}

fn create(facts: &Facts<'_>) -> Result<Done, ApiError> {
    let Create { name } = request(facts.body)?;
    access::check_name(Kind::Group, &name).map_err(access_error)?;
    check_free(&facts.state.groups, facts, Kind::Group, &name)?;
    let (grants, created) = (Grants::default(), facts.exchange.now);
    Ok(put(Group { account: facts.account, name, grants, created }))
}

fn delete(facts: &Facts<'_>) -> Result<Done, ApiError> {
    let group = existing(facts)?;
    let mut users = facts.state.users.get(&facts.account).into_iter().flat_map(|users| users.values());
    if users.any(|user| user.groups.contains(&group.name)) {
        return Err(access_error(AccessError::InUse("remove all users from the group first")));
    }
    let change = Change::DeleteGroup { account: group.account, name: group.name.clone() };
    Ok(Done { changes: vec![change], answer: json!({ "groups": [] }) })
}

/// Gives a holder a policy, or takes one away.
pub(super) fn grant(
    verb: Verb,
    facts: &Facts<'_>,
    grants: &mut Grants,
    holder: Holder,
) -> Result<(), ApiError> {
    let is_there = |name: &str| facts.state.policy(facts.account, name).is_some();
    let changed = match verb {
        Verb::Attach => {
            let OfPolicy { policy } = request(facts.body)?;
            access::attach(grants, facts.account, &policy, is_there)
        }
        Verb::Detach => access::detach(grants, &request::<OfPolicy>(facts.body)?.policy),
        Verb::PutInline => {
            let Inline { policy, document } = request(facts.body)?;
            access::put_inline(grants, holder, &policy, &document)
        }
        Verb::DeleteInline => access::remove_inline(grants, &request::<OfPolicy>(facts.body)?.policy),
        _ => return Err(invalid("there is no such call")),
    };
    changed.map_err(access_error)
}
