//! Log groups and their roles.

use super::*;

const GROUP: &str = "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/trail#1:*";
const ROLE: &str = "arn:aws:iam::111122223333:role/service/logs";

#[track_caller]
fn logs(group: Option<&str>, role: Option<&str>, code: &str) {
    let unbuilt = Unbuilt {
        log_group_arn: group.map(str::to_owned),
        log_role_arn: role.map(str::to_owned),
        organization: None,
    };
    let settings = Settings { unbuilt, ..Settings::default() };
    let trails = [trail("main", HOME, false)];
    let updated = update(&facts(&trails, HOME), "main", &settings).map(drop);
    assert_eq!(updated.unwrap_err().code(), code, "{group:?} {role:?}");
    let settings = Settings { bucket: Some("acme-logs".to_owned()), ..settings };
    let request = CreateTrail { settings, ..request("other") };
    assert_eq!(created(&facts(&[], HOME), &request).unwrap_err().code(), code, "{group:?} {role:?}");
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
fn a_good_pair_is_refused_for_what_cairn_lacks() {
    logs(Some(GROUP), Some(ROLE), "CloudWatchLogsDeliveryUnavailableException");
    logs(Some(GROUP.trim_end_matches(":*")), Some(ROLE), "CloudWatchLogsDeliveryUnavailableException");
}

#[test]
fn empty_texts_ask_for_no_log_group() {
    let text = Some(String::new());
    let unbuilt = Unbuilt { log_group_arn: text.clone(), log_role_arn: text, organization: None };
    let trails = [trail("main", HOME, false)];
    let settings = Settings { unbuilt, ..Settings::default() };
    assert!(update(&facts(&trails, HOME), "main", &settings).is_ok());
}
