//! CloudTrail's API: AWS JSON 1.1.

use super::{Answer, Signed, Unsigned, journal_error, read_signed, whole};
use crate::api::{self, Call, Outcome, Prepared};
use crate::app::App;
use crate::auth::Caller;
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
    let name = operation.as_ref().map_or("Unknown", |operation| operation.name());
    let signed = match read_signed(app, exchange, body, service, BODY_BYTES_MAX).await {
        Ok(signed) => signed,
        Err(Unsigned::Body(error)) => return failed(&error.into()),
        Err(Unsigned::Refused(refused)) => {
            let error = refused.error.json();
            events::refused(app, exchange, &refused, "cloudtrail.amazonaws.com", name, &error).await;
            return failed(&error);
        }
    };
    let Signed { caller, body, .. } = &signed;
    match permitted(caller, operation) {
        Ok(operation) => whole(call(app, exchange, caller, operation, body).await),
        Err(error) => {
            events::cloudtrail(app, exchange, caller, name, body, Err(&error)).await;
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
    let answered = match api::prepare(call).await {
        Ok(prepared) if api::changes_something(operation) => change(call, &prepared, exchange).await,
        Ok(prepared) => api::run(call, &prepared).await,
        Err(error) => Err(error),
    };
    // The event of a change that was made is in its record.
    if answered.is_err() || !api::changes_something(operation) {
        let result = answered.as_ref().map(|outcome| outcome.recorded.clone());
        events::cloudtrail(app, exchange, caller, operation.name(), body, result).await;
    }
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

/// Decides, records and applies under the control plane's lock.
async fn change(call: Call<'_>, prepared: &Prepared, exchange: &Exchange<'_>) -> api::Answered {
    let Call { app, caller, operation, body, .. } = call;
    let mut control = app.journal.control().await;
    let outcome = api::run(call, prepared).await?;
    let Outcome { changes, recorded, .. } = &outcome;
    let event = events::cloudtrail_event(exchange, caller, operation.name(), body, Ok(recorded.clone()));
    let committed = control.commit(changes, caller.account(), &event).await;
    committed.map_err(journal_error)?;
    Ok(outcome)
}
