#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod canary;

use super::*;
use crate::testing::Sent;
use crate::{Body, ResourceArn};
use http::StatusCode;
use proptest::prelude::*;
use serde_json::json;

fn arns(outcome: &Outcome) -> Vec<&str> {
    let name = |resource: &crate::Resource| match &resource.arn {
        ResourceArn::Whole(arn) | ResourceArn::Prefix(arn) => arn.clone(),
    };
    outcome.call.resources.iter().map(name).map(|arn| &*Box::leak(arn.into_boxed_str())).collect()
}

#[test]
fn a_secret_is_created_without_being_told() {
    let body = r#"{"Name":"db","ClientRequestToken":"t-1","SecretString":"hunter22","Tags":[{"Key":"Team","Value":"a"}],"Brandnew":"hunter23"}"#;
    let answer = r#"{"ARN":"arn:aws:secretsmanager:eu-central-1:111122223333:secret:db-x","Name":"db","VersionId":"t-1"}"#;
    let outcome = Sent::json("secretsmanager", "secretsmanager.CreateSecret", body)
        .answer(200, answer)
        .answer_header("x-amzn-requestid", "r-1")
        .outcome();
    let call = outcome.call;
    assert_eq!((&*call.event_source, &*call.event_name), ("secretsmanager.amazonaws.com", "CreateSecret"));
    assert!(!call.read_only);
    assert_eq!(call.category, Category::Management);
    assert_eq!(
        call.request_parameters.unwrap(),
        json!({"name": "db", "clientRequestToken": "t-1", "tags": [{"key": "Team", "value": "a"}], "brandnew": HIDDEN})
    );
    assert_eq!(
        call.response_elements.unwrap(),
        json!({"arn": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:db-x"})
    );
    assert_eq!((outcome.failure, outcome.request_id.as_deref()), (None, Some("r-1")));
    assert_eq!(call.additional_event_data, None);
}

#[test]
fn a_user_is_created_by_form_and_answered_in_xml() {
    let outcome = Sent::form(
        "iam",
        "Action=CreateUser&Version=2010-05-08&UserName=eve&Tags.member.1.Key=Team&Tags.member.1.Value=a+b",
    )
    .answer(
        200,
        "<CreateUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><CreateUserResult><User>\
         <Path>/</Path><UserName>eve</UserName><Arn>arn:aws:iam::111122223333:user/eve</Arn>\
         <CreateDate>2023-07-10T12:25:03Z</CreateDate><Tags><member><Key>Team</Key><Value>a b</Value></member></Tags>\
         </User></CreateUserResult><ResponseMetadata><RequestId>r-2</RequestId></ResponseMetadata></CreateUserResponse>",
    )
    .outcome();
    assert_eq!(
        outcome.call.request_parameters.unwrap(),
        json!({"userName": "eve", "tags": [{"key": "Team", "value": "a b"}]})
    );
    assert_eq!(
        outcome.call.response_elements.unwrap(),
        json!({"user": {"path": "/", "userName": "eve", "arn": "arn:aws:iam::111122223333:user/eve",
            "createDate": "Jul 10, 2023 12:25:03 PM", "tags": [{"key": "Team", "value": "a b"}]}})
    );
    assert_eq!(outcome.request_id.as_deref(), Some("r-2"));
}

#[test]
fn a_read_answers_nothing_and_a_role_that_is_assumed_does_without_its_secret_key() {
    let outcome = Sent::form("iam", "Action=GetUser&Version=2010-05-08&UserName=eve")
        .answer(200, "<GetUserResponse><GetUserResult/></GetUserResponse>")
        .outcome();
    assert!(outcome.call.read_only);
    assert_eq!(outcome.call.response_elements, None);

    let outcome = Sent::form(
        "sts",
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::210987654321:role/R&RoleSessionName=s&TokenCode=123456",
    )
    .answer(
        200,
        "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA1</AccessKeyId>\
         <SecretAccessKey>wJalrXUtnFEMI</SecretAccessKey><SessionToken>tok-1</SessionToken>\
         <Expiration>2023-07-10T12:31:14Z</Expiration></Credentials><PackedPolicySize>91</PackedPolicySize>\
         </AssumeRoleResult></AssumeRoleResponse>",
    )
    .outcome();
    assert_eq!(
        outcome.call.request_parameters.as_ref().unwrap(),
        &json!({"roleArn": "arn:aws:iam::210987654321:role/R", "roleSessionName": "s"})
    );
    assert_eq!(
        outcome.call.response_elements.as_ref().unwrap(),
        &json!({"credentials": {"accessKeyId": "ASIA1", "sessionToken": "tok-1",
            "expiration": "Jul 10, 2023, 12:31:14 PM"}, "packedPolicySize": 91})
    );
    assert_eq!(outcome.call.resources[0].account, Some("210987654321".parse().unwrap()));
    assert_eq!(arns(&outcome), ["arn:aws:iam::210987654321:role/R"]);
}

#[test]
fn a_function_is_created_without_its_code_and_its_environment() {
    let body = r#"{"FunctionName":"f","Runtime":"python3.12","Role":"arn:aws:iam::111122223333:role/r",
        "Code":{"ZipFile":"UEsDBA=="},"Environment":{"Variables":{"DB":"hunter22"}},"Timeout":3,"Publish":false,
        "Tags":{"Team":"a"}}"#;
    let outcome = Sent::new("lambda", "POST", "/2015-03-31/functions")
        .header("content-type", "application/json")
        .body(body)
        .answer(201, r#"{"FunctionName":"f","CodeSize":12,"Environment":{"Variables":{"DB":"hunter22"}},"Description":"hunter22"}"#)
        .outcome();
    assert_eq!(outcome.call.event_name, "CreateFunction20150331");
    assert_eq!(
        outcome.call.request_parameters.unwrap(),
        json!({"functionName": "f", "runtime": "python3.12", "role": "arn:aws:iam::111122223333:role/r", "code": {},
            "environment": {}, "timeout": 3, "publish": false, "tags": {"Team": "a"}})
    );
    assert_eq!(
        outcome.call.response_elements.unwrap(),
        json!({"functionName": "f", "codeSize": 12, "environment": {}, "description": HIDDEN})
    );
}

#[test]
fn labels_and_queries_are_parameters_beside_the_body() {
    let outcome = Sent::new("lambda", "DELETE", "/2015-03-31/functions/my%2Ff?Qualifier=7").outcome();
    assert_eq!(outcome.call.event_name, "DeleteFunction20150331");
    assert_eq!(outcome.call.request_parameters.unwrap(), json!({"functionName": "my/f", "qualifier": "7"}));
    let outcome =
        Sent::new("lambda", "POST", "/2015-03-31/functions/f/invocations").body("hunter22").outcome();
    assert_eq!((&*outcome.call.event_name, outcome.call.category), ("Invoke", Category::Data));
    assert_eq!(arns(&outcome), ["arn:aws:lambda:eu-central-1:111122223333:function:f"]);
    assert_eq!(outcome.call.request_parameters.unwrap(), json!({"functionName": "f"}));
}

#[test]
fn of_items_only_the_names_of_their_attributes_are_told() {
    let body = r#"{"TableName":"t","Item":{"id":{"S":"hunter22"},"name":{"S":"x"}},"ReturnValues":"NONE",
        "ExpressionAttributeValues":{":v":{"S":"hunter23"}}}"#;
    let outcome = Sent::json("dynamodb", "DynamoDB_20120810.PutItem", body).answer(200, "{}").outcome();
    assert_eq!(
        outcome.call.request_parameters.as_ref().unwrap(),
        &json!({"tableName": "t", "item": ["id", "name"], "returnValues": "NONE"})
    );
    assert_eq!(outcome.call.category, Category::Data);
    assert_eq!(outcome.call.api_version.as_deref(), Some("2012-08-10"));
    assert_eq!(arns(&outcome), ["arn:aws:dynamodb:eu-central-1:111122223333:table/t"]);
}

#[test]
fn messages_are_hidden_and_their_queue_is_the_resource() {
    let body =
        r#"{"QueueUrl":"http://localhost:4566/111122223333/q","MessageBody":"hunter22","DelaySeconds":0}"#;
    let outcome = Sent::json("sqs", "AmazonSQS.SendMessage", body)
        .answer(200, r#"{"MessageId":"m","MD5OfMessageBody":"d"}"#)
        .outcome();
    assert_eq!(
        outcome.call.request_parameters.as_ref().unwrap(),
        &json!({"queueUrl": "http://localhost:4566/111122223333/q", "messageBody": HIDDEN, "delaySeconds": 0})
    );
    assert_eq!(
        outcome.call.response_elements.as_ref().unwrap(),
        &json!({"messageId": "m", "mD5OfMessageBody": "d"})
    );
    assert_eq!(arns(&outcome), ["arn:aws:sqs:eu-central-1:111122223333:q"]);
}

#[test]
fn a_key_is_found_in_the_answer_and_its_texts_in_neither() {
    let arn = "arn:aws:kms:eu-central-1:111122223333:key/k-1";
    let body = r#"{"CiphertextBlob":"c2VjcmV0","EncryptionContext":{"a":"b"}}"#;
    let outcome = Sent::json("kms", "TrentService.Decrypt", body)
        .answer(200, format!(r#"{{"KeyId":"{arn}","Plaintext":"c2VjcmV0"}}"#))
        .outcome();
    assert_eq!(outcome.call.request_parameters.as_ref().unwrap(), &json!({"encryptionContext": {"a": "b"}}));
    assert_eq!(outcome.call.response_elements, None);
    assert_eq!(arns(&outcome), [arn]);
}

#[test]
fn the_error_message_of_a_body_that_cannot_be_read_is_hidden() {
    let sent = Sent::json("secretsmanager", "secretsmanager.CreateSecret", r#"{"SecretString":"canary"#)
        .answer(400, r#"{"__type":"SerializationException","message":"unexpected end in 'canary'"}"#);
    let failure = sent.outcome().failure.unwrap();
    assert_eq!((&*failure.code, failure.message.as_deref()), ("SerializationException", Some(HIDDEN)));
}

#[test]
fn an_error_message_that_repeats_a_secret_is_hidden() {
    let outcome =
        Sent::form("iam", "Action=CreateLoginProfile&Version=2010-05-08&UserName=eve&Password=hunter22")
            .answer(
                400,
                "<ErrorResponse><Error><Type>Sender</Type><Code>PasswordPolicyViolation</Code>\
             <Message>hunter22 is too short</Message></Error><RequestId>r</RequestId></ErrorResponse>",
            )
            .outcome();
    assert_eq!(outcome.call.request_parameters, Some(json!({"userName": "eve"})));
    assert_eq!(
        outcome.failure.unwrap(),
        OwnedFailure {
            code: "PasswordPolicyViolationException".to_owned(),
            message: Some(HIDDEN.to_owned())
        }
    );
}

#[test]
fn what_was_kept_of_a_body_is_told_and_that_it_is_not_all() {
    let start = r#"{"FunctionName":"f","Layers":["a","b"],"Code":{"S3Bucket":"b","ZipFile":"UEsDB"#;
    let sent =
        Sent { body_is_whole: false, ..Sent::new("lambda", "POST", "/2015-03-31/functions").body(start) };
    let call = sent.outcome().call;
    assert_eq!(
        call.request_parameters.unwrap(),
        json!({"functionName": "f", "layers": ["a", "b"], "code": {"s3Bucket": "b"}})
    );
    assert_eq!(call.additional_event_data.unwrap(), json!({"cairn": {"requestBody": "cut"}}));

    let start = "Action=CreateUser&Version=2010-05-08&UserName=eve&Path=%2Fhalf";
    let sent = Sent { body_is_whole: false, ..Sent::form("iam", start) };
    assert_eq!(sent.outcome().call.request_parameters.unwrap(), json!({"userName": "eve"}));
}

#[test]
fn a_body_that_is_not_what_its_operation_takes_leaves_a_call_without_parameters() {
    let outcome = Sent::json("kms", "TrentService.CreateAlias", "<xml/>")
        .answer(400, r#"{"__type":"SerializationException"}"#)
        .outcome();
    assert_eq!(outcome.call.event_name, "CreateAlias");
    assert_eq!(outcome.call.request_parameters, None);
    assert_eq!(outcome.call.additional_event_data.unwrap(), json!({"cairn": {"requestBody": "unreadable"}}));
    assert_eq!(outcome.failure.unwrap().code, "SerializationException");
}

#[test]
fn a_request_that_reached_nobody_failed_with_our_error() {
    let sent = Sent::json("kms", "TrentService.DisableKey", r#"{"KeyId":"k-1"}"#);
    let answer = Answer::Own { code: "GatewayTimeout", message: "the upstream did not answer in 60 s" };
    let observed = Observed { answer, signature_verified: Some(false), ..sent.observed() };
    let outcome = aws_call(&sent.recognized(), &observed);
    assert_eq!(outcome.failure.unwrap().code, "GatewayTimeout");
    assert_eq!(outcome.call.request_parameters.unwrap(), json!({"keyId": "k-1"}));
    assert_eq!(
        outcome.call.additional_event_data.unwrap(),
        json!({"cairn": {"signatureVerified": false, "answeredBy": "cairn"}})
    );
}

#[test]
fn a_call_that_the_table_lacks_is_recorded_with_its_texts_hidden() {
    let sent =
        Sent::json("newthing", "NewThing_2030.MakeThing", r#"{"Name":"hunter22","Size":3,"Tags":["x"]}"#);
    let call = sent.outcome().call;
    assert_eq!(call.event_name, "MakeThing");
    assert_eq!(call.request_parameters.unwrap(), json!({"name": HIDDEN, "size": 3, "tags": [HIDDEN]}));
    assert!(!call.read_only);
}

#[test]
fn the_error_message_of_a_call_that_the_table_lacks_repeats_none_of_its_texts() {
    let message_of =
        |sent: Sent, answer: &str| sent.answer(400, answer).outcome().failure.unwrap().message.unwrap();
    let json =
        || Sent::json("newthing", "NewThing_2030.MakeThing", r#"{"A":{"Name":["hunter22"]},"Size":3}"#);
    assert_eq!(message_of(json(), r#"{"message":"hunter22 is too short"}"#), HIDDEN);
    assert_eq!(message_of(json(), r#"{"message":"Size 3 is too small"}"#), "Size 3 is too small");
    let form = || Sent::form("newthing", "Action=MakeThing&Version=2030-01-01&Name=hunter+22");
    let parameters = form().outcome().call.request_parameters.unwrap();
    assert_eq!(parameters, json!({"name": HIDDEN}));
    assert_eq!(message_of(form(), r#"{"message":"hunter 22 is too short"}"#), HIDDEN);
    let unreadable = Sent::json("newthing", "NewThing_2030.MakeThing", "hunter22");
    assert_eq!(message_of(unreadable, r#"{"message":"hunter22 is no JSON"}"#), HIDDEN);
}

#[test]
fn cbor_is_read_like_json() {
    // {"name": "x", "size": 3} in CBOR would be a300...; an alarm's name is enough.
    let mut body = vec![0xa1, 0x6a];
    body.extend(b"AlarmNames");
    body.extend([0x81, 0x62, b'a', b'1']);
    let sent =
        Sent::new("monitoring", "POST", "/service/GraniteServiceVersion20100801/operation/DeleteAlarms")
            .header("smithy-protocol", "rpc-v2-cbor")
            .header("content-type", "application/cbor")
            .body(body);
    let call = sent.outcome().call;
    assert_eq!((&*call.event_source, &*call.event_name), ("monitoring.amazonaws.com", "DeleteAlarms"));
    assert_eq!(call.request_parameters.unwrap(), json!({"alarmNames": ["a1"]}));
}

proptest! {
    #[test]
    fn whatever_the_bodies_are_there_is_a_call(
        request in proptest::collection::vec(any::<u8>(), 0..200),
        answer in proptest::collection::vec(any::<u8>(), 0..200),
        status in 100u16..600,
        is_whole: bool,
    ) {
        let kinds = [
            Sent::json("dynamodb", "DynamoDB_20120810.PutItem", ""),
            Sent::form("ec2", "").header("x", "y"),
            Sent::new("s3", "PUT", "/b?tagging"),
            Sent::new("lambda", "POST", "/2015-03-31/functions"),
            Sent::new("monitoring", "POST", "/service/GraniteServiceVersion20100801/operation/PutMetricAlarm")
                .header("smithy-protocol", "rpc-v2-cbor"),
        ];
        for kind in kinds {
            let mut body = if kind.signing_name == "ec2" {
                b"Action=RunInstances&Version=2016-11-15&".to_vec()
            } else {
                Vec::new()
            };
            body.extend(&request);
            let sent = Sent { status: StatusCode::from_u16(status).unwrap(), answer: answer.clone(), ..kind.body(body) };
            let body = Body { is_whole, ..sent.observed().body };
            let outcome = aws_call(&sent.recognized(), &Observed { body, ..sent.observed() });
            prop_assert!(!outcome.call.event_name.is_empty());
        }
    }
}

#[test]
fn tags_of_api_gateway_are_shown_and_its_keys_are_not() {
    let sent = |uri, body| Sent::new("apigateway", "POST", uri).body(body).answer(201, body).outcome().call;
    let body = r#"{"name":"n","value":"hunter22-hunter22","tags":{"Team":"blue"}}"#;
    let call = sent("/apikeys", body);
    assert_eq!(&*call.event_name, "CreateApiKey");
    let told = json!({"name": "n", "value": HIDDEN, "tags": {"Team": "blue"}});
    assert_eq!(call.request_parameters, Some(told.clone()));
    assert_eq!(call.response_elements, Some(told));
    let call = sent("/restapis", r#"{"name":"n","tags":{"Team":"blue"}}"#);
    assert_eq!(call.request_parameters, Some(json!({"name": "n", "tags": {"Team": "blue"}})));
}

#[test]
fn changes_of_stages_do_not_tell_variables_and_other_changes_are_told() {
    let changed = |uri, body| {
        let call = Sent::new("apigateway", "PATCH", uri).body(body).answer(200, "{}").outcome().call;
        call.request_parameters.unwrap()["patchOperations"][0]["value"].clone()
    };
    let body = r#"{"patchOperations":[{"op":"replace","path":"/name","value":"new"}]}"#;
    assert_eq!(changed("/restapis/a/stages/s", body), HIDDEN);
    assert_eq!(changed("/restapis/a", body), "new");
}

#[test]
fn a_deleted_function_answers_nothing() {
    let sent = Sent::new("lambda", "DELETE", "/2015-03-31/functions/f").answer(204, "");
    assert_eq!(sent.outcome().call.response_elements, None);
}

#[test]
fn answers_are_needed_where_events_tell_of_them() {
    use crate::testing::operation;
    let needed = [
        ("kms", "Decrypt"),
        ("kms", "DescribeKey"),
        ("sts", "AssumeRole"),
        ("iam", "CreateUser"),
        ("s3", "CopyObject"),
    ];
    for (service, name) in needed {
        assert!(needs_answer(operation(service, name)), "{service} {name}");
    }
    for (service, name) in [("iam", "GetUser"), ("s3", "GetObject"), ("dynamodb", "PutItem")] {
        assert!(!needs_answer(operation(service, name)), "{service} {name}");
    }
}
