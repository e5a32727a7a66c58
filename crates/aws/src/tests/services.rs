//! SNS, SQS, KMS, and addresses at AWS.

use super::caller;
use super::script::{Script, answer};
use crate::{AwsError, Kms, Sns, Sqs};
use std::time::Duration;

const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:news";

#[tokio::test]
async fn a_message_is_published_in_the_topics_region() {
    let script = Script::of([answer(200, &[], "<PublishResponse/>")]).await;
    let sns = Sns::new(caller(), Some(script.endpoint()));
    sns.publish(TOPIC, r#"{"s3Bucket":"b"}"#).await.unwrap();
    let [seen] = &script.seen()[..] else { panic!("one request") };
    assert_eq!(seen.line, "POST /");
    assert!(seen.header("authorization").contains("/eu-west-1/sns/aws4_request"));
    assert_eq!(
        String::from_utf8(seen.body.clone()).unwrap(),
        "Action=Publish&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aeu%2Dwest%2D1%3A111122223333%3Anews\
         &Message=%7B%22s3Bucket%22%3A%22b%22%7D"
    );
}

#[tokio::test]
async fn messages_are_received_and_deleted() {
    let message = r#"{"Messages":[{"MessageId":"m","ReceiptHandle":"r","MD5OfBody":"x","Body":"{}"}]}"#;
    let script = Script::of([answer(200, &[], message), answer(200, &[], "{}"), answer(200, &[], "")]).await;
    let queue = "https://sqs.eu-west-1.amazonaws.com/111122223333/files";
    let sqs = Sqs::new(caller(), Some(script.endpoint()), queue, "us-east-1");
    let (wait, hidden) = (Duration::from_secs(1), Duration::from_secs(60));
    let received = sqs.receive(wait, hidden).await.unwrap();
    assert_eq!((received.len(), received[0].body.as_str()), (1, "{}"));
    assert_eq!(sqs.receive(wait, hidden).await.unwrap(), []);
    sqs.delete(&received[0]).await.unwrap();
    let seen = script.seen();
    assert!(seen[0].header("authorization").contains("/eu-west-1/sqs/aws4_request"));
    assert_eq!(seen[0].header("x-amz-target"), "AmazonSQS.ReceiveMessage");
    assert_eq!(
        String::from_utf8(seen[2].body.clone()).unwrap(),
        format!(r#"{{"QueueUrl":"{queue}","ReceiptHandle":"r"}}"#)
    );
}

#[tokio::test]
async fn a_missing_topic_is_told_apart() {
    let body = "<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code><Message>no</Message></Error></ErrorResponse>";
    let script = Script::of([answer(404, &[], body)]).await;
    let error = Sns::new(caller(), Some(script.endpoint())).get_topic_policy(TOPIC).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.to_string(), "NotFound: no");
}

#[tokio::test]
async fn a_topics_policy_is_among_its_attributes() {
    let attributes = |entries: &str| {
        let result = format!("<Attributes>{entries}</Attributes>");
        let body = format!(
            "<GetTopicAttributesResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><GetTopicAttributesResult>{result}\
             </GetTopicAttributesResult></GetTopicAttributesResponse>"
        );
        answer(200, &[], &body)
    };
    let owner = "<entry><key>Owner</key><value>111122223333</value></entry>";
    let policy = "<entry><key>Policy</key><value>{&quot;Version&quot;: 1}</value></entry>";
    let script =
        Script::of([attributes(&format!("{owner}{policy}")), attributes(owner), answer(200, &[], "<html/>")])
            .await;
    let sns = Sns::new(caller(), Some(script.endpoint()));
    assert_eq!(sns.get_topic_policy(TOPIC).await.unwrap().as_deref(), Some(r#"{"Version": 1}"#));
    assert_eq!(sns.get_topic_policy(TOPIC).await.unwrap(), None);
    assert!(matches!(sns.get_topic_policy(TOPIC).await.unwrap_err(), AwsError::Malformed { .. }));
}

#[tokio::test]
async fn a_key_is_described_with_its_state() {
    let key = |state: &str, usage: &str| {
        let json = format!(
            r#"{{"KeyMetadata":{{"Arn":"arn:k","KeyState":"{state}","KeyUsage":{usage},"KeySpec":"SYMMETRIC_DEFAULT","X":1}}}}"#
        );
        answer(200, &[], &json)
    };
    let script = Script::of([
        key("Enabled", "\"ENCRYPT_DECRYPT\""),
        key("Disabled", "\"ENCRYPT_DECRYPT\""),
        key("Enabled", "\"SIGN_VERIFY\""),
        key("Enabled", "null"),
        answer(400, &[], r#"{"__type":"NotFoundException","message":"no"}"#),
    ])
    .await;
    let kms = Kms::new(caller(), Some(script.endpoint()));
    for encrypts in [true, false, false, true] {
        let found = kms.describe_key("eu-west-1", "alias/logs").await.unwrap();
        assert_eq!((found.arn.as_str(), found.encrypts()), ("arn:k", encrypts));
    }
    assert!(kms.describe_key("eu-west-1", "alias/logs").await.unwrap_err().is_not_found());
    let seen = &script.seen()[0];
    assert_eq!(seen.header("x-amz-target"), "TrentService.DescribeKey");
    assert_eq!(seen.body, br#"{"KeyId":"alias/logs"}"#);
}

#[tokio::test]
async fn a_region_that_is_none_never_becomes_a_host() {
    let error = Sns::new(caller(), None).publish("arn:aws:sns:evil.example/:1:t", "news").await.unwrap_err();
    assert_eq!(error.code(), "InvalidRequest");
    assert!(Kms::new(caller(), None).describe_key("a@b", "key").await.is_err());
}
