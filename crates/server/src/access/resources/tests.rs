#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;

const FAR: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/far";

fn check(operation: Operation, body: &str, expected: &[&str]) {
    let account = "111122223333".parse().unwrap();
    let shown = |name: &str| (name == "far").then(|| FAR.to_owned());
    assert_eq!(resources(operation, body.as_bytes(), "eu-central-1", account, shown), expected, "{body}");
}

#[test]
fn calls_are_about_the_resources_that_they_name() {
    let trail = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/main";
    check(Operation::CreateTrail, r#"{"Name":"main"}"#, &[trail]);
    check(Operation::DeleteTrail, &format!(r#"{{"Name":"{trail}"}}"#), &[trail]);
    check(Operation::PutEventSelectors, r#"{"TrailName":"main"}"#, &[trail]);
    check(Operation::AddTags, &format!(r#"{{"ResourceId":"{trail}"}}"#), &[trail]);
    check(
        Operation::ListTags,
        &format!(r#"{{"ResourceIdList":["{trail}","x"]}}"#),
        &[trail, "arn:aws:cloudtrail:eu-central-1:111122223333:trail/x"],
    );
    check(
        Operation::GetEventDataStore,
        r#"{"EventDataStore":"one"}"#,
        &["arn:aws:cloudtrail:eu-central-1:111122223333:eventdatastore/one"],
    );
    check(
        Operation::CreateEventDataStore,
        r#"{"Name":"one"}"#,
        &["arn:aws:cloudtrail:eu-central-1:111122223333:eventdatastore/*"],
    );
    check(
        Operation::UpdateChannel,
        r#"{"Channel":"arn:c","Destinations":[{"Location":"arn:s"}]}"#,
        &["arn:c", "arn:s"],
    );
    check(Operation::DescribeTrails, r#"{"trailNameList":["main"]}"#, &["*"]);
    check(Operation::LookupEvents, "", &["*"]);
    check(Operation::GetTrail, "nonsense", &["arn:aws:cloudtrail:eu-central-1:111122223333:trail/"]);
}

#[test]
fn members_that_an_operation_does_not_have_name_nothing() {
    for operation in [Operation::LookupEvents, Operation::ListTrails, Operation::DescribeTrails] {
        check(operation, r#"{"TrailName":"dev","EventDataStore":"one","ResourceId":"x"}"#, &["*"]);
    }
    let trail = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/main";
    check(Operation::PutEventSelectors, r#"{"TrailName":"main","EventDataStore":"one"}"#, &[trail]);
    check(Operation::CreateTrail, r#"{"Name":"main","TrailName":"dev"}"#, &[trail]);
}

#[test]
fn names_of_trails_of_other_regions_mean_those_where_they_are_shown() {
    let here = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/far";
    for operation in
        [Operation::GetEventSelectors, Operation::GetInsightSelectors, Operation::GetEventConfiguration]
    {
        check(operation, r#"{"TrailName":"far"}"#, &[FAR]);
    }
    check(Operation::GetTrail, r#"{"Name":"far"}"#, &[FAR]);
    check(Operation::DeleteTrail, r#"{"Name":"far"}"#, &[FAR]);
    check(Operation::PutEventSelectors, r#"{"TrailName":"far"}"#, &[FAR]);
    check(Operation::GetTrailStatus, r#"{"Name":"far"}"#, &[here]);
    check(Operation::CreateTrail, r#"{"Name":"far"}"#, &[here]);
}

#[test]
fn insights_that_go_to_a_store_are_about_it_too() {
    check(
        Operation::PutInsightSelectors,
        r#"{"EventDataStore":"arn:one","InsightsDestination":"arn:two"}"#,
        &["arn:one", "arn:two"],
    );
}
