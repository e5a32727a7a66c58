//! What policies would say to a call.

use super::{Facts, access_error, answered, request};
use crate::access::{manages, resource_policy};
use crate::app::App;
use crate::own::{Answered, invalid};
use cairn_decide::access::{AccessError, Kind};
use cairn_decide::policy::{Actor, Decision, Policy, PolicyKind, Purpose, Reason, ResourceSide};
use cairn_model::{AccountId, PolicedArn};
use cairn_wire::ApiError;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What SimulatePolicy asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Simulate {
    /// An ARN, `user/NAME`, `role/NAME`, `root` or a user's name.
    principal: String,
    action: String,
    resource: String,
    #[serde(default)]
    context: BTreeMap<String, Value>,
}

pub(super) async fn run(app: &App, facts: &Facts<'_>) -> Answered {
    let asked: Simulate = request(facts.body)?;
    let actor = actor(app, facts, &asked.principal)?;
    let mut context = actor.context.clone();
    for (key, value) in asked.context {
        match value {
            Value::Array(values) => context.set_all(key, values.iter().map(text).collect()),
            value => context.set(key, text(&value)),
        }
    }
    let policed = match bucket(app, facts.account, &asked.resource).await {
        Some(bucket) => Some(bucket),
        None => of_cloudtrail(facts, &asked.resource),
    };
    let side = policed.as_ref().map(|(owner, policy)| ResourceSide {
        owner: *owner,
        policy: policy.as_ref(),
        is_required: false,
    });
    answered(&shown(&actor.may(&asked.action, &asked.resource, &context, side), &asked.action))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whoever is named, as if they called.
fn actor(app: &App, facts: &Facts<'_>, principal: &str) -> Result<Arc<Actor>, ApiError> {
    let start = format!("arn:aws:iam::{}:", facts.account);
    let name = principal.strip_prefix(&start).unwrap_or(principal);
    if name.starts_with("arn:") {
        return Err(invalid("the principal is another account's"));
    }
    if name == "root" {
        return Ok(Arc::new(Actor::administrator(facts.account, None)));
    }
    if let Some(role) = name.strip_prefix("role/") {
        let missing = || access_error(AccessError::NotFound { kind: Kind::Role, name: role.to_owned() });
        let role = facts.state.role(facts.account, role).ok_or_else(missing)?;
        return Ok(app.actors.of_role(facts.state, role, "simulated"));
    }
    let user = name.strip_prefix("user/").unwrap_or(name);
    Ok(app.actors.of_user(facts.state, facts.account, user))
}

/// Whose an own bucket is, and its policy. Other accounts' are not for the caller: only that they are asked too.
async fn bucket(app: &App, account: AccountId, resource: &str) -> Option<(AccountId, Option<Policy>)> {
    let name = resource.strip_prefix("arn:aws:s3:::")?.split('/').next()?;
    let owner = app.buckets.bucket(name).await?.owner;
    let policy = app.buckets.policy(name).filter(|_| owner == account);
    Some((owner, policy.and_then(|text| Policy::parse(&text, Purpose::Resource).ok())))
}

/// Whose an event data store, a channel or a dashboard is, and its policy. Other accounts' are not for the caller.
fn of_cloudtrail(facts: &Facts<'_>, resource: &str) -> Option<(AccountId, Option<Policy>)> {
    let owner = resource.parse::<PolicedArn>().ok()?.account();
    let owner = if manages(facts.state, facts.account, owner) { facts.account } else { owner };
    Some((owner, resource_policy(facts.state, facts.account, resource).ok().flatten()))
}

fn shown(decision: &Decision<'_>, action: &str) -> Value {
    let (word, kind, reason) = match decision {
        Decision::Allowed(reason) => ("allowed", None, Some(reason)),
        Decision::Denied { kind, reason } => ("explicitDeny", Some(*kind), Some(reason)),
        Decision::NotAllowed(_) => ("implicitDeny", None, None),
    };
    let statement = reason.and_then(|reason| reason.statement).map(|statement| statement.sid().unwrap_or(""));
    json!({
        "decision": word,
        "policy": reason.and_then(|reason| reason.policy),
        "statement": statement,
        "why": match decision {
            Decision::Allowed(reason) => allowed(reason),
            other => format!("{}{}", other.why(action), of(kind, reason)),
        },
    })
}

fn allowed(reason: &Reason<'_>) -> String {
    match (reason.statement, reason.policy) {
        (None, _) => "it is its account's administrator".to_owned(),
        (Some(statement), Some(policy)) => format!("by {policy}, {}", named(statement.sid())),
        (Some(statement), None) => format!("by the resource's policy, {}", named(statement.sid())),
    }
}

fn named(sid: Option<&str>) -> String {
    sid.map_or_else(|| "a statement without Sid".to_owned(), |sid| format!("statement {sid}"))
}

/// Which policy and statement deny.
fn of(kind: Option<PolicyKind>, reason: Option<&Reason<'_>>) -> String {
    let (Some(_), Some(Reason { policy, statement: Some(statement) })) = (kind, reason) else {
        return String::new();
    };
    let policy = policy.map(|policy| format!("{policy}, ")).unwrap_or_default();
    format!(" ({policy}{})", named(statement.sid()))
}
