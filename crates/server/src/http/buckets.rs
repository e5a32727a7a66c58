//! S3, for Cairn's own buckets.

use super::{Answer, whole};
use crate::app::App;
use crate::config::RecordMode;
use crate::events::{self, Exchange};
use crate::gateway::{Fault, Form};
use crate::listener::TlsSession;
use bytes::Bytes;
use cairn_bucket::{BoxError, Connection, S3Failure, S3Outcome};
use http::Method;
use http_body_util::Empty;
use hyper::body::{Body, Incoming};

/// Answers a call of `s3`. It is on the record before its answer goes out, refused ones too. What browsers ask
/// beforehand is not: it carries no identity and touches nothing.
pub(super) async fn answer(app: &App, exchange: &Exchange<'_>, body: Incoming) -> Answer {
    let may_write = !matches!(exchange.parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    let is_guarded = may_write && app.config.gateway.record != RecordMode::Async;
    if is_guarded && let Err(why) = app.gateway.check(&app.journal) {
        return unavailable(app, exchange, why).await;
    }
    if let Err(over) = app.authenticator.meet(app.journal.catalog(), exchange.parts) {
        return turned(app, exchange, &Fault::Signature(over)).await;
    }
    let mut response = call(app, exchange, body).await;
    let outcome = response.extensions_mut().remove::<S3Outcome>();
    let Some(outcome) = outcome.filter(|_| exchange.parts.method != Method::OPTIONS) else { return response };
    let recorded = events::s3(app, exchange, &outcome).await.inspect_err(|error| app.journal.miss(error));
    sent(response, recorded.is_ok() || !is_guarded, &exchange.request_id)
}

/// What goes out. A read answers all the same if it could not be recorded. A write has taken effect, but nobody may believe
/// that it is on the record.
fn sent(response: Answer, may_be_sent: bool, request_id: &str) -> Answer {
    if may_be_sent { response } else { fault(request_id, &Fault::NotRecorded) }
}

/// Lists the own buckets, for whoever records the call.
pub(crate) async fn list(app: &App, exchange: &Exchange<'_>) -> Answer {
    if let Err(over) = app.authenticator.meet(app.journal.catalog(), exchange.parts) {
        return fault(&exchange.request_id, &Fault::Signature(over));
    }
    call(app, exchange, Empty::new()).await
}

async fn call<B>(app: &App, exchange: &Exchange<'_>, body: B) -> Answer
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let connection = Connection {
        address: exchange.source,
        is_secure: exchange.parts.extensions.get::<TlsSession>().is_some(),
        time: exchange.now,
    };
    let request = http::Request::from_parts(exchange.parts.clone(), body);
    let mut response = app.s3.call(request, connection).await;
    if let Ok(id) = http::HeaderValue::from_str(&exchange.request_id) {
        response.headers_mut().insert("x-amz-request-id", id);
    }
    response
}

/// What could not be recorded is not begun. That it was asked for is told, if the log takes it.
async fn unavailable(app: &App, exchange: &Exchange<'_>, why: &'static str) -> Answer {
    turned(app, exchange, &Fault::Unavailable(why)).await
}

/// Turns a call away before anything looks at it.
async fn turned(app: &App, exchange: &Exchange<'_>, why: &Fault) -> Answer {
    let told = why.told(Form::S3);
    let failure = S3Failure { code: told.code.to_owned(), message: told.message };
    let bucket = app.s3.bucket_of(&exchange.parts.uri, &exchange.parts.headers);
    let outcome = S3Outcome { bucket, error: Some(failure), ..S3Outcome::default() };
    if let Err(error) = events::s3(app, exchange, &outcome).await {
        app.journal.miss(&error);
    }
    fault(&exchange.request_id, why)
}

fn fault(request_id: &str, fault: &Fault) -> Answer {
    whole(fault.told(Form::S3).response(Form::S3, request_id))
}

#[cfg(test)]
mod tests;
