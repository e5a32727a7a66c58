//! Who may do what: the one way from a call to policies.

mod actors;
mod asking;
mod channel;
mod lent;
mod policed;
mod resources;
mod tags;

pub(crate) use actors::Actors;
pub(crate) use asking::Asking;
pub(crate) use channel::require_channel;
pub(crate) use lent::lent_store;
pub(crate) use policed::{manages, resource_policy};
pub(crate) use resources::resources;
pub(crate) use tags::request_tags;

use crate::app::App;
use crate::auth::Caller;
use crate::events::Exchange;
use crate::listener::TlsSession;
use cairn_decide::policy::{Actor, Context, Decision, PolicyKind};
use cairn_store::catalog::CatalogState;
use cairn_wire::{ApiError, ErrorCode};
use std::sync::Arc;

/// Whoever asks, for policies; `None` for who may do all in the account.
pub(crate) fn actor(app: &App, caller: &Caller) -> Option<Arc<Actor>> {
    // A root key costs nothing.
    if caller.key.user.is_none() && caller.session.is_none() {
        return None;
    }
    let actor = actor_of(app, &app.journal.catalog().state(), caller);
    Some(actor).filter(|actor| !actor.is_unbounded())
}

fn actor_of(app: &App, state: &CatalogState, caller: &Caller) -> Arc<Actor> {
    app.actors.of(state, &caller.key, caller.session.as_deref())
}

/// Refuses a key that may only post.
pub(crate) fn refuse_ingest_only(caller: &Caller, action: &str) -> Result<(), ApiError> {
    if !caller.key.ingest_only {
        return Ok(());
    }
    let arn = caller.arn();
    let message =
        format!("User: {arn} is not authorized to perform: {action} because its key may only post events");
    Err(ApiError::new(ErrorCode::AccessDeniedException, message))
}

/// The longest list of resources that is judged, in bytes of their ARNs: no operation takes as much.
const RESOURCES_BYTES_MAX: usize = 32 << 10;

/// Refuses what policies do not allow: the caller's, and those that the resources have. All of `resources` have to be
/// allowed.
pub(crate) fn require(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    action: &str,
    resources: impl FnOnce() -> Vec<String>,
    tags: impl FnOnce() -> Vec<(String, String)>,
) -> Result<(), ApiError> {
    let bounded = actor(app, caller);
    // What a resource's policy denies is denied to administrators too. Only CloudTrail's resources have any here.
    if bounded.is_none() && !action.starts_with("cloudtrail") {
        return Ok(());
    }
    let state = app.journal.catalog().state();
    if bounded.is_none() && state.resource_policies.is_empty() {
        return Ok(());
    }
    let actor = bounded.unwrap_or_else(|| actor_of(app, &state, caller));
    let (resources, tags) = (resources(), tags());
    if let Some(key) = tags::ambiguous(&tags).filter(|_| !actor.is_unbounded()) {
        return Err(ambiguous(&caller.arn(), action, key));
    }
    if resources.iter().map(String::len).sum::<usize>() > RESOURCES_BYTES_MAX {
        return Err(denied(&caller.arn(), action, "*", &Decision::NotAllowed(PolicyKind::Identity)));
    }
    let context = context(exchange, caller, &actor, tags);
    let asking = Asking::with(caller, actor, context);
    resources.iter().try_for_each(|resource| asking.require(&state, action, resource))
}

/// Whether policies still allow what was allowed when it began, and goes on.
pub(crate) fn still_may(
    actors: &Actors,
    state: &CatalogState,
    exchange: &Exchange<'_>,
    caller: &Caller,
    action: &str,
) -> bool {
    let actor = actors.of(state, &caller.key, caller.session.as_deref());
    let context = context(exchange, caller, &actor, Vec::new());
    actor.is_unbounded() || actor.may(action, "*", &context, None).is_allowed()
}

/// Refuses tags that conditions could not tell apart.
fn ambiguous(arn: &str, action: &str, key: &str) -> ApiError {
    let key = shown(key);
    let message = format!(
        "User: {arn} is not authorized to perform: {action} because another tag has the key {key} but for case"
    );
    ApiError::new(ErrorCode::AccessDeniedException, message)
}

/// The refusal, in AWS's words.
fn denied(arn: &str, action: &str, resource: &str, decision: &Decision<'_>) -> ApiError {
    ApiError::new(ErrorCode::AccessDeniedException, refusal(arn, action, resource, decision))
}

/// `User: ... is not authorized to perform: ... on resource: ... because ...`
pub(crate) fn refusal(arn: &str, action: &str, resource: &str, decision: &Decision<'_>) -> String {
    let (why, resource) = (decision.why(action), shown(resource));
    format!("User: {arn} is not authorized to perform: {action} on resource: {resource} {why}")
}

/// What of a text goes into messages: no ARN and no tag's key is longer.
fn shown(text: &str) -> &str {
    const SHOWN_BYTES_MAX: usize = 2048;
    &text[..text.floor_char_boundary(SHOWN_BYTES_MAX)]
}

/// What conditions see of a call.
pub(crate) fn context(
    exchange: &Exchange<'_>,
    caller: &Caller,
    actor: &Actor,
    tags: Vec<(String, String)>,
) -> Context {
    let mut context = actor.context.clone();
    let is_secure = exchange.parts.extensions.get::<TlsSession>().is_some();
    context.set("aws:sourceip", exchange.source.to_canonical().to_string());
    context.set("aws:securetransport", is_secure.to_string());
    context.set("aws:currenttime", exchange.now.to_string());
    context.set("aws:epochtime", exchange.now.as_seconds().to_string());
    context.set("aws:requestedregion", caller.region.clone());
    for (name, key) in [("user-agent", "aws:useragent"), ("referer", "aws:referer")] {
        if let Some(value) = exchange.parts.headers.get(name).and_then(|value| value.to_str().ok()) {
            context.set(key, value);
        }
    }
    context.set_all("aws:tagkeys", tags.iter().map(|(key, _)| key.clone()).collect());
    for (key, value) in tags {
        context.set(format!("aws:requesttag/{key}"), value);
    }
    context
}

#[cfg(test)]
mod tests;
