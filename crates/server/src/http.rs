//! From a request to its answer: routing, and what all answers share.

mod buckets;
mod cloudtrail;
mod sts;

use crate::app::App;
use crate::events::Exchange;
use crate::journal::JournalError;
use crate::own;
use crate::route::{Route, route};
use crate::{body, clock, events};
use bytes::Bytes;
use cairn_bucket::BoxError;
use cairn_store::log::AppendError;
use cairn_wire::{ApiError, ErrorCode};
use http::Response;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use std::net::SocketAddr;
use std::sync::Arc;

/// An answer on its way out.
pub(crate) type Answer = Response<UnsyncBoxBody<Bytes, BoxError>>;

/// Answers a request. It runs as a task of its own, because a client that hangs up must not cut a call between log and catalog.
pub(crate) async fn answer(app: Arc<App>, peer: SocketAddr, request: http::Request<Incoming>) -> Answer {
    let answered = tokio::spawn(async move { dispatch(&app, peer, request).await }).await;
    answered.unwrap_or_else(|error| {
        tracing::error!(%error, "a request could not be answered");
        let error = ApiError::internal("panic");
        whole(cairn_wire::error_response(&clock::random_uuid(), &error))
    })
}

async fn dispatch(app: &App, peer: SocketAddr, request: http::Request<Incoming>) -> Answer {
    let route = route(&(request_parts(&request)));
    let (name, answer) = match route {
        Route::Cairn => ("cairn", own::answer(app, peer, request).await),
        Route::CloudTrail => ("cloudtrail", cloudtrail::answer(app, peer, request).await),
        Route::CloudTrailData => ("cloudtrail-data", cloudtrail::answer_data(app, peer, request).await),
        Route::Sts => ("sts", sts::answer(app, peer, request).await),
        Route::S3 => ("s3", buckets::answer(app, peer, request).await),
        Route::Unknown(service) => ("unknown", unknown(app, peer, request, &service).await),
    };
    app.metrics.answered(name, answer.status());
    answer
}

/// The head of a request, for routing.
fn request_parts(request: &http::Request<Incoming>) -> http::request::Parts {
    let mut head = http::Request::new(());
    *head.method_mut() = request.method().clone();
    *head.uri_mut() = request.uri().clone();
    *head.headers_mut() = request.headers().clone();
    head.into_parts().0
}

/// A service that neither Cairn nor an upstream has: a clear error, on the record.
async fn unknown(app: &App, peer: SocketAddr, request: http::Request<Incoming>, service: &str) -> Answer {
    let (parts, _body) = request.into_parts();
    let exchange = Exchange::new(&parts, peer);
    let message = format!("Cairn does not serve {service:?} itself, and no upstream is set for it.");
    let error = ApiError::new(ErrorCode::UnknownOperationException, message);
    events::unknown_service(app, &exchange, service, &error).await;
    whole(cairn_wire::error_response(&exchange.request_id, &error))
}

/// An answer that is at hand whole.
pub(crate) fn whole(response: Response<Bytes>) -> Answer {
    response.map(|body| Full::new(body).map_err(|never| match never {}).boxed_unsync())
}

/// What a body that could not be read is answered with.
pub(crate) fn body_error(error: &body::BodyError) -> ApiError {
    let code = match error {
        body::BodyError::TooLarge(_) => ErrorCode::RequestEntityTooLargeException,
        body::BodyError::Stalled | body::BodyError::BrokeOff => ErrorCode::ValidationError,
    };
    ApiError::new(code, error.to_string())
}

/// What a call is answered with whose event or change is not, or may not be, in the log. A fault that only a restart mends ends the
/// process.
pub(crate) fn journal_error(app: &App, error: JournalError) -> ApiError {
    let retry = |message: &str| ApiError::new(ErrorCode::ServiceUnavailable, message);
    match error {
        JournalError::Append(AppendError::Busy) => {
            retry("Too many requests are waiting to be written. Try again.")
        }
        JournalError::Append(AppendError::Full) => {
            retry("The disk is full. Nothing was recorded or changed. Try again when there is space.")
        }
        JournalError::Append(AppendError::Closed) => retry("Cairn is stopping. Try again."),
        JournalError::Append(error @ AppendError::Io(_)) => {
            retry("The log could not be written. Nothing was recorded or changed. Try again.")
                .with_detail(error.to_string())
        }
        JournalError::Append(error @ AppendError::TooLarge { .. }) => {
            ApiError::new(ErrorCode::RequestEntityTooLargeException, error.to_string())
        }
        JournalError::Append(error @ AppendError::Fatal(_)) => fatal(app, &error),
        JournalError::Catalog(error) => fatal(app, &error),
        JournalError::Event(error) => ApiError::internal(error.to_string()),
    }
}

fn fatal(app: &App, error: &dyn std::fmt::Display) -> ApiError {
    tracing::error!(%error, "cannot go on; the process stops and recovers at its next start");
    app.fatal.cancel();
    ApiError::new(
        ErrorCode::InternalFailure,
        "Cairn has to restart; whether this call took effect is told by asking again.",
    )
}
