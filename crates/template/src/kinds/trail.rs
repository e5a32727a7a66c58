//! `AWS::CloudTrail::Trail`.

use super::selectors::{ADVANCED_SELECTORS, BASIC_SELECTORS};
use super::{Call, Edit, Handler, Question, Seen, attributes_of, insights, renamed, tags, text};
use crate::properties::Properties;
use crate::property::{Property, Shape, Standard, TEXTS};
use crate::scope::Environment;
use serde_json::{Map, Value, json};

pub(crate) const TRAIL: Trail = Trail;

pub(crate) struct Trail;

const AGGREGATION: [Property; 2] =
    [Property::new("EventCategory", Shape::Text).required(), Property::new("Templates", TEXTS).required()];

const PROPERTIES: [Property; 18] = [
    Property::new("TrailName", Shape::Text),
    Property::new("S3BucketName", Shape::Text).required(),
    Property::new("S3KeyPrefix", Shape::Text),
    Property::new("IsLogging", Shape::Flag).required(),
    Property::new("IsMultiRegionTrail", Shape::Flag).or(Standard::Flag(false)),
    Property::new("IsOrganizationTrail", Shape::Flag).or(Standard::Flag(false)),
    Property::new("IncludeGlobalServiceEvents", Shape::Flag).or(Standard::Flag(true)),
    Property::new("EnableLogFileValidation", Shape::Flag).or(Standard::Flag(false)),
    Property::new("SnsTopicName", Shape::Text),
    Property::new("KMSKeyId", Shape::Key),
    Property::new("CloudWatchLogsLogGroupArn", Shape::Text),
    Property::new("CloudWatchLogsRoleArn", Shape::Text),
    Property::new("EventSelectors", BASIC_SELECTORS).or(Standard::TrailSelectors),
    Property::new("AdvancedEventSelectors", ADVANCED_SELECTORS),
    Property::new("InsightSelectors", insights::INSIGHT_SELECTORS).or(Standard::EmptyList),
    Property::new("AggregationConfigurations", Shape::List(&Shape::Structure(&AGGREGATION)))
        .or(Standard::EmptyList),
    Property::new("Tags", Shape::Tags).or(Standard::EmptyList),
    // In the API, and not in CloudFormation's reference: an exported trail would lose it.
    Property::new("RecursiveLogging", Shape::Flag).or(Standard::Flag(true)),
];

/// Properties that CreateTrail and UpdateTrail take, by the API's names.
const SETTINGS: [(&str, &str); 11] = [
    ("S3BucketName", "S3BucketName"),
    ("S3KeyPrefix", "S3KeyPrefix"),
    ("SnsTopicName", "SnsTopicName"),
    ("IncludeGlobalServiceEvents", "IncludeGlobalServiceEvents"),
    ("IsMultiRegionTrail", "IsMultiRegionTrail"),
    ("EnableLogFileValidation", "EnableLogFileValidation"),
    ("CloudWatchLogsLogGroupArn", "CloudWatchLogsLogGroupArn"),
    ("CloudWatchLogsRoleArn", "CloudWatchLogsRoleArn"),
    ("KmsKeyId", "KMSKeyId"),
    ("IsOrganizationTrail", "IsOrganizationTrail"),
    ("RecursiveLogging", "RecursiveLogging"),
];

/// What CreateTrail settles.
const CREATED: [&str; 13] = [
    "TrailName",
    "S3BucketName",
    "S3KeyPrefix",
    "SnsTopicName",
    "IncludeGlobalServiceEvents",
    "IsMultiRegionTrail",
    "EnableLogFileValidation",
    "CloudWatchLogsLogGroupArn",
    "CloudWatchLogsRoleArn",
    "KMSKeyId",
    "IsOrganizationTrail",
    "RecursiveLogging",
    "Tags",
];

/// Members of GetTrail's answer.
const SEEN: [(&str, &str); 12] = [
    ("Name", "TrailName"),
    ("S3BucketName", "S3BucketName"),
    ("S3KeyPrefix", "S3KeyPrefix"),
    ("SnsTopicARN", "SnsTopicName"),
    ("IncludeGlobalServiceEvents", "IncludeGlobalServiceEvents"),
    ("IsMultiRegionTrail", "IsMultiRegionTrail"),
    ("IsOrganizationTrail", "IsOrganizationTrail"),
    ("LogFileValidationEnabled", "EnableLogFileValidation"),
    ("KmsKeyId", "KMSKeyId"),
    ("CloudWatchLogsLogGroupArn", "CloudWatchLogsLogGroupArn"),
    ("CloudWatchLogsRoleArn", "CloudWatchLogsRoleArn"),
    ("RecursiveLogging", "RecursiveLogging"),
];

impl Handler for Trail {
    fn properties(&self) -> &'static [Property] {
        &PROPERTIES
    }

    fn attributes(&self) -> &'static [&'static str] {
        &["Arn", "SnsTopicArn"]
    }

    fn settle(&self, properties: &mut Map<String, Value>, environment: &Environment) {
        if let Some(Value::String(topic)) = properties.get_mut("SnsTopicName")
            && !topic.is_empty()
            && !topic.starts_with("arn:")
        {
            *topic = format!("arn:aws:sns:{}:{}:{topic}", environment.region, environment.account);
        }
        // Empty texts and no selectors ask for nothing.
        properties.retain(|_, value| *value != "");
        properties.retain(|name, value| !(name.ends_with("EventSelectors") && *value == json!([])));
    }

    fn questions(&self, target: &str) -> Vec<Question> {
        let ask = |operation, input, absent| Question { call: Call { operation, input }, absent };
        vec![
            ask("GetTrail", json!({ "Name": target }), &["TrailNotFoundException"]),
            ask("GetTrailStatus", json!({ "Name": target }), &[]),
            ask("GetEventSelectors", json!({ "TrailName": target }), &[]),
            ask("GetInsightSelectors", json!({ "TrailName": target }), &["InsightNotEnabledException"]),
            ask("GetEventConfiguration", json!({ "TrailName": target }), &[]),
            tags::question(target),
        ]
    }

    fn seen(&self, answers: &[Value]) -> Option<Seen> {
        let [trail, status, selectors, insights, configuration, listed] = answers else { return None };
        let trail = trail.get("Trail").filter(|trail| trail.is_object())?;
        let mut properties = renamed(trail, &SEEN);
        let mut add = |name: &str, value: &Value| properties.insert(name.to_owned(), value.clone());
        add("IsLogging", &status["IsLogging"]);
        add("EventSelectors", &selectors["EventSelectors"]);
        add("AdvancedEventSelectors", &selectors["AdvancedEventSelectors"]);
        add("InsightSelectors", &insights["InsightSelectors"]);
        add("AggregationConfigurations", &configuration["AggregationConfigurations"]);
        add("Tags", &tags::seen(listed));
        Some(Seen {
            arn: text(trail, "TrailARN"),
            properties,
            reference: text(trail, "Name"),
            attributes: attributes_of(trail, &[("TrailARN", "Arn"), ("SnsTopicARN", "SnsTopicArn")]),
        })
    }

    fn create(&self, wanted: &Properties) -> (Call, &'static [&'static str]) {
        let mut input = json!({ "Name": wanted.get("TrailName") });
        for (member, property) in SETTINGS {
            if let Some(value) = wanted.get(property) {
                input[member] = value.clone();
            }
        }
        if let Some(tags) = wanted.get("Tags") {
            input["TagsList"] = tags::list(tags);
        }
        (Call { operation: "CreateTrail", input }, &CREATED)
    }

    fn update(&self, edit: &Edit<'_>) -> Vec<Call> {
        let mut calls = Vec::new();
        calls.extend(update_settings(edit));
        // What is looked for among events needs the selectors that log them: off before they change, on after.
        let insights = insights::put(edit, "TrailName");
        let aggregations = put_aggregations(edit);
        let (insights_off, insights_on) = split(insights, insights::is_off(edit));
        let (aggregations_off, aggregations_on) =
            split(aggregations, edit.value("AggregationConfigurations") == json!([]));
        calls.extend([insights_off, aggregations_off].into_iter().flatten());
        calls.extend(put_selectors(edit));
        calls.extend([insights_on, aggregations_on].into_iter().flatten());
        if edit.concerns(&["Tags"]) {
            calls.extend(tags::put(edit, edit.target));
        }
        if edit.concerns(&["IsLogging"]) {
            let is_on = edit.value("IsLogging") == true;
            let operation = if is_on { "StartLogging" } else { "StopLogging" };
            calls.push(Call { operation, input: json!({ "Name": edit.target }) });
        }
        calls
    }

    fn delete(&self, target: &str, _present: &Properties) -> Vec<Call> {
        vec![Call { operation: "DeleteTrail", input: json!({ "Name": target }) }]
    }
}

/// A call that comes before the others or after them.
fn split(call: Option<Call>, is_before: bool) -> (Option<Call>, Option<Call>) {
    if is_before { (call, None) } else { (None, call) }
}

fn update_settings(edit: &Edit<'_>) -> Option<Call> {
    let mut input = json!({ "Name": edit.target });
    let is_multi_region_changed = edit.concerns(&["IsMultiRegionTrail"]);
    for (member, property) in SETTINGS {
        // The API couples the two unless both are said.
        let is_coupled = is_multi_region_changed && property == "IncludeGlobalServiceEvents";
        if is_coupled || edit.concerns(&[property]) {
            let value = edit.value(property);
            input[member] = if value.is_null() { json!("") } else { value };
        }
    }
    let is_something = input.as_object().is_some_and(|members| members.len() > 1);
    is_something.then_some(Call { operation: "UpdateTrail", input })
}

fn put_selectors(edit: &Edit<'_>) -> Option<Call> {
    if !edit.concerns(&["EventSelectors", "AdvancedEventSelectors"]) {
        return None;
    }
    let mut input = json!({ "TrailName": edit.target });
    let advanced = edit.wanted.get("AdvancedEventSelectors");
    if let Some(advanced) = advanced {
        input["AdvancedEventSelectors"] = advanced.clone();
    }
    // Both only if both are asked for, which the API refuses in its own words.
    if advanced.is_none() || edit.wanted.contains_key("EventSelectors") {
        input["EventSelectors"] = edit.value("EventSelectors");
    }
    Some(Call { operation: "PutEventSelectors", input })
}

fn put_aggregations(edit: &Edit<'_>) -> Option<Call> {
    let input = || {
        json!({
            "TrailName": edit.target,
            "AggregationConfigurations": edit.value("AggregationConfigurations"),
        })
    };
    edit.concerns(&["AggregationConfigurations"])
        .then(|| Call { operation: "PutEventConfiguration", input: input() })
}
