#![allow(clippy::unwrap_used, reason = "tests")]

use super::{create, created, deletes, restore, updates};
use crate::fault::Mark;
use crate::kind::Kind;
use crate::settled::Wanted;
use serde_json::{Value, json};

fn wanted(kind: Kind, properties: &Value) -> Wanted {
    Wanted {
        logical_id: "A".to_owned(),
        mark: Mark::START,
        kind,
        id: Some("one".to_owned()),
        is_named: true,
        properties: properties.as_object().unwrap().clone(),
        retain: false,
        retain_replaced: false,
    }
}

/// The operations that make a resource.
fn made(kind: Kind, properties: &Value) -> Vec<&'static str> {
    let wanted = wanted(kind, properties);
    let rest = updates(&created(&wanted, "arn:one"), &wanted);
    [create(&wanted).operation].into_iter().chain(rest.iter().map(|call| call.operation)).collect()
}

#[test]
fn what_creation_leaves_undone_is_done_after_it() {
    let tags = json!([{"Key": "a", "Value": "b"}]);
    let trail = json!({
        "TrailName": "one", "S3BucketName": "logs", "IsLogging": true, "KMSKeyId": "key", "Tags": tags,
        "AdvancedEventSelectors": [{"FieldSelectors": []}], "InsightSelectors": [{"InsightType": "x"}],
    });
    assert_eq!(
        made(Kind::Trail, &trail),
        ["CreateTrail", "PutEventSelectors", "PutInsightSelectors", "StartLogging"]
    );
    let store = json!({"Name": "one", "IngestionEnabled": false, "MaxEventSize": "Large", "Tags": tags});
    assert_eq!(made(Kind::EventDataStore, &store), ["CreateEventDataStore", "PutEventConfiguration"]);
    assert_eq!(create(&wanted(Kind::EventDataStore, &store)).input["StartIngestion"], false);
    for (kind, operation) in [
        (Kind::Channel, "CreateChannel"),
        (Kind::Dashboard, "CreateDashboard"),
        (Kind::ResourcePolicy, "PutResourcePolicy"),
    ] {
        let whole = json!({
            "Name": "one", "Source": "Custom", "Destinations": [], "Widgets": [{}], "ResourceArn": "arn:one",
            "ResourcePolicy": {},
        });
        assert_eq!(made(kind, &whole), [operation]);
    }
}

#[test]
fn only_stores_can_be_restored() {
    let call = restore(Kind::EventDataStore, "arn:one").unwrap();
    assert_eq!((call.operation, call.input), ("RestoreEventDataStore", json!({"EventDataStore": "arn:one"})));
    assert_eq!(restore(Kind::Trail, "arn:one"), None);
}

#[test]
fn a_federated_store_is_let_go_before_it_is_deleted() {
    let of = |properties: &Value| {
        let calls = deletes(&created(&wanted(Kind::EventDataStore, properties), "arn:one"));
        calls.iter().map(|call| call.operation).collect::<Vec<_>>()
    };
    assert_eq!(of(&json!({"Name": "one"})), ["DeleteEventDataStore"]);
    let mut federated = created(&wanted(Kind::EventDataStore, &json!({"Name": "one"})), "arn:one");
    federated.properties.insert("FederationEnabled".to_owned(), json!(true));
    let calls = deletes(&federated);
    assert_eq!(
        calls.iter().map(|call| call.operation).collect::<Vec<_>>(),
        ["DisableFederation", "DeleteEventDataStore"]
    );
}
