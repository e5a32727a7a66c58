//! What a caller of the JSON protocols is told when a request fails.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use serde_json::json;

use crate::generated::{ERROR_CODES, ErrorCode};

impl ErrorCode {
    /// The code as it stands in `__type`.
    pub fn name(self) -> &'static str {
        ERROR_CODES[self as usize].0
    }

    /// The HTTP status that goes with the code: 400 for every modelled exception.
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(ERROR_CODES[self as usize].1).expect("the generated statuses are three digits")
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// An error answer. `message` goes to the client, `detail` to the log only.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// The code, which fixes the status.
    pub code: ErrorCode,
    /// Text for the client: nothing about the inside of the server.
    pub message: String,
    /// Text for the log: may name files, positions and causes; never secrets.
    pub detail: Option<String>,
}

impl ApiError {
    /// An error whose client text says everything.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> ApiError {
        ApiError { code, message: message.into(), detail: None }
    }

    /// `InternalFailure`: the client learns nothing but that, the log learns `detail`.
    pub fn internal(detail: impl Into<String>) -> ApiError {
        ApiError::new(ErrorCode::InternalFailure, "An internal error occurred.").with_detail(detail)
    }

    /// The same error with `detail` for the log.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> ApiError {
        self.detail = Some(detail.into());
        self
    }

    /// The HTTP status of the answer.
    pub fn status(&self) -> StatusCode {
        self.code.status()
    }

    /// The body of the answer: `{"__type": code, "message": text}`.
    pub fn body(&self) -> Bytes {
        let body = json!({"__type": self.code.name(), "message": self.message});
        Bytes::from(body.to_string())
    }
}
