//! From a request to its answer: routing, and what all answers share.

mod buckets;
mod cloudtrail;
mod cloudtrail_data;
pub(crate) mod organizations;
mod signed;
pub(crate) mod sts;
mod unknown;

pub(crate) use buckets::list as own_buckets;
pub(crate) use signed::{Signed, Unsigned, read as read_signed};

use crate::app::App;
use crate::events::Exchange;
use crate::gateway::{self, Destination, destination};
use crate::journal::JournalError;
use crate::own;
use crate::route::Route;
use crate::{body, clock};
use bytes::Bytes;
use cairn_bucket::BoxError;
use cairn_store::log::AppendError;
use cairn_wire::{ApiError, ErrorCode};
use http::Response;
use http::request::Parts;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use std::net::SocketAddr;
use std::sync::Arc;

/// An answer on its way out.
pub(crate) type Answer = Response<UnsyncBoxBody<Bytes, BoxError>>;

/// Answers a request. What Cairn itself answers runs as a task of its own, because a client that hangs up must not cut a
/// call between log and catalog. What goes to an upstream does not: it ends with its client.
pub(crate) async fn answer(app: Arc<App>, peer: SocketAddr, request: http::Request<Incoming>) -> Answer {
    let (parts, body) = request.into_parts();
    let (name, answer) = match destination(&app, &parts).await {
        Destination::Upstream(upstream) => {
            // Boxed, or the connection would move all the room that it needs.
            ("upstream", Box::pin(gateway::forward(&app, peer, parts, body, upstream)).await)
        }
        Destination::BucketsOfBoth(upstream) => {
            ("upstream", Box::pin(gateway::list_buckets(&app, peer, parts, body, upstream)).await)
        }
        Destination::Here(route) => {
            let answering = Arc::clone(&app);
            let answered =
                tokio::spawn(async move { here(&answering, peer, parts, body, route).await }).await;
            answered.unwrap_or_else(|error| ("panic", panicked(&error)))
        }
    };
    app.metrics.answered(name, answer.status());
    answer
}

fn panicked(error: &tokio::task::JoinError) -> Answer {
    tracing::error!(%error, "a request could not be answered");
    whole(cairn_wire::error_response(&clock::random_uuid(), &ApiError::internal("panic")))
}

/// Answers what Cairn itself answers. Tells by which part of it.
async fn here(
    app: &App,
    peer: SocketAddr,
    parts: Parts,
    body: Incoming,
    route: Route,
) -> (&'static str, Answer) {
    let exchange = Exchange::new(app, &parts, peer);
    match route {
        Route::Cairn => ("cairn", own::answer(app, &exchange, body).await),
        Route::CloudTrail => ("cloudtrail", cloudtrail::answer(app, &exchange, body).await),
        Route::CloudTrailData => ("cloudtrail-data", cloudtrail_data::answer(app, &exchange, body).await),
        Route::Organizations => ("organizations", organizations::answer(app, &exchange, body).await),
        Route::Sts => ("sts", sts::answer(app, &exchange, body).await),
        Route::S3 | Route::Plain => ("s3", buckets::answer(app, &exchange, body).await),
        Route::Service(service) => ("unknown", unknown::answer(app, &exchange, body, &service).await),
        Route::Logs => ("logs", own::logs::over_http(app, &exchange, body).await),
        Route::LogsGrpc => ("logs", own::logs::over_grpc(app, &exchange, body).await),
    }
}

/// An answer that is at hand whole.
pub(crate) fn whole(response: Response<Bytes>) -> Answer {
    response.map(|body| Full::new(body).map_err(|never| match never {}).boxed_unsync())
}

/// What a body that could not be read is answered with.
impl From<body::BodyError> for ApiError {
    fn from(error: body::BodyError) -> ApiError {
        let code = match error {
            body::BodyError::TooLarge(_) => ErrorCode::RequestEntityTooLargeException,
            body::BodyError::Stalled | body::BodyError::BrokeOff => ErrorCode::ValidationError,
            body::BodyError::Busy => ErrorCode::ServiceUnavailable,
        };
        ApiError::new(code, error.to_string())
    }
}

/// What a call is answered with whose event or change is not, or may not be, in the log.
pub(crate) fn journal_error(error: JournalError) -> ApiError {
    let retry = |message: &str| ApiError::new(ErrorCode::ServiceUnavailable, message);
    let unknown = |detail: String| {
        let message = "Cairn has to restart; whether this call took effect is told by asking again.";
        ApiError::new(ErrorCode::InternalFailure, message).with_detail(detail)
    };
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
        JournalError::Append(error @ AppendError::Fatal(_)) => unknown(error.to_string()),
        JournalError::Unavailable | JournalError::Refused => {
            retry("The catalog cannot be changed now. Nothing was changed. Try again.")
        }
        JournalError::Void => {
            retry("Another process changed the catalog first. The call had no effect. Try again.")
        }
        JournalError::Unsettled => ApiError::new(
            ErrorCode::ServiceUnavailable,
            "The catalog went away; whether this call took effect is told by asking again.",
        ),
        JournalError::Read(error) => unknown(error.to_string()),
        JournalError::Catalog(error) => unknown(error.to_string()),
        JournalError::Stopping => unknown("an earlier change could not be applied".to_owned()),
        JournalError::Event(error) => ApiError::internal(error.to_string()),
    }
}
