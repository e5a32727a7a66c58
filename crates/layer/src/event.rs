//! Writing an event. Members: CloudTrail record contents, version 1.11.

use crate::call::{Call, Caller, Category, Details, Failure, Resource};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

const PARAMETERS_BYTES_MAX: usize = 100 * 1024;
const TEXT_BYTES_MAX: usize = 1024;

/// What holds for all events of a service.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) event_source: String,
    pub(crate) region: String,
    pub(crate) account: Option<String>,
}

/// A call under way.
#[derive(Debug)]
pub(crate) struct Started {
    call: Call,
    user_agent: Option<String>,
    request_id: Option<String>,
    time: Timestamp,
}

impl Started {
    pub(crate) fn new(call: Call, request: &Parts) -> Started {
        Started {
            call,
            user_agent: header(&request.headers, "user-agent"),
            request_id: header(&request.headers, "x-request-id"),
            time: Timestamp::now(),
        }
    }

    /// Adds what the handler said, and what it failed with if it failed.
    pub(crate) fn finish(mut self, details: Option<Details>, failure: Option<Failure>) -> Finished {
        let details = details.unwrap_or_default();
        self.call.resources.extend(details.resources);
        if let Some(caller) = details.caller {
            self.call.caller = caller;
        }
        if details.parameters.is_some() {
            self.call.parameters = details.parameters;
        }
        let failure = details.failure.or(failure);
        Finished { response: details.response.filter(|_| failure.is_none()), failure, started: self }
    }
}

/// A call and its outcome.
#[derive(Debug)]
pub(crate) struct Finished {
    started: Started,
    response: Option<Value>,
    failure: Option<Failure>,
}

impl Finished {
    /// The event as one line of JSON. Its id is made here, once: an event that is sent twice is one event.
    pub(crate) fn text(&self, origin: &Origin) -> Vec<u8> {
        let Finished { started: Started { call, user_agent, request_id, time }, response, failure } = self;
        let event = Event {
            event_version: "1.11",
            user_identity: identity(&call.caller),
            event_time: Timestamp::from_second(time.as_second()).unwrap_or(*time).to_string(),
            event_source: short(call.event_source.as_ref().unwrap_or(&origin.event_source)),
            event_name: short(&call.event_name),
            aws_region: &origin.region,
            source_ip_address: call.source_ip.map(|ip| ip.to_canonical().to_string()),
            user_agent: user_agent.as_deref().map(short),
            error_code: failure.as_ref().map(|failure| short(&failure.code)),
            error_message: failure.as_ref().and_then(|failure| failure.message.as_deref()).map(short),
            request_parameters: fitted("requestParameters", call.parameters.as_ref()),
            response_elements: fitted("responseElements", response.as_ref()),
            request_id: request_id.as_deref().map(short),
            event_id: Uuid::new_v4().to_string(),
            read_only: call.read_only,
            resources: &call.resources,
            event_type: "AwsApiCall",
            management_event: call.category == Category::Management,
            recipient_account_id: origin.account.as_deref(),
            event_category: match call.category {
                Category::Management => "Management",
                Category::Data => "Data",
            },
        };
        serde_json::to_vec(&event).expect("all keys are strings, and writing to memory cannot fail")
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    event_version: &'static str,
    user_identity: Value,
    event_time: String,
    event_source: &'a str,
    event_name: &'a str,
    aws_region: &'a str,
    #[serde(rename = "sourceIPAddress", skip_serializing_if = "Option::is_none")]
    source_ip_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'a str>,
    request_parameters: Option<Value>,
    response_elements: Option<Value>,
    #[serde(rename = "requestID", skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(rename = "eventID")]
    event_id: String,
    read_only: bool,
    #[serde(skip_serializing_if = "<[Resource]>::is_empty")]
    resources: &'a [Resource],
    event_type: &'static str,
    management_event: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_account_id: Option<&'a str>,
    event_category: &'static str,
}

/// How a response says that the call failed: gRPC's status where there is one, else HTTP's.
pub(crate) fn failure(status: StatusCode, headers: &HeaderMap) -> Option<Failure> {
    if let Some(code) = header(headers, "grpc-status") {
        return (code != "0").then(|| Failure {
            code: format!("GrpcStatus{code}"),
            message: header(headers, "grpc-message"),
        });
    }
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    let name: String =
        status.canonical_reason().unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
    let code = if name.is_empty() { format!("Status{}", status.as_u16()) } else { name };
    Some(Failure { code, message: None })
}

fn identity(caller: &Caller) -> Value {
    match caller {
        Caller::Anonymous => json!({"type": "AWSAccount", "principalId": "", "accountId": "anonymous"}),
        Caller::Service { name } => json!({"type": "AWSService", "invokedBy": short(name)}),
        Caller::User { principal_id, user_name, identity_provider } => {
            let mut identity = json!({"type": "WebIdentityUser", "principalId": short(principal_id)});
            if let Some(name) = user_name {
                identity["userName"] = Value::from(short(name));
            }
            if let Some(provider) = identity_provider {
                identity["identityProvider"] = Value::from(short(provider));
            }
            identity
        }
    }
}

/// The value, or what stands for it if it is too large. The shape of the latter is AWS's.
fn fitted(member: &str, value: Option<&Value>) -> Option<Value> {
    let value = value.filter(|value| !value.is_null())?;
    let size = serde_json::to_vec(value).map_or(usize::MAX, |text| text.len());
    if size > PARAMETERS_BYTES_MAX {
        return Some(json!({"omitted": true, "originalSize": size, "reason": format!("{member} too large")}));
    }
    Some(value.clone())
}

fn short(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_BYTES_MAX)]
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.as_bytes();
    Some(String::from_utf8_lossy(value).into_owned())
}
