//! The query protocol as `sts` speaks it: form bodies in, XML out. API version 2011-06-15.

mod credentials;

pub use credentials::{AssumedRole, Credentials, assumed_role, session_token};

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use percent_encoding::percent_decode_str;

use crate::error::ApiError;
use crate::generated::ErrorCode;
use crate::json11::REQUEST_ID;

/// The only version of the API.
pub const STS_VERSION: &str = "2011-06-15";

/// The XML namespace of every answer.
const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// No request of the protocol has more parameters than this.
const PARAMETERS_MAX: usize = 1_000;

/// A decoded `application/x-www-form-urlencoded` text, of a body or of a query string.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Decodes `name=value&...`. `+` is a space. Refused: a name twice, a text that is not UTF-8
    /// when decoded, more than 1,000 parameters.
    pub fn parse(text: &[u8]) -> Result<Form, QueryError> {
        let text = std::str::from_utf8(text).map_err(|_| malformed("it is not UTF-8"))?;
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name)?;
            if pairs.iter().any(|(present, _)| *present == name) {
                return Err(malformed("a parameter stands twice"));
            }
            if pairs.len() == PARAMETERS_MAX {
                return Err(malformed("it has too many parameters"));
            }
            pairs.push((name, decode(value)?));
        }
        Ok(Form(pairs))
    }

    /// The value of a parameter, names being case-sensitive.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(present, _)| present == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The names of all parameters.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The parameter `Action`, if the parameter `Version` is absent or the one of `sts`.
    pub fn action(&self) -> Result<&str, QueryError> {
        let action = self.get("Action").filter(|action| !action.is_empty());
        let action = action.ok_or_else(|| QueryError::new(QueryCode::MissingAction, "Missing Action"))?;
        match self.get("Version") {
            None | Some(STS_VERSION) => Ok(action),
            Some(version) => Err(QueryError::unknown_action(action, version)),
        }
    }
}

fn decode(text: &str) -> Result<String, QueryError> {
    let spaced: Cow<'_, str> = match text.contains('+') {
        true => text.replace('+', " ").into(),
        false => text.into(),
    };
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded.map(Cow::into_owned).map_err(|_| malformed("a parameter is not UTF-8"))
}

fn malformed(why: &str) -> QueryError {
    QueryError::new(QueryCode::MalformedQueryString, format!("The query string is malformed: {why}."))
}

/// The error codes of the query protocol that Cairn answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryCode {
    /// 403: the key may not do it.
    AccessDenied,
    /// 403: the session is over.
    ExpiredToken,
    /// 403: the parts of a signature are there, but not whole.
    IncompleteSignature,
    /// 500.
    InternalFailure,
    /// 400: no such operation.
    InvalidAction,
    /// 403: no such key.
    InvalidClientTokenId,
    /// 400: a policy is none.
    MalformedPolicyDocument,
    /// 400: the parameters cannot be read.
    MalformedQueryString,
    /// 400: no operation named.
    MissingAction,
    /// 403: not signed.
    MissingAuthenticationToken,
    /// 413.
    RequestEntityTooLarge,
    /// 400: a presigned URL past its time.
    RequestExpired,
    /// 503: try again.
    ServiceUnavailable,
    /// 403.
    SignatureDoesNotMatch,
    /// 400: a parameter breaks a rule.
    ValidationError,
}

impl QueryCode {
    /// The code as it stands in `<Code>`, and its HTTP status.
    pub fn facts(self) -> (&'static str, StatusCode) {
        match self {
            QueryCode::AccessDenied => ("AccessDenied", StatusCode::FORBIDDEN),
            QueryCode::ExpiredToken => ("ExpiredToken", StatusCode::FORBIDDEN),
            QueryCode::IncompleteSignature => ("IncompleteSignature", StatusCode::FORBIDDEN),
            QueryCode::InternalFailure => ("InternalFailure", StatusCode::INTERNAL_SERVER_ERROR),
            QueryCode::InvalidAction => ("InvalidAction", StatusCode::BAD_REQUEST),
            QueryCode::InvalidClientTokenId => ("InvalidClientTokenId", StatusCode::FORBIDDEN),
            QueryCode::MalformedPolicyDocument => ("MalformedPolicyDocument", StatusCode::BAD_REQUEST),
            QueryCode::MalformedQueryString => ("MalformedQueryString", StatusCode::BAD_REQUEST),
            QueryCode::MissingAction => ("MissingAction", StatusCode::BAD_REQUEST),
            QueryCode::MissingAuthenticationToken => ("MissingAuthenticationToken", StatusCode::FORBIDDEN),
            QueryCode::RequestEntityTooLarge => ("RequestEntityTooLarge", StatusCode::PAYLOAD_TOO_LARGE),
            QueryCode::RequestExpired => ("RequestExpired", StatusCode::BAD_REQUEST),
            QueryCode::ServiceUnavailable => ("ServiceUnavailable", StatusCode::SERVICE_UNAVAILABLE),
            QueryCode::SignatureDoesNotMatch => ("SignatureDoesNotMatch", StatusCode::FORBIDDEN),
            QueryCode::ValidationError => ("ValidationError", StatusCode::BAD_REQUEST),
        }
    }
}

/// An error answer of the query protocol.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code:?}: {message}")]
pub struct QueryError {
    /// The code, which fixes the status.
    pub code: QueryCode,
    /// Text for the client.
    pub message: String,
}

impl QueryError {
    /// An error with its client text.
    pub fn new(code: QueryCode, message: impl Into<String>) -> QueryError {
        QueryError { code, message: message.into() }
    }

    /// `InvalidAction`, for an operation or version that is not there.
    pub fn unknown_action(action: &str, version: &str) -> QueryError {
        let message = format!("Could not find operation {action} for version {version}");
        QueryError::new(QueryCode::InvalidAction, message)
    }

    /// The same complaint for a caller of a JSON protocol.
    pub(crate) fn json(self) -> ApiError {
        ApiError::new(ErrorCode::ValidationException, self.message)
    }
}

/// Who signed, as GetCallerIdentity tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerIdentity {
    /// ARN of the user, role session or root.
    pub arn: String,
    /// Unique id of the principal; the account's id for root.
    pub user_id: String,
    /// Twelve digits.
    pub account: String,
}

/// The answer to GetCallerIdentity.
pub fn caller_identity(request_id: &str, caller: &CallerIdentity) -> Response<Bytes> {
    let xml = format!(
        "<GetCallerIdentityResponse xmlns=\"{NAMESPACE}\">\n  <GetCallerIdentityResult>\n    <Arn>{}</Arn>\n    \
         <UserId>{}</UserId>\n    <Account>{}</Account>\n  </GetCallerIdentityResult>\n  <ResponseMetadata>\n    \
         <RequestId>{}</RequestId>\n  </ResponseMetadata>\n</GetCallerIdentityResponse>\n",
        escape(&caller.arn),
        escape(&caller.user_id),
        escape(&caller.account),
        escape(request_id),
    );
    respond(StatusCode::OK, request_id, xml)
}

/// The answer to a query request that failed.
pub fn error_response(request_id: &str, error: &QueryError) -> Response<Bytes> {
    let (code, status) = error.code.facts();
    let kind = if status.is_server_error() { "Receiver" } else { "Sender" };
    let xml = format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\">\n  <Error>\n    <Type>{kind}</Type>\n    <Code>{code}</Code>\n    \
         <Message>{}</Message>\n  </Error>\n  <RequestId>{}</RequestId>\n</ErrorResponse>\n",
        escape(&error.message),
        escape(request_id),
    );
    respond(status, request_id, xml)
}

fn respond(status: StatusCode, request_id: &str, xml: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(xml));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    if let Ok(request_id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, request_id);
    }
    response
}

/// Text for XML 1.0: markup escaped, characters that XML cannot carry replaced.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\t' | '\n' => escaped.push(character),
            '\r' => escaped.push_str("&#13;"),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => escaped.push('\u{FFFD}'),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
