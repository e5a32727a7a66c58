#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use crate::event_configuration::request_keys;
use cairn_model::event::{Admission, Door};
use cairn_model::{Origin, Timestamp};

const SESSION: &str = r#""userIdentity":{"type":"AssumedRole","principalId":"AROA1:dave","arn":"arn:aws:sts::111122223333:assumed-role/Ops/dave","accountId":"111122223333","sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::111122223333:role/Ops"},"attributes":{"creationDate":"2026-03-01T08:00:00Z","mfaAuthenticated":"true"},"sourceIdentity":"dave@example.com","webIdFederationData":{"federatedProvider":"accounts.example.com"}}}"#;
const USER: &str = r#""userIdentity":{"type":"IAMUser","principalId":"AIDA1","arn":"arn:aws:iam::111122223333:user/alice","accountId":"111122223333","userName":"alice","invokedBy":"cloudformation.amazonaws.com"}"#;
const SERVICE: &str = r#""userIdentity":{"type":"AWSService","invokedBy":"config.amazonaws.com"}"#;

fn admitted(members: &str) -> Vec<u8> {
    let text = format!(
        r#"{{"eventTime":"2026-03-01T08:04:11Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1",{members}}}"#
    );
    let arrival = Timestamp::parse("2026-03-01T09:00:00Z").unwrap();
    let admission = Admission { origin: Origin::Posted, account: "111122223333".parse().unwrap(), arrival };
    let mut out = Vec::new();
    Door::default().admit(text.as_bytes(), &admission, || 0, &mut out).unwrap();
    out
}

fn selectors(kind: ContextKind, keys: &[&str]) -> ContextKeySelector {
    ContextKeySelector { kind, keys: keys.iter().map(|key| (*key).to_owned()).collect() }
}

fn tag(arn: &str, key: &str) -> Option<String> {
    match (arn, key) {
        ("arn:aws:iam::111122223333:role/Ops", "team") => Some("blue \"one\"".to_owned()),
        ("arn:aws:s3:::payroll", "env") => Some("prod".to_owned()),
        ("arn:aws:s3:::payroll", "team") => Some("red".to_owned()),
        _ => None,
    }
}

fn context_of(members: &str, asked: &[ContextKeySelector]) -> Option<String> {
    let bytes = admitted(members);
    let organization =
        |account: AccountId| (account.as_str() == "111122223333").then(|| "o-exampleorg1".to_owned());
    let known = Known { tag: &tag, organization: &organization };
    Enrichment::new(asked)?.context(&Event::decode(&bytes).unwrap(), &known)
}

#[track_caller]
fn check(members: &str, keys: &[&str], expected: &str) {
    let context = context_of(members, &[selectors(ContextKind::RequestContext, keys)]).unwrap();
    let expected = format!(r#"{{"requestContext":{expected},"tagContext":{{}}}}"#);
    assert_eq!(context, expected);
}

#[test]
fn a_store_without_selectors_enriches_nothing() {
    assert_eq!(Enrichment::new(&[]), None);
}

#[test]
fn keys_of_a_session_are_told_from_its_context() {
    check(
        SESSION,
        &[
            "aws:TokenIssueTime",
            "aws:MultiFactorAuthPresent",
            "aws:SourceIdentity",
            "aws:FederatedProvider",
            "aws:userid",
        ],
        r#"{"aws:TokenIssueTime":"2026-03-01T08:00:00Z","aws:MultiFactorAuthPresent":"true","aws:SourceIdentity":"dave@example.com","aws:FederatedProvider":"accounts.example.com","aws:userid":"AROA1:dave"}"#,
    );
    check(
        SESSION,
        &[
            "aws:PrincipalArn",
            "aws:PrincipalType",
            "aws:PrincipalAccount",
            "aws:PrincipalOrgID",
            "aws:ViaAWSService",
            "aws:username",
        ],
        r#"{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/Ops","aws:PrincipalType":"AssumedRole","aws:PrincipalAccount":"111122223333","aws:PrincipalOrgID":"o-exampleorg1","aws:ViaAWSService":"false"}"#,
    );
}

#[test]
fn a_user_whose_credentials_a_service_passed_on_comes_via_a_service() {
    check(
        USER,
        &["aws:ViaAWSService", "aws:username", "aws:PrincipalType", "aws:PrincipalIsAWSService"],
        r#"{"aws:ViaAWSService":"true","aws:username":"alice","aws:PrincipalType":"User","aws:PrincipalIsAWSService":"false"}"#,
    );
    let by_service = SESSION.replacen(r#""accountId""#, r#""invokedBy":"ec2.amazonaws.com","accountId""#, 1);
    check(&by_service, &["aws:ViaAWSService"], "{}");
}

#[test]
fn a_service_is_named() {
    check(
        SERVICE,
        &[
            "aws:PrincipalIsAWSService",
            "aws:PrincipalServiceName",
            "aws:ViaAWSService",
            "aws:PrincipalArn",
            "aws:userid",
        ],
        r#"{"aws:PrincipalIsAWSService":"true","aws:PrincipalServiceName":"config.amazonaws.com","aws:ViaAWSService":"false"}"#,
    );
}

#[test]
fn keys_of_the_request_itself_are_told() {
    check(
        r#""tlsDetails":{"tlsVersion":"TLSv1.3"}"#,
        &["aws:RequestedRegion", "aws:SecureTransport", "aws:CurrentTime", "aws:EpochTime"],
        r#"{"aws:RequestedRegion":"eu-west-1","aws:SecureTransport":"true","aws:CurrentTime":"2026-03-01T08:04:11Z","aws:EpochTime":"1772352251"}"#,
    );
}

#[test]
fn what_an_event_does_not_tell_is_left_out() {
    let told: Vec<&str> = vec!["aws:RequestedRegion", "aws:CurrentTime", "aws:EpochTime"];
    let all: Vec<String> = request_keys().collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    for members in [r#""userIdentity":null"#, r#""userIdentity":{"type":"Unknown"}"#, r#""readOnly":true"#] {
        let context = context_of(members, &[selectors(ContextKind::RequestContext, &all)]).unwrap();
        let context: serde_json::Value = serde_json::from_str(&context).unwrap();
        let keys: Vec<&String> = context["requestContext"].as_object().unwrap().keys().collect();
        assert!(keys.iter().all(|key| told.contains(&key.as_str())), "{keys:?}");
    }
}

#[test]
fn tags_of_the_caller_and_of_the_resources_are_told() {
    let members = format!(
        r#"{SESSION},"resources":[{{"ARN":"arn:aws:s3:::payroll/x","type":"AWS::S3::Object"}},{{"ARN":"arn:aws:s3:::payroll"}},{{"ARN":"arn:aws:s3:::payroll"}}]"#
    );
    let asked = [selectors(ContextKind::TagContext, &["team", "env", "none"])];
    assert_eq!(
        context_of(&members, &asked).unwrap(),
        r#"{"requestContext":{},"tagContext":{"principalTags":{"team":"blue \"one\""},"resourceTags":[{"arn":"arn:aws:s3:::payroll","tags":{"team":"red","env":"prod"}}]}}"#
    );
    let only =
        r#""resources":[{"ARN":"arn:aws:s3:::payroll"},{"ARN":"arn:aws:s3:::payroll/y"},{"type":"x"}]"#;
    assert_eq!(
        context_of(only, &asked).unwrap(),
        r#"{"requestContext":{},"tagContext":{"resourceTags":[{"arn":"arn:aws:s3:::payroll","tags":{"team":"red","env":"prod"}}]}}"#
    );
    assert_eq!(context_of(USER, &asked).unwrap(), r#"{"requestContext":{},"tagContext":{}}"#);
}

#[test]
fn only_management_and_data_events_without_context_are_enriched() {
    let asked = [selectors(ContextKind::RequestContext, &["aws:RequestedRegion"])];
    for category in ["Insight", "NetworkActivity", "ActivityAuditLog", "ConfigurationItem"] {
        assert_eq!(context_of(&format!(r#""eventCategory":"{category}""#), &asked), None);
    }
    for category in ["Management", "Data"] {
        assert!(context_of(&format!(r#""eventCategory":"{category}""#), &asked).is_some());
    }
    assert_eq!(context_of(r#""eventContext":{}"#, &asked), None);
}
