//! Calls of Cairn's own APIs.

use crate::call::{Call, Resource, ResourceArn};
use crate::hide::{HIDDEN, hide};
use crate::shown::{hide_told, remember};
use cairn_model::{AccountId, Category};
use serde_json::{Map, Value, json};

/// A call of the CloudTrail API. `request` is the request's body; `response` the answer's, which is recorded
/// for calls that change something. Names as CloudTrail records its own: the model's, their first letter
/// lower.
pub fn cloudtrail(operation: &str, request: &Value, response: Option<&Value>) -> Call {
    let call = Call::named("cloudtrail.amazonaws.com", operation.to_owned());
    Call {
        request_parameters: recorded(request),
        response_elements: response.filter(|_| !call.read_only).and_then(recorded),
        ..call
    }
}

/// A call of `PutAuditEvents`.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditCall<'a> {
    /// The channel as it was named.
    pub channel: &'a str,
    /// Its ARN and the account that owns it, if it was named as channels are.
    pub resource: Option<(String, AccountId)>,
    /// Whether an external id was given. It opens channels, so it is not shown.
    pub has_external_id: bool,
    /// The ids that the caller gave the events. Their data are events of their own, if they were taken.
    pub ids: Vec<&'a str>,
    /// What was answered: which of the events were taken and which were not.
    pub response: Option<Value>,
}

/// A call of `PutAuditEvents`: a data event of its channel.
pub fn put_audit_events(call: AuditCall<'_>) -> Call {
    let events: Vec<Value> = call.ids.into_iter().map(|id| json!({ "id": id })).collect();
    let mut parameters = json!({ "channelArn": call.channel, "auditEvents": events });
    if call.has_external_id {
        parameters["externalId"] = HIDDEN.into();
    }
    let resource = |(arn, account)| Resource {
        resource_type: Some("AWS::CloudTrail::Channel".into()),
        arn: ResourceArn::Whole(arn),
        account: Some(account),
    };
    Call {
        category: Category::Data,
        request_parameters: Some(parameters),
        response_elements: call.response,
        resources: call.resource.map(resource).into_iter().collect(),
        ..Call::named("cloudtrail-data.amazonaws.com", "PutAuditEvents")
    }
}

/// A call of `organizations`, of which Cairn itself answers reads only.
pub fn organizations(operation: &str, request: &Value) -> Call {
    Call {
        read_only: true,
        request_parameters: recorded(request),
        ..Call::named("organizations.amazonaws.com", operation.to_owned())
    }
}

/// A call of `GetCallerIdentity`.
pub fn sts_get_caller_identity() -> Call {
    Call::named("sts.amazonaws.com", "GetCallerIdentity")
}

/// A call of `AssumeRole` or `GetSessionToken` that Cairn itself answers. `response` must not hold what a session is
/// stolen with. `role` is the role's ARN and its account.
pub fn sts_credentials(
    operation: &'static str,
    parameters: Option<Value>,
    response: Option<Value>,
    role: Option<(String, AccountId)>,
) -> Call {
    let resource = |(arn, account)| Resource {
        resource_type: Some("AWS::IAM::Role".into()),
        arn: ResourceArn::Whole(arn),
        account: Some(account),
    };
    Call {
        // CloudTrail counts them so.
        read_only: true,
        request_parameters: parameters,
        response_elements: response,
        resources: role.map(resource).into_iter().collect(),
        ..Call::named("sts.amazonaws.com", operation)
    }
}

/// A call under `/_cairn/`, by a name such as `Lookup`, `Tail`, `Query`, `Import` or `CreateKey`.
/// `parameters` are recorded as they are but for secrets.
pub fn cairn(event_name: &'static str, parameters: Option<Value>) -> Call {
    Call { request_parameters: parameters, ..Call::named("cairn.amazonaws.com", event_name) }
}

/// A gap in what a trail delivers, of which nobody called for: `TrailGap`, in the account of the trail.
/// `details` are recorded as `additionalEventData`.
pub fn trail_gap(trail_arn: String, account: AccountId, details: Value) -> Call {
    let trail = Resource {
        resource_type: Some("AWS::CloudTrail::Trail".into()),
        arn: ResourceArn::Whole(trail_arn),
        account: Some(account),
    };
    Call {
        additional_event_data: Some(details),
        resources: vec![trail],
        ..Call::named("cairn.amazonaws.com", "TrailGap")
    }
}

/// A call of an API of the operator's own, described by its interface document or by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnApiCall {
    /// `eventSource`, such as `billing.example.com`.
    pub event_source: String,
    /// `eventName`: the operation.
    pub event_name: String,
    /// `readOnly`.
    pub read_only: bool,
    /// Whether it works on what is in a resource rather than on the resource.
    pub is_data: bool,
    /// What it touched: type, if it has one, and ARN or another name.
    pub resource: Option<(Option<String>, String)>,
    /// `requestParameters`, recorded as they are but for secrets.
    pub parameters: Option<Value>,
    /// `responseElements`, likewise; not recorded for calls that only read.
    pub response: Option<Value>,
}

/// A call of an API of the operator's own.
pub fn own_api(call: OwnApiCall) -> Call {
    let resource = |(resource_type, name): (Option<String>, String)| Resource {
        resource_type: resource_type.map(Into::into),
        arn: ResourceArn::Whole(name),
        account: None,
    };
    Call {
        read_only: call.read_only,
        category: if call.is_data { Category::Data } else { Category::Management },
        request_parameters: call.parameters,
        response_elements: call.response.filter(|_| !call.read_only),
        resources: call.resource.map(resource).into_iter().collect(),
        ..Call::named(call.event_source, call.event_name)
    }
}

/// Hides in an answer what it repeats of a request's secrets: the texts of `sent` that `shown`, which is else the same,
/// does not have, and those whose names say that they are secret.
pub fn hide_repeated(answer: &mut Value, sent: &Value, shown: &Value) {
    let mut hidden = shown.clone();
    hide(&mut hidden, &[]);
    let mut secrets = Vec::new();
    remember_hidden(&mut secrets, sent, &hidden);
    hide_told(answer, &secrets);
}

fn remember_hidden(secrets: &mut Vec<String>, sent: &Value, shown: &Value) {
    match (sent, shown) {
        (Value::Object(sent), Value::Object(shown)) => {
            for (name, value) in sent {
                remember_hidden(secrets, value, shown.get(name).unwrap_or(&Value::Null));
            }
        }
        (Value::Array(sent), Value::Array(shown)) => {
            sent.iter().zip(shown).for_each(|(sent, shown)| remember_hidden(secrets, sent, shown));
        }
        (sent, shown) if sent != shown => remember(secrets, sent),
        _ => {}
    }
}

/// Nothing if there is nothing to record: CloudTrail writes null for `{}`.
fn recorded(body: &Value) -> Option<Value> {
    let is_empty = body.as_object().is_none_or(Map::is_empty);
    (!is_empty).then(|| with_lower_names(body))
}

fn with_lower_names(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut lowered = Map::new();
            for (name, value) in members {
                let lower = lower_first(name);
                // A caller may send both `Name` and `name`; then `Name` keeps its capital and neither is
                // lost.
                let is_taken = lower != *name && members.contains_key(&lower);
                lowered.insert(if is_taken { name.clone() } else { lower }, with_lower_names(value));
            }
            Value::Object(lowered)
        }
        Value::Array(elements) => elements.iter().map(with_lower_names).collect(),
        plain => plain.clone(),
    }
}

/// With its first letter lower, as events have the names of members.
pub(crate) fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    match letters.next() {
        None => String::new(),
        Some(first) => first.to_lowercase().chain(letters).collect(),
    }
}

#[cfg(test)]
mod tests;
