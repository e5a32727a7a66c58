#![allow(clippy::unwrap_used, reason = "tests")]

use super::{camel, export, yaml};
use crate::document::load;
use crate::kind::Kind;
use crate::present::Present;
use crate::scope::{Attributes, Environment, Known};
use crate::template::Template;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn present(kind: Kind, id: &str, arn: &str, properties: &Value) -> Present {
    let reference = if kind == Kind::Trail { id } else { arn }.to_owned();
    Present {
        kind,
        id: id.to_owned(),
        arn: arn.to_owned(),
        properties: properties.as_object().unwrap().clone(),
        attributes: Attributes::Made { reference, values: BTreeMap::new() },
    }
}

fn all() -> Vec<Present> {
    let (store, channel) =
        ("arn:aws:cloudtrail:us-east-1:1:eventdatastore/1", "arn:aws:cloudtrail:us-east-1:1:channel/2");
    let statement = json!([{"Sid": "a", "Effect": "Allow", "Resource": channel, "Condition": {"StringEquals": {"k": ["1", "yes"]}}}]);
    vec![
        present(
            Kind::Trail,
            "main-trail",
            "arn:t",
            &json!({"TrailName": "main-trail", "S3BucketName": "logs", "IsLogging": true}),
        ),
        present(
            Kind::EventDataStore,
            "main_trail",
            store,
            &json!({"Name": "main_trail", "RetentionPeriod": 90}),
        ),
        present(
            Kind::Channel,
            "in",
            channel,
            &json!({"Name": "in", "Source": "Custom", "Destinations": [{"Type": "EVENT_DATA_STORE", "Location": store}]}),
        ),
        present(
            Kind::ResourcePolicy,
            channel,
            channel,
            &json!({"ResourceArn": channel, "ResourcePolicy": {"Version": "2012-10-17", "Statement": statement}}),
        ),
    ]
}

#[test]
fn resources_have_names_of_their_own_and_refer_to_one_another() {
    let expected = "\
AWSTemplateFormatVersion: \"2010-09-09\"
Resources:
  MainTrail:
    Type: AWS::CloudTrail::Trail
    Properties:
      TrailName: main-trail
      S3BucketName: logs
      IsLogging: true
  MainTrail2:
    Type: AWS::CloudTrail::EventDataStore
    Properties:
      Name: main_trail
      RetentionPeriod: 90
  In:
    Type: AWS::CloudTrail::Channel
    Properties:
      Name: in
      Source: Custom
      Destinations:
        - Type: EVENT_DATA_STORE
          Location: !Ref MainTrail2
  InPolicy:
    Type: AWS::CloudTrail::ResourcePolicy
    Properties:
      ResourceArn: !Ref In
      ResourcePolicy:
        Version: \"2012-10-17\"
        Statement:
          - Sid: a
            Effect: Allow
            Resource: !Ref In
            Condition:
              StringEquals:
                k:
                  - \"1\"
                  - \"yes\"
";
    assert_eq!(yaml(&export(&all())), expected);
}

#[test]
fn what_is_exported_asks_for_just_what_is_there() {
    let environment =
        Environment { account: "1".to_owned(), region: "us-east-1".to_owned(), stack: "s".to_owned() };
    let exported = export(&all());
    for text in [yaml(&exported), exported.to_string()] {
        let template = Template::parse(&text).unwrap();
        let settled = template.settle(environment.clone(), &BTreeMap::new()).unwrap();
        let mut known = Known::new();
        for (at, present) in all().into_iter().enumerate() {
            let wanted = settled.wanted(at, &known).unwrap();
            assert_eq!((wanted.kind, wanted.id), (present.kind, Some(present.id)));
            assert_eq!(wanted.properties, present.properties);
            known.insert(wanted.logical_id, present.attributes);
        }
    }
}

#[test]
fn logical_ids_are_letters_and_digits() {
    assert_eq!(camel("main-trail_1.x"), "MainTrail1X");
    assert_eq!(camel("-"), "");
}

proptest! {
    #[test]
    fn yaml_reads_back_as_what_was_written(value in value()) {
        let wrapped = json!({ "value": value });
        let text = yaml(&wrapped);
        prop_assert_eq!(load(&text).unwrap().json(), wrapped, "{}", text);
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[ -~é\n\t\u{85}\u{2028}\u{feff}😀]{0,12}".prop_map(Value::from),
        prop_oneof!["yes", "null", "1.5", "0x1F", "2012-10-17", "<<", "-", "AWS::x:", "AWS::A::B"]
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map("[a-zA-Z/:~ *&!]{1,6}", inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
