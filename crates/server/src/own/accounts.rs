//! Accounts: `cairn account`.

use super::{Answered, answered, invalid, request};
use crate::app::App;
use crate::auth::Caller;
use crate::events::{self as record, Exchange};
use crate::http::journal_error;
use bytes::Bytes;
use cairn_model::{Account, AccountId, Change};
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
    if name.as_ref().is_some_and(|name| name.is_empty() || name.len() > 256) {
        return Err(invalid("name is not 1 to 256 bytes long"));
    }
    let mut control = app.journal.control().await;
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

fn shown(account: &Account) -> Value {
    json!({ "id": account.id, "name": account.name, "created": account.created.to_string() })
}
