//! What templates made: `cairn apply`. Everyone sees and writes the stacks of their own account, in the region that the
//! request is signed for.

use super::{Answered, answered, invalid, request};
use crate::app::App;
use crate::auth::Caller;
use crate::events::{self as record, Exchange};
use crate::http::journal_error;
use bytes::Bytes;
use cairn_decide::stacks::{self, StackError};
use cairn_model::{Change, Stack, StackId, StackResource};
use cairn_wire::{ApiError, ErrorCode};
use serde::Deserialize;
use serde_json::{Value, json};

/// All stacks, and where they are.
pub(super) fn list(app: &App, caller: &Caller) -> Answered {
    let state = app.journal.catalog().state();
    let stacks: Vec<Value> =
        state.stacks_of(caller.account(), &caller.region).map(|stack| shown(stack)).collect();
    answered(&json!({ "account": caller.account(), "region": caller.region, "stacks": stacks }))
}

/// What PutStack asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PutStack {
    revision: u64,
    resources: Vec<StackResource>,
}

/// Writes a stack's record, or deletes it if it has no resources.
pub(super) async fn put(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    name: &str,
    body: &Bytes,
) -> Answered {
    let PutStack { revision, resources } = request(body)?;
    let id = StackId { account: caller.account(), region: caller.region.clone(), name: name.to_owned() };
    let mut control = app.journal.control().await;
    control.check().map_err(journal_error)?;
    let state = app.journal.catalog().state();
    let known =
        state.stacks.values().filter(|stack| stack.id.account == caller.account()).map(|stack| &**stack);
    let change = stacks::put(known, id, revision, resources, exchange.now).map_err(stack_error)?;
    let parameters = parameters(name, body);
    let event = record::own_event(exchange, caller, "PutStack", Some(parameters), None);
    let committed = control.commit(std::slice::from_ref(&change), caller.account(), &event).await;
    committed.map_err(journal_error)?;
    answered(&json!({ "revision": if let Change::PutStack(stack) = &change { stack.revision } else { 0 } }))
}

/// `requestParameters`: what the body says, and the name in the path.
pub(super) fn parameters(name: &str, body: &Bytes) -> Value {
    let mut parameters = super::object(body).unwrap_or_else(|_| json!({}));
    parameters["name"] = json!(name);
    parameters
}

fn shown(stack: &Stack) -> Value {
    json!({ "name": stack.id.name, "revision": stack.revision, "resources": stack.resources })
}

fn stack_error(error: StackError) -> ApiError {
    match error {
        StackError::Quota => ApiError::new(ErrorCode::ServiceQuotaExceededException, error.to_string()),
        StackError::Changed(_) | StackError::Owned { .. } => {
            ApiError::new(ErrorCode::ConflictException, error.to_string())
        }
        StackError::Name(_) | StackError::TooMany | StackError::Text => invalid(error.to_string()),
    }
}
