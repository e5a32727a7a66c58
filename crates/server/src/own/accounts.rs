//! Accounts: `cairn account`.

use super::{Answered, answered, invalid, keys, request};
use crate::app::App;
use crate::auth::Caller;
use crate::events::{self as record, Exchange};
use crate::http::journal_error;
use bytes::Bytes;
use cairn_model::{Account, AccountId, Change, Logging, Trail};
use cairn_wire::{ApiError, ErrorCode};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn list(app: &App) -> Answered {
    let state = app.journal.catalog().state();
    let accounts: Vec<Value> = state.accounts.values().map(shown).collect();
    answered(&json!({ "accounts": accounts }))
}

/// What CreateAccount asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CreateAccount {
    id: AccountId,
    name: Option<String>,
}

/// Makes an account, or names one that is there.
pub(super) async fn create(app: &App, exchange: &Exchange<'_>, caller: &Caller, body: &Bytes) -> Answered {
    let CreateAccount { id, name } = request(body)?;
    name.as_deref().map_or(Ok(()), check_name)?;
    let mut control = app.journal.control().await;
    control.check().map_err(journal_error)?;
    let known = app.journal.catalog().state().accounts.get(&id).cloned();
    let account = match known {
        Some(known) => Account { name: name.or(known.name), ..known },
        None => Account { id, name, created: exchange.now },
    };
    let parameters = json!({ "id": id, "name": account.name });
    let event = record::own_event(exchange, caller, "CreateAccount", Some(parameters), None);
    let changes = [Change::PutAccount(account.clone())];
    let committed = control.commit(&changes, caller.account(), &event).await;
    committed.map_err(journal_error)?;
    answered(&json!({ "accounts": [shown(&account)] }))
}

/// What RenameAccount asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RenameAccount {
    name: String,
}

/// Gives an account that is there another name.
pub(super) async fn rename(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    id: &str,
    body: &Bytes,
) -> Answered {
    let RenameAccount { name } = request(body)?;
    check_name(&name)?;
    let mut control = app.journal.control().await;
    control.check().map_err(journal_error)?;
    let account = Account { name: Some(name), ..existing(app, id)? };
    let parameters = json!({ "id": account.id, "name": account.name });
    let event = record::own_event(exchange, caller, "RenameAccount", Some(parameters), None);
    let committed = control.commit(&[Change::PutAccount(account.clone())], caller.account(), &event).await;
    committed.map_err(journal_error)?;
    answered(&json!({ "accounts": [shown(&account)] }))
}

/// One account with its keys and trails.
pub(super) fn get(app: &App, id: &str) -> Answered {
    let account = existing(app, id)?;
    let state = app.journal.catalog().state();
    let trails: Vec<Value> = state.trails_of(account.id).map(|trail| shown_trail(trail)).collect();
    answered(&json!({
        "accounts": [shown(&account)], "keys": keys::shown_of(app, Some(account.id)), "trails": trails,
    }))
}

fn existing(app: &App, id: &str) -> Result<Account, ApiError> {
    let id: AccountId = id.parse().map_err(|_| invalid("an account id is 12 digits"))?;
    let account = app.journal.catalog().state().accounts.get(&id).cloned();
    account.ok_or_else(|| ApiError::new(ErrorCode::ResourceNotFoundException, format!("No account {id}.")))
}

fn check_name(name: &str) -> Result<(), ApiError> {
    match name.len() {
        1..=256 => Ok(()),
        _ => Err(invalid("name is not 1 to 256 bytes long")),
    }
}

fn shown_trail(trail: &Trail) -> Value {
    json!({
        "name": trail.arn.name, "region": trail.arn.region, "bucket": trail.bucket, "prefix": trail.prefix,
        "logging": matches!(trail.logging, Logging::On { .. }),
    })
}

fn shown(account: &Account) -> Value {
    json!({ "id": account.id, "name": account.name, "created": account.created.to_string() })
}
