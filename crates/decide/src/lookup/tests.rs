#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use cairn_model::event::{Admission, Door};
use cairn_model::{Event, Origin, Timestamp};
use serde_json::{Value, json};

fn with_event<T>(members: Value, use_event: impl FnOnce(&Event<'_>) -> T) -> T {
    let mut event = json!({
        "eventTime": "2026-03-01T08:04:11Z", "eventSource": "s3.amazonaws.com", "eventName": "CreateBucket",
    });
    for (key, value) in members.as_object().unwrap() {
        event[key] = value.clone();
    }
    let admission = Admission {
        origin: Origin::Recorded,
        account: "111122223333".parse().unwrap(),
        arrival: Timestamp::parse("2026-03-01T09:00:00Z").unwrap(),
    };
    let text = serde_json::to_string_pretty(&event).unwrap();
    let mut bytes = Vec::new();
    Door::default().admit(text.as_bytes(), &admission, || 0, &mut bytes).unwrap();
    use_event(&Event::decode(&bytes).unwrap())
}

fn check_user(identity: Value, expected: Option<&str>) {
    let members = json!({"userIdentity": identity});
    with_event(members, |event| assert_eq!(username(event).as_deref(), expected));
}

#[test]
fn user_names_are_those_that_people_look_for() {
    check_user(
        json!({"type": "IAMUser", "userName": "alice", "arn": "arn:aws:iam::1:user/x"}),
        Some("alice"),
    );
    check_user(json!({"type": "Root", "arn": "arn:aws:iam::1:root", "userName": "alias"}), Some("root"));
    check_user(
        json!({"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/Deployer/deploy", "userName": "other"}),
        Some("deploy"),
    );
    check_user(json!({"type": "AssumedRole", "principalId": "AROA:b\u{e9}\"x"}), Some("b\u{e9}\"x"));
    check_user(json!({"type": "AssumedRole", "userName": "left"}), Some("left"));
    check_user(json!({"type": "FederatedUser", "arn": "arn:aws:sts::1:federated-user/bob"}), Some("bob"));
    check_user(json!({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}), None);
    check_user(json!({"accountId": "1", "invokedBy": "AWS Internal"}), None);
    check_user(json!({"type": "IAMUser", "userName": ""}), None);
}

fn check_resources(members: Value, expected: &[(Option<&str>, &str)]) {
    let expected: Vec<FoundResource> = expected
        .iter()
        .map(|(resource_type, name)| FoundResource {
            resource_type: resource_type.map(str::to_owned),
            name: (*name).to_owned(),
        })
        .collect();
    assert_eq!(with_event(members, resources), expected);
}

#[test]
fn resources_come_from_parameters_answer_and_record_each_once() {
    check_resources(
        json!({
            "requestParameters": {"bucketName": "acme", "Host": "acme.s3.amazonaws.com", "acl": ""},
            "resources": [
                {"accountId": "1", "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::acme"},
                {"ARN": "arn:aws:s3:::acme"},
                {"type": "AWS::S3::Object", "ARNPrefix": "arn:aws:s3:::acme/"},
                {"type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::acme"},
            ],
        }),
        &[
            (Some("AWS::S3::Bucket"), "acme"),
            (Some("AWS::S3::Bucket"), "arn:aws:s3:::acme"),
            (None, "arn:aws:s3:::acme"),
            (Some("AWS::S3::Object"), "arn:aws:s3:::acme/"),
        ],
    );
}

#[test]
fn lists_of_ec2_are_searched_to_their_items() {
    check_resources(
        json!({
            "eventSource": "ec2.amazonaws.com",
            "requestParameters": {"instancesSet": {"items": [{"imageId": "ami-1", "keyName": "k\\1"}]}},
            "responseElements": {"instancesSet": {"items": [
                {"instanceId": "i-1", "imageId": "ami-1", "placement": {"tenancy": "default"},
                 "networkInterfaceSet": {"items": [{"networkInterfaceId": "eni-1"}]}},
                {"instanceId": "i-2"},
            ]}},
        }),
        &[
            (Some("AWS::EC2::Ami"), "ami-1"),
            (Some("AWS::EC2::KeyPair"), "k\\1"),
            (Some("AWS::EC2::Instance"), "i-1"),
            (Some("AWS::EC2::NetworkInterface"), "eni-1"),
            (Some("AWS::EC2::Instance"), "i-2"),
        ],
    );
}

#[test]
fn a_key_means_what_its_service_means_by_it() {
    let named = |source: &str, key: &str| json!({"eventSource": source, "requestParameters": {key: "x"}});
    let cloudtrail = |event: &str| json!({"eventSource": "cloudtrail.amazonaws.com", "eventName": event, "requestParameters": {"name": "x"}});
    check_resources(cloudtrail("CreateTrail"), &[(Some("AWS::CloudTrail::Trail"), "x")]);
    check_resources(cloudtrail("StopLogging"), &[(Some("AWS::CloudTrail::Trail"), "x")]);
    check_resources(cloudtrail("CreateChannel"), &[(Some("AWS::CloudTrail::Channel"), "x")]);
    check_resources(named("iam.amazonaws.com", "groupName"), &[(Some("AWS::IAM::Group"), "x")]);
    check_resources(named("ec2.amazonaws.com", "groupName"), &[(Some("AWS::EC2::SecurityGroup"), "x")]);
    check_resources(
        named("secretsmanager.amazonaws.com", "secretId"),
        &[(Some("AWS::SecretsManager::Secret"), "x")],
    );
    check_resources(
        named("rds.amazonaws.com", "dBInstanceIdentifier"),
        &[(Some("AWS::RDS::DBInstance"), "x")],
    );
    check_resources(named("ssm.amazonaws.com", "instanceId"), &[(Some("AWS::EC2::Instance"), "x")]);
    check_resources(named("own.example.com", "bucketName"), &[]);
    check_resources(json!({"requestParameters": null, "responseElements": "text", "resources": 7}), &[]);
    check_resources(json!({"requestParameters": {"bucketName": null}}), &[]);
}

#[test]
fn lists_of_plain_names_are_taken_one_by_one() {
    check_resources(
        json!({"eventSource": "ssm.amazonaws.com", "requestParameters": {"instanceIds": ["i-1", "i-2"]}}),
        &[(Some("AWS::EC2::Instance"), "i-1"), (Some("AWS::EC2::Instance"), "i-2")],
    );
}

#[test]
fn a_role_session_names_its_role_key_and_session() {
    check_resources(
        json!({
            "eventSource": "sts.amazonaws.com",
            "requestParameters": {"roleArn": "arn:aws:iam::1:role/R", "roleSessionName": "s"},
            "responseElements": {
                "credentials": {"accessKeyId": "ASIA1", "sessionToken": "t"},
                "assumedRoleUser": {"assumedRoleId": "AROA1:s", "arn": "arn:aws:sts::1:assumed-role/R/s"},
            },
        }),
        &[
            (Some("AWS::IAM::Role"), "arn:aws:iam::1:role/R"),
            (Some("AWS::IAM::AccessKey"), "ASIA1"),
            (Some("AWS::STS::AssumedRole"), "AROA1:s"),
            (Some("AWS::STS::AssumedRole"), "arn:aws:sts::1:assumed-role/R/s"),
        ],
    );
}

#[test]
fn no_event_lists_resources_without_end() {
    let ids: Vec<String> = (0..300).map(|n| format!("i-{n}")).collect();
    let members = json!({"eventSource": "ssm.amazonaws.com", "requestParameters": {"instanceIds": ids}});
    assert_eq!(with_event(members, |event| resources(event).len()), 100);
}

fn check_refused(request: &Request<'_>, code: &str, message: &str) {
    let error = check(request).unwrap_err();
    assert_eq!((error.code(), error.to_string().as_str()), (code, message));
}

#[test]
fn a_request_without_wishes_gets_fifty_management_events() {
    let expected = Lookup {
        attribute: None,
        start: None,
        end: None,
        category: LookupCategory::Management,
        max_results: 50,
    };
    assert_eq!(check(&Request::default()), Ok(expected));
}

#[test]
fn one_attribute_with_a_known_key_is_taken() {
    fn with<'a>(attributes: &'a [(&'a str, &'a str)]) -> Request<'a> {
        Request { attributes, ..Request::default() }
    }
    let found = check(&with(&[("EventName", "CreateTrail")])).unwrap().attribute.unwrap();
    assert_eq!((found.key, found.value.as_str()), (AttributeKey::EventName, "CreateTrail"));
    let code = "InvalidLookupAttributesException";
    let two = [("EventName", "a"), ("Username", "b")];
    check_refused(&with(&two), code, "You can specify only one lookup attribute; 2 were specified.");
    check_refused(&with(&[("eventName", "a")]), code, "Invalid lookup attribute key: eventName");
    check_refused(
        &with(&[("ReadOnly", "True")]),
        code,
        "The value of lookup attribute ReadOnly must be true or false.",
    );
    let length = "The lookup attribute value must be 1 to 2000 characters long.";
    check_refused(&with(&[("EventName", "")]), code, length);
    assert!(check(&with(&[("EventName", &"a".repeat(2000))])).is_ok());
    assert!(check(&with(&[("EventName", &"_".repeat(1000))])).is_ok());
    check_refused(&with(&[("EventName", &"_".repeat(1001))]), code, length);
}

#[test]
fn insights_are_looked_up_by_three_keys() {
    let with = |attributes, category| Request { attributes, category: Some(category), ..Request::default() };
    assert!(check(&with(&[("EventSource", "a")], "insight")).is_ok());
    check_refused(
        &with(&[("Username", "a")], "insight"),
        "InvalidLookupAttributesException",
        "Lookup attribute key Username is not valid for event category insight.",
    );
    check_refused(
        &with(&[], "Insight"),
        "InvalidEventCategoryException",
        "Invalid event category: Insight. The only valid value is insight.",
    );
}

#[test]
fn ranges_and_page_sizes_must_make_sense() {
    let at = Timestamp::from_seconds;
    let range = |start, end| Request { start: Some(at(start)), end: Some(at(end)), ..Request::default() };
    assert!(check(&range(5, 5)).is_ok());
    check_refused(
        &range(6, 5),
        "InvalidTimeRangeException",
        "The start time must not be later than the end time.",
    );
    let page = |size| Request { max_results: Some(size), ..Request::default() };
    assert_eq!(check(&page(1)).unwrap().max_results, 1);
    for size in [0, 51, -1, i64::MAX] {
        let message = format!("MaxResults must be 1 to 50; {size} was specified.");
        check_refused(&page(size), "InvalidMaxResultsException", &message);
    }
}
