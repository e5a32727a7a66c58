//! What a statement reads.

use super::*;

/// The columns of the table that a statement reads.
fn columns_read(text: &str) -> Vec<String> {
    let plan = ask(&format!("EXPLAIN {text}"));
    let scans = plan.iter().filter(|line| line.contains("TableScan:"));
    let columns = scans.flat_map(|scan| {
        let (_, columns) = scan.split_once("projection=[").unwrap_or_else(|| panic!("{plan:#?}"));
        let (columns, _) = columns.split_once(']').unwrap();
        columns.split(", ").map(str::to_owned).collect::<Vec<_>>()
    });
    columns.filter(|column| !column.is_empty()).collect()
}

fn reads(text: &str, columns: &[&str]) {
    assert_eq!(columns_read(text), columns, "{:#?}", ask(&format!("EXPLAIN {text}")));
}

#[test]
fn a_member_of_the_identity_is_one_column() {
    reads("SELECT userIdentity.arn FROM $E", &["user_arn"]);
    reads("SELECT count(*) FROM $E WHERE userIdentity.accessKeyId = 'x'", &["access_key_id"]);
    reads(
        "SELECT userIdentity.userName, count(*) FROM $E GROUP BY userIdentity.userName ORDER BY 2",
        &["user_name"],
    );
    reads(
        "SELECT userIdentity.arn, userIdentity.type FROM $E WHERE userIdentity.sessionContext.sessionIssuer.userName = 'x' ORDER BY eventTime",
        &["event_time", "user_type", "user_arn", "session_issuer_user_name"],
    );
    reads("SELECT x.u.arn FROM (SELECT userIdentity AS u FROM $E) x", &["user_arn"]);
    reads(
        "WITH x AS (SELECT * FROM $E WHERE userIdentity.type = 'Root') SELECT userIdentity.arn, max(eventTime) FROM x GROUP BY 1",
        &["event_time", "user_type", "user_arn"],
    );
    reads(
        "SELECT a.userIdentity.arn FROM $E a JOIN $E b ON a.userIdentity.accessKeyId = b.userIdentity.accessKeyId",
        &["user_arn", "access_key_id", "access_key_id"],
    );
}

#[test]
fn a_member_without_a_column_is_read_from_the_rest_of_the_identity() {
    reads("SELECT userIdentity.sessionContext.attributes.mfaAuthenticated FROM $E", &["user_identity"]);
    let plan = ask("EXPLAIN SELECT count(*) FROM $E WHERE userIdentity.sessionContext.attributes.mfaAuthenticated = 'true'").join("\n");
    assert!(!plan.contains("struct_of"), "{plan}");
}

#[test]
fn one_key_of_a_map_is_read_without_the_map() {
    let text = "SELECT element_at(requestParameters, 'a'), requestParameters['b'], count(*) FROM $E WHERE element_at(responseElements, 'x') = 'y' GROUP BY 1, 2";
    reads(text, &["request_parameters", "response_elements"]);
    let plan = ask(&format!("EXPLAIN {text}")).join("\n");
    assert!(!plan.contains("element_at") && !plan.contains("Map("), "{plan}");
}

#[test]
fn the_record_is_put_together_only_if_it_is_asked_for() {
    reads("SELECT eventid FROM (SELECT * FROM $E) x", &["event_id"]);
    assert!(columns_read("SELECT eventJson FROM $E").len() > 40);
}

#[test]
fn records_are_put_together_after_the_limit_and_not_before() {
    let plan = ask("EXPLAIN SELECT eventJson FROM $E WHERE readonly ORDER BY eventTime DESC LIMIT 2");
    let place =
        |what: &str| plan.iter().rposition(|line| line.contains(what)).unwrap_or_else(|| panic!("{plan:#?}"));
    assert!(place("event_json(") < place("SortExec: TopK"), "{plan:#?}");
    check(
        "SELECT json_extract_scalar(eventJson, '$.eventID'), eventTime FROM $E WHERE readonly ORDER BY eventTime DESC, eventid LIMIT 2",
        &["vpce | 2026-01-07 05:00:00.000", "secret | 2026-01-07 01:00:00.000"],
    );
}

#[test]
fn predicates_reach_the_table_as_they_are() {
    let filter = |text: &str| {
        let plan = ask(&format!("EXPLAIN {text}"));
        plan.iter().find(|line| line.contains("Filter:")).cloned().unwrap_or_else(|| panic!("{plan:#?}"))
    };
    let line = filter(
        "SELECT eventid FROM $E WHERE eventTime >= '2026-01-05 10:00:00' AND sessionCredentialFromConsole = true",
    );
    assert!(
        line.contains("table.event_time >= TimestampMicrosecond(1767607200000000, Some(\"UTC\"))"),
        "{line}"
    );
    assert!(line.contains("table.session_credential_from_console = Utf8(\"true\")"), "{line}");
    let line =
        filter("SELECT eventid FROM $E WHERE cast(eventTime as timestamp) > date_add('day', -1, now())");
    assert!(line.contains("table.event_time > TimestampMicrosecond("), "{line}");
}
