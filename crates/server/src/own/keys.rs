//! Access keys: `cairn key`.

use super::{Answered, answered, invalid, request};
use crate::app::App;
use crate::auth::{Caller, token_hash};
use crate::clock;
use crate::events::{self as record, Exchange};
use crate::http::journal_error;
use bytes::Bytes;
use cairn_model::{AccessKey, Account, AccountId, Change, KeyStatus};
use cairn_store::catalog::CatalogState;
use cairn_wire::{ApiError, ErrorCode};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn list(app: &App) -> Answered {
    answered(&json!({ "keys": shown_of(app, None) }))
}

/// The keys of an account, or of all, oldest first, without their secrets.
pub(super) fn shown_of(app: &App, account: Option<AccountId>) -> Vec<Value> {
    let state = app.journal.catalog().state();
    let wanted = |key: &&AccessKey| account.is_none_or(|account| key.account == account);
    let mut keys: Vec<&AccessKey> = state.keys.values().map(|key| &**key).filter(wanted).collect();
    keys.sort_by(|a, b| (a.created, &a.access_key_id).cmp(&(b.created, &b.access_key_id)));
    keys.into_iter().map(|key| shown(key, &state)).collect()
}

/// What CreateKey asks for. A member that is misspelt or of another type is refused: it would make a key
/// that may more than was meant.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[derive(Default)]
struct CreateKey {
    account: Option<AccountId>,
    user: Option<String>,
    ingest_only: bool,
    any_account: bool,
    token: bool,
    /// Of a user without a record, where others have one: that it may do everything is meant.
    administrator: bool,
}

/// Makes a key. The answer is the only place where its secret and token are ever shown.
pub(super) async fn create(app: &App, exchange: &Exchange<'_>, caller: &Caller, body: &Bytes) -> Answered {
    let request: CreateKey = request(body)?;
    let account = request.account.unwrap_or(caller.account());
    let user = request.user;
    if user.as_ref().is_some_and(|user| !is_user_name(user)) {
        return Err(invalid("user is not an IAM user name: 1 to 64 letters, digits or any of +=,.@_-"));
    }
    let (id, secret) = (new_access_key_id(), new_secret());
    let token = request.token.then(new_token);
    let sealed_secret = app.seal.seal(secret.as_bytes(), id.as_bytes());
    let key = AccessKey {
        account,
        user,
        sealed_secret: sealed_secret.map_err(|_| ApiError::internal("the system gives no random bytes"))?,
        token_sha256: token.as_deref().map(token_hash),
        ingest_only: request.ingest_only,
        any_account: request.any_account,
        operator: false,
        status: KeyStatus::Active,
        created: exchange.now,
        access_key_id: id,
    };
    let mut control = app.journal.control().await;
    control.check().map_err(journal_error)?;
    // Under the lock: a user that is deleted meanwhile would leave an administrator's key.
    let state = app.journal.catalog().state();
    check_user(&state, &key, request.administrator)?;
    let mut changes = Vec::new();
    if !state.accounts.contains_key(&account) {
        changes.push(Change::PutAccount(Account { id: account, name: None, created: exchange.now }));
    }
    changes.push(Change::PutKey(key.clone()));
    let event = record::own_event(exchange, caller, "CreateKey", Some(shown(&key, &state)), None);
    let committed = control.commit(&changes, caller.account(), &event).await;
    committed.map_err(journal_error)?;
    let mut answer = shown(&key, &state);
    answer["secretAccessKey"] = json!(secret);
    answer["token"] = json!(token);
    answered(&json!({ "keys": [answer] }))
}

/// Refuses a key of a user without a record in an account that has records: it would be an administrator's, and a
/// misspelt name must not make one.
fn check_user(state: &CatalogState, key: &AccessKey, is_meant: bool) -> Result<(), ApiError> {
    let Some(user) = key.user.as_deref().filter(|_| !key.ingest_only) else { return Ok(()) };
    let Some(records) = state.users.get(&key.account).filter(|records| !records.is_empty()) else {
        return Ok(());
    };
    if records.contains_key(user) {
        return Ok(());
    }
    // The case of letters makes no other user, as at AWS.
    if let Some(known) = records.keys().find(|known| known.eq_ignore_ascii_case(user)) {
        return Err(invalid(format!("there is no user {user}; did you mean {known}?")));
    }
    let why =
        "its key may do everything in the account, which has to be asked for with \"administrator\": true";
    if is_meant { Ok(()) } else { Err(invalid(format!("there is no user {user}; {why}"))) }
}

/// Disables or enables a key.
pub(super) async fn set_status(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    id: &str,
    active: bool,
) -> Answered {
    let name = if active { "EnableKey" } else { "DisableKey" };
    let mut control = app.journal.control().await;
    control.check().map_err(journal_error)?;
    let mut key = existing(app, id)?;
    key.status = if active { KeyStatus::Active } else { KeyStatus::Disabled };
    let event = record::own_event(exchange, caller, name, Some(json!({ "accessKeyId": id })), None);
    let committed = control.commit(&[Change::PutKey(key.clone())], caller.account(), &event).await;
    committed.map_err(journal_error)?;
    answered(&json!({ "keys": [shown(&key, &app.journal.catalog().state())] }))
}

/// Forgets a key.
pub(super) async fn delete(app: &App, exchange: &Exchange<'_>, caller: &Caller, id: &str) -> Answered {
    let mut control = app.journal.control().await;
    control.check().map_err(journal_error)?;
    let key = existing(app, id)?;
    let event = record::own_event(exchange, caller, "DeleteKey", Some(json!({ "accessKeyId": id })), None);
    let change = Change::DeleteKey { access_key_id: key.access_key_id.clone() };
    let committed = control.commit(&[change], caller.account(), &event).await;
    committed.map_err(journal_error)?;
    answered(&json!({ "keys": [] }))
}

/// A key that may be changed: the operator's own must stay, or nobody could operate Cairn any more.
fn existing(app: &App, id: &str) -> Result<AccessKey, ApiError> {
    if id == app.operator.access_key_id {
        return Err(invalid("the operator's key can be neither disabled nor deleted"));
    }
    let key = app.journal.catalog().state().keys.get(id).cloned();
    let key =
        key.ok_or_else(|| ApiError::new(ErrorCode::ResourceNotFoundException, format!("No key {id}.")))?;
    Ok(AccessKey::clone(&key))
}

fn is_user_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(allowed)
}

fn shown(key: &AccessKey, state: &CatalogState) -> Value {
    let status = match key.status {
        KeyStatus::Active => "Active",
        KeyStatus::Disabled => "Disabled",
    };
    // Users with a record may do what their policies allow.
    let record = key.user.as_deref().and_then(|user| state.user(key.account, user));
    let administrator = !key.ingest_only && record.is_none();
    json!({
        "accessKeyId": key.access_key_id, "account": key.account, "user": key.user, "status": status,
        "ingestOnly": key.ingest_only, "anyAccount": key.any_account, "administrator": administrator,
        "created": key.created.to_string(),
    })
}

/// `AKIA` and 16 letters or digits of base 32, as AWS's are.
pub(crate) fn new_access_key_id() -> String {
    let bits = clock::random_bits();
    let digit =
        |place: u32| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(bits >> (place * 5) & 31) as usize]);
    format!("AKIA{}", (0..16).map(digit).collect::<String>())
}

/// 40 letters or digits, of 238 random bits: as long as AWS's, without the characters that shells and URLs
/// mind.
pub(crate) fn new_secret() -> String {
    alphanumeric(40)
}

fn new_token() -> String {
    format!("cairn_{}", alphanumeric(40))
}

fn alphanumeric(length: usize) -> String {
    use rand::distr::{Alphanumeric, SampleString};
    Alphanumeric.sample_string(&mut rand::rng(), length)
}

#[cfg(test)]
mod tests;
