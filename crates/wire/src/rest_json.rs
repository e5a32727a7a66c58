//! Answers of rest-json, which `cloudtrail-data` speaks, as HTTP.

use bytes::Bytes;
use http::Response;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde::Serialize;
use serde_json::json;

use crate::error::ApiError;
use crate::json11;

/// The content type of requests and answers.
pub const CONTENT_TYPE_REST_JSON: &str = "application/json";

/// 200 with `output`, a response struct of [`crate::generated`], as JSON.
pub fn ok<T: Serialize>(request_id: &str, output: &T) -> Response<Bytes> {
    as_rest_json(json11::ok(request_id, output))
}

/// The answer to a request that failed: its code is in a header only, its body is `{"message": text}`.
pub fn error_response(request_id: &str, error: &ApiError) -> Response<Bytes> {
    let body = json!({"message": error.message});
    as_rest_json(json11::error_response(request_id, error)).map(|_| Bytes::from(body.to_string()))
}

fn as_rest_json(mut response: Response<Bytes>) -> Response<Bytes> {
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE_REST_JSON));
    response
}

#[cfg(test)]
mod tests;
