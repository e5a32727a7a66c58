#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Directory, made};
use crate::kind::Kind;
use crate::scope::Environment;
use serde_json::json;

fn environment() -> Environment {
    Environment {
        account: "111122223333".to_owned(),
        region: "us-east-1".to_owned(),
        stack: "stack".to_owned(),
    }
}

#[test]
fn lists_are_read_page_by_page_and_only_what_is_here_counts() {
    let [trails, stores, _, dashboards] = Directory::questions(&Kind::ALL).try_into().unwrap();
    let mut directory = Directory::default();
    let page = json!({"Trails": [
        {"Name": "main", "TrailARN": "arn:main", "HomeRegion": "us-east-1"},
        {"Name": "far", "TrailARN": "arn:far", "HomeRegion": "eu-central-1"},
        {"Name": "theirs", "TrailARN": "arn:aws:cloudtrail:us-east-1:444455556666:trail/theirs", "HomeRegion": "us-east-1"},
    ]});
    assert_eq!(directory.add(&trails, &page, &environment()), None);
    let page =
        json!({"EventDataStores": [{"Name": "one", "EventDataStoreArn": "arn:1"}], "NextToken": "more"});
    let next = directory.add(&stores, &page, &environment()).unwrap();
    assert_eq!(next.input, json!({"NextToken": "more"}));
    let page = json!({"EventDataStores": [{"Name": "two", "EventDataStoreArn": "arn:2"}]});
    assert_eq!(directory.add(&next, &page, &environment()), None);
    let page = json!({"Dashboards": [
        {"DashboardArn": "arn:dashboard/mine", "Type": "CUSTOM"},
        {"DashboardArn": "arn:dashboard/AWSCloudTrail-Highlights", "Type": "MANAGED"},
    ]});
    assert_eq!(directory.add(&dashboards, &page, &environment()), None);
    let all: Vec<String> =
        directory.all().into_iter().map(|(kind, id, _)| format!("{}={id}", kind.type_name())).collect();
    assert_eq!(
        all,
        [
            "AWS::CloudTrail::Trail=main",
            "AWS::CloudTrail::EventDataStore=one",
            "AWS::CloudTrail::EventDataStore=two",
            "AWS::CloudTrail::Dashboard=mine",
            "AWS::CloudTrail::ResourcePolicy=arn:1",
            "AWS::CloudTrail::ResourcePolicy=arn:2",
            "AWS::CloudTrail::ResourcePolicy=arn:dashboard/mine",
        ]
    );
    assert_eq!(directory.arn(Kind::Trail, "far"), None);
}

#[test]
fn only_what_is_needed_is_listed() {
    let operations =
        |kinds: &[Kind]| Directory::questions(kinds).iter().map(|call| call.operation).collect::<Vec<_>>();
    assert_eq!(operations(&[Kind::Channel, Kind::ResourcePolicy]), ["ListChannels"]);
}

#[test]
fn another_name_takes_the_place_of_the_old_one() {
    let mut directory = Directory::default();
    directory.put(Kind::Channel, "old", "arn:1");
    directory.put(Kind::Channel, "new", "arn:1");
    assert_eq!(directory.arn(Kind::Channel, "old"), None);
    assert_eq!(directory.arn(Kind::Channel, "new"), Some("arn:1"));
    directory.put(Kind::ResourcePolicy, "arn:1", "arn:1");
    assert_eq!(directory.all().len(), 2, "a policy is where its channel is, once");
}

#[test]
fn what_was_made_is_in_its_answer() {
    assert_eq!(made(Kind::Trail, &json!({"TrailARN": "arn:t"})), Some("arn:t"));
    assert_eq!(made(Kind::EventDataStore, &json!({"EventDataStoreArn": "arn:s"})), Some("arn:s"));
    assert_eq!(made(Kind::ResourcePolicy, &json!({"ResourceArn": "arn:p"})), Some("arn:p"));
}
