//! A draft and its original as a record's text. Members and their limits: CloudTrail record contents, version
//! 1.11.

use crate::draft::{Draft, Resource};
use crate::event_id::event_id;
use crate::identity::short;
use crate::original::{bytes_of, fit, is_deeper, omitted};
use crate::{Defaults, Format};
use cairn_decide::secrets::hide;
use cairn_model::Category;
use serde::Serialize;
use serde_json::{Value, json};

const EVENT_VERSION: &str = "1.11";
const PARAMETERS_BYTES_MAX: usize = 100 * 1024;
/// Well below what the door lets in.
const PARAMETERS_DEPTH_MAX: usize = 100;
/// A record has no more bytes than CloudTrail's may have; the original gives way.
const RECORD_BYTES_MAX: usize = 256 * 1024;
/// What the original gets in any case: enough to say that it was left out.
const ORIGINAL_BYTES_MIN: usize = 2 * 1024;
const RESOURCES_MAX: usize = 100;

/// Writes a record: JSON that the door lets in whatever the source sent.
pub(crate) fn record(format: Format, draft: Draft, mut original: Value, defaults: &Defaults<'_>) -> Vec<u8> {
    let account = draft.account.unwrap_or(defaults.account);
    // First of all: an id that was made of a secret would give it away to whoever tries some.
    hide(&mut original);
    let event_id = event_id(&draft.unique, format, account, &original);
    let failed = draft.failure.is_some();
    let parameters = Some(draft.parameters).filter(|members| !members.is_empty()).map(Value::Object);
    let mut record = Record {
        event_version: EVENT_VERSION,
        user_identity: identity(draft.identity.into_value()),
        event_time: draft.time.to_string(),
        event_source: short(&draft.source),
        event_name: short(&draft.name),
        aws_region: short(draft.region.as_deref().unwrap_or(defaults.region)),
        source_ip_address: short(draft.source_ip.as_deref().unwrap_or(&draft.source)),
        user_agent: draft.user_agent.as_deref().map(short),
        error_code: draft.failure.as_ref().map(|failure| short(&failure.code)),
        error_message: draft.failure.as_ref().and_then(|failure| failure.message.as_deref()).map(short),
        request_parameters: parameters.and_then(|value| fitted("requestParameters", value)),
        response_elements: draft
            .response
            .filter(|_| !failed && !draft.read_only)
            .and_then(|value| fitted("responseElements", value)),
        additional_event_data: json!({"format": format.name(), "original": null}),
        request_id: draft.request_id.as_deref().map(short),
        event_id: short(&event_id),
        read_only: draft.read_only,
        resources: draft.resources.iter().take(RESOURCES_MAX).map(ResourceText::of).collect(),
        event_type: short(&draft.event_type),
        management_event: draft.category == Category::Management,
        recipient_account_id: account.as_str(),
        event_category: draft.category.name(),
    };
    let left = RECORD_BYTES_MAX.saturating_sub(text_of(&record).len());
    fit(&mut original, left.max(ORIGINAL_BYTES_MIN));
    record.additional_event_data["original"] = original;
    text_of(&record)
}

fn text_of(record: &Record<'_>) -> Vec<u8> {
    serde_json::to_vec(record).expect("all keys are strings, and writing to memory cannot fail")
}

/// An identity that is given may be anything.
fn identity(mut identity: Value) -> Value {
    hide(&mut identity);
    fit(&mut identity, 16 * 1024);
    identity
}

/// The value without its secrets, or what stands for it if it is too large.
fn fitted(member: &str, mut value: Value) -> Option<Value> {
    if value.is_null() {
        return None;
    }
    if is_deeper(&value, PARAMETERS_DEPTH_MAX) {
        return Some(json!({"omitted": true, "reason": format!("{member} too deeply nested")}));
    }
    hide(&mut value);
    let bytes = bytes_of(&value);
    Some(if bytes > PARAMETERS_BYTES_MAX { omitted(member, bytes) } else { value })
}

/// Members in the order of AWS's samples.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    event_version: &'static str,
    user_identity: Value,
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
    additional_event_data: Value,
    #[serde(rename = "requestID", skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(rename = "eventID")]
    event_id: &'a str,
    read_only: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resources: Vec<ResourceText<'a>>,
    event_type: &'a str,
    management_event: bool,
    recipient_account_id: &'a str,
    event_category: &'static str,
}

#[derive(Serialize)]
struct ResourceText<'a> {
    #[serde(rename = "accountId", skip_serializing_if = "Option::is_none")]
    account: Option<&'a str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    resource_type: Option<&'a str>,
    #[serde(rename = "ARN")]
    name: &'a str,
}

impl ResourceText<'_> {
    fn of(resource: &Resource) -> ResourceText<'_> {
        ResourceText {
            account: resource.account.as_deref().map(short),
            resource_type: resource.resource_type.as_deref().map(short),
            name: short(&resource.name),
        }
    }
}
