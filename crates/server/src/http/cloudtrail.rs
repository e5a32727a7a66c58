//! CloudTrail's API: AWS JSON 1.1.

use super::{Answer, Signed, Unsigned, journal_error, read_signed, whole};
use crate::access;
use crate::api::{self, Call, KnownTrails, Outcome, Prepared};
use crate::app::App;
use crate::auth::Caller;
use crate::events::{self, Exchange};
use bytes::Bytes;
use cairn_decide::trails;
use cairn_model::{AccountId, EventDataStore};
use cairn_wire::input::BODY_BYTES_MAX;
use cairn_wire::{ApiError, Operation};
use http::Method;
use hyper::body::Incoming;
use serde_json::Value;
use std::sync::Arc;

/// Answers a call of `cloudtrail`.
pub(super) async fn answer(app: &App, exchange: &Exchange<'_>, body: Incoming) -> Answer {
    // AWS JSON is posted; whatever else comes names no operation.
    let target = exchange.parts.headers.get("x-amz-target").filter(|_| exchange.parts.method == Method::POST);
    let target = target.and_then(|target| target.to_str().ok()).unwrap_or_default();
    let operation = Operation::from_target(target);
    let failed = |error: &ApiError| whole(cairn_wire::error_response(&exchange.request_id, error));
    let name = operation.as_ref().map_or("Unknown", |operation| operation.name());
    let signed = match read_signed(app, exchange, body, "cloudtrail", BODY_BYTES_MAX).await {
        Ok(signed) => signed,
        Err(Unsigned::Body(error)) => return failed(&error.into()),
        Err(Unsigned::Refused(refused)) => {
            let error = refused.error.json();
            events::refused(app, exchange, &refused, "cloudtrail.amazonaws.com", name, &error).await;
            return failed(&error);
        }
    };
    let Signed { caller, body, .. } = &signed;
    let operation = operation.and_then(|operation| permitted(app, exchange, caller, operation, body));
    match operation {
        Ok(operation) => whole(call(app, exchange, caller, operation, body).await),
        Err(error) => {
            events::cloudtrail(app, exchange, caller, name, body, Err(&error)).await;
            failed(&error)
        }
    }
}

/// Whether the key may do more than post, and its holder's policies allow the operation.
fn permitted(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    operation: Operation,
    body: &[u8],
) -> Result<Operation, ApiError> {
    let action = format!("cloudtrail:{}", operation.name());
    access::refuse_ingest_only(caller, &action)?;
    if api::judges_itself(operation) {
        return Ok(operation);
    }
    let resources = || {
        let shown = |name: &str| shown(app, exchange, caller, name);
        access::resources(operation, body, &caller.region, owner(app, caller, operation, body), shown)
    };
    access::require(app, exchange, caller, &action, resources, || access::request_tags(operation, body))?;
    Ok(operation)
}

/// The ARN of the trail that a name means to the caller's region, which shows trails of others too.
fn shown(app: &App, exchange: &Exchange<'_>, caller: &Caller, name: &str) -> Option<String> {
    let state = app.journal.catalog().state();
    let known = KnownTrails::of(&state, caller.account());
    let facts = known.facts(&caller.region, exchange.now, app.config.limits.limits());
    trails::get(&facts, name).ok().map(|trail| trail.arn.to_string())
}

/// The account that owns what a call makes: an organization's things are the management account's, whoever makes them.
fn owner(app: &App, caller: &Caller, operation: Operation, body: &[u8]) -> AccountId {
    let member = match operation {
        Operation::CreateTrail => "IsOrganizationTrail",
        Operation::CreateEventDataStore => "OrganizationEnabled",
        _ => return caller.account(),
    };
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let state = app.journal.catalog().state();
    let organization = state.organization_of(caller.account()).filter(|_| body[member] == true);
    organization.map_or(caller.account(), |organization| organization.management)
}

/// The event data store of another account that a call names and may see.
fn lent(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    operation: Operation,
    body: &[u8],
) -> Option<Arc<EventDataStore>> {
    // Of what a store's policy can allow, nothing else is built.
    if operation != Operation::GetEventDataStore {
        return None;
    }
    let body: Value = serde_json::from_slice(body).ok()?;
    let named = body["EventDataStore"].as_str()?;
    access::lent_store(app, exchange, caller, "cloudtrail:GetEventDataStore", named)
}

/// Runs an operation and has its event in the log before the answer goes out.
async fn call(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    operation: Operation,
    body: &Bytes,
) -> http::Response<Bytes> {
    let lent = lent(app, exchange, caller, operation, body);
    let call = Call {
        app,
        caller,
        operation,
        query: exchange.parts.uri.query().unwrap_or_default(),
        body,
        now: exchange.now,
        request_id: &exchange.request_id,
        lent: lent.as_deref(),
        exchange,
    };
    let answered = match api::prepare(call).await {
        Ok(prepared) if api::changes_something(operation) => change(call, &prepared, exchange).await,
        Ok(prepared) => api::run(call, &prepared).await,
        Err(error) => Err(error),
    };
    // The event of a change that was made is in its record.
    if answered.is_err() || !api::changes_something(operation) {
        let result = answered.as_ref().map(|outcome| outcome.recorded.clone());
        events::cloudtrail(app, exchange, caller, operation.name(), body, result).await;
    }
    match answered {
        Ok(outcome) => outcome.response,
        Err(error) => {
            if let Some(detail) = &error.detail {
                tracing::error!(
                    request_id = exchange.request_id,
                    operation = operation.name(),
                    detail,
                    "{error}"
                );
            }
            cairn_wire::error_response(&exchange.request_id, &error)
        }
    }
}

/// Decides, records and applies under the control plane's lock.
async fn change(call: Call<'_>, prepared: &Prepared, exchange: &Exchange<'_>) -> api::Answered {
    let Call { app, caller, operation, body, .. } = call;
    let mut control = app.journal.control().await;
    control.check().map_err(journal_error)?;
    let mut outcome = api::run(call, prepared).await?;
    outcome.changes.extend(call.forgetting());
    let Outcome { changes, recorded, .. } = &outcome;
    let event = events::cloudtrail_event(exchange, caller, operation.name(), body, Ok(recorded.clone()));
    let committed = control.commit(changes, caller.account(), &event).await;
    committed.map_err(journal_error)?;
    api::committed(call).await?;
    Ok(outcome)
}
