#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use crate::call::{Resource, ResourceArn};
use crate::{HIDDEN, cairn, cloudtrail, user_id};
use cairn_model::event::{Admission, Door};
use cairn_model::{Event as Admitted, Field, Origin, Session, SessionHolder};
use proptest::prelude::*;

fn account() -> AccountId {
    "111122223333".parse().unwrap()
}

fn exchange<'a>(caller: Caller<'a>, call: Call) -> Exchange<'a> {
    Exchange {
        caller,
        call,
        event_time: Timestamp::parse("2026-03-01T08:04:11.25Z").unwrap(),
        region: "eu-central-1",
        source_ip: "198.51.100.7",
        user_agent: Some("aws-cli/2"),
        failure: None,
        request_id: "request-1",
        event_id: "7b1f6c1e-0000-4000-8000-000000000001",
        recipient: account(),
        tls: TlsDetails::default(),
    }
}

fn root() -> Caller<'static> {
    Caller::Root { account: account(), access_key_id: "AKIAROOT" }
}

/// The event, which must be one that the door lets in as it is.
fn text(exchange: &Exchange<'_>) -> String {
    let text = event_text(exchange);
    let admission = Admission {
        origin: Origin::Recorded,
        account: "000000000000".parse().unwrap(),
        arrival: exchange.event_time,
    };
    let mut bytes = Vec::new();
    Door::default().admit(&text, &admission, || 0, &mut bytes).unwrap();
    let event = Admitted::decode(&bytes).unwrap();
    assert_eq!(event.account(), exchange.recipient);
    assert_eq!(event.category(), exchange.call.category);
    assert_eq!(event.read_only(), Some(exchange.call.read_only));
    assert_eq!(event.string(Field::EventTime).unwrap(), exchange.event_time.to_string());
    event.text().to_owned()
}

fn value(exchange: &Exchange<'_>) -> Value {
    serde_json::from_str(&text(exchange)).unwrap()
}

#[test]
fn a_write_by_root_is_recorded_whole_and_in_the_order_of_the_samples() {
    let call = cloudtrail(
        "CreateTrail",
        &json!({"Name": "t1", "S3BucketName": "my-logs"}),
        Some(&json!({"Name": "t1", "TrailARN": "arn:aws:cloudtrail:eu-central-1:111122223333:trail/t1"})),
    );
    let exchange = Exchange {
        tls: TlsDetails { client_provided_host_header: Some("localhost:4580"), ..TlsDetails::default() },
        ..exchange(root(), call)
    };
    insta::assert_snapshot!(text(&exchange), @r#"{"eventVersion":"1.11","userIdentity":{"type":"Root","principalId":"111122223333","arn":"arn:aws:iam::111122223333:root","accountId":"111122223333","accessKeyId":"AKIAROOT"},"eventTime":"2026-03-01T08:04:11Z","eventSource":"cloudtrail.amazonaws.com","eventName":"CreateTrail","awsRegion":"eu-central-1","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2","requestParameters":{"name":"t1","s3BucketName":"my-logs"},"responseElements":{"name":"t1","trailARN":"arn:aws:cloudtrail:eu-central-1:111122223333:trail/t1"},"requestID":"request-1","eventID":"7b1f6c1e-0000-4000-8000-000000000001","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management","tlsDetails":{"clientProvidedHostHeader":"localhost:4580"}}"#);
}

#[test]
fn an_error_message_does_not_tell_what_signs_a_url() {
    let message = "no object at https://b.s3.amazonaws.com/k?X-Amz-Signature=5f&X-Amz-Date=2026";
    let failure = Some(Failure { code: "NoSuchKey", message: Some(message) });
    let event = value(&Exchange { failure, ..exchange(root(), Call::named("s", "n")) });
    let expected =
        format!("no object at https://b.s3.amazonaws.com/k?X-Amz-Signature={HIDDEN}&X-Amz-Date=2026");
    assert_eq!(event["errorMessage"], expected);
}

#[test]
fn a_refused_data_read_by_a_user_is_recorded_with_its_error_and_resources() {
    let object = Resource {
        resource_type: Some("AWS::S3::Object".into()),
        arn: ResourceArn::Whole("arn:aws:s3:::acme/a".to_owned()),
        account: None,
    };
    let list = Resource {
        resource_type: Some("AWS::S3::Object".into()),
        arn: ResourceArn::Prefix("arn:aws:s3:::acme/".to_owned()),
        account: Some(account()),
    };
    let call = Call {
        category: Category::Data,
        response_elements: Some(json!({"never": "recorded for failed calls"})),
        resources: vec![object, list],
        ..Call::named("s3.amazonaws.com", "GetObject")
    };
    let caller = Caller::User { account: account(), user: "alice", access_key_id: "AKIAUSER" };
    let exchange = Exchange {
        failure: Some(Failure { code: "AccessDenied", message: Some("Access Denied") }),
        user_agent: None,
        ..exchange(caller, call)
    };
    insta::assert_snapshot!(text(&exchange), @r#"{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","principalId":"AIDAOWCHWA5MYHKELPP7E","arn":"arn:aws:iam::111122223333:user/alice","accountId":"111122223333","accessKeyId":"AKIAUSER","userName":"alice"},"eventTime":"2026-03-01T08:04:11Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-central-1","sourceIPAddress":"198.51.100.7","errorCode":"AccessDenied","errorMessage":"Access Denied","requestParameters":null,"responseElements":null,"requestID":"request-1","eventID":"7b1f6c1e-0000-4000-8000-000000000001","readOnly":true,"resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::acme/a"},{"accountId":"111122223333","type":"AWS::S3::Object","ARNPrefix":"arn:aws:s3:::acme/"}],"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"111122223333","eventCategory":"Data"}"#);
}

#[test]
fn callers_are_told_apart() {
    let identity = |caller| value(&exchange(caller, cairn("Lookup", None)))["userIdentity"].clone();
    assert_eq!(
        identity(Caller::Unknown { access_key_id: Some("AKIAOTHER") }),
        json!({"type": "Unknown", "accessKeyId": "AKIAOTHER"})
    );
    assert_eq!(identity(Caller::Unknown { access_key_id: None }), json!({"type": "Unknown"}));
    assert_eq!(
        identity(Caller::Anonymous),
        json!({"type": "AWSAccount", "principalId": "", "accountId": "anonymous"})
    );
    assert_eq!(
        identity(Caller::Service { name: "cairn.amazonaws.com" }),
        json!({"type": "AWSService", "invokedBy": "cairn.amazonaws.com"})
    );
}

#[test]
fn a_user_has_the_same_id_everywhere_and_another_user_another() {
    let id = user_id(account(), "alice");
    assert_eq!(id, user_id(account(), "alice"));
    assert_ne!(id, user_id(account(), "alicf"));
    assert_ne!(id, user_id("111122223334".parse().unwrap(), "alice"));
    assert_eq!(id.len(), 21);
    assert!(id.starts_with("AIDA") && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()));
}

#[test]
fn secrets_never_get_in() {
    let call = Call {
        response_elements: Some(json!({"accessKey": {"accessKeyId": "AKIA", "secretAccessKey": "s3cr3t"}})),
        additional_event_data: Some(json!({"token": "s3cr3t"})),
        ..cairn("CreateKey", Some(json!({"password": "s3cr3t", "user": "alice"})))
    };
    let exchange = exchange(root(), call);
    assert!(!text(&exchange).contains("s3cr3t"));
    assert_eq!(value(&exchange)["requestParameters"], json!({"password": HIDDEN, "user": "alice"}));
}

#[test]
fn parameters_beyond_100_kb_are_omitted_and_said_to_be() {
    let of_size = |size: usize| {
        // {"a":"..."} has 8 bytes beside the text.
        let call = cairn("Lookup", Some(json!({"a": "x".repeat(size - 8)})));
        value(&exchange(root(), call))["requestParameters"].clone()
    };
    assert_eq!(of_size(102_400)["a"].as_str().unwrap().len(), 102_392);
    assert_eq!(
        of_size(102_401),
        json!({"omitted": true, "originalSize": 102_401, "reason": "requestParameters too large"})
    );
}

#[test]
fn additional_data_beyond_28_kb_is_omitted() {
    let call =
        Call { additional_event_data: Some(json!({"a": "x".repeat(28 * 1024)})), ..cairn("Lookup", None) };
    assert_eq!(value(&exchange(root(), call))["additionalEventData"]["omitted"], true);
}

#[test]
fn nesting_that_the_door_would_refuse_is_omitted() {
    let nested = |depth| (0..depth).fold(json!(1), |inner, _| json!({ "a": inner }));
    let recorded = |depth| {
        let call = cairn("Lookup", Some(nested(depth)));
        value(&exchange(root(), call))["requestParameters"].clone()
    };
    assert_eq!(recorded(64), nested(64));
    assert_eq!(recorded(65), json!({"omitted": true, "reason": "requestParameters too deeply nested"}));
    assert_eq!(recorded(126)["omitted"], true);
}

#[test]
fn resources_that_there_is_no_room_for_are_left_out_and_it_is_said() {
    let named = |bytes: usize| Resource {
        resource_type: None,
        arn: ResourceArn::Whole("a".repeat(bytes)),
        account: None,
    };
    let recorded = |resources: Vec<Resource>| {
        let event = value(&exchange(root(), Call { resources, ..cairn("Lookup", None) }));
        let count = event["resources"].as_array().map_or(0, Vec::len);
        (count, event["additionalEventData"]["cairn"]["resources"].clone())
    };
    assert_eq!(recorded(vec![named(1); 100]), (100, Value::Null));
    assert_eq!(recorded(vec![named(1); 101]), (100, json!("cut")));
    assert_eq!(recorded(vec![named(30_000); 3]), (2, json!("cut")));
    assert_eq!(recorded(vec![named(70_000)]), (0, json!("cut")));
}

/// Each text is of characters that are longest as JSON.
#[test]
fn the_door_lets_in_the_largest_event_that_a_caller_can_make() {
    let long = "\u{1}".repeat(300_000);
    let session = Session {
        access_key_id: long.clone(),
        account: account(),
        holder: SessionHolder::AssumedRole {
            role_arn: long.clone(),
            role_id: long.clone(),
            session_name: long.clone(),
            provider: Some(long.clone()),
        },
        created: Timestamp::parse("2026-03-01T08:04:11Z").unwrap(),
        expires: Timestamp::parse("2026-03-01T09:04:11Z").unwrap(),
        mfa: false,
        source_identity: Some(long.clone()),
    };
    let resource = Resource {
        resource_type: Some("AWS::DynamoDB::Table".into()),
        arn: ResourceArn::Whole("\u{1}".repeat(100)),
        account: Some(account()),
    };
    let of_bytes = |bytes: usize| Some(json!({"a": "x".repeat(bytes - 8)}));
    let call = Call {
        request_parameters: of_bytes(PARAMETERS_BYTES_MAX),
        response_elements: of_bytes(PARAMETERS_BYTES_MAX),
        additional_event_data: of_bytes(ADDITIONAL_BYTES_MAX),
        resources: vec![resource; 100_000],
        ..Call::named(long.clone(), long.clone())
    };
    let exchange = Exchange {
        region: &long,
        source_ip: &long,
        user_agent: Some(&long),
        request_id: &long,
        event_id: &long,
        tls: TlsDetails { client_provided_host_header: Some(&long), ..TlsDetails::default() },
        ..exchange(Caller::Session(&session), call)
    };
    assert!(text(&exchange).len() < 512 * 1024);
}

#[test]
fn keys_of_api_gateway_are_told_by_their_ids() {
    let call = Call {
        request_parameters: Some(json!({"apiKey": "k1"})),
        ..Call::named("apigateway.amazonaws.com", "GetApiKey")
    };
    assert_eq!(value(&exchange(root(), call))["requestParameters"], json!({"apiKey": "k1"}));
    let call = cairn("Lookup", Some(json!({"apiKey": "k1"})));
    assert_eq!(value(&exchange(root(), call))["requestParameters"], json!({"apiKey": HIDDEN}));
}

#[test]
fn long_texts_are_cut_between_characters() {
    let long = format!("{}é", "x".repeat(1023));
    let exchange = Exchange {
        user_agent: Some(&long),
        failure: Some(Failure { code: "Code", message: Some(&long) }),
        ..exchange(root(), cairn("Lookup", None))
    };
    let event = value(&exchange);
    assert_eq!(event["userAgent"], "x".repeat(1023));
    assert_eq!(event["errorMessage"], "x".repeat(1023));
}

#[test]
fn a_call_without_a_name_is_on_the_record_all_the_same() {
    let event = value(&exchange(Caller::Anonymous, Call::named("", "")));
    assert_eq!(event["eventName"], "UnknownOperation");
    assert_eq!(event["eventSource"], "cairn.amazonaws.com");
}

proptest! {
    #[test]
    fn whatever_callers_send_the_door_lets_the_event_in(
        name in ".{0,40}", source in ".{0,40}", agent in prop::option::of(".{0,2000}"), region in ".{0,40}",
        key in ".{0,2000}", code in ".{0,20}", message in prop::option::of(".{0,40}"),
        members in prop::collection::btree_map(".{0,10}", ".{0,10}", 0..5),
    ) {
        let call = Call { request_parameters: Some(json!(members)), ..Call::named(source, name) };
        let exchange = Exchange {
            user_agent: agent.as_deref(),
            region: &region,
            failure: Some(Failure { code: &code, message: message.as_deref() }),
            ..exchange(Caller::Unknown { access_key_id: Some(&key) }, call)
        };
        text(&exchange);
    }
}
