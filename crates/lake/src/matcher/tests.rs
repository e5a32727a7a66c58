#![allow(clippy::unwrap_used, reason = "tests")]

use super::Matcher;
use crate::testing::{Rig, event, everything};
use crate::{Categories, Filter, Lookup, LookupError};
use cairn_model::{Category, Position, Record};

const ALICE: &str =
    r#","userIdentity":{"type":"IAMUser","userName":"alice","arn":"arn:a","accessKeyId":"AKIA1"}"#;
const SESSION: &str = r#","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/R/bob"}"#;
const BUCKET: &str = r#","resources":[{"ARN":"arn:r1","type":"AWS::S3::Bucket"},{"ARN":"arn:r2"}]"#;

fn events() -> Vec<String> {
    let with = |name: &str, members: &str| event(1, name, members);
    vec![
        with("CreateBucket", &format!(r#"{ALICE}{BUCKET},"eventID":"e1","awsRegion":"us-east-1""#)),
        with("GetObject", &format!(r#"{SESSION},"errorCode":"AccessDenied","eventCategory":"Data""#)),
        with("GetObject", r#","errorMessage":"Failed","readOnly":true,"sourceIPAddress":"10.0.0.1""#),
        with("ConsoleLogin", r#","errorCode":null,"recipientAccountId":"210987654321","awsRegion":7"#),
        with("Gl\\u00fcck", r#","readOnly":"false","requestParameters":{"bucketName":"acme"}"#),
        r#"{"eventTime":"2026-03-01T00:00:02Z","eventType":"AwsCloudTrailInsight","eventCategory":"Insight",
            "insightDetails":{"eventSource":"ec2.amazonaws.com","eventName":"RunInstances"}}"#
            .to_owned(),
        r#"{"eventTime":"2026-03-01T00:00:03Z","eventCategory":"ActivityAuditLog","metadata":{"channelARN":"arn:c"},
            "eventData":{"eventSource":"shop","eventName":"Sell","userIdentity":{"principalId":"carol"}}}"#
            .to_owned(),
    ]
}

fn lookups() -> Vec<Lookup> {
    let text = |make: fn(String) -> Filter, text: &str| vec![make(text.to_owned())];
    let filters = [
        text(Filter::EventId, "e1"),
        text(Filter::EventName, "GetObject"),
        text(Filter::EventName, "Glück"),
        text(Filter::EventName, "RunInstances"),
        text(Filter::EventSource, "ec2.amazonaws.com"),
        text(Filter::EventSource, "s3.amazonaws.com"),
        text(Filter::Username, "alice"),
        text(Filter::Username, "bob"),
        text(Filter::Username, "carol"),
        text(Filter::EventName, "Sell"),
        text(Filter::EventSource, "shop"),
        text(Filter::AccessKeyId, "AKIA1"),
        text(Filter::SourceIp, "10.0.0.1"),
        text(Filter::ErrorCode, "AccessDenied"),
        text(Filter::UserArn, "arn:a"),
        text(Filter::ResourceName, "arn:r2"),
        text(Filter::ResourceName, "acme"),
        text(Filter::ResourceType, "AWS::S3::Bucket"),
        vec![Filter::ReadOnly(true)],
        vec![Filter::ReadOnly(false)],
        vec![Filter::AnyError],
        vec![Filter::ResourceName("arn:r1".to_owned()), Filter::Username("alice".to_owned())],
        vec![Filter::ResourceName("arn:r1".to_owned()), Filter::Username("bob".to_owned())],
    ];
    let mut lookups: Vec<Lookup> =
        filters.into_iter().map(|filters| Lookup { filters, ..everything() }).collect();
    for region in ["us-east-1", "eu-central-1"] {
        lookups.push(Lookup { region: Some(region.to_owned()), ..everything() });
    }
    for text in ["alice", "create*", "denied failed", "BOB"] {
        lookups.push(Lookup { text: Some(text.to_owned()), ..everything() });
    }
    let account = Some("210987654321".parse().unwrap());
    lookups.push(Lookup { account, ..everything() });
    lookups.push(Lookup { categories: Categories::of(&[Category::Data, Category::Insight]), ..everything() });
    lookups.push(Lookup { categories: Categories::of(&[Category::ActivityAuditLog]), ..everything() });
    lookups.push(everything());
    lookups
}

#[tokio::test]
async fn an_event_matches_exactly_if_history_finds_it() {
    let rig = Rig::new().await;
    let positions: Vec<Position> = events().iter().map(|text| rig.add(text)).collect();
    rig.log.feed(&rig.history);
    for lookup in lookups() {
        let matcher = Matcher::new(&lookup, "eu-central-1").unwrap();
        let matched = positions.iter().copied().filter(|at| {
            let payload = crate::Bodies::read(&*rig.log, *at).unwrap();
            matcher.matches(&Record::decode(&payload).unwrap().event())
        });
        let matched: Vec<Position> = matched.collect();
        let mut found: Vec<Position> = rig.all(lookup.clone()).await.iter().map(|one| one.position).collect();
        found.sort_unstable();
        assert_eq!(matched, found, "{lookup:?}");
    }
}

#[test]
fn a_search_for_no_word_is_refused() {
    let lookup = Lookup { text: Some("-".to_owned()), ..everything() };
    assert!(matches!(Matcher::new(&lookup, "x"), Err(LookupError::NoWords)));
}
