#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use crate::testing::Sent;
use crate::{Resource, ResourceArn};

fn check(sent: Sent, expected: &[(Option<&str>, &str)]) {
    let resources = sent.outcome().call.resources;
    let told = |resource: &Resource| match &resource.arn {
        ResourceArn::Whole(arn) => (resource.resource_type.clone(), arn.clone()),
        ResourceArn::Prefix(prefix) => (resource.resource_type.clone(), format!("{prefix}*")),
    };
    let told: Vec<_> = resources.iter().map(told).collect();
    let expected: Vec<_> =
        expected.iter().map(|(kind, arn)| (kind.map(|it| it.to_owned().into()), (*arn).to_owned())).collect();
    assert_eq!(told, expected);
}

#[test]
fn parameters_have_arns_and_no_type() {
    let sent = Sent::json("ssm", "AmazonSSM.GetParameters", r#"{"Names":["/a/b","c"]}"#);
    check(
        sent,
        &[
            (None, "arn:aws:ssm:eu-central-1:111122223333:parameter/a/b"),
            (None, "arn:aws:ssm:eu-central-1:111122223333:parameter/c"),
        ],
    );
    check(Sent::json("ssm", "AmazonSSM.ListDocuments", r#"{"Name":"x"}"#), &[]);
}

#[test]
fn each_table_of_a_batch_is_one() {
    let body = r#"{"RequestItems":{"t1":[{"DeleteRequest":{"Key":{"id":{"S":"1"}}}}],"t2":[]}}"#;
    check(
        Sent::json("dynamodb", "DynamoDB_20120810.BatchWriteItem", body),
        &[
            (Some("AWS::DynamoDB::Table"), "arn:aws:dynamodb:eu-central-1:111122223333:table/t1"),
            (Some("AWS::DynamoDB::Table"), "arn:aws:dynamodb:eu-central-1:111122223333:table/t2"),
        ],
    );
}

#[test]
fn a_data_event_always_has_a_resource_of_its_type() {
    let topic = "arn:aws:sns:eu-central-1:111122223333:t";
    check(
        Sent::form("sns", &format!("Action=Publish&TopicArn={topic}&Message=hunter22")),
        &[(Some("AWS::SNS::Topic"), topic)],
    );
    check(
        Sent::json("sqs", "AmazonSQS.ReceiveMessage", r#"{"QueueUrl":"q"}"#),
        &[(Some("AWS::SQS::Queue"), "arn:aws:sqs:eu-central-1:111122223333:*")],
    );
}

#[test]
fn an_alias_is_no_key() {
    check(Sent::json("kms", "TrentService.Encrypt", r#"{"KeyId":"alias/a"}"#).answer(400, "{}"), &[]);
    check(
        Sent::json("kms", "TrentService.DisableKey", r#"{"KeyId":"k-1"}"#),
        &[(Some("AWS::KMS::Key"), "arn:aws:kms:eu-central-1:111122223333:key/k-1")],
    );
}
