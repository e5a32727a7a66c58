//! How a call failed, by its response.

use crate::parameters::is_json;
use http::StatusCode;
use serde_json::Value;

/// `errorCode` and `errorMessage` of a call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Such as `NotFound`, or what the service calls it.
    pub code: String,
    /// What the service said.
    pub message: Option<String>,
}

/// The longest code; what is longer is no code.
const CODE_BYTES_MAX: usize = 128;

/// How an HTTP call failed; none if its status is below 400. The code is the body's `code`, `errorCode`,
/// `error` or the end of its problem type (RFC 9457), at the top or within `error`; else the status's name.
pub fn failure(status: StatusCode, content_type: Option<&str>, body: &[u8]) -> Option<Failure> {
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    let told: Value = match content_type.is_some_and(is_json) {
        true => serde_json::from_slice(body).unwrap_or_default(),
        false => Value::Null,
    };
    let told = told.get("error").filter(|inner| inner.is_object()).unwrap_or(&told);
    let code = code(told).unwrap_or_else(|| status_name(status));
    Some(Failure { code, message: message(told) })
}

fn code(told: &Value) -> Option<String> {
    let named = ["code", "errorCode", "error"].iter().find_map(|key| told.get(key)?.as_str());
    // "about:blank" says no more than the status.
    let problem = told.get("type").and_then(Value::as_str).filter(|text| *text != "about:blank");
    let problem = problem.and_then(|text| text.trim_end_matches('/').rsplit(['/', '#', ':']).next());
    let is_code = |code: &&str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte);
        !code.is_empty() && code.len() <= CODE_BYTES_MAX && code.bytes().all(is_plain)
    };
    named.into_iter().chain(problem).find(is_code).map(str::to_owned)
}

fn message(told: &Value) -> Option<String> {
    const KEYS: [&str; 6] = ["message", "errorMessage", "error_description", "detail", "title", "error"];
    let text = KEYS.iter().find_map(|key| told.get(key)?.as_str().filter(|text| !text.is_empty()));
    text.map(str::to_owned)
}

/// `404 Not Found` as `NotFound`, and `Status599` of a status without a name.
fn status_name(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => reason.chars().filter(char::is_ascii_alphanumeric).collect(),
        None => format!("Status{}", status.as_u16()),
    }
}

#[cfg(test)]
mod tests;
