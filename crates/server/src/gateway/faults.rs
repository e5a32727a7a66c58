//! What a caller is told whose call does not get through, in the form of the protocol that it speaks.

use bytes::Bytes;
use cairn_operations::{Protocol, Recognized};
use cairn_wire::sigv4::AuthError;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode, request};
use serde_json::json;

/// How errors are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `{"__type": code, "message": text}`.
    Json,
    /// The same in CBOR.
    Cbor,
    /// `<ErrorResponse>`.
    Query,
    /// EC2's `<Response><Errors>`.
    Ec2,
    /// `<Error>`.
    S3,
    /// `grpc-status` and `grpc-message`.
    Grpc,
}

/// Why a call does not get through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It does not authenticate.
    Signature(AuthError),
    /// The key may not do this. The text is for the caller.
    Denied(&'static str),
    /// The caller's policies do not allow it. The text is for the caller.
    NotAllowed(String),
    /// A token that does not hold, for an API of one's own.
    Token(String),
    /// Its body is larger than what is read to verify a signature, or to find out what is called.
    TooLarge(usize),
    /// It can be taken for more than one operation. The text is for the caller.
    Ambiguous(&'static str),
    /// Its body did not come whole.
    BrokeOff,
    /// Nothing was done; trying again later helps. The text is for the caller.
    Unavailable(&'static str),
    /// The upstream took effect or not: the event could not be written.
    NotRecorded,
    /// Nobody serves the service.
    NoUpstream(String),
    /// The upstream cannot be reached, or broke off.
    BadGateway(String),
    /// The upstream did not answer in time.
    TimedOut,
}

/// A fault in the words of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Form {
    /// That of a request, as it was recognized.
    pub(crate) fn of(recognized: &Recognized, parts: &request::Parts) -> Form {
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if header("smithy-protocol") == "rpc-v2-cbor" {
            return Form::Cbor;
        }
        let content_type = header("content-type");
        if content_type.starts_with("application/grpc") {
            return Form::Grpc;
        }
        match recognized {
            Recognized::Operation { operation, .. } => match operation.service().protocol() {
                Protocol::Ec2 => Form::Ec2,
                Protocol::Query => Form::Query,
                Protocol::RestXml if operation.event_source() == "s3.amazonaws.com" => Form::S3,
                Protocol::RestXml => Form::Query,
                Protocol::Json10 | Protocol::Json11 | Protocol::RestJson | Protocol::RpcV2Cbor => Form::Json,
            },
            Recognized::Unlisted { event_source, .. } if event_source == "s3.amazonaws.com" => Form::S3,
            Recognized::Unlisted { .. } if content_type.starts_with("application/x-www-form") => Form::Query,
            Recognized::Unlisted { .. } => Form::Json,
        }
    }
}

impl Fault {
    /// Status, code and message.
    pub(crate) fn told(&self, form: Form) -> Told {
        let told = |status, code, message: String| Told { status, code, message };
        match self {
            Fault::Signature(error) => signature(error, form),
            Fault::Denied(message) => told(StatusCode::FORBIDDEN, denied(form), (*message).to_owned()),
            Fault::NotAllowed(message) => told(StatusCode::FORBIDDEN, denied(form), message.clone()),
            Fault::Token(why) => told(StatusCode::UNAUTHORIZED, "Unauthorized", why.clone()),
            Fault::TooLarge(max) => {
                let code = if form == Form::S3 { "EntityTooLarge" } else { "RequestEntityTooLarge" };
                let message =
                    format!("The body is larger than the {max} bytes that are read of one like it.");
                told(StatusCode::PAYLOAD_TOO_LARGE, code, message)
            }
            Fault::Ambiguous(message) => {
                let code = match form {
                    Form::Json | Form::Cbor | Form::Grpc => "ValidationException",
                    Form::Query | Form::Ec2 => "InvalidParameterCombination",
                    Form::S3 => "InvalidRequest",
                };
                told(StatusCode::BAD_REQUEST, code, (*message).to_owned())
            }
            Fault::BrokeOff => {
                let code = if form == Form::S3 { "IncompleteBody" } else { "ValidationError" };
                told(StatusCode::BAD_REQUEST, code, "The body of the request did not come whole.".to_owned())
            }
            Fault::Unavailable(message) => {
                told(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", (*message).to_owned())
            }
            Fault::NotRecorded => {
                let message =
                    "The call was made, but could not be recorded. Whether it took effect is told by asking.";
                told(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", message.to_owned())
            }
            Fault::NoUpstream(service) => {
                let code = match form {
                    Form::Json | Form::Cbor | Form::Grpc => "UnknownOperationException",
                    Form::Query | Form::Ec2 | Form::S3 => "InvalidAction",
                };
                let message =
                    format!("Cairn does not serve {service:?} itself, and no upstream is set for it.");
                told(StatusCode::NOT_FOUND, code, message)
            }
            Fault::BadGateway(why) => {
                told(StatusCode::BAD_GATEWAY, "BadGateway", format!("The upstream could not answer: {why}."))
            }
            Fault::TimedOut => {
                let message = "The upstream did not answer in time. The call may have taken effect.";
                told(StatusCode::GATEWAY_TIMEOUT, "GatewayTimeout", message.to_owned())
            }
        }
    }
}

/// What protocols call a refusal for want of permission.
fn denied(form: Form) -> &'static str {
    match form {
        Form::Json | Form::Cbor => "AccessDeniedException",
        Form::Query | Form::S3 | Form::Grpc => "AccessDenied",
        Form::Ec2 => "UnauthorizedOperation",
    }
}

fn signature(error: &AuthError, form: Form) -> Told {
    let (status, code) = match form {
        Form::S3 => {
            let (code, status) = error.s3();
            (status, code)
        }
        Form::Query | Form::Ec2 => {
            let (code, status) = error.query().code.facts();
            (status, code)
        }
        Form::Json | Form::Cbor => {
            let error = error.json();
            (error.status(), error.code.name())
        }
        Form::Grpc => (StatusCode::UNAUTHORIZED, "Unauthenticated"),
    };
    Told { status, code, message: error.message() }
}

impl Told {
    /// The answer.
    pub(crate) fn response(&self, form: Form, request_id: &str) -> Response<Bytes> {
        let (content_type, body) = match form {
            Form::Json => {
                let body = json!({"__type": self.code, "code": self.code, "message": self.message});
                ("application/json", body.to_string().into_bytes())
            }
            Form::Cbor => ("application/cbor", cbor(&[("__type", self.code), ("message", &self.message)])),
            Form::Query => ("text/xml", self.query(request_id).into_bytes()),
            Form::Ec2 => ("text/xml", self.ec2(request_id).into_bytes()),
            Form::S3 => ("application/xml", self.s3(request_id).into_bytes()),
            Form::Grpc => return self.grpc(),
        };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        if matches!(form, Form::Json | Form::Cbor) {
            headers.insert("x-amzn-errortype", HeaderValue::from_static(self.code));
        }
        if form == Form::Cbor {
            headers.insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        let name = if form == Form::S3 { "x-amz-request-id" } else { "x-amzn-requestid" };
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert(name, id);
        }
        response
    }

    fn query(&self, request_id: &str) -> String {
        let kind = if self.status.is_client_error() { "Sender" } else { "Receiver" };
        let (code, message) = (self.code, escaped(&self.message));
        format!(
            "<ErrorResponse><Error><Type>{kind}</Type><Code>{code}</Code><Message>{message}</Message></Error>\
             <RequestId>{request_id}</RequestId></ErrorResponse>"
        )
    }

    fn ec2(&self, request_id: &str) -> String {
        let (code, message) = (self.code, escaped(&self.message));
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code>\
             <Message>{message}</Message></Error></Errors><RequestID>{request_id}</RequestID></Response>"
        )
    }

    fn s3(&self, request_id: &str) -> String {
        let (code, message) = (self.code, escaped(&self.message));
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>\
             <RequestId>{request_id}</RequestId></Error>"
        )
    }

    /// An answer of trailers only. Statuses: gRPC's "Status codes and their use".
    fn grpc(&self) -> Response<Bytes> {
        let status = match self.status {
            StatusCode::FORBIDDEN => "7",
            StatusCode::UNAUTHORIZED => "16",
            StatusCode::PAYLOAD_TOO_LARGE => "8",
            StatusCode::BAD_REQUEST => "3",
            StatusCode::GATEWAY_TIMEOUT => "4",
            _ => "14",
        };
        let message = percent_encoding::utf8_percent_encode(&self.message, percent_encoding::CONTROLS);
        let mut response = Response::new(Bytes::new());
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        headers.insert("grpc-status", HeaderValue::from_static(status));
        if let Ok(message) = HeaderValue::from_str(&message.to_string()) {
            headers.insert("grpc-message", message);
        }
        response
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A map of texts (RFC 8949, 3.1).
fn cbor(members: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = vec![0xa0 | members.len() as u8];
    for text in members.iter().flat_map(|(name, value)| [name, value]) {
        match text.len() {
            length @ 0..24 => bytes.push(0x60 | length as u8),
            length @ 24..0x100 => bytes.extend([0x78, length as u8]),
            length => {
                bytes.push(0x7a);
                bytes.extend((length as u32).to_be_bytes());
            }
        }
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests;
