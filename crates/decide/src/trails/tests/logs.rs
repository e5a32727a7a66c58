//! Log groups and their roles.

use super::*;
use crate::names::log_stream_name;
use cairn_model::LogGroup;

const GROUP: &str = "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/trail#1:*";
const ROLE: &str = "arn:aws:iam::111122223333:role/service/logs";

fn with(group: Option<&str>, role: Option<&str>) -> Settings {
    let log_group = LogGroupSettings { arn: group.map(str::to_owned), role_arn: role.map(str::to_owned) };
    Settings { log_group, ..Settings::default() }
}

#[track_caller]
fn logs(group: Option<&str>, role: Option<&str>, code: &str) {
    let trails = [trail("main", HOME, false)];
    let settings = with(group, role);
    let updated = update(&facts(&trails, HOME), "main", &settings).map(drop);
    assert_eq!(updated.unwrap_err().code(), code, "{group:?} {role:?}");
    let settings = Settings { bucket: Some("acme-logs".to_owned()), ..settings };
    let request = CreateTrail { settings, ..request("other") };
    assert_eq!(created(&facts(&[], HOME), &request).unwrap_err().code(), code, "{group:?} {role:?}");
}

/// A trail that delivers to the group.
fn delivering() -> Arc<Trail> {
    let trails = [trail("main", HOME, false)];
    Arc::new(updated(&facts(&trails, HOME), "main", &with(Some(GROUP), Some(ROLE))).unwrap())
}

/// What comes of the pair if the services answer so.
fn answered(made: Result<(), LogStreamFault>, trust: Option<&str>) -> Result<Trail, TrailError> {
    let trails = [trail("main", HOME, false)];
    let plan = update(&facts(&trails, HOME), "main", &with(Some(GROUP), Some(ROLE))).unwrap();
    let log_stream = Some(LogStreamAnswer { made, trust: trust.map(str::to_owned) });
    let answers = Answers { log_stream, ..yes(plan.questions()) };
    plan.settle(&answers)
}

#[test]
fn a_log_group_and_its_role_come_together() {
    logs(Some(GROUP), None, "InvalidCloudWatchLogsRoleArnException");
    logs(Some(GROUP), Some(""), "InvalidCloudWatchLogsRoleArnException");
    logs(None, Some(ROLE), "InvalidCloudWatchLogsLogGroupArnException");
    logs(Some(""), Some(ROLE), "InvalidCloudWatchLogsLogGroupArnException");
}

#[test]
fn a_log_group_is_one_of_the_account_in_the_trails_region() {
    let code = "InvalidCloudWatchLogsLogGroupArnException";
    for group in [
        "group",
        "arn:aws:logs:eu-central-1:111122223333:log-group",
        "arn:aws:logs:eu-central-1:111122223333:log-group:",
        "arn:aws:logs:eu-central-1:111122223333:log-group:a b:*",
        "arn:aws:logs:eu-central-1:111122223333:log-group:a:log-stream",
        "arn:aws:logs:eu-west-1:111122223333:log-group:a:*",
        "arn:aws:logs:eu-central-1:210987654321:log-group:a:*",
        "arn:aws:sns:eu-central-1:111122223333:log-group:a:*",
    ] {
        logs(Some(group), Some(ROLE), code);
    }
}

#[test]
fn a_role_is_an_iam_role() {
    for role in [
        "role",
        "arn:aws:iam::111122223333:user/logs",
        "arn:aws:iam::1111:role/logs",
        "arn:aws:iam::111122223333:role/",
        "arn:aws:iam::111122223333:role/a b",
    ] {
        logs(Some(GROUP), Some(role), "InvalidCloudWatchLogsRoleArnException");
    }
}

#[test]
fn a_good_pair_is_kept_as_it_was_given() {
    for group in [GROUP, GROUP.trim_end_matches(":*")] {
        let trails = [trail("main", HOME, false)];
        let kept = updated(&facts(&trails, HOME), "main", &with(Some(group), Some(ROLE))).unwrap();
        let expected = LogGroup { arn: group.to_owned(), role_arn: ROLE.to_owned() };
        assert_eq!(kept.log_group, Some(expected));
    }
}

#[test]
fn empty_texts_take_the_log_group_away_and_absent_ones_leave_it() {
    let trails = [delivering()];
    let facts = facts(&trails, HOME);
    let left = updated(&facts, "main", &bucket("other-logs")).unwrap();
    assert_eq!(left.log_group, trails[0].log_group);
    assert_eq!(updated(&facts, "main", &with(Some(""), Some(""))).unwrap().log_group, None);
    assert_eq!(updated(&facts, "main", &with(Some(""), None)).unwrap().log_group, None);
}

#[test]
fn the_stream_is_asked_for_only_if_a_log_group_is_named() {
    let trails = [delivering()];
    let facts = facts(&trails, HOME);
    let asked = |settings: &Settings| {
        let plan = update(&facts, "main", settings).unwrap();
        plan.questions().log_stream.clone().map(|stream| stream.name)
    };
    let name = "111122223333_CloudTrail_eu-central-1";
    assert_eq!(asked(&with(Some(GROUP), Some(ROLE))).as_deref(), Some(name));
    assert_eq!(asked(&bucket("other-logs")), None);
    assert_eq!(asked(&with(Some(""), Some(""))), None);
}

#[test]
fn a_log_group_that_cannot_be_written_to_is_refused() {
    let refused = |code: &str| Err(LogStreamFault::Refused { code: code.to_owned() });
    check(
        answered(Err(LogStreamFault::NotFound), None),
        "InvalidCloudWatchLogsLogGroupArnException",
        &format!("CloudWatch Logs log group {GROUP} does not exist."),
    );
    check(
        answered(refused("AccessDeniedException"), None),
        "InvalidCloudWatchLogsRoleArnException",
        &format!("Access denied. Verify in IAM that role {ROLE} has adequate permissions."),
    );
    let unavailable = "CloudWatchLogsDeliveryUnavailableException";
    check(
        answered(refused("RequestTimeout"), None),
        unavailable,
        "CloudWatchLogsLogGroupArn cannot be set: CloudWatch Logs could not be asked: RequestTimeout.",
    );
    let missing = answered(Err(LogStreamFault::NotConfigured), None).unwrap_err();
    assert_eq!(missing.code(), unavailable);
}

#[test]
fn a_role_of_cairns_own_must_trust_cloudtrail() {
    let trust = |service: &str, condition: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{service}"}},"Action":"sts:AssumeRole"{condition}}}]}}"#
        )
    };
    let source = r#","Condition":{"StringEquals":{"aws:SourceArn":"arn:aws:cloudtrail:eu-central-1:111122223333:trail/main"}}"#;
    for condition in ["", source] {
        assert!(answered(Ok(()), Some(&trust("cloudtrail.amazonaws.com", condition))).is_ok());
    }
    let other = source.replace("trail/main", "trail/other");
    for trust in [trust("ec2.amazonaws.com", ""), trust("cloudtrail.amazonaws.com", &other), "{".to_owned()] {
        check(
            answered(Ok(()), Some(&trust)),
            "InvalidCloudWatchLogsRoleArnException",
            &format!(
                "Access denied. Check the trust relationships for role {ROLE}: cloudtrail.amazonaws.com cannot assume it."
            ),
        );
    }
}

#[test]
fn streams_of_organizations_have_its_id_before_the_account() {
    let mut shared = Trail::clone(&delivering());
    let member = "222233334444".parse().unwrap();
    assert_eq!(log_stream_name(&shared, member), "222233334444_CloudTrail_eu-central-1");
    shared.organization = Some("o-exampleorgid".parse().unwrap());
    assert_eq!(log_stream_name(&shared, member), "o-exampleorgid_222233334444_CloudTrail_eu-central-1");
}
