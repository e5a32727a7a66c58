//! CloudTrail's API: AWS JSON 1.1.

use super::{Answer, journal_error, whole};
use crate::api::{self, Call, Outcome};
use crate::app::App;
use crate::auth::Caller;
use crate::body;
use crate::events::{self, Exchange};
use bytes::Bytes;
use cairn_wire::input::BODY_BYTES_MAX;
use cairn_wire::{ApiError, ErrorCode, Operation};
use hyper::body::Incoming;

/// Answers a call of `cloudtrail`.
pub(super) async fn answer(app: &App, exchange: &Exchange<'_>, body: Incoming) -> Answer {
    let target = exchange.parts.headers.get("x-amz-target");
    let target = target.and_then(|target| target.to_str().ok()).unwrap_or_default();
    let operation = Operation::from_target(target);
    answer_operation(app, exchange, operation, "cloudtrail", body).await
}

/// Answers a call of `cloudtrail-data`, whose one operation is not built yet.
pub(super) async fn answer_data(app: &App, exchange: &Exchange<'_>, body: Incoming) -> Answer {
    let operation = match exchange.parts.uri.path() {
        "/PutAuditEvents" => Ok(Operation::PutAuditEvents),
        _ => Err(ApiError::new(ErrorCode::UnknownOperationException, "The operation is unknown.")),
    };
    answer_operation(app, exchange, operation, "cloudtrail-data", body).await
}

async fn answer_operation(
    app: &App,
    exchange: &Exchange<'_>,
    operation: Result<Operation, ApiError>,
    service: &str,
    body: Incoming,
) -> Answer {
    let failed = |error: &ApiError| whole(cairn_wire::error_response(&exchange.request_id, error));
    let body = match body::read(body, BODY_BYTES_MAX).await {
        Ok(body) => body,
        Err(error) => return failed(&error.into()),
    };
    let name = operation.as_ref().map_or("Unknown", |operation| operation.name());
    let verified =
        app.authenticator.verify(app.journal.catalog(), exchange.parts, &body, service, exchange.now);
    let caller = match verified {
        Ok(caller) => caller,
        Err(refused) => {
            let error = refused.error.json();
            events::refused(app, exchange, &refused, "cloudtrail.amazonaws.com", name, &error).await;
            return failed(&error);
        }
    };
    match permitted(&caller, operation) {
        Ok(operation) => whole(call(app, exchange, &caller, operation, &body).await),
        Err(error) => {
            events::cloudtrail(app, exchange, &caller, name, &body, Err(&error)).await;
            failed(&error)
        }
    }
}

/// Every key but the ingest-only ones is its account's administrator.
fn permitted(caller: &Caller, operation: Result<Operation, ApiError>) -> Result<Operation, ApiError> {
    let operation = operation?;
    if !caller.key.ingest_only {
        return Ok(operation);
    }
    let message = format!(
        "User: {} is not authorized to perform: cloudtrail:{} because its key may only post events",
        caller.arn(),
        operation.name()
    );
    Err(ApiError::new(ErrorCode::AccessDeniedException, message))
}

/// Runs an operation and has its event in the log before the answer goes out.
async fn call(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    operation: Operation,
    body: &Bytes,
) -> http::Response<Bytes> {
    let call = Call { app, caller, operation, body, now: exchange.now, request_id: &exchange.request_id };
    let answered = if api::changes_something(operation) {
        change(call, exchange).await
    } else {
        let answered = api::run(call).await;
        let result = answered.as_ref().map(|outcome| outcome.recorded.clone());
        events::cloudtrail(app, exchange, caller, operation.name(), body, result).await;
        answered
    };
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

/// Decides, records and applies under the control plane's lock. A refused change is recorded too.
async fn change(call: Call<'_>, exchange: &Exchange<'_>) -> api::Answered {
    let Call { app, caller, operation, body, .. } = call;
    let mut control = app.journal.control().await;
    let outcome = match api::run(call).await {
        Ok(outcome) => outcome,
        Err(error) => {
            drop(control);
            events::cloudtrail(app, exchange, caller, operation.name(), body, Err(&error)).await;
            return Err(error);
        }
    };
    let Outcome { changes, recorded, .. } = &outcome;
    let event = events::cloudtrail_event(exchange, caller, operation.name(), body, Ok(recorded.clone()));
    let committed = control.commit(changes, caller.account(), &event).await;
    committed.map_err(journal_error)?;
    Ok(outcome)
}
