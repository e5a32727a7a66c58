//! Cairn's own paths, under `/_cairn/`.

mod access;
mod accounts;
mod ahead;
mod backup;
mod events;
mod health;
mod imports;
mod keys;
mod locks;
pub(crate) mod logs;
mod lookup;
mod proof;
mod query;
mod stacks;
mod tables;
mod tags;
mod tail;

pub(crate) use keys::{new_access_key_id, new_secret};
pub(crate) use proof::file as proof_file;

use crate::app::App;
use crate::auth::Caller;
use crate::events as record;
use crate::events::Exchange;
use crate::http::{Answer, Signed, Unsigned, read_signed, whole};
use bytes::Bytes;
use cairn_bucket::BoxError;
use cairn_wire::{ApiError, ErrorCode};
use http::{Method, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
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
    match (&parts.method, path) {
        (&Method::GET, "/health") => whole(health::answer(app)),
        (&Method::GET, "/metrics") => whole(text(app.metrics.page(app), "text/plain; version=0.0.4")),
        (&Method::POST, "/events") => whole(events::answer(app, exchange, body).await),
        (&Method::POST, "/kubernetes") => {
            let format = cairn_foreign::Format::Kubernetes;
            whole(events::answer_foreign(app, exchange, body, format).await)
        }
        _ => match named(&parts.method, path) {
            Some(call) => operate(app, exchange, call, body).await,
            None => whole(error(exchange, &not_found(&parts.method, path))),
        },
    }
}

/// The calls that are signed, answered with JSON and on the record.
#[derive(Clone, Debug, PartialEq, Eq)]
enum OwnCall {
    Lookup,
    Query,
    Tail,
    Backup,
    ListAccounts,
    CreateAccount,
    GetAccount(String),
    RenameAccount(String),
    ListKeys,
    GetPublicKeys,
    CreateKey,
    DisableKey(String),
    EnableKey(String),
    DeleteKey(String),
    BreakLock,
    BeginImport,
    CountImported,
    Import,
    ListStacks,
    ListTables,
    PutStack(String),
    ListTags,
    PutTags,
    /// Users, groups, roles, policies.
    Access(access::AccessCall),
}

impl OwnCall {
    /// `eventName`.
    fn name(&self) -> &'static str {
        match self {
            OwnCall::Lookup => "Lookup",
            OwnCall::Query => "Query",
            OwnCall::Tail => "Tail",
            OwnCall::Backup => "Backup",
            OwnCall::ListAccounts => "ListAccounts",
            OwnCall::CreateAccount => "CreateAccount",
            OwnCall::GetAccount(_) => "GetAccount",
            OwnCall::RenameAccount(_) => "RenameAccount",
            OwnCall::ListKeys => "ListKeys",
            OwnCall::GetPublicKeys => "GetPublicKeys",
            OwnCall::CreateKey => "CreateKey",
            OwnCall::DisableKey(_) => "DisableKey",
            OwnCall::EnableKey(_) => "EnableKey",
            OwnCall::DeleteKey(_) => "DeleteKey",
            OwnCall::BreakLock => "BreakLock",
            OwnCall::BeginImport => "BeginImport",
            OwnCall::CountImported => "CountImported",
            OwnCall::Import => "Import",
            OwnCall::ListStacks => "ListStacks",
            OwnCall::ListTables => "ListTables",
            OwnCall::PutStack(_) => "PutStack",
            OwnCall::ListTags => "ListTags",
            OwnCall::PutTags => "PutTags",
            OwnCall::Access(call) => call.name(),
        }
    }

    fn changes_something(&self) -> bool {
        let reads = matches!(
            self,
            OwnCall::Lookup
                | OwnCall::Query
                | OwnCall::Tail
                | OwnCall::Backup
                | OwnCall::ListAccounts
                | OwnCall::GetAccount(_)
                | OwnCall::ListKeys
                | OwnCall::GetPublicKeys
                | OwnCall::ListStacks
                | OwnCall::ListTables
                | OwnCall::ListTags
        ) || matches!(self, OwnCall::Access(call) if call.reads());
        !reads && !self.imports()
    }

    /// Whether it is about an import, whose events come by themselves.
    fn imports(&self) -> bool {
        matches!(self, OwnCall::BeginImport | OwnCall::CountImported | OwnCall::Import)
    }

    /// `requestParameters`: the body if it is an object, or the key that the path names.
    fn parameters(&self, body: &Bytes) -> Option<Value> {
        match self {
            OwnCall::DisableKey(id) | OwnCall::EnableKey(id) | OwnCall::DeleteKey(id) => {
                Some(serde_json::json!({ "accessKeyId": id }))
            }
            OwnCall::GetAccount(id) | OwnCall::RenameAccount(id) => Some(serde_json::json!({ "id": id })),
            OwnCall::Access(call) => Some(call.parameters(body)),
            OwnCall::PutStack(name) => Some(stacks::parameters(name, body)),
            // Thousands of positions, or tags, would say nothing to anybody.
            OwnCall::CountImported | OwnCall::PutTags => None,
            _ => object(body).ok().filter(|body| body.as_object().is_some_and(|members| !members.is_empty())),
        }
    }
}

fn named(method: &Method, path: &str) -> Option<OwnCall> {
    match (method, path) {
        (&Method::POST, "/lookup") => return Some(OwnCall::Lookup),
        (&Method::POST, "/query") => return Some(OwnCall::Query),
        (&Method::GET, "/tail") => return Some(OwnCall::Tail),
        (&Method::POST, "/backup") => return Some(OwnCall::Backup),
        (&Method::GET, "/accounts") => return Some(OwnCall::ListAccounts),
        (&Method::POST, "/accounts") => return Some(OwnCall::CreateAccount),
        (&Method::GET, "/keys/export") => return Some(OwnCall::GetPublicKeys),
        (&Method::GET, "/keys") => return Some(OwnCall::ListKeys),
        (&Method::POST, "/keys") => return Some(OwnCall::CreateKey),
        (&Method::POST, "/locks/break") => return Some(OwnCall::BreakLock),
        (&Method::POST, "/imports/begin") => return Some(OwnCall::BeginImport),
        (&Method::POST, "/imports/count") => return Some(OwnCall::CountImported),
        (&Method::POST, "/imports") => return Some(OwnCall::Import),
        (&Method::GET, "/stacks") => return Some(OwnCall::ListStacks),
        (&Method::GET, "/tables") => return Some(OwnCall::ListTables),
        (&Method::GET, "/tags") => return Some(OwnCall::ListTags),
        (&Method::PUT, "/tags") => return Some(OwnCall::PutTags),
        _ => {}
    }
    if let Some(call) = access::named(method, path) {
        return Some(OwnCall::Access(call));
    }
    if let Some(rest) = path.strip_prefix("/accounts/") {
        return match (method, rest.strip_suffix("/rename")) {
            (&Method::GET, None) => Some(OwnCall::GetAccount(rest.to_owned())),
            (&Method::POST, Some(id)) => Some(OwnCall::RenameAccount(id.to_owned())),
            _ => None,
        };
    }
    if let Some(name) = path.strip_prefix("/stacks/") {
        return (method == Method::POST).then(|| OwnCall::PutStack(name.to_owned()));
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

/// What a call answers.
enum Reply {
    Json(Bytes),
    /// As it comes, of this media type.
    Stream(&'static str, UnsyncBoxBody<Bytes, BoxError>),
}

/// What a call answers, or why not.
type Answered = Result<Reply, ApiError>;

/// An answer as JSON.
fn answered(value: &impl serde::Serialize) -> Answered {
    Ok(Reply::Json(Bytes::from(serde_json::to_vec(value).expect("answers have string keys only"))))
}

/// Verifies, runs and records a call.
async fn operate(app: &App, exchange: &Exchange<'_>, call: OwnCall, body: Incoming) -> Answer {
    let signed = match read_signed(app, exchange, body, SERVICE, BODY_BYTES_MAX).await {
        Ok(signed) => signed,
        Err(Unsigned::Body(cause)) => return whole(error(exchange, &cause.into())),
        Err(Unsigned::Refused(refused)) => {
            let cause = refused.error.json();
            record::refused(app, exchange, &refused, "cairn.amazonaws.com", call.name(), &cause).await;
            return whole(error(exchange, &cause));
        }
    };
    let Signed { caller, body, .. } = &signed;
    let answered = match permitted(app, exchange, caller, &call, body) {
        Ok(()) => run(app, exchange, caller, &call, body).await,
        Err(cause) => Err(cause),
    };
    // The event of a change that was made is in its record.
    if answered.is_err() || !call.changes_something() {
        let parameters = match &call {
            OwnCall::Tail => tail::parameters(exchange.parts),
            call => call.parameters(body),
        };
        record::own(app, exchange, caller, call.name(), parameters, answered.as_ref().err()).await;
    }
    match answered {
        Ok(Reply::Json(json)) => whole(respond(StatusCode::OK, exchange, json)),
        Ok(Reply::Stream(content_type, body)) => stream(exchange, content_type, body),
        Err(cause) => {
            if let Some(detail) = &cause.detail {
                tracing::error!(request_id = exchange.request_id, detail, "{cause}");
            }
            whole(error(exchange, &cause))
        }
    }
}

async fn run(app: &App, exchange: &Exchange<'_>, caller: &Caller, call: &OwnCall, body: &Bytes) -> Answered {
    match call {
        OwnCall::Lookup => lookup::run(app, exchange, caller, body).await,
        OwnCall::Query => query::run(app, exchange, caller, body).await,
        OwnCall::Tail => tail::run(app, exchange, caller).await,
        OwnCall::Backup => backup::run(app, exchange, body).await,
        OwnCall::ListAccounts => accounts::list(app),
        OwnCall::CreateAccount => accounts::create(app, exchange, caller, body).await,
        OwnCall::GetAccount(id) => accounts::get(app, id),
        OwnCall::RenameAccount(id) => accounts::rename(app, exchange, caller, id, body).await,
        OwnCall::ListKeys => keys::list(app),
        OwnCall::GetPublicKeys => proof::export(app, exchange, caller).await,
        OwnCall::CreateKey => keys::create(app, exchange, caller, body).await,
        OwnCall::DisableKey(id) => keys::set_status(app, exchange, caller, id, false).await,
        OwnCall::EnableKey(id) => keys::set_status(app, exchange, caller, id, true).await,
        OwnCall::DeleteKey(id) => keys::delete(app, exchange, caller, id).await,
        OwnCall::BreakLock => locks::break_lock(app, exchange, caller, body).await,
        OwnCall::BeginImport => imports::begin(app, body),
        OwnCall::CountImported => imports::count(app, body).await,
        OwnCall::Import => imports::end(body),
        OwnCall::ListStacks => stacks::list(app, caller),
        OwnCall::ListTables => tables::list(app).await,
        OwnCall::PutStack(name) => stacks::put(app, exchange, caller, name, body).await,
        OwnCall::ListTags => tags::list(app),
        OwnCall::PutTags => tags::put(app, exchange, caller, body).await,
        OwnCall::Access(call) => access::run(app, exchange, caller, call, body).await,
    }
}

/// Whether the caller may make the call at all, and its policies allow it.
fn permitted(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    call: &OwnCall,
    body: &Bytes,
) -> Result<(), ApiError> {
    open_to(caller, call)?;
    let action = format!("cairn:{}", call.name());
    let resources = || match call {
        OwnCall::Access(call) => call.resources(caller, body),
        _ => vec!["*".to_owned()],
    };
    crate::access::require(app, exchange, caller, &action, resources, Vec::new)
}

/// Everyone may look up, query and import events, and manage users, groups, roles, policies and stacks, each those of its
/// account; all else is the operator's.
fn open_to(caller: &Caller, call: &OwnCall) -> Result<(), ApiError> {
    let is_for_all =
        matches!(call, OwnCall::Lookup | OwnCall::Query | OwnCall::Tail | OwnCall::GetPublicKeys);
    if caller.key.operator || is_for_all {
        return Ok(());
    }
    if call.imports() {
        return imports::permitted(caller);
    }
    if matches!(call, OwnCall::ListStacks | OwnCall::PutStack(_)) {
        return crate::access::refuse_ingest_only(caller, &format!("cairn:{}", call.name()));
    }
    if let OwnCall::Access(call) = call {
        return call.permitted(caller);
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
    name_request(&mut response, exchange);
    response
}

fn stream(
    exchange: &Exchange<'_>,
    content_type: &'static str,
    body: UnsyncBoxBody<Bytes, BoxError>,
) -> Answer {
    let mut response = Response::new(body);
    let value = http::HeaderValue::from_static(content_type);
    response.headers_mut().insert(http::header::CONTENT_TYPE, value);
    name_request(&mut response, exchange);
    response
}

fn name_request<B>(response: &mut Response<B>, exchange: &Exchange<'_>) {
    if let Ok(id) = http::HeaderValue::from_str(&exchange.request_id) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
}

fn error(exchange: &Exchange<'_>, cause: &ApiError) -> Response<Bytes> {
    respond(cause.status(), exchange, cause.body())
}
