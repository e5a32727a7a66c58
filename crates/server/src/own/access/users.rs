//! Changes of users.

use super::call::Verb;
use super::{Done, Facts, access_error, check_free, request, shown};
use crate::own::invalid;
use cairn_decide::access::{self, AccessError, GROUPS_MAX, Holder, Kind};
use cairn_model::{Change, Grants, User};
use cairn_wire::ApiError;
use serde::Deserialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What CreateUser asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    name: String,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

/// What adding to and removing from a group ask for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfGroup {
    group: String,
}

pub(super) fn existing(facts: &Facts<'_>) -> Result<Arc<User>, ApiError> {
    let found = facts.state.user(facts.account, facts.name).cloned();
    let missing = || AccessError::NotFound { kind: Kind::User, name: facts.name.to_owned() };
    found.ok_or_else(|| access_error(missing()))
}

pub(super) fn change(verb: Verb, facts: &Facts<'_>) -> Result<Done, ApiError> {
    match verb {
        Verb::Create => create(facts),
        Verb::Delete => delete(facts),
        _ => {
            let mut user = User::clone(&*existing(facts)?);
            match verb {
                Verb::Join => join(facts, &mut user)?,
                Verb::Leave => leave(facts, &mut user)?,
                verb => super::groups::grant(verb, facts, &mut user.grants, Holder::User)?,
            }
            Ok(put(user))
        }
    }
}

fn put(user: User) -> Done {
    let answer = json!({ "users": [shown::user(&user)] });
    Done { changes: vec![Change::PutUser(Box::new(user))], answer }
}

fn create(facts: &Facts<'_>) -> Result<Done, ApiError> {
    let Create { name, tags } = request(facts.body)?;
    access::check_name(Kind::User, &name).map_err(access_error)?;
    check_free(&facts.state.users, facts, Kind::User, &name)?;
    check_keys(facts, &name)?;
    let (groups, grants) = (BTreeSet::new(), Grants::default());
    Ok(put(User { account: facts.account, name, groups, grants, tags, created: facts.exchange.now }))
}

/// Keys of a user whose name differs in case only would stay an administrator's beside the record.
fn check_keys(facts: &Facts<'_>, name: &str) -> Result<(), ApiError> {
    let of_account = facts.state.keys.values().filter(|key| key.account == facts.account);
    let mut holders = of_account.filter_map(|key| key.user.as_deref());
    match holders.find(|holder| *holder != name && holder.eq_ignore_ascii_case(name)) {
        Some(holder) => {
            Err(invalid(format!("there are keys of {holder}, which is no other name than {name}")))
        }
        None => Ok(()),
    }
}

/// Without its record a user's keys would be an administrator's again.
fn delete(facts: &Facts<'_>) -> Result<Done, ApiError> {
    let user = existing(facts)?;
    let is_of_user = |key: &cairn_model::AccessKey| {
        key.account == user.account && key.user.as_deref() == Some(user.name.as_str())
    };
    if facts.state.keys.values().any(|key| is_of_user(key)) {
        return Err(access_error(AccessError::InUse("delete the user's access keys first")));
    }
    let change = Change::DeleteUser { account: user.account, name: user.name.clone() };
    Ok(Done { changes: vec![change], answer: json!({ "users": [] }) })
}

fn join(facts: &Facts<'_>, user: &mut User) -> Result<(), ApiError> {
    let OfGroup { group } = request(facts.body)?;
    if facts.state.group(facts.account, &group).is_none() {
        return Err(access_error(AccessError::NotFound { kind: Kind::Group, name: group }));
    }
    user.groups.insert(group);
    match user.groups.len() <= GROUPS_MAX {
        true => Ok(()),
        false => Err(access_error(AccessError::Limit("GroupsPerUser: 10"))),
    }
}

fn leave(facts: &Facts<'_>, user: &mut User) -> Result<(), ApiError> {
    let OfGroup { group } = request(facts.body)?;
    match user.groups.remove(&group) {
        true => Ok(()),
        false => Err(access_error(AccessError::NotFound { kind: Kind::Group, name: group })),
    }
}
