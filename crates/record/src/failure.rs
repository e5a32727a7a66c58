//! How a call failed, by what its caller was answered.

mod names;

use crate::call::OwnedFailure;
use crate::decode::xml::Element;
use crate::decode::{self, cbor};
use crate::observed::{Answer, Body, header};
use cairn_operations::{Operation, Protocol};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

/// How the call failed; `None` if it did not. `operation` is the one of the table, if it was one of those.
pub(crate) fn failure(operation: Option<Operation>, answer: &Answer<'_>) -> Option<OwnedFailure> {
    let (status, headers, body) = match *answer {
        Answer::Own { code, message } => {
            return Some(OwnedFailure { code: code.to_owned(), message: Some(message.to_owned()) });
        }
        Answer::Given { status, headers, body } => (status, headers, body),
    };
    let told = of_body(headers, body);
    // S3 answers 200 first and fails afterwards where it copies or puts parts together, and redirects with errors.
    // But who stores an object that looks like an error must not have its readers recorded as having failed.
    let is_object = status.is_success() && operation.is_some_and(decode::answers_content);
    let is_late = is_s3(operation) && told.is_from_error_document && !is_object;
    let failed = status.is_client_error() || status.is_server_error() || is_late;
    if !failed {
        return None;
    }
    let code = of_headers(headers).or(told.code);
    let failure = match code {
        Some(code) => OwnedFailure { code, message: told.message },
        None => by_status(operation, status, told.message),
    };
    Some(as_recorded(operation, status, failure))
}

/// What a body tells of an error.
#[derive(Default)]
struct Told {
    code: Option<String>,
    message: Option<String>,
    is_from_error_document: bool,
}

fn is_s3(operation: Option<Operation>) -> bool {
    operation.is_some_and(|operation| operation.service().id() == "s3")
}

/// Services that left the query protocol send the code that it had in a header, and clients go by that.
fn of_headers(headers: &HeaderMap) -> Option<String> {
    let query = header(headers, "x-amzn-query-error").and_then(|value| value.split(';').next());
    let code = query.or_else(|| header(headers, "x-amzn-errortype").map(bare));
    code.filter(|code| !code.is_empty()).map(str::to_owned)
}

/// The code without its namespace before `#` and without the URL behind `:`.
fn bare(code: &str) -> &str {
    let code = code.rsplit('#').next().unwrap_or(code);
    code.split(':').next().unwrap_or(code).trim()
}

fn of_body(headers: &HeaderMap, body: Body<'_>) -> Told {
    let is_cbor = header(headers, "content-type").is_some_and(|it| it.starts_with("application/cbor"));
    let first = body.start.iter().find(|byte| !byte.is_ascii_whitespace());
    match first {
        Some(_) if is_cbor => {
            cbor::read(body.start).map_or_else(|_| Told::default(), |value| of_value(&value))
        }
        Some(b'{') => {
            serde_json::from_slice(body.start).map_or_else(|_| Told::default(), |value| of_value(&value))
        }
        Some(b'<') => Element::read(body.start).map_or_else(|_| Told::default(), |root| of_xml(&root)),
        _ => Told::default(),
    }
}

fn of_value(value: &Value) -> Told {
    let text = |names: &[&str]| {
        let found = names.iter().find_map(|name| value.get(name)?.as_str());
        found.filter(|text| !text.is_empty())
    };
    Told {
        code: text(&["__type", "code", "Code", "errorType"]).map(|code| bare(code).to_owned()),
        message: text(&["message", "Message", "errorMessage"]).map(str::to_owned),
        is_from_error_document: false,
    }
}

/// `<Error>` itself (S3), within `<ErrorResponse>` (query), or within `<Response><Errors>` (EC2).
fn of_xml(root: &Element) -> Told {
    let error = if root.name == "Error" {
        Some(root)
    } else {
        root.child("Error").or_else(|| root.child("Errors")?.child("Error"))
    };
    let Some(error) = error else { return Told::default() };
    let text = |name| error.child(name).map(|child| child.text.trim().to_owned()).filter(|it| !it.is_empty());
    Told {
        code: text("Code"),
        message: text("Message").or_else(|| text("message")),
        is_from_error_document: root.name == "Error",
    }
}

/// What an error without a body is called: answers to HEAD have none.
fn by_status(operation: Option<Operation>, status: StatusCode, message: Option<String>) -> OwnedFailure {
    let name = operation.map_or("", Operation::name);
    let (code, usual) = match (status.as_u16(), name) {
        (404, "HeadBucket") => ("NoSuchBucket", Some("The specified bucket does not exist")),
        (404, _) if is_s3(operation) => ("NoSuchKey", Some("The specified key does not exist.")),
        (403, _) => ("AccessDenied", Some("Access Denied")),
        (400, _) => ("BadRequest", None),
        (401, _) => ("Unauthorized", None),
        (404, _) => ("NotFound", None),
        (405, _) => ("MethodNotAllowed", None),
        (409, _) => ("Conflict", None),
        (412, _) => ("PreconditionFailed", None),
        (413, _) => ("RequestEntityTooLarge", None),
        (416, _) => ("InvalidRange", None),
        (429, _) => ("TooManyRequestsException", None),
        (500, _) => ("InternalFailure", None),
        (503, _) => ("ServiceUnavailable", None),
        (504, _) => ("GatewayTimeout", None),
        (number, _) => {
            return OwnedFailure { code: format!("Http{number}"), message };
        }
    };
    OwnedFailure { code: code.to_owned(), message: message.or_else(|| usual.map(str::to_owned)) }
}

fn as_recorded(operation: Option<Operation>, status: StatusCode, failure: OwnedFailure) -> OwnedFailure {
    let Some(service) = operation.map(Operation::service) else { return failure };
    let code = if service.protocol() == Protocol::Ec2 {
        let side = if status.is_server_error() { "Server" } else { "Client" };
        format!("{side}.{}", failure.code)
    } else {
        names::recorded(service.id(), &failure.code)
    };
    OwnedFailure { code, ..failure }
}

#[cfg(test)]
mod tests;
