//! `POST /_cairn/events`.

use super::{SERVICE, error, respond};
use crate::app::App;
use crate::auth::{self, Caller};
use crate::body;
use crate::events::{self as record, Exchange};
use crate::http::{body_error, journal_error};
use crate::ingest::{self, BODY_BYTES_MAX, Encoding, Poster, Receipt, UnpackError};
use bytes::Bytes;
use cairn_model::Origin;
use cairn_wire::{ApiError, ErrorCode};
use http::{Response, StatusCode};
use hyper::body::Incoming;

/// Takes events; answers when all that were taken are durable.
pub(super) async fn answer(app: &App, exchange: &Exchange<'_>, body: Incoming) -> Response<Bytes> {
    match take(app, exchange, body).await {
        Ok(receipt) => {
            let body = serde_json::to_vec(&receipt).expect("a receipt has string keys only");
            respond(StatusCode::OK, exchange, Bytes::from(body))
        }
        Err(cause) => {
            if let Some(detail) = &cause.detail {
                tracing::error!(request_id = exchange.request_id, detail, "{cause}");
            }
            error(exchange, &cause)
        }
    }
}

async fn take(app: &App, exchange: &Exchange<'_>, body: Incoming) -> Result<Receipt, ApiError> {
    let origin = origin(exchange)?;
    let mut share = app.budget.share();
    let announced = hyper::body::Body::size_hint(&body).lower();
    let announced = usize::try_from(announced).unwrap_or(usize::MAX).min(BODY_BYTES_MAX);
    // The body, and the events that are encoded from it.
    app.budget.grow(&mut share, announced * 2).map_err(unpack_error)?;
    let body = body::read(body, BODY_BYTES_MAX).await.map_err(|cause| body_error(&cause))?;
    let caller = authenticate(app, exchange, &body).await?;
    if origin == Origin::Imported && caller.key.ingest_only {
        let cause =
            ApiError::new(ErrorCode::AccessDeniedException, "This key may post events, but not import them.");
        record::own(app, exchange, &caller, "Import", None, Some(&cause)).await;
        return Err(cause);
    }
    let poster = Poster::new(&caller, app.is_operator(&caller.key), origin);
    let header =
        exchange.parts.headers.get(http::header::CONTENT_ENCODING).and_then(|value| value.to_str().ok());
    let encoding = Encoding::of(header, &body).map_err(unpack_error)?;
    let budget = app.budget.clone();
    let known = app.journal.catalog().state();
    let judged = tokio::task::spawn_blocking(move || {
        let body = ingest::unpack(body, encoding, &budget, &mut share)?;
        Ok((ingest::judge(&body, &poster, &known), share))
    });
    let (judged, share) = judged.await.expect("judging events does not panic").map_err(unpack_error)?;
    let refused = judged.refused();
    let describe = |accounts: &[String]| {
        let parameters = serde_json::json!({ "accounts": accounts });
        record::own_event(exchange, &caller, "CreateAccount", Some(parameters), None)
    };
    let receipt = ingest::commit(&app.journal, judged, describe).await;
    drop(share);
    let receipt = receipt.map_err(|cause| journal_error(app, cause))?;
    app.metrics.posted(receipt.accepted, refused);
    Ok(receipt)
}

fn origin(exchange: &Exchange<'_>) -> Result<Origin, ApiError> {
    let query = exchange.parts.uri.query().unwrap_or_default();
    let mut origin = Origin::Posted;
    for pair in query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("X-Amz-")) {
        origin = match pair {
            "origin=imported" => Origin::Imported,
            "origin=posted" => Origin::Posted,
            other => {
                return Err(super::invalid(format!(
                    "the query parameter {other:?} is none of: origin=imported"
                )));
            }
        };
    }
    Ok(origin)
}

/// By bearer token over loopback, else by signature. What is refused is on the record.
async fn authenticate(app: &App, exchange: &Exchange<'_>, body: &Bytes) -> Result<Caller, ApiError> {
    let state = app.journal.catalog().state();
    if let Some(key) = auth::bearer(&state, exchange.parts, exchange.peer) {
        return Ok(Caller { key, region: app.config.region.clone() });
    }
    let verified =
        app.authenticator.verify(app.journal.catalog(), exchange.parts, body, SERVICE, exchange.now);
    match verified {
        Ok(caller) => Ok(caller),
        Err(refused) => {
            let cause = refused.error.json();
            record::refused(app, exchange, &refused, "cairn.amazonaws.com", "PostEvents", &cause).await;
            Err(cause)
        }
    }
}

fn unpack_error(cause: UnpackError) -> ApiError {
    let code = match cause {
        UnpackError::UnknownEncoding | UnpackError::Damaged(_) => ErrorCode::ValidationError,
        UnpackError::TooLarge => ErrorCode::RequestEntityTooLargeException,
        UnpackError::Busy => ErrorCode::ServiceUnavailable,
    };
    ApiError::new(code, cause.to_string())
}
