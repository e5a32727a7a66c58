//! The rules of selectors once more, as plainly as they can be written, over a parsed event.

use cairn_model::{
    AdvancedEventSelector, AdvancedFieldSelector, DataResource, EventSelector, ReadWriteType, Selectors,
};
use serde_json::Value;

pub(super) fn takes(selectors: &Selectors, event: &Value) -> bool {
    let category = category(event);
    if ["Insight", "Aggregated", "ActivityAuditLog"].contains(&category.as_str()) {
        return false;
    }
    match selectors {
        Selectors::Default => category == "Management",
        Selectors::Basic(selectors) => selectors.iter().any(|s| basic(s, event)),
        Selectors::Advanced(selectors) => selectors.iter().any(|s| advanced(s, event)),
    }
}

/// What the event says, or what it looks like.
fn category(event: &Value) -> String {
    if let Some(name) = event["eventCategory"].as_str() {
        return name.to_owned();
    }
    match event["eventType"].as_str() {
        Some("AwsCloudTrailInsight") => "Insight".to_owned(),
        Some("AwsVpceEvent" | "AwsVpceEvents") => "NetworkActivity".to_owned(),
        _ if event["managementEvent"] == false => "Data".to_owned(),
        _ => "Management".to_owned(),
    }
}

fn reads(event: &Value) -> bool {
    event["readOnly"] == true || event["readOnly"] == "true"
}

fn basic(selector: &EventSelector, event: &Value) -> bool {
    let direction = match selector.read_write_type {
        ReadWriteType::All => true,
        ReadWriteType::ReadOnly => reads(event),
        ReadWriteType::WriteOnly => !reads(event),
    };
    let source = event["eventSource"].as_str().unwrap_or("").to_owned();
    let excluded = selector.exclude_management_event_sources.contains(&source);
    let kind = match category(event).as_str() {
        "Management" => selector.include_management_events && !excluded,
        "Data" => selector.data_resources.iter().any(|d| data(d, event)),
        _ => false,
    };
    direction && kind
}

fn data(wanted: &DataResource, event: &Value) -> bool {
    let Some(resources) = event["resources"].as_array() else {
        return false;
    };
    resources.iter().any(|resource| {
        let Some(arn) = arn(resource) else {
            return false;
        };
        resource["type"] == wanted.resource_type.as_str()
            && wanted.values.iter().any(|value| {
                let all = value.split(':').collect::<Vec<_>>().len() == 3;
                if all || wanted.resource_type == "AWS::S3::Object" {
                    arn.starts_with(value.as_str())
                } else {
                    arn == *value
                }
            })
    })
}

fn arn(resource: &Value) -> Option<String> {
    let text = |key: &str| resource[key].as_str().map(str::to_owned);
    text("ARN").or_else(|| text("ARNPrefix"))
}

fn advanced(selector: &AdvancedEventSelector, event: &Value) -> bool {
    let is_of_resources = |name: &str| name == "resources.type" || name == "resources.ARN";
    let (of_resources, of_event): (Vec<_>, Vec<_>) =
        selector.field_selectors.iter().partition(|field| is_of_resources(&field.field));
    let nothing = vec![Value::Null];
    let resources = match event["resources"].as_array() {
        Some(resources) if !resources.is_empty() => resources,
        _ => &nothing,
    };
    of_event.iter().all(|field| holds(field, value(&field.field, event)))
        && (of_resources.is_empty()
            || resources.iter().any(|resource| {
                of_resources.iter().all(|field| {
                    let value = match field.field.as_str() {
                        "resources.type" => resource["type"].as_str().map(str::to_owned),
                        _ => arn(resource),
                    };
                    holds(field, value)
                })
            }))
}

fn value(field: &str, event: &Value) -> Option<String> {
    match field {
        "eventCategory" => Some(category(event)),
        "readOnly" => Some(reads(event).to_string()),
        "userIdentity.arn" => scalar(&event["userIdentity"]["arn"]),
        "eventSource"
        | "eventName"
        | "eventType"
        | "errorCode"
        | "vpcEndpointId"
        | "sessionCredentialFromConsole" => scalar(&event[field]),
        _ => None,
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn holds(field: &AdvancedFieldSelector, value: Option<String>) -> bool {
    let mut positive = Vec::new();
    let mut negative = Vec::new();
    let value = value.as_deref();
    positive.extend(field.equals.iter().map(|v| value == Some(v)));
    positive.extend(field.starts_with.iter().map(|v| value.is_some_and(|x| x.starts_with(v))));
    positive.extend(field.ends_with.iter().map(|v| value.is_some_and(|x| x.ends_with(v))));
    negative.extend(field.not_equals.iter().map(|v| value != Some(v)));
    negative.extend(field.not_starts_with.iter().map(|v| !value.is_some_and(|x| x.starts_with(v))));
    negative.extend(field.not_ends_with.iter().map(|v| !value.is_some_and(|x| x.ends_with(v))));
    (positive.is_empty() || positive.contains(&true)) && !negative.contains(&false)
}
