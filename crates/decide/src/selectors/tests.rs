#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod agreement;
mod check;
mod matrix;
mod store;
mod texts;

use super::Compiled;
use cairn_model::event::{Admission, Door};
use cairn_model::{
    AdvancedEventSelector, AdvancedFieldSelector, DataResource, Event, EventSelector, Origin, ReadWriteType,
    Selectors, Timestamp,
};
use serde_json::{Value, json};

fn takes(selectors: &Selectors, event: &Value) -> bool {
    takes_text(selectors, &event.to_string())
}

fn takes_text(selectors: &Selectors, text: &str) -> bool {
    let admission = Admission {
        origin: Origin::Recorded,
        account: "111122223333".parse().unwrap(),
        arrival: Timestamp::parse("2026-03-01T09:00:00Z").unwrap(),
    };
    let mut bytes = Vec::new();
    Door::default().admit(text.as_bytes(), &admission, || 0, &mut bytes).unwrap();
    Compiled::new(selectors).takes(&Event::decode(&bytes).unwrap())
}

/// An event with the given members beside the required ones.
fn event(members: Value) -> Value {
    let mut event = json!({
        "eventTime": "2026-03-01T08:04:11Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "CreateBucket",
    });
    for (key, value) in members.as_object().unwrap() {
        event[key] = value.clone();
    }
    event
}

fn strings(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

fn basic(selector: EventSelector) -> Selectors {
    Selectors::Basic(vec![selector])
}

fn objects(values: &[&str]) -> Selectors {
    basic(EventSelector {
        include_management_events: false,
        data_resources: vec![DataResource {
            resource_type: "AWS::S3::Object".to_owned(),
            values: strings(values),
        }],
        ..EventSelector::default()
    })
}

fn field(name: &str) -> AdvancedFieldSelector {
    AdvancedFieldSelector { field: name.to_owned(), ..AdvancedFieldSelector::default() }
}

fn equals(name: &str, values: &[&str]) -> AdvancedFieldSelector {
    AdvancedFieldSelector { equals: strings(values), ..field(name) }
}

fn selector(field_selectors: Vec<AdvancedFieldSelector>) -> AdvancedEventSelector {
    AdvancedEventSelector { name: None, field_selectors }
}

fn advanced(fields: Vec<AdvancedFieldSelector>) -> Selectors {
    Selectors::Advanced(vec![selector(fields)])
}

fn object_event(arn: &str) -> Value {
    event(json!({"eventName": "PutObject", "managementEvent": false, "readOnly": false, "resources": [
        {"type": "AWS::S3::Object", "ARN": arn},
        {"accountId": "111122223333", "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::acme"},
    ]}))
}

#[test]
fn the_default_takes_management_events_and_nothing_else() {
    assert!(takes(&Selectors::Default, &event(json!({"readOnly": true}))));
    assert!(takes(&Selectors::Default, &event(json!({"eventSource": "kms.amazonaws.com"}))));
    for category in ["Data", "NetworkActivity", "Insight", "Aggregated", "Novel"] {
        assert!(!takes(&Selectors::Default, &event(json!({"eventCategory": category}))));
    }
}

#[test]
fn an_event_that_does_not_say_read_only_counts_as_a_write() {
    let only = |read_write_type| basic(EventSelector { read_write_type, ..EventSelector::default() });
    assert!(takes(&only(ReadWriteType::WriteOnly), &event(json!({}))));
    assert!(!takes(&only(ReadWriteType::ReadOnly), &event(json!({}))));
    let writes = advanced(vec![equals("eventCategory", &["Management"]), equals("readOnly", &["false"])]);
    assert!(takes(&writes, &event(json!({}))));
    assert!(!takes(&writes, &event(json!({"readOnly": true}))));
}

#[test]
fn excluded_sources_are_left_out_of_management_events_only() {
    let selectors = basic(EventSelector {
        exclude_management_event_sources: strings(&["kms.amazonaws.com"]),
        ..EventSelector::default()
    });
    assert!(!takes(&selectors, &event(json!({"eventSource": "kms.amazonaws.com"}))));
    assert!(takes(&selectors, &event(json!({}))));
}

#[test]
fn objects_are_taken_by_bucket_and_prefix() {
    let put = object_event("arn:aws:s3:::acme/logs/a.txt");
    assert!(takes(&objects(&["arn:aws:s3"]), &put));
    assert!(takes(&objects(&["arn:aws:s3:::"]), &put));
    assert!(takes(&objects(&["arn:aws:s3:::acme/"]), &put));
    assert!(takes(&objects(&["arn:aws:s3:::acme/logs"]), &put));
    assert!(!takes(&objects(&["arn:aws:s3:::acme/other"]), &put));
    assert!(!takes(&objects(&["arn:aws:s3:::acm/"]), &put));
    let list = event(json!({"eventCategory": "Data", "resources": [
        {"type": "AWS::S3::Object", "ARNPrefix": "arn:aws:s3:::acme/"}]}));
    assert!(takes(&objects(&["arn:aws:s3:::acme/"]), &list));
}

#[test]
fn functions_are_taken_by_their_whole_arn() {
    let arn = "arn:aws:lambda:eu-central-1:111122223333:function:one";
    let functions = |value: &str| {
        basic(EventSelector {
            data_resources: vec![DataResource {
                resource_type: "AWS::Lambda::Function".to_owned(),
                values: strings(&[value]),
            }],
            ..EventSelector::default()
        })
    };
    let invoke = |arn: &str| {
        event(json!({"managementEvent": false, "resources": [{"type": "AWS::Lambda::Function", "ARN": arn}]}))
    };
    assert!(takes(&functions(arn), &invoke(arn)));
    assert!(!takes(&functions(arn), &invoke(&format!("{arn}2"))));
    assert!(takes(&functions("arn:aws:lambda"), &invoke(arn)));
}

#[test]
fn conditions_on_resources_are_met_by_one_and_the_same_resource() {
    let selectors = advanced(vec![
        equals("eventCategory", &["Data"]),
        equals("resources.type", &["AWS::S3::Object"]),
        AdvancedFieldSelector {
            not_starts_with: strings(&["arn:aws:s3:::acme/logs/"]),
            ..field("resources.ARN")
        },
    ]);
    assert!(takes(&selectors, &object_event("arn:aws:s3:::acme/data/x")));
    // The bucket's ARN is none of the unwanted ones either, but it is not an object's.
    assert!(!takes(&selectors, &object_event("arn:aws:s3:::acme/logs/x")));
}

#[test]
fn a_missing_field_passes_negative_conditions_and_fails_positive_ones() {
    let unless = advanced(vec![AdvancedFieldSelector {
        not_equals: strings(&["true"]),
        ..field("sessionCredentialFromConsole")
    }]);
    assert!(takes(&unless, &event(json!({}))));
    assert!(!takes(&unless, &event(json!({"sessionCredentialFromConsole": "true"}))));
    let only = advanced(vec![equals("sessionCredentialFromConsole", &["true"])]);
    assert!(!takes(&only, &event(json!({}))));
    assert!(takes(&only, &event(json!({"sessionCredentialFromConsole": true}))));
    assert!(!takes(&advanced(vec![equals("noSuchField", &["x"])]), &event(json!({}))));
}

#[test]
fn the_documented_pair_keeps_the_events_of_deleted_objects_out() {
    let data = |more: Vec<AdvancedFieldSelector>| {
        let mut fields =
            vec![equals("eventCategory", &["Data"]), equals("resources.type", &["AWS::S3::Object"])];
        fields.extend(more);
        selector(fields)
    };
    let selectors = Selectors::Advanced(vec![
        data(vec![AdvancedFieldSelector { not_equals: strings(&["DeleteObject"]), ..field("eventName") }]),
        data(vec![
            equals("eventName", &["DeleteObject"]),
            AdvancedFieldSelector { not_equals: strings(&["AwsServiceEvent"]), ..field("eventType") },
        ]),
    ]);
    let named = |name: &str, kind: &str| {
        let mut event = object_event("arn:aws:s3:::acme/x");
        event["eventName"] = json!(name);
        event["eventType"] = json!(kind);
        event
    };
    assert!(takes(&selectors, &named("DeleteObjects", "AwsApiCall")));
    assert!(takes(&selectors, &named("DeleteObject", "AwsApiCall")));
    assert!(!takes(&selectors, &named("DeleteObject", "AwsServiceEvent")));
}
