//! Cairn's own paths, under `/_cairn/`.

mod accounts;
mod events;
mod health;
mod keys;
mod lookup;

pub(crate) use keys::{new_access_key_id, new_secret};

use crate::app::App;
use crate::auth::Caller;
use crate::events::Exchange;
use crate::http::{Answer, whole};
use crate::{body, events as record};
use bytes::Bytes;
use cairn_wire::{ApiError, ErrorCode};
use http::{Method, Response, StatusCode};
use hyper::body::Incoming;
use serde_json::Value;

/// Requests other than posted events are no larger than this.
const BODY_BYTES_MAX: usize = 1 << 20;

/// The service name that own paths are signed for.
const SERVICE: &str = "cairn";

/// Answers a request under `/_cairn/`.
pub(crate) async fn answer(app: &App, exchange: &Exchange<'_>, body: Incoming) -> Answer {
    let parts = exchange.parts;
    let path = parts.uri.path().strip_prefix("/_cairn").unwrap_or_default();
    let response = match (&parts.method, path) {
        (&Method::GET, "/health") => health::answer(app),
        (&Method::GET, "/metrics") => text(app.metrics.page(app), "text/plain; version=0.0.4"),
        (&Method::POST, "/events") => events::answer(app, exchange, body).await,
        _ => match named(&parts.method, path) {
            Some(call) => operate(app, exchange, call, body).await,
            None => error(exchange, &not_found(&parts.method, path)),
        },
    };
    whole(response)
}

/// The calls that are signed, answered with JSON and on the record.
#[derive(Clone, Debug, PartialEq, Eq)]
enum OwnCall {
    Lookup,
    ListAccounts,
    CreateAccount,
    ListKeys,
    CreateKey,
    DisableKey(String),
    EnableKey(String),
    DeleteKey(String),
}

impl OwnCall {
    /// `eventName`.
    fn name(&self) -> &'static str {
        match self {
            OwnCall::Lookup => "Lookup",
            OwnCall::ListAccounts => "ListAccounts",
            OwnCall::CreateAccount => "CreateAccount",
            OwnCall::ListKeys => "ListKeys",
            OwnCall::CreateKey => "CreateKey",
            OwnCall::DisableKey(_) => "DisableKey",
            OwnCall::EnableKey(_) => "EnableKey",
            OwnCall::DeleteKey(_) => "DeleteKey",
        }
    }

    fn changes_something(&self) -> bool {
        !matches!(self, OwnCall::Lookup | OwnCall::ListAccounts | OwnCall::ListKeys)
    }

    /// `requestParameters`: the body if it is an object, or the key that the path names.
    fn parameters(&self, body: &Bytes) -> Option<Value> {
        match self {
            OwnCall::DisableKey(id) | OwnCall::EnableKey(id) | OwnCall::DeleteKey(id) => {
                Some(serde_json::json!({ "accessKeyId": id }))
            }
            _ => object(body).ok().filter(|body| body.as_object().is_some_and(|members| !members.is_empty())),
        }
    }
}

fn named(method: &Method, path: &str) -> Option<OwnCall> {
    match (method, path) {
        (&Method::POST, "/lookup") => return Some(OwnCall::Lookup),
        (&Method::GET, "/accounts") => return Some(OwnCall::ListAccounts),
        (&Method::POST, "/accounts") => return Some(OwnCall::CreateAccount),
        (&Method::GET, "/keys") => return Some(OwnCall::ListKeys),
        (&Method::POST, "/keys") => return Some(OwnCall::CreateKey),
        _ => {}
    }
    let rest = path.strip_prefix("/keys/")?;
    let (id, action) = rest.split_once('/').unwrap_or((rest, ""));
    let id = percent_encoding::percent_decode_str(id).decode_utf8().ok()?.into_owned();
    match (method, action) {
        (&Method::POST, "disable") => Some(OwnCall::DisableKey(id)),
        (&Method::POST, "enable") => Some(OwnCall::EnableKey(id)),
        (&Method::DELETE, "") => Some(OwnCall::DeleteKey(id)),
        _ => None,
    }
}

/// What a call answers, as JSON, or why not.
type Answered = Result<Bytes, ApiError>;

/// An answer as JSON.
fn answered(value: &impl serde::Serialize) -> Answered {
    Ok(Bytes::from(serde_json::to_vec(value).expect("answers have string keys only")))
}

/// Verifies, runs and records a call.
async fn operate(app: &App, exchange: &Exchange<'_>, call: OwnCall, body: Incoming) -> Response<Bytes> {
    let body = match body::read(body, BODY_BYTES_MAX).await {
        Ok(body) => body,
        Err(cause) => return error(exchange, &cause.into()),
    };
    let verified =
        app.authenticator.verify(app.journal.catalog(), exchange.parts, &body, SERVICE, exchange.now);
    let caller = match verified {
        Ok(caller) => caller,
        Err(refused) => {
            let cause = refused.error.json();
            record::refused(app, exchange, &refused, "cairn.amazonaws.com", call.name(), &cause).await;
            return error(exchange, &cause);
        }
    };
    let answered = match permitted(&caller, &call) {
        Ok(()) => run(app, exchange, &caller, &call, &body).await,
        Err(cause) => Err(cause),
    };
    // The event of a change that was made is in its record.
    if answered.is_err() || !call.changes_something() {
        let parameters = call.parameters(&body);
        record::own(app, exchange, &caller, call.name(), parameters, answered.as_ref().err()).await;
    }
    match answered {
        Ok(answer) => respond(StatusCode::OK, exchange, answer),
        Err(cause) => {
            if let Some(detail) = &cause.detail {
                tracing::error!(request_id = exchange.request_id, detail, "{cause}");
            }
            error(exchange, &cause)
        }
    }
}

async fn run(app: &App, exchange: &Exchange<'_>, caller: &Caller, call: &OwnCall, body: &Bytes) -> Answered {
    match call {
        OwnCall::Lookup => lookup::run(app, exchange, caller, body).await,
        OwnCall::ListAccounts => accounts::list(app),
        OwnCall::CreateAccount => accounts::create(app, exchange, caller, body).await,
        OwnCall::ListKeys => keys::list(app),
        OwnCall::CreateKey => keys::create(app, exchange, caller, body).await,
        OwnCall::DisableKey(id) => keys::set_status(app, exchange, caller, id, false).await,
        OwnCall::EnableKey(id) => keys::set_status(app, exchange, caller, id, true).await,
        OwnCall::DeleteKey(id) => keys::delete(app, exchange, caller, id).await,
    }
}

/// Everyone may look up events, each those of its account; all else is the operator's.
fn permitted(caller: &Caller, call: &OwnCall) -> Result<(), ApiError> {
    if caller.key.operator || *call == OwnCall::Lookup {
        return Ok(());
    }
    let message =
        format!("{} is not the operator: only the first account's root key may do this.", caller.arn());
    Err(ApiError::new(ErrorCode::AccessDeniedException, message))
}

fn not_found(method: &Method, path: &str) -> ApiError {
    ApiError::new(ErrorCode::UnknownOperationException, format!("Cairn has no {method} /_cairn{path}."))
}

/// What is wrong with a request's parameters.
fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::InvalidParameterException, message)
}

/// A JSON body as an object; an empty one has no members.
fn object(body: &Bytes) -> Result<Value, ApiError> {
    if body.is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    match serde_json::from_slice(body) {
        Ok(object @ Value::Object(_)) => Ok(object),
        Ok(_) => Err(invalid("the body is not a JSON object")),
        Err(cause) => Err(invalid(format!("the body is not JSON: {cause}"))),
    }
}

/// A JSON body of known shape.
fn request<T: serde::de::DeserializeOwned>(body: &Bytes) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|cause| invalid(format!("the body is not as it should be: {cause}")))
}

fn text(body: impl Into<Bytes>, content_type: &'static str) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    let value = http::HeaderValue::from_static(content_type);
    response.headers_mut().insert(http::header::CONTENT_TYPE, value);
    response
}

fn respond(status: StatusCode, exchange: &Exchange<'_>, json: Bytes) -> Response<Bytes> {
    let mut response = text(json, "application/json");
    *response.status_mut() = status;
    if let Ok(id) = http::HeaderValue::from_str(&exchange.request_id) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}

fn error(exchange: &Exchange<'_>, cause: &ApiError) -> Response<Bytes> {
    respond(cause.status(), exchange, cause.body())
}
