//! `AWS::CloudTrail::ResourcePolicy`.

use super::{Call, Edit, Handler, Question, Seen};
use crate::properties::Properties;
use crate::property::{Property, Shape};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub(crate) const RESOURCE_POLICY: ResourcePolicy = ResourcePolicy;

pub(crate) struct ResourcePolicy;

const PROPERTIES: [Property; 2] = [
    Property::new("ResourceArn", Shape::Text).required(),
    Property::new("ResourcePolicy", Shape::Policy).required(),
];

impl Handler for ResourcePolicy {
    fn properties(&self) -> &'static [Property] {
        &PROPERTIES
    }

    fn attributes(&self) -> &'static [&'static str] {
        &[]
    }

    fn questions(&self, target: &str) -> Vec<Question> {
        let call = Call { operation: "GetResourcePolicy", input: json!({ "ResourceArn": target }) };
        let absent = &["ResourcePolicyNotFoundException", "ResourceNotFoundException"];
        vec![Question { call, absent }]
    }

    fn seen(&self, answers: &[Value]) -> Option<Seen> {
        let [answer] = answers else { return None };
        let arn = answer["ResourceArn"].as_str()?.to_owned();
        let policy: Value = serde_json::from_str(answer["ResourcePolicy"].as_str()?).ok()?;
        let mut properties = Map::new();
        properties.insert("ResourceArn".to_owned(), json!(arn));
        properties.insert("ResourcePolicy".to_owned(), policy);
        Some(Seen { reference: arn.clone(), arn, properties, attributes: BTreeMap::new() })
    }

    fn create(&self, wanted: &Properties) -> (Call, &'static [&'static str]) {
        let arn = wanted.get("ResourceArn").and_then(Value::as_str).unwrap_or_default();
        (put(arn, wanted), &["ResourceArn", "ResourcePolicy"])
    }

    fn update(&self, edit: &Edit<'_>) -> Vec<Call> {
        vec![put(edit.target, edit.wanted)]
    }

    fn delete(&self, target: &str, _present: &Properties) -> Vec<Call> {
        vec![Call { operation: "DeleteResourcePolicy", input: json!({ "ResourceArn": target }) }]
    }
}

fn put(arn: &str, wanted: &Properties) -> Call {
    let policy = wanted.get("ResourcePolicy").map(Value::to_string);
    Call { operation: "PutResourcePolicy", input: json!({ "ResourceArn": arn, "ResourcePolicy": policy }) }
}
