//! Writing an event. Members and their limits: CloudTrail record contents, version 1.11.

mod touched;

use crate::call::{Call, Failure};
use crate::caller::{Caller, TEXT_BYTES_MAX, UserIdentity, truncated};
use crate::hide::hide;
use crate::outcome::note;
use cairn_model::{AccountId, Category, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};
use std::borrow::Cow;
use touched::ResourceText;

const EVENT_VERSION: &str = "1.11";
const PARAMETERS_BYTES_MAX: usize = 100 * 1024;
const ADDITIONAL_BYTES_MAX: usize = 28 * 1024;
/// Well below what the door lets in, so that no caller can make the record of its call be refused.
const PARAMETERS_DEPTH_MAX: usize = 64;

/// One call, and who made it when and from where.
#[derive(Clone, Debug)]
pub struct Exchange<'a> {
    /// Who called.
    pub caller: Caller<'a>,
    /// What was called.
    pub call: Call,
    /// When the request was completed.
    pub event_time: Timestamp,
    /// The region that was spoken to.
    pub region: &'a str,
    /// `sourceIPAddress`: an IP address, or a service's name.
    pub source_ip: &'a str,
    /// `userAgent`.
    pub user_agent: Option<&'a str>,
    /// How the call failed, if it did.
    pub failure: Option<Failure<'a>>,
    /// The request id that the caller got.
    pub request_id: &'a str,
    /// A UUID.
    pub event_id: &'a str,
    /// The account that the event belongs to.
    pub recipient: AccountId,
    /// How the caller was connected; left out if nothing is known.
    pub tls: TlsDetails<'a>,
}

/// How a caller was connected, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TlsDetails<'a> {
    /// Such as `TLSv1.3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_version: Option<&'a str>,
    /// Such as `TLS_AES_128_GCM_SHA256`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cipher_suite: Option<&'a str>,
    /// The `Host` header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_provided_host_header: Option<&'a str>,
    /// Such as `x25519`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_exchange: Option<&'a str>,
}

/// Writes the event of an exchange: JSON that the door lets in whatever the caller sent. Texts are cut after
/// 1 KB; parameters, answers and additional data that are too large are replaced by `{"omitted": true,
/// ...}`; of resources those are told that there is room for.
pub fn event_text(exchange: &Exchange<'_>) -> Vec<u8> {
    let call = &exchange.call;
    let failed = exchange.failure.is_some();
    let kept = kept_names(&call.event_source);
    let (resources, are_all) = touched::told(&call.resources);
    let mut additional = Cow::Borrowed(&call.additional_event_data);
    if !are_all {
        note(additional.to_mut(), "resources", json!("cut"));
    }
    let event = Event {
        event_version: EVENT_VERSION,
        user_identity: UserIdentity::of(&exchange.caller),
        event_time: exchange.event_time.to_string(),
        event_source: named(&call.event_source, "cairn.amazonaws.com"),
        event_name: named(&call.event_name, "UnknownOperation"),
        aws_region: short(exchange.region),
        source_ip_address: short(exchange.source_ip),
        user_agent: exchange.user_agent.map(short),
        error_code: exchange.failure.map(|failure| short(failure.code)),
        error_message: exchange.failure.and_then(|failure| failure.message).map(short),
        request_parameters: fitted(
            "requestParameters",
            call.request_parameters.as_ref(),
            PARAMETERS_BYTES_MAX,
            kept,
        ),
        response_elements: fitted(
            "responseElements",
            call.response_elements.as_ref().filter(|_| !failed),
            PARAMETERS_BYTES_MAX,
            kept,
        ),
        additional_event_data: fitted(
            "additionalEventData",
            additional.as_ref().as_ref(),
            ADDITIONAL_BYTES_MAX,
            kept,
        ),
        request_id: short(exchange.request_id),
        event_id: short(exchange.event_id),
        read_only: call.read_only,
        resources,
        event_type: "AwsApiCall",
        api_version: call.api_version.as_deref(),
        management_event: call.category == Category::Management,
        recipient_account_id: exchange.recipient.to_string(),
        event_category: call.category.name(),
        tls_details: Some(exchange.tls.shortened()).filter(|tls| *tls != TlsDetails::default()),
    };
    serde_json::to_vec(&event).expect("all keys are strings, and writing to memory cannot fail")
}

/// Members in the order of AWS's samples.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    event_version: &'static str,
    user_identity: UserIdentity<'a>,
    event_time: String,
    event_source: &'a str,
    event_name: &'a str,
    aws_region: &'a str,
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'a str>,
    request_parameters: Option<Value>,
    response_elements: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_event_data: Option<Value>,
    #[serde(rename = "requestID")]
    request_id: &'a str,
    #[serde(rename = "eventID")]
    event_id: &'a str,
    read_only: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resources: Vec<ResourceText<'a>>,
    event_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_version: Option<&'a str>,
    management_event: bool,
    recipient_account_id: String,
    event_category: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_details: Option<TlsDetails<'a>>,
}

impl<'a> TlsDetails<'a> {
    fn shortened(&self) -> TlsDetails<'a> {
        TlsDetails { client_provided_host_header: self.client_provided_host_header.map(short), ..*self }
    }
}

fn short(text: &str) -> &str {
    truncated(text, TEXT_BYTES_MAX)
}

/// The door wants a source and a name, and a call without must be on the record all the same.
fn named<'a>(text: &'a str, otherwise: &'static str) -> &'a str {
    if text.is_empty() { otherwise } else { short(text) }
}

/// Names that look secret and are shown all the same. The token of a session opens nothing without the session's
/// secret key, and AWS shows it.
fn kept_names(event_source: &str) -> &'static [&'static str] {
    match event_source {
        // The id of a key, by which it is managed.
        "apigateway.amazonaws.com" => &["apikey"],
        "sts.amazonaws.com" => &["sessiontoken", "subjectfromwebidentitytoken"],
        _ => &[],
    }
}

/// The value without its secrets, or what stands for it if it is too large. The shape of the latter is AWS's.
fn fitted(member: &str, value: Option<&Value>, bytes_max: usize, kept: &[&str]) -> Option<Value> {
    let mut value = value.filter(|value| !value.is_null())?.clone();
    if depth_exceeds(&value, PARAMETERS_DEPTH_MAX) {
        return Some(json!({"omitted": true, "reason": format!("{member} too deeply nested")}));
    }
    hide(&mut value, kept);
    let size = serde_json::to_vec(&value).map_or(usize::MAX, |text| text.len());
    if size > bytes_max {
        return Some(json!({"omitted": true, "originalSize": size, "reason": format!("{member} too large")}));
    }
    Some(value)
}

fn depth_exceeds(value: &Value, max: usize) -> bool {
    let inner = |value: &Value| max == 0 || depth_exceeds(value, max - 1);
    match value {
        Value::Object(members) => members.values().any(inner),
        Value::Array(elements) => elements.iter().any(inner),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
