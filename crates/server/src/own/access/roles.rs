//! Changes of roles.

use super::call::Verb;
use super::groups::grant;
use super::{Done, Facts, access_error, check_free, request, shown};
use crate::own::new_access_key_id;
use cairn_decide::access::{self, AccessError, Holder, Kind, SESSION_SECONDS_DEFAULT};
use cairn_model::{Change, Grants, Role};
use cairn_wire::ApiError;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What CreateRole asks for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Create {
    name: String,
    trust: String,
    description: Option<String>,
    max_session_seconds: Option<u32>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

/// What UpdateAssumeRolePolicy asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Replace {
    document: String,
}

pub(super) fn existing(facts: &Facts<'_>) -> Result<Arc<Role>, ApiError> {
    let found = facts.state.role(facts.account, facts.name).cloned();
    let missing = || AccessError::NotFound { kind: Kind::Role, name: facts.name.to_owned() };
    found.ok_or_else(|| access_error(missing()))
}

pub(super) fn change(verb: Verb, facts: &Facts<'_>) -> Result<Done, ApiError> {
    if verb == Verb::Create {
        return create(facts);
    }
    let mut role = Role::clone(&*existing(facts)?);
    match verb {
        Verb::Delete => {
            let change = Change::DeleteRole { account: role.account, name: role.name };
            return Ok(Done { changes: vec![change], answer: json!({ "roles": [] }) });
        }
        Verb::Replace => {
            let Replace { document } = request(facts.body)?;
            access::check_trust(&document).map_err(access_error)?;
            role.trust = document;
        }
        verb => grant(verb, facts, &mut role.grants, Holder::Role)?,
    }
    Ok(put(role))
}

fn put(role: Role) -> Done {
    let answer = json!({ "roles": [shown::role(&role)] });
    Done { changes: vec![Change::PutRole(Box::new(role))], answer }
}

fn create(facts: &Facts<'_>) -> Result<Done, ApiError> {
    let Create { name, trust, description, max_session_seconds, tags } = request(facts.body)?;
    let session_seconds_max = max_session_seconds.unwrap_or(SESSION_SECONDS_DEFAULT);
    access::check_name(Kind::Role, &name).map_err(access_error)?;
    access::check_trust(&trust).map_err(access_error)?;
    access::check_session_seconds(session_seconds_max).map_err(access_error)?;
    check_free(&facts.state.roles, facts, Kind::Role, &name)?;
    Ok(put(Role {
        account: facts.account,
        name,
        id: new_access_key_id().replacen("AKIA", "AROA", 1),
        description,
        trust,
        session_seconds_max,
        grants: Grants::default(),
        tags,
        created: facts.exchange.now,
    }))
}
