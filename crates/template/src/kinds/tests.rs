#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Call, Edit};
use crate::kind::Kind;
use crate::present::Present;
use crate::properties::{Properties, changes, settled};
use crate::scope::{Attributes, Environment};
use serde_json::{Value, json};

fn environment() -> Environment {
    Environment {
        account: "111122223333".to_owned(),
        region: "us-east-1".to_owned(),
        stack: "stack".to_owned(),
    }
}

fn properties(kind: Kind, given: &Value) -> Properties {
    settled(kind, given.as_object().unwrap(), &environment())
}

/// The calls that turn one into the other, as `Operation {input}`.
fn calls(kind: Kind, present: &Value, wanted: &Value) -> Vec<String> {
    let (present, wanted) = (properties(kind, present), properties(kind, wanted));
    let changes = changes(kind, &present, &wanted);
    let edit = Edit {
        properties: kind.handler().properties(),
        target: "ARN",
        present: &present,
        wanted: &wanted,
        changes: &changes,
    };
    kind.handler().update(&edit).iter().map(told).collect()
}

fn told(call: &Call) -> String {
    format!("{} {}", call.operation, call.input)
}

fn operations(calls: &[String]) -> Vec<&str> {
    calls.iter().map(|call| call.split(' ').next().unwrap()).collect()
}

#[test]
fn a_trail_gets_only_what_changes() {
    let present = json!({"S3BucketName": "logs", "IsLogging": true, "S3KeyPrefix": "a"});
    let wanted = json!({"S3BucketName": "logs", "IsLogging": false, "EnableLogFileValidation": true});
    assert_eq!(
        calls(Kind::Trail, &present, &wanted),
        [
            r#"UpdateTrail {"Name":"ARN","S3KeyPrefix":"","EnableLogFileValidation":true}"#,
            r#"StopLogging {"Name":"ARN"}"#,
        ]
    );
}

#[test]
fn multi_region_says_global_service_events_too_because_the_api_couples_them() {
    let wanted = json!({"IsMultiRegionTrail": true});
    assert_eq!(
        calls(Kind::Trail, &json!({}), &wanted),
        [r#"UpdateTrail {"Name":"ARN","IncludeGlobalServiceEvents":true,"IsMultiRegionTrail":true}"#]
    );
}

#[test]
fn insights_are_turned_off_before_the_selectors_that_they_need_and_on_after() {
    let insights = json!([{"InsightType": "ApiCallRateInsight"}]);
    let data = json!([{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}]);
    let (with, without) = (json!({"InsightSelectors": insights}), json!({"AdvancedEventSelectors": data}));
    let off = calls(Kind::Trail, &with, &without);
    assert_eq!(operations(&off), ["PutInsightSelectors", "PutEventSelectors"]);
    let on = calls(Kind::Trail, &without, &with);
    assert_eq!(operations(&on), ["PutEventSelectors", "PutInsightSelectors"]);
    let basic = r#""EventSelectors":[{"ReadWriteType":"All","IncludeManagementEvents":true,"DataResources":[],"ExcludeManagementEventSources":[]}]"#;
    assert_eq!(
        on[0],
        format!(r#"PutEventSelectors {{"TrailName":"ARN",{basic}}}"#),
        "back to the usual ones"
    );
    let aggregated = json!({"AdvancedEventSelectors": data, "AggregationConfigurations": [{"EventCategory": "Data", "Templates": ["API_ACTIVITY"]}]});
    assert_eq!(
        operations(&calls(Kind::Trail, &json!({}), &aggregated)),
        ["PutEventSelectors", "PutEventConfiguration"]
    );
    assert_eq!(
        operations(&calls(Kind::Trail, &aggregated, &json!({}))),
        ["PutEventConfiguration", "PutEventSelectors"]
    );
}

#[test]
fn tags_are_removed_by_key_and_added_by_value() {
    let present = json!({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]});
    let wanted = json!({"Tags": [{"Key": "b", "Value": "3"}, {"Key": "c", "Value": ""}]});
    for kind in [Kind::Trail, Kind::EventDataStore, Kind::Channel, Kind::Dashboard] {
        assert_eq!(
            calls(kind, &present, &wanted),
            [
                r#"RemoveTags {"ResourceId":"ARN","TagsList":[{"Key":"a","Value":"1"}]}"#,
                r#"AddTags {"ResourceId":"ARN","TagsList":[{"Key":"b","Value":"3"},{"Key":"c"}]}"#,
            ]
        );
    }
}

#[test]
fn a_store_goes_through_every_operation_that_it_has() {
    let wanted = json!({
        "BillingMode": "FIXED_RETENTION_PRICING", "IngestionEnabled": false, "FederationEnabled": true,
        "FederationRoleArn": "role", "InsightSelectors": [{"InsightType": "ApiErrorRateInsight"}],
        "InsightsDestination": "other", "MaxEventSize": "Large",
        "ContextKeySelectors": [{"Type": "RequestContext", "Equals": ["aws:SourceIp"]}],
    });
    assert_eq!(
        calls(Kind::EventDataStore, &json!({}), &wanted),
        [
            r#"UpdateEventDataStore {"EventDataStore":"ARN","BillingMode":"FIXED_RETENTION_PRICING","RetentionPeriod":2557}"#,
            r#"PutInsightSelectors {"EventDataStore":"ARN","InsightSelectors":[{"InsightType":"ApiErrorRateInsight","EventCategories":["Management"]}],"InsightsDestination":"other"}"#,
            r#"PutEventConfiguration {"EventDataStore":"ARN","MaxEventSize":"Large","ContextKeySelectors":[{"Type":"RequestContext","Equals":["aws:SourceIp"]}]}"#,
            r#"EnableFederation {"EventDataStore":"ARN","FederationRoleArn":"role"}"#,
            r#"StopEventDataStoreIngestion {"EventDataStore":"ARN"}"#,
        ]
    );
    let back = calls(Kind::EventDataStore, &wanted, &json!({}));
    assert_eq!(
        operations(&back),
        [
            "PutInsightSelectors",
            "UpdateEventDataStore",
            "PutEventConfiguration",
            "DisableFederation",
            "StartEventDataStoreIngestion"
        ]
    );
    let other_role = json!({"FederationEnabled": true, "FederationRoleArn": "other"});
    let role = json!({"FederationEnabled": true, "FederationRoleArn": "role"});
    assert_eq!(
        operations(&calls(Kind::EventDataStore, &role, &other_role)),
        ["DisableFederation", "EnableFederation"]
    );
}

#[test]
fn the_usual_retention_hangs_on_the_billing_mode() {
    let of = |given: Value| properties(Kind::EventDataStore, &given)["RetentionPeriod"].clone();
    assert_eq!(of(json!({})), 366);
    assert_eq!(of(json!({"BillingMode": "FIXED_RETENTION_PRICING"})), 2557);
    let fixed = json!({"BillingMode": "FIXED_RETENTION_PRICING"});
    assert_eq!(
        calls(Kind::EventDataStore, &fixed, &json!({})),
        [
            r#"UpdateEventDataStore {"EventDataStore":"ARN","BillingMode":"EXTENDABLE_RETENTION_PRICING","RetentionPeriod":366}"#
        ]
    );
}

#[test]
fn a_disabled_schedule_is_as_good_as_none() {
    let schedule = json!({"RefreshSchedule": {"Frequency": {"Unit": "HOURS", "Value": 6}}});
    let disabled =
        json!({"RefreshSchedule": {"Frequency": {"Unit": "HOURS", "Value": 6}, "Status": "DISABLED"}});
    assert_eq!(
        calls(Kind::Dashboard, &schedule, &json!({})),
        [r#"UpdateDashboard {"DashboardId":"ARN","RefreshSchedule":{"Status":"DISABLED"}}"#]
    );
    assert_eq!(calls(Kind::Dashboard, &disabled, &json!({})), [] as [&str; 0]);
}

#[test]
fn keys_are_compared_by_what_they_name() {
    let arn = "arn:aws:kms:us-east-1:111122223333:key/0000-1111";
    let changed = |present: &str, wanted: &str| {
        let of = |key: &str| properties(Kind::Trail, &json!({"KMSKeyId": key}));
        !changes(Kind::Trail, &of(present), &of(wanted)).is_empty()
    };
    assert!(!changed(arn, arn) && !changed(arn, "0000-1111") && !changed(arn, "alias/main"));
    assert!(changed(arn, "2222-3333") && changed("", "alias/main") && changed(arn, ""));
}

#[test]
fn what_answers_say_is_what_a_template_would() {
    let answers = [
        json!({"Trail": {
            "Name": "main", "S3BucketName": "logs", "IncludeGlobalServiceEvents": true, "IsMultiRegionTrail": false,
            "HomeRegion": "us-east-1", "TrailARN": "arn:trail/main", "LogFileValidationEnabled": true,
            "IsOrganizationTrail": false, "RecursiveLogging": true, "SnsTopicARN": "arn:news", "SnsTopicName": "news",
        }}),
        json!({"IsLogging": true}),
        json!({"EventSelectors": [], "TrailARN": "arn:trail/main"}),
        Value::Null,
        json!({"AggregationConfigurations": []}),
        json!({"ResourceTagList": [{"ResourceId": "arn:trail/main", "TagsList": [{"Key": "a"}]}]}),
    ];
    let present = Present::of(Kind::Trail, &answers, &environment()).unwrap();
    let expected = json!({
        "TrailName": "main", "S3BucketName": "logs", "IsLogging": true, "EnableLogFileValidation": true,
        "SnsTopicName": "arn:news", "Tags": [{"Key": "a", "Value": ""}],
    });
    assert_eq!(Value::Object(present.properties), expected);
    let Attributes::Made { reference, values } = present.attributes else { panic!() };
    assert_eq!((reference.as_str(), values["Arn"].as_str()), ("main", "arn:trail/main"));
    assert_eq!(values["SnsTopicArn"], "arn:news");
}

#[test]
fn a_store_that_is_to_be_deleted_is_not_there() {
    let answers = |status: &str| {
        let store = json!({"EventDataStoreArn": "arn:store", "Name": "store", "Status": status});
        [store, Value::Null, Value::Null, json!({})]
    };
    let of = |status| Present::of(Kind::EventDataStore, &answers(status), &environment());
    assert_eq!(of("PENDING_DELETION"), None);
    assert!(of("CREATED").unwrap().is_protected(), "unless somebody says otherwise");
    assert_eq!(of("STOPPED_INGESTION").unwrap().properties["IngestionEnabled"], json!(false));
}

#[test]
fn a_dashboard_is_seen_with_the_widgets_that_its_template_wrote() {
    let widgets = |kind: &str| {
        let shown = json!({
            "DashboardArn": "arn:dashboard/d", "Type": kind,
            "Widgets": [{"QueryStatement": "SELECT 1", "QueryAlias": "widget1.d", "ViewProperties": {"View": "Table"}}],
        });
        let seen = Kind::Dashboard.handler().seen(&[shown, json!({"ResourceTagList": []})]).unwrap();
        seen.properties["Widgets"].clone()
    };
    assert_eq!(
        widgets("CUSTOM"),
        json!([{"QueryStatement": "SELECT 1", "ViewProperties": {"View": "Table"}}])
    );
    assert_eq!(widgets("MANAGED"), json!([]));
}
