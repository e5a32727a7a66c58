//! AssumeRole, for Cairn's own roles.

use super::{issue, recorded, refused, session_error, shown};
use crate::access;
use crate::app::App;
use crate::auth::{Caller, begin, expiry};
use crate::events::Exchange;
use crate::http::{Answer, whole};
use cairn_decide::access::{AssumeRole, role_of_arn};
use cairn_decide::policy::{Actor, Policy, Purpose, ResourceSide};
use cairn_model::{Role, Session, SessionHolder};
use cairn_record::sts_credentials;
use cairn_wire::query::{AssumedRole, Credentials, Form, QueryCode, QueryError, assumed_role};
use serde_json::{Value, json};
use std::sync::Arc;

const NAME: &str = "AssumeRole";
const ACTION: &str = "sts:AssumeRole";
/// Asked for too, where the session has a source identity, whether new or the caller's.
const SET_SOURCE_IDENTITY: &str = "sts:SetSourceIdentity";

pub(super) async fn answer(app: &App, exchange: &Exchange<'_>, caller: &Caller, form: &Form) -> Answer {
    match assume(app, exchange, caller, form).await {
        Ok((credentials, user)) => whole(assumed_role(&exchange.request_id, &credentials, &user)),
        Err(error) => refused(app, exchange, caller, NAME, &error).await,
    }
}

async fn assume(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    form: &Form,
) -> Result<(Credentials, AssumedRole), QueryError> {
    let asked =
        AssumeRole::read(form.names(), |name| form.get(name)).map_err(|error| session_error(&error))?;
    let of_caller = caller.session.as_ref().and_then(|own| own.session.source_identity.as_deref());
    let identity = asked.source_identity(of_caller).map_err(|error| session_error(&error))?;
    let role = permitted(app, exchange, caller, &asked, identity)?;
    let seconds = asked.duration(role.session_seconds_max, caller.session.is_some());
    let seconds = seconds.map_err(|error| session_error(&error))?;
    let (session, user) = (session(&role, &asked, identity, seconds), assumed(&role, &asked, identity));
    let credentials = issue(app, session, asked.policy.clone(), None)?;
    let response = json!({
        "credentials": shown(&credentials),
        "assumedRoleUser": { "assumedRoleId": user.id, "arn": user.arn },
    });
    let resource = (role.arn(), role.account);
    let call = sts_credentials(NAME, Some(parameters(&asked, seconds)), Some(response), Some(resource));
    recorded(app, exchange, caller, call).await?;
    Ok((credentials, user))
}

/// The role, if it trusts the caller. One that is not there is answered as one that does not trust.
fn permitted(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    asked: &AssumeRole,
    identity: Option<&str>,
) -> Result<Arc<Role>, QueryError> {
    let arn = &asked.role_arn;
    let denied_to = |action: &str, why: &str| {
        let user = caller.arn();
        let text = format!("User: {user} is not authorized to perform: {action} on resource: {arn}{why}");
        QueryError::new(QueryCode::AccessDenied, text)
    };
    let denied = |why: &str| denied_to(ACTION, why);
    let state = app.journal.catalog().state();
    let role = role_of_arn(arn).and_then(|(account, name)| state.role(account, name)).cloned();
    let role = role.ok_or_else(|| denied(""))?;
    let trust = Policy::parse(&role.trust, Purpose::Trust).map_err(|fault| {
        tracing::error!(%fault, role = arn, "a stored trust policy cannot be read; nobody gets in");
        denied("")
    })?;
    let actor = actor(app, caller);
    let mut context = access::context(exchange, caller, &actor, Vec::new());
    context.set("sts:rolesessionname", asked.session_name.clone());
    for (key, value) in [("sts:externalid", asked.external_id.as_deref()), ("sts:sourceidentity", identity)] {
        if let Some(value) = value {
            context.set(key, value);
        }
    }
    let side = ResourceSide { owner: role.account, policy: Some(&trust), is_required: true };
    for action in [Some(ACTION), identity.map(|_| SET_SOURCE_IDENTITY)].into_iter().flatten() {
        let decision = actor.may(action, arn, &context, Some(side));
        match decision.is_allowed() {
            true => {}
            // What the other account's policies say is not for the caller.
            false if role.account != caller.account() => return Err(denied_to(action, "")),
            false => return Err(denied_to(action, &format!(" {}", decision.why(action)))),
        }
    }
    Ok(role)
}

/// Whoever asks, administrators too: a role has to trust them as well.
fn actor(app: &App, caller: &Caller) -> Arc<Actor> {
    let state = app.journal.catalog().state();
    app.actors.of(&state, &caller.key, caller.session.as_deref())
}

fn session(role: &Role, asked: &AssumeRole, identity: Option<&str>, seconds: u32) -> Session {
    let created = begin();
    Session {
        access_key_id: String::new(),
        account: role.account,
        holder: SessionHolder::AssumedRole {
            role_arn: role.arn(),
            role_id: role.id.clone(),
            session_name: asked.session_name.clone(),
            provider: None,
        },
        created,
        expires: expiry(created, seconds),
        mfa: false,
        source_identity: identity.map(str::to_owned),
    }
}

fn assumed(role: &Role, asked: &AssumeRole, identity: Option<&str>) -> AssumedRole {
    let session_name = &asked.session_name;
    AssumedRole {
        id: format!("{}:{session_name}", role.id),
        arn: format!("arn:aws:sts::{}:assumed-role/{}/{session_name}", role.account, role.name),
        source_identity: identity.map(str::to_owned),
    }
}

fn parameters(asked: &AssumeRole, seconds: u32) -> Value {
    let mut parameters = json!({
        "roleArn": asked.role_arn, "roleSessionName": asked.session_name, "durationSeconds": seconds,
    });
    let optional = [
        ("policy", &asked.policy),
        ("externalId", &asked.external_id),
        ("sourceIdentity", &asked.source_identity),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            parameters[name] = json!(value);
        }
    }
    parameters
}
