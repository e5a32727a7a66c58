//! The resources that a call of CloudTrail's is about.
//!
//! Source: "Actions, resources, and condition keys for AWS CloudTrail" in the Service Authorization Reference.

use cairn_model::AccountId;
use cairn_wire::Operation;
use cairn_wire::shape::Kind;
use serde_json::Value;

/// Members that name resources, and what kind they name unless by ARN. An operation is about those that it has: else
/// a member that nothing looks at would choose what is judged.
const MEMBERS: [(&str, &str); 11] = [
    ("TrailName", "trail"),
    ("EventDataStore", "eventdatastore"),
    ("EventDataStores", "eventdatastore"),
    ("InsightsDestination", "eventdatastore"),
    ("Channel", "channel"),
    ("DashboardId", "dashboard"),
    ("ResourceId", "trail"),
    ("ResourceIdList", "trail"),
    ("ResourceArn", "trail"),
    ("InsightSource", "trail"),
    ("Destinations", "eventdatastore"),
];

/// The ARNs of the resources that a call is about; `*` if it is about none. `shown` is the ARN of the trail that a
/// name means where trails of other regions are shown.
pub(crate) fn resources(
    operation: Operation,
    body: &[u8],
    region: &str,
    account: AccountId,
    shown: impl Fn(&str) -> Option<String>,
) -> Vec<String> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let arn = |kind: &str, name: &str| {
        if name.starts_with("arn:") {
            return name.to_owned();
        }
        let elsewhere = (kind == "trail" && shows_trails(operation)).then(|| shown(name)).flatten();
        elsewhere.unwrap_or_else(|| format!("arn:aws:cloudtrail:{region}:{account}:{kind}/{name}"))
    };
    if let Some((kind, name)) = made_or_named(operation, &body) {
        return vec![arn(kind, &name)];
    }
    let mut found = Vec::new();
    for (member, kind) in MEMBERS.into_iter().filter(|(member, _)| takes(operation, member)) {
        match body.get(member) {
            Some(Value::String(name)) => found.push(arn(kind, name)),
            Some(Value::Array(values)) => {
                found.extend(values.iter().filter_map(|value| name_of(value).map(|name| arn(kind, name))));
            }
            _ => {}
        }
    }
    if found.is_empty() {
        found.push("*".to_owned());
    }
    found
}

/// Whether an operation's request has this member.
pub(super) fn takes(operation: Operation, member: &str) -> bool {
    let Kind::Structure { members } = &operation.input().kind else { return false };
    members.iter().any(|known| known.name == member)
}

/// A name, or a channel's destination: the ARN of a store.
fn name_of(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value.get("Location")?.as_str())
}

/// Operations to whom a name means a trail of another region or of the organization too, if it is shown in this one.
fn shows_trails(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::GetTrail
            | Operation::GetEventSelectors
            | Operation::GetInsightSelectors
            | Operation::GetEventConfiguration
            | Operation::UpdateTrail
            | Operation::DeleteTrail
            | Operation::StartLogging
            | Operation::StopLogging
            | Operation::PutEventSelectors
            | Operation::PutInsightSelectors
            | Operation::PutEventConfiguration
    )
}

/// Operations whose `Name` is a resource's. The ids of stores and channels are not known before they are made.
fn made_or_named(operation: Operation, body: &Value) -> Option<(&'static str, String)> {
    let name = || body.get("Name").and_then(Value::as_str).unwrap_or_default().to_owned();
    match operation {
        Operation::CreateTrail
        | Operation::UpdateTrail
        | Operation::DeleteTrail
        | Operation::GetTrail
        | Operation::GetTrailStatus
        | Operation::StartLogging
        | Operation::StopLogging => Some(("trail", name())),
        Operation::CreateDashboard => Some(("dashboard", name())),
        Operation::CreateEventDataStore => Some(("eventdatastore", "*".to_owned())),
        Operation::CreateChannel => Some(("channel", "*".to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
