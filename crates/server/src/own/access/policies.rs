//! Managed policies.

use super::call::Verb;
use super::{Done, Facts, access_error, check_free, request, shown};
use crate::own::invalid;
use cairn_decide::access::{self, AccessError, BUILTIN, Kind};
use cairn_model::{Change, Grants, ManagedPolicy};
use cairn_wire::ApiError;
use serde::Deserialize;
use serde_json::{Value, json};

/// What CreatePolicy asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    name: String,
    document: String,
    description: Option<String>,
}

/// What UpdatePolicy asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Replace {
    document: String,
}

/// The account's, and those that are there by themselves.
pub(super) fn list(facts: &Facts<'_>) -> Value {
    let mut all = shown::all(&facts.state.policies, facts.account, shown::policy);
    all.extend(BUILTIN.iter().map(shown::builtin));
    json!({ "policies": all })
}

pub(super) fn get(facts: &Facts<'_>) -> Result<Value, ApiError> {
    let named = |arn: &str| arn.rsplit('/').next() == Some(facts.name);
    let shown = match facts.state.policy(facts.account, facts.name) {
        Some(policy) => shown::policy(policy),
        None => match BUILTIN.iter().find(|policy| named(policy.arn)) {
            Some(policy) => shown::builtin(policy),
            None => return Err(missing(facts)),
        },
    };
    Ok(json!({ "policies": [shown] }))
}

fn missing(facts: &Facts<'_>) -> ApiError {
    access_error(AccessError::NotFound { kind: Kind::Policy, name: facts.name.to_owned() })
}

pub(super) fn change(verb: Verb, facts: &Facts<'_>) -> Result<Done, ApiError> {
    match verb {
        Verb::Create => create(facts),
        Verb::Replace => replace(facts),
        Verb::Delete => delete(facts),
        _ => Err(invalid("there is no such call")),
    }
}

fn put(policy: ManagedPolicy) -> Done {
    let answer = json!({ "policies": [shown::policy(&policy)] });
    Done { changes: vec![Change::PutPolicy(Box::new(policy))], answer }
}

fn create(facts: &Facts<'_>) -> Result<Done, ApiError> {
    let Create { name, document, description } = request(facts.body)?;
    access::check_name(Kind::Policy, &name).map_err(access_error)?;
    access::check_managed(&document).map_err(access_error)?;
    check_free(&facts.state.policies, facts, Kind::Policy, &name)?;
    let now = facts.exchange.now;
    Ok(put(ManagedPolicy { account: facts.account, name, description, document, created: now, updated: now }))
}

fn replace(facts: &Facts<'_>) -> Result<Done, ApiError> {
    let Replace { document } = request(facts.body)?;
    let policy = facts.state.policy(facts.account, facts.name).ok_or_else(|| missing(facts))?;
    access::check_managed(&document).map_err(access_error)?;
    Ok(put(ManagedPolicy { document, updated: facts.exchange.now, ..ManagedPolicy::clone(policy) }))
}

/// One that somebody holds stays: what it denies must not end unseen.
fn delete(facts: &Facts<'_>) -> Result<Done, ApiError> {
    let policy = facts.state.policy(facts.account, facts.name).ok_or_else(|| missing(facts))?;
    let (state, account, arn) = (facts.state, facts.account, policy.arn());
    let users = state.users.get(&account).into_iter().flat_map(|named| named.values());
    let groups = state.groups.get(&account).into_iter().flat_map(|named| named.values());
    let roles = state.roles.get(&account).into_iter().flat_map(|named| named.values());
    let mut held = users
        .map(|user| &user.grants)
        .chain(groups.map(|group| &group.grants))
        .chain(roles.map(|role| &role.grants));
    if held.any(|grants: &Grants| grants.attached.contains(&arn)) {
        return Err(access_error(AccessError::InUse("detach the policy from all that hold it first")));
    }
    let change = Change::DeletePolicy { account, name: policy.name.clone() };
    Ok(Done { changes: vec![change], answer: json!({ "policies": [] }) })
}
