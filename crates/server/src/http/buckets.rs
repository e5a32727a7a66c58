//! S3, for Cairn's own buckets.

use super::Answer;
use crate::app::App;
use crate::events::{self, Exchange};
use crate::listener::TlsSession;
use cairn_bucket::{Connection, S3Outcome};
use http::Method;
use hyper::body::Incoming;

/// Answers a call of `s3`. Bucket-level calls are on the record, refused ones too, before their answer goes
/// out. What browsers ask beforehand is not: it carries no identity and touches nothing.
pub(super) async fn answer(app: &App, exchange: &Exchange<'_>, body: Incoming) -> Answer {
    let connection = Connection {
        address: exchange.peer,
        is_secure: exchange.parts.extensions.get::<TlsSession>().is_some(),
    };
    let request = http::Request::from_parts(exchange.parts.clone(), body);
    let mut response = app.s3.call(request, connection).await;
    let outcome = response.extensions_mut().remove::<S3Outcome>();
    if let Some(outcome) = outcome.filter(|_| exchange.parts.method != Method::OPTIONS) {
        events::s3(app, exchange, &outcome).await;
    }
    if let Ok(id) = http::HeaderValue::from_str(&exchange.request_id) {
        response.headers_mut().insert("x-amz-request-id", id);
    }
    response
}
