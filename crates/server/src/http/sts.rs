//! `sts`, for Cairn's own keys: who calls, and temporary credentials.

mod assume;
mod token;

use super::{Answer, whole};
use crate::app::App;
use crate::auth::{Caller, Issued};
use crate::body::{self, BodyError};
use crate::events::{self, Exchange};
use cairn_decide::access::{SessionError, role_of_arn};
use cairn_model::{AccessKey, Session, SessionHolder};
use cairn_record::Call;
use cairn_wire::query::{
    CallerIdentity, Credentials, Form, QueryCode, QueryError, STS_VERSION, caller_identity, error_response,
};
use hyper::body::Incoming;
use serde_json::{Value, json};

/// No request of the protocol is larger.
const BODY_BYTES_MAX: usize = 64 << 10;

/// Answers a call of `sts`.
pub(super) async fn answer(app: &App, exchange: &Exchange<'_>, body: Incoming) -> Answer {
    let failed = |error: &QueryError| whole(error_response(&exchange.request_id, error));
    // Before the claim is looked at: it is the body that names the operation, which goes on the record of
    // refused calls too. It is small, and its memory is charged as everybody's.
    let mut share = app.budget.share();
    let body = match body::read(body, BODY_BYTES_MAX, &mut share).await {
        Ok(body) => body,
        Err(error) => return failed(&body_error(&error)),
    };
    let parts = exchange.parts;
    let text = if body.is_empty() { parts.uri.query().unwrap_or_default().as_bytes() } else { &body[..] };
    let form = Form::parse(text);
    let action = form.as_ref().ok().and_then(|form| form.action().ok()).unwrap_or("Unknown").to_owned();
    let verified = app.authenticator.verify(app.journal.catalog(), parts, &body, "sts", exchange.now);
    let caller = match verified {
        Ok(caller) => caller,
        Err(refused) => {
            let error = refused.error.query();
            events::refused(app, exchange, &refused, "sts.amazonaws.com", &action, &refused.error.json())
                .await;
            return failed(&error);
        }
    };
    match form {
        Ok(form) => called(app, exchange, &caller, &form, &action).await,
        Err(error) => refused(app, exchange, &caller, &action, &error).await,
    }
}

/// Answers a call whose signature holds.
async fn called(app: &App, exchange: &Exchange<'_>, caller: &Caller, form: &Form, action: &str) -> Answer {
    if caller.key.ingest_only {
        let error = QueryError::new(QueryCode::AccessDenied, "This key may only post events.");
        return refused(app, exchange, caller, action, &error).await;
    }
    match form.action() {
        Ok("GetCallerIdentity") => identity(app, exchange, caller).await,
        Ok("AssumeRole") => assume::answer(app, exchange, caller, form).await,
        Ok("GetSessionToken") => token::answer(app, exchange, caller, form).await,
        Ok(other) => {
            let error = QueryError::unknown_action(other, STS_VERSION);
            refused(app, exchange, caller, action, &error).await
        }
        Err(error) => refused(app, exchange, caller, action, &error).await,
    }
}

/// Answers a call to an upstream's `sts` that is for Cairn: it hands out sessions of its own roles, and of users of
/// whom it has a record. Nothing, if the upstream is meant. `said` is all that the upstream may read as parameters; what
/// cannot be read here reaches no upstream, as it might ask for an own role there, past that role's trust policy.
pub(crate) async fn own(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    said: Option<&[u8]>,
) -> Option<Answer> {
    let unread = || QueryError::new(QueryCode::ValidationError, "A call of sts is a query or a form.");
    let form = match said.ok_or_else(unread).and_then(Form::parse) {
        Ok(form) => form,
        Err(error) => return Some(refused(app, exchange, caller, "Unknown", &error).await),
    };
    let action = form.get("Action")?;
    match is_own(app, caller, &form, action) {
        true => Some(called(app, exchange, caller, &form, action).await),
        false => None,
    }
}

fn is_own(app: &App, caller: &Caller, form: &Form, action: &str) -> bool {
    let state = app.journal.catalog().state();
    if action == "GetSessionToken" {
        let user = caller.key.user.as_deref();
        return user.is_some_and(|user| state.user(caller.account(), user).is_some());
    }
    let role = form.get("RoleArn").and_then(role_of_arn);
    action.starts_with("AssumeRole")
        && role.is_some_and(|(account, name)| state.role(account, name).is_some())
}

/// Refuses a call, on the record.
async fn refused(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    action: &str,
    error: &QueryError,
) -> Answer {
    events::sts(app, exchange, caller, action, Some(error)).await;
    whole(error_response(&exchange.request_id, error))
}

/// Puts it on the record that credentials are handed out; without that they are not.
async fn recorded(app: &App, exchange: &Exchange<'_>, caller: &Caller, call: Call) -> Result<(), QueryError> {
    let recorded = events::sts_credentials(app, exchange, caller, call).await;
    recorded.map_err(|error| {
        app.journal.miss(&error);
        QueryError::new(QueryCode::ServiceUnavailable, "The call could not be recorded. Try again.")
    })
}

fn session_error(error: &SessionError) -> QueryError {
    let code = match error {
        SessionError::Parameter(_) | SessionError::NotTaken(_) => QueryCode::ValidationError,
        SessionError::Policy(_) => QueryCode::MalformedPolicyDocument,
        SessionError::SourceIdentity => QueryCode::AccessDenied,
    };
    QueryError::new(code, error.to_string())
}

/// Makes the credentials of a session.
fn issue(
    app: &App,
    session: Session,
    policy: Option<String>,
    issuer: Option<&AccessKey>,
) -> Result<Credentials, QueryError> {
    let issued = app.authenticator.temporaries().issue(session, policy, issuer);
    let Issued { access_key_id, secret, token, expires } = issued
        .map_err(|_| QueryError::new(QueryCode::InternalFailure, "The system gives no random bytes."))?;
    Ok(Credentials {
        access_key_id,
        secret_access_key: secret,
        session_token: token,
        expiration: expires.to_string(),
    })
}

/// What an event tells of credentials: nothing that they are stolen with.
fn shown(credentials: &Credentials) -> Value {
    json!({ "accessKeyId": credentials.access_key_id, "expiration": credentials.expiration })
}

/// Answers GetCallerIdentity for a key of Cairn's own, whose signature was verified.
pub(crate) async fn identity(app: &App, exchange: &Exchange<'_>, caller: &Caller) -> Answer {
    events::sts(app, exchange, caller, "GetCallerIdentity", None).await;
    whole(caller_identity(&exchange.request_id, &identity_of(caller)))
}

fn identity_of(caller: &Caller) -> CallerIdentity {
    let account = caller.account().to_string();
    let holder = caller.session.as_ref().map(|temporary| &temporary.session.holder);
    let user_id = match (holder, caller.key.user.as_deref()) {
        (Some(SessionHolder::AssumedRole { role_id, session_name, .. }), _) => {
            format!("{role_id}:{session_name}")
        }
        (_, Some(user)) => cairn_record::user_id(caller.account(), user),
        (_, None) => account.clone(),
    };
    CallerIdentity { arn: caller.arn(), user_id, account }
}

fn body_error(error: &BodyError) -> QueryError {
    let code = match error {
        BodyError::TooLarge(_) => QueryCode::RequestEntityTooLarge,
        BodyError::Stalled | BodyError::BrokeOff => QueryCode::ValidationError,
        BodyError::Busy => QueryCode::ServiceUnavailable,
    };
    QueryError::new(code, error.to_string())
}
