//! Answers of AWS JSON 1.1, as HTTP.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use serde::Serialize;

use crate::error::ApiError;

/// The content type of requests and answers.
pub const CONTENT_TYPE_JSON11: &str = "application/x-amz-json-1.1";

/// The header that names the request; also in the event that records it.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// 200 with `output`, a response struct of [`crate::generated`], as JSON. Members that are `None`
/// are left out; a null never appears.
pub fn ok<T: Serialize>(request_id: &str, output: &T) -> Response<Bytes> {
    let body = serde_json::to_vec(output)
        .expect("response structs have string keys and serializers that cannot fail");
    respond(StatusCode::OK, request_id, body.into())
}

/// 200 without a body, for operations whose response has no members.
pub fn empty_ok(request_id: &str) -> Response<Bytes> {
    respond(StatusCode::OK, request_id, Bytes::new())
}

/// The answer to a request that failed.
pub fn error_response(request_id: &str, error: &ApiError) -> Response<Bytes> {
    let mut response = respond(error.status(), request_id, error.body());
    let code = HeaderValue::from_static(error.code.name());
    response.headers_mut().insert(ERROR_TYPE, code);
    response
}

fn respond(status: StatusCode, request_id: &str, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE_JSON11));
    // An id that no header can carry is left out rather than failing an answer that is ready.
    if let Ok(request_id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, request_id);
    }
    response
}

#[cfg(test)]
mod tests;
