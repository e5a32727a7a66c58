//! GetCallerIdentity, for Cairn's own keys.

use super::{Answer, whole};
use crate::app::App;
use crate::auth::Caller;
use crate::body::{self, BodyError};
use crate::events::{self, Exchange};
use cairn_wire::query::{CallerIdentity, Form, QueryCode, QueryError, caller_identity, error_response};
use hyper::body::Incoming;

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
    let checked = form.and_then(|form| match form.action()? {
        "GetCallerIdentity" => Ok(()),
        other => Err(QueryError::unknown_action(other, "2011-06-15")),
    });
    let checked = match checked {
        Ok(()) if caller.key.ingest_only => {
            Err(QueryError::new(QueryCode::AccessDenied, "This key may only post events."))
        }
        checked => checked,
    };
    events::sts(app, exchange, &caller, &action, checked.as_ref().err()).await;
    match checked {
        Err(error) => failed(&error),
        Ok(()) => whole(caller_identity(&exchange.request_id, &identity_of(&caller))),
    }
}

/// Answers GetCallerIdentity for a key of Cairn's own, whose signature was verified.
pub(crate) async fn identity(app: &App, exchange: &Exchange<'_>, caller: &Caller) -> Answer {
    events::sts(app, exchange, caller, "GetCallerIdentity", None).await;
    whole(caller_identity(&exchange.request_id, &identity_of(caller)))
}

fn identity_of(caller: &Caller) -> CallerIdentity {
    let account = caller.account().to_string();
    let user = caller.key.user.as_deref();
    let user_id = user.map_or_else(|| account.clone(), |user| cairn_record::user_id(caller.account(), user));
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
