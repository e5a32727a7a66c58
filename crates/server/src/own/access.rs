//! Users, groups, roles and policies: `cairn user`, `cairn group`, `cairn role`, `cairn policy`.

mod call;
mod groups;
mod policies;
mod roles;
mod shown;
mod simulate;
mod users;

pub(super) use call::{AccessCall, named};

use super::{Answered, answered, request};
use crate::app::App;
use crate::auth::Caller;
use crate::events::{self as record, Exchange};
use crate::http::journal_error;
use bytes::Bytes;
use cairn_decide::access::{self, AccessError};
use cairn_model::{AccountId, Change};
use cairn_store::catalog::{CatalogState, Named};
use cairn_wire::{ApiError, ErrorCode};
use call::{Kind, Verb};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a call is decided by.
struct Facts<'a> {
    state: &'a CatalogState,
    account: AccountId,
    /// The name in the path.
    name: &'a str,
    body: &'a Bytes,
    exchange: &'a Exchange<'a>,
}

/// What a call changes, and what it answers.
struct Done {
    changes: Vec<Change>,
    answer: Value,
}

/// Runs a call; one that changes something under the control plane's lock.
pub(super) async fn run(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    call: &AccessCall,
    body: &Bytes,
) -> Answered {
    let account = call.account(caller)?;
    let facts = |state| Facts { state, account, name: call.target(), body, exchange };
    if call.reads() {
        let state = app.journal.catalog().state();
        return match call.verb() {
            Verb::Simulate => simulate::run(app, &facts(&state)).await,
            _ => answered(&read(call.kind(), call.verb(), &facts(&state))?),
        };
    }
    let mut control = app.journal.control().await;
    control.check().map_err(journal_error)?;
    let state = app.journal.catalog().state();
    let Done { changes, answer } = change(call.kind(), call.verb(), &facts(&state))?;
    let event = record::own_event(exchange, caller, call.name(), Some(call.parameters(body)), None);
    let committed = control.commit(&changes, caller.account(), &event).await;
    committed.map_err(journal_error)?;
    answered(&answer)
}

fn read(kind: Kind, verb: Verb, facts: &Facts<'_>) -> Result<Value, ApiError> {
    let is_list = verb == Verb::List;
    match (kind, is_list) {
        (Kind::User, true) => {
            Ok(json!({ "users": shown::all(&facts.state.users, facts.account, shown::user) }))
        }
        (Kind::User, false) => Ok(json!({ "users": [shown::user(&*users::existing(facts)?)] })),
        (Kind::Group, true) => {
            Ok(json!({ "groups": shown::all(&facts.state.groups, facts.account, shown::group) }))
        }
        (Kind::Group, false) => Ok(json!({ "groups": [shown::group(&*groups::existing(facts)?)] })),
        (Kind::Role, true) => {
            Ok(json!({ "roles": shown::all(&facts.state.roles, facts.account, shown::role) }))
        }
        (Kind::Role, false) => Ok(json!({ "roles": [shown::role(&*roles::existing(facts)?)] })),
        (Kind::Policy, true) => Ok(policies::list(facts)),
        (Kind::Policy, false) => policies::get(facts),
    }
}

fn change(kind: Kind, verb: Verb, facts: &Facts<'_>) -> Result<Done, ApiError> {
    match kind {
        Kind::User => users::change(verb, facts),
        Kind::Group => groups::change(verb, facts),
        Kind::Role => roles::change(verb, facts),
        Kind::Policy => policies::change(verb, facts),
    }
}

/// Refuses a name that is there already, in whatever case: names are unique so, as at AWS.
fn check_free<T>(
    there: &Named<T>,
    facts: &Facts<'_>,
    kind: access::Kind,
    name: &str,
) -> Result<(), ApiError> {
    let mut names = there.get(&facts.account).into_iter().flat_map(BTreeMap::keys);
    match names.find(|known| known.eq_ignore_ascii_case(name)) {
        Some(known) => Err(access_error(AccessError::Exists { kind, name: known.clone() })),
        None => Ok(()),
    }
}

/// The API's error for why something was refused.
fn access_error(error: AccessError) -> ApiError {
    let code = match error {
        AccessError::NotFound { .. } => ErrorCode::ResourceNotFoundException,
        AccessError::Exists { .. } | AccessError::InUse(_) => ErrorCode::ConflictException,
        AccessError::Limit(_) => ErrorCode::ServiceQuotaExceededException,
        AccessError::Name { .. }
        | AccessError::Document(_)
        | AccessError::TooLong { .. }
        | AccessError::SessionSeconds => ErrorCode::InvalidParameterException,
    };
    ApiError::new(code, error.to_string())
}
