#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use crate::testing::Sent;

fn check(sent: Sent, expected: Option<(&str, Option<&str>)>) {
    let failure = sent.outcome().failure;
    let told = failure.as_ref().map(|failure| (failure.code.as_str(), failure.message.as_deref()));
    assert_eq!(told, expected);
}

#[test]
fn json_errors_are_told_without_their_namespaces() {
    let call = || Sent::json("dynamodb", "DynamoDB_20120810.GetItem", r#"{"TableName":"t"}"#);
    let body =
        r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"no table"}"#;
    check(call().answer(400, body), Some(("ResourceNotFoundException", Some("no table"))));
    check(call().answer(200, body), None);
    let lambda = Sent::new("lambda", "GET", "/2015-03-31/functions/f")
        .answer(404, r#"{"Message":"gone"}"#)
        .answer_header("x-amzn-errortype", "ResourceNotFoundException:http://internal.amazon.com/coral/");
    check(lambda, Some(("ResourceNotFoundException", Some("gone"))));
}

#[test]
fn the_code_that_the_query_protocol_had_goes_before() {
    let sent = Sent::json("sqs", "AmazonSQS.GetQueueUrl", r#"{"QueueName":"q"}"#)
        .answer(400, r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no queue"}"#)
        .answer_header("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender");
    check(sent, Some(("AWS.SimpleQueueService.NonExistentQueue", Some("no queue"))));
}

#[test]
fn xml_errors_are_told_as_their_services_events_have_them() {
    let error = |code: &str| {
        format!("<ErrorResponse><Error><Code>{code}</Code><Message>m</Message></Error></ErrorResponse>")
    };
    let iam = || Sent::form("iam", "Action=GetUser&Version=2010-05-08");
    check(iam().answer(404, error("NoSuchEntity")), Some(("NoSuchEntityException", Some("m"))));
    check(iam().answer(403, error("AccessDenied")), Some(("AccessDenied", Some("m"))));
    let rds = Sent::form("rds", "Action=DeleteDBInstance&Version=2014-10-31");
    check(rds.answer(400, error("InvalidDBInstanceState")), Some(("InvalidDBInstanceStateFault", Some("m"))));
    let ec2 = || Sent::form("ec2", "Action=DescribeVpcs&Version=2016-11-15");
    let errors = "<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code><Message>m</Message></Error></Errors></Response>";
    check(ec2().answer(400, errors), Some(("Client.InvalidVpcID.NotFound", Some("m"))));
    check(ec2().answer(503, ""), Some(("Server.ServiceUnavailable", None)));
}

#[test]
fn answers_to_head_have_no_body_and_are_told_by_their_status() {
    let head = |uri: &str, status: u16| Sent::new("s3", "HEAD", uri).answer(status, "");
    check(head("/b/k", 404), Some(("NoSuchKey", Some("The specified key does not exist."))));
    check(head("/b", 404), Some(("NoSuchBucket", Some("The specified bucket does not exist"))));
    check(head("/b/k", 403), Some(("AccessDenied", Some("Access Denied"))));
    check(head("/b/k", 304), None);
    check(head("/b/k", 418), Some(("Http418", None)));
}

#[test]
fn s3_fails_after_it_said_200_too() {
    let sent = Sent::new("s3", "POST", "/b/k?uploadId=u")
        .answer(200, "<Error><Code>InternalError</Code><Message>again</Message></Error>");
    check(sent, Some(("InternalError", Some("again"))));
}

#[test]
fn an_object_that_looks_like_an_error_was_read_all_the_same() {
    let error = "<Error><Code>AccessDenied</Code></Error>";
    check(Sent::new("s3", "GET", "/b/k").answer(200, error), None);
    check(Sent::new("s3", "GET", "/b/k").answer(403, error), Some(("AccessDenied", None)));
}

#[test]
fn cbor_errors_are_told() {
    let mut body = vec![0xa2, 0x66];
    body.extend(b"__type\x69com.x#Bad\x67message\x62no");
    let sent =
        Sent::new("monitoring", "POST", "/service/GraniteServiceVersion20100801/operation/DeleteAlarms")
            .header("smithy-protocol", "rpc-v2-cbor")
            .answer(400, body)
            .answer_header("content-type", "application/cbor");
    check(sent, Some(("Bad", Some("no"))));
}
