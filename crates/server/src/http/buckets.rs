//! S3, for Cairn's own buckets.

use super::Answer;
use crate::app::App;
use crate::events::{self, Exchange};
use cairn_bucket::S3Outcome;
use hyper::body::Incoming;

/// Answers a call of `s3`. Bucket-level calls are on the record, refused ones too, before their answer goes
/// out.
pub(super) async fn answer(app: &App, exchange: &Exchange<'_>, body: Incoming) -> Answer {
    let mut response = app.s3.call(http::Request::from_parts(exchange.parts.clone(), body)).await;
    if let Some(outcome) = response.extensions_mut().remove::<S3Outcome>() {
        events::s3(app, exchange, &outcome).await;
    }
    if let Ok(id) = http::HeaderValue::from_str(&exchange.request_id) {
        response.headers_mut().insert("x-amz-request-id", id);
    }
    response
}
