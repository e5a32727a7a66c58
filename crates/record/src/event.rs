//! Writing an event. Members and their limits: CloudTrail record contents, version 1.11.

mod touched;
mod writer;

use crate::call::{Call, Failure};
use crate::caller::{Caller, TEXT_BYTES_MAX, UserIdentity, truncated};
use crate::hide::Hiding;
use crate::outcome::note;
use cairn_decide::secrets::hidden_in_text;
use cairn_model::{AccountId, Category, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};
use std::borrow::Cow;
use writer::Writer;

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
    let mut event = Writer::begin();
    event.member("eventVersion", EVENT_VERSION);
    event.member("userIdentity", &UserIdentity::of(&exchange.caller));
    event.member("eventTime", &exchange.event_time.to_string());
    event.member("eventSource", named(&call.event_source, "cairn.amazonaws.com"));
    event.member("eventName", named(&call.event_name, "UnknownOperation"));
    event.member("awsRegion", short(exchange.region));
    event.member("sourceIPAddress", short(exchange.source_ip));
    event.optional("userAgent", exchange.user_agent.map(short));
    event.optional("errorCode", exchange.failure.map(|failure| short(failure.code)));
    event.optional("errorMessage", exchange.failure.and_then(|failure| failure.message).map(told));
    let elements = call.response_elements.as_ref().filter(|_| !failed);
    let [parameters, elements, additional] =
        [call.request_parameters.as_ref(), elements, additional.as_ref().as_ref()]
            .map(|value| value.filter(|value| !value.is_null()));
    write_fitted(&mut event, "requestParameters", parameters, PARAMETERS_BYTES_MAX, kept);
    write_fitted(&mut event, "responseElements", elements, PARAMETERS_BYTES_MAX, kept);
    if additional.is_some() {
        write_fitted(&mut event, "additionalEventData", additional, ADDITIONAL_BYTES_MAX, kept);
    }
    event.member("requestID", short(exchange.request_id));
    event.member("eventID", short(exchange.event_id));
    event.member("readOnly", &call.read_only);
    event.optional("resources", Some(resources).filter(|resources| !resources.is_empty()));
    event.member("eventType", "AwsApiCall");
    event.optional("apiVersion", call.api_version.as_deref());
    event.member("managementEvent", &(call.category == Category::Management));
    event.member("recipientAccountId", &exchange.recipient);
    event.member("eventCategory", call.category.name());
    event.optional("tlsDetails", Some(exchange.tls.shortened()).filter(|tls| *tls != TlsDetails::default()));
    event.end()
}

impl<'a> TlsDetails<'a> {
    fn shortened(&self) -> TlsDetails<'a> {
        TlsDetails { client_provided_host_header: self.client_provided_host_header.map(short), ..*self }
    }
}

fn short(text: &str) -> &str {
    truncated(text, TEXT_BYTES_MAX)
}

/// An error message, which may repeat what was sent.
fn told(message: &str) -> Cow<'_, str> {
    match hidden_in_text(message) {
        Some(hidden) => Cow::Owned(short(&hidden).to_owned()),
        None => Cow::Borrowed(short(message)),
    }
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

/// Adds a value without its secrets, or what stands for it if it is too large. The shape of the latter is AWS's.
fn write_fitted(event: &mut Writer, member: &str, value: Option<&Value>, bytes_max: usize, kept: &[&str]) {
    let Some(value) = value else { return event.member(member, &Value::Null) };
    if depth_exceeds(value, PARAMETERS_DEPTH_MAX) {
        let omitted = json!({"omitted": true, "reason": format!("{member} too deeply nested")});
        return event.member(member, &omitted);
    }
    event.fitted(
        member,
        &Hiding { value, kept },
        bytes_max,
        |size| json!({"omitted": true, "originalSize": size, "reason": format!("{member} too large")}),
    );
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
