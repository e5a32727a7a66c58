//! Questions as investigators ask them.

use super::*;

#[test]
fn what_did_this_access_key_do() {
    check(
        "SELECT eventTime, eventName FROM $E WHERE userIdentity.accessKeyId = 'ASIA1' ORDER BY eventTime",
        &[
            "2026-01-05 10:00:00.000 | AuthorizeSecurityGroupIngress",
            "2026-01-05 11:00:00.000 | RevokeSecurityGroupIngress",
        ],
    );
}

#[test]
fn what_changed_under_a_role() {
    check(
        "SELECT eventName, count(*) AS n FROM $E
         WHERE userIdentity.sessionContext.sessionIssuer.arn LIKE '%role/Admin' AND errorCode IS NULL AND readOnly = false
         GROUP BY eventName ORDER BY eventName",
        &["AuthorizeSecurityGroupIngress | 1", "RevokeSecurityGroupIngress | 1"],
    );
}

#[test]
fn who_signed_in_without_a_second_factor() {
    check(
        "SELECT userIdentity.type, sourceIPAddress FROM $E WHERE eventName = 'ConsoleLogin'
         AND element_at(additionalEventData, 'MFAUsed') = 'No' AND element_at(responseElements, 'ConsoleLogin') = 'Success'",
        &["Root | 203.0.113.5"],
    );
}

#[test]
fn which_sign_ins_failed() {
    check(
        "SELECT userIdentity.userName, errorMessage FROM $E WHERE eventName = 'ConsoleLogin' AND errorMessage IS NOT NULL",
        &["alice | Failed authentication"],
    );
}

#[test]
fn which_accounts_came_from_outside() {
    check(
        "SELECT userIdentity.accountId, eventName FROM $E WHERE userIdentity.accountId != recipientAccountId",
        &["999988887777 | AssumeRole"],
    );
}

#[test]
fn which_addresses_were_used_by_most_users() {
    check(
        "SELECT sourceIPAddress, count(DISTINCT userIdentity.userName) AS users FROM $E
         GROUP BY sourceIPAddress ORDER BY users DESC, sourceIPAddress LIMIT 2",
        &["10.0.0.0 | 2", "10.0.0.1 | 2"],
    );
}

#[test]
fn what_happened_outside_of_the_regions_in_use() {
    check(
        "SELECT awsRegion, count(*) FROM $E WHERE awsRegion NOT IN ('eu-west-1', 'us-east-1') GROUP BY 1",
        &["eu-central-1 | 2"],
    );
}

#[test]
fn how_busy_are_the_days_of_the_week() {
    check(
        "SELECT day_of_week(eventTime) AS day, count(*) FROM $E GROUP BY 1 ORDER BY 1",
        &["1 | 7", "2 | 38", "3 | 5"],
    );
}

#[test]
fn which_errors_are_the_most_frequent() {
    check(
        "SELECT eventSource, errorCode, count(*) AS n FROM $E WHERE errorCode IS NOT NULL GROUP BY 1, 2 ORDER BY n DESC, 1 LIMIT 3",
        &[
            "s3.amazonaws.com | AccessDenied | 3",
            "ec2.amazonaws.com | VpceAccessDenied | 1",
            "secretsmanager.amazonaws.com | AccessDenied | 1",
        ],
    );
}

#[test]
fn who_was_denied_what() {
    check(
        "SELECT userIdentity.userName, eventName, array_distinct(array_agg(awsRegion)) FROM $E
         WHERE errorCode IN ('AccessDenied', 'UnauthorizedOperation') GROUP BY 1, 2 ORDER BY 2",
        &["carol | GetObject | [us-east-1]", "carol | GetSecretValue | [eu-west-1]"],
    );
}

#[test]
fn which_old_tls_versions_are_in_use() {
    check(
        "SELECT tlsDetails.tlsVersion, count(*) FROM $E WHERE tlsDetails.tlsVersion IN ('TLSv1', 'TLSv1.1', 'TLSv1.2') GROUP BY tlsDetails.tlsVersion",
        &["TLSv1.2 | 1"],
    );
}

#[test]
fn which_security_groups_were_opened_to_the_world() {
    check(
        "SELECT element_at(requestParameters, 'groupId'), userIdentity.arn FROM $E
         WHERE eventName = 'AuthorizeSecurityGroupIngress' AND element_at(requestParameters, 'ipPermissions') LIKE '%0.0.0.0/0%'",
        &["sg-1 | arn:aws:sts::111122223333:assumed-role/Admin/dave"],
    );
}

#[test]
fn which_ports_were_opened() {
    check(
        "SELECT json_extract_scalar(p, '$.ipProtocol'), json_extract_scalar(p, '$.fromPort'),
                transform(cast(json_extract(p, '$.ipRanges.items') as array(json)), r -> json_extract_scalar(r, '$.cidrIp'))
         FROM $E CROSS JOIN UNNEST(cast(json_extract(element_at(requestParameters, 'ipPermissions'), '$.items') as array(json))) AS t(p)
         WHERE eventName = 'AuthorizeSecurityGroupIngress' ORDER BY 1",
        &["tcp | 22 | [0.0.0.0/0, 10.0.0.0/8]", "udp | 53 | []"],
    );
}

#[test]
fn the_history_of_a_security_group() {
    check(
        "SELECT eventTime, eventName FROM $E WHERE element_at(requestParameters, 'groupId') = 'sg-1'
         UNION ALL
         SELECT eventTime, eventName FROM $E WHERE eventName = 'RunInstances' ORDER BY 1 DESC",
        &[
            "2026-01-05 12:00:00.000 | RunInstances",
            "2026-01-05 11:00:00.000 | RevokeSecurityGroupIngress",
            "2026-01-05 10:00:00.000 | AuthorizeSecurityGroupIngress",
        ],
    );
}

#[test]
fn who_launched_an_instance() {
    check(
        "SELECT userIdentity.invokedBy, json_extract_scalar(element_at(responseElements, 'instancesSet'), '$.items[0].instanceId')
         FROM $E WHERE eventName = 'RunInstances' AND any_match(cast(json_extract(element_at(responseElements, 'instancesSet'), '$.items') as array(json)),
               i -> json_extract_scalar(i, '$.instanceId') = 'i-2')",
        &["autoscaling.amazonaws.com | i-1"],
    );
}

#[test]
fn how_were_instances_tagged() {
    check(
        "WITH items AS (
            SELECT cast(json_extract(element_at(requestParameters, 'tagSpecificationSet'), '$.items[0].tags') as array(map(varchar, varchar))) AS tags
            FROM $E WHERE eventName = 'RunInstances')
         SELECT tag['key'], tag['value'] FROM items CROSS JOIN UNNEST(tags) AS t(tag) ORDER BY 1",
        &["env | prod", "team | red"],
    );
}

#[test]
fn which_endpoints_denied_calls() {
    check(
        "SELECT vpcEndpointId, eventName FROM $E WHERE eventCategory = 'NetworkActivity' AND errorCode = 'VpceAccessDenied'",
        &["vpce-1 | DescribeInstances"],
    );
}

#[test]
fn which_tables_were_deleted() {
    check(
        "SELECT element_at(requestParameters, 'tableName') FROM $E WHERE eventSource = 'dynamodb.amazonaws.com' AND eventName LIKE 'Delete%'",
        &["orders"],
    );
}

#[test]
fn the_top_objects_of_a_bucket() {
    check(
        "SELECT element_at(requestParameters, 'bucketName') AS bucket, count(*) FROM $E WHERE eventSource = 's3.amazonaws.com'
         GROUP BY 1 ORDER BY 2 DESC, 1",
        &["b0 | 11", "b1 | 10", "b2 | 9", "b3 | 9"],
    );
}

#[test]
fn what_still_needs_acls() {
    check(
        "SELECT DISTINCT json_extract_scalar(json_extract(eventJson, '$.resources'), '$[1].ARN') FROM $E
         WHERE element_at(additionalEventData, 'aclRequired') = 'Yes'",
        &["arn:aws:s3:::b0"],
    );
}

#[test]
fn how_many_bytes_went_in() {
    check(
        "SELECT sum(cast(element_at(additionalEventData, 'bytesTransferredIn') AS bigint)) FROM $E WHERE eventName = 'PutObject'",
        &["2048"],
    );
}

#[test]
fn which_resources_do_not_comply() {
    check(
        "SELECT json_extract_scalar(json_array_get(element_at(requestParameters, 'evaluations'), 0), '$.complianceResourceId'), date(eventTime)
         FROM $E WHERE eventName = 'PutEvaluations'
         AND json_extract_scalar(json_array_get(element_at(requestParameters, 'evaluations'), 0), '$.complianceType') = 'NON_COMPLIANT'",
        &["b1 | 2026-01-07"],
    );
}

#[test]
fn only_the_newest_of_each() {
    check(
        "SELECT eventName, eventTime FROM (
            SELECT eventName, eventTime, rank() OVER (PARTITION BY eventName ORDER BY eventTime DESC) AS place
            FROM $E WHERE userIdentity.userName = 'bob') x
         WHERE place = 1 ORDER BY 1",
        &[
            "DeleteTable | 2026-01-07 04:00:00.000",
            "GetObject | 2026-01-06 10:36:00.000",
            "PutObject | 2026-01-05 13:51:00.000",
        ],
    );
}

#[test]
fn how_long_between_calls() {
    check(
        "SELECT eventid, date_diff('hour', lag(eventTime) OVER (ORDER BY eventTime), eventTime) AS gap,
                row_number() OVER (ORDER BY eventTime)
         FROM $E WHERE managementEvent = true ORDER BY eventTime LIMIT 3",
        &["login-root | - | 1", "login-alice | 1 | 2", "sg-open | 1 | 3"],
    );
}

#[test]
fn what_was_done_in_the_console() {
    check(
        "SELECT eventName, element_at(requestParameters, 'userName') FROM $E WHERE sessionCredentialFromConsole = true AND readOnly = false",
        &["CreateUser | eve"],
    );
}

#[test]
fn everything_in_the_parameters_of_a_call() {
    check(
        "SELECT k, v FROM $E CROSS JOIN UNNEST(requestParameters) AS t (k, v) WHERE eventId = 'assume' ORDER BY k",
        &[
            "durationSeconds | 3600",
            "roleArn | arn:aws:iam::111122223333:role/Audit",
            "roleSessionName | audit",
        ],
    );
    check(
        "SELECT map_keys(requestParameters), cardinality(map_values(requestParameters)) FROM $E WHERE eventid = 'put'",
        &["[bucketName, key] | 2"],
    );
}

#[test]
fn users_per_account_and_kind() {
    check(
        "SELECT recipientAccountId, userIdentity.type, count(DISTINCT userIdentity.arn) FROM $E
         WHERE userIdentity.type IS NOT NULL GROUP BY 1, 2 HAVING count(DISTINCT userIdentity.arn) > 1 ORDER BY 2",
        &["111122223333 | AssumedRole | 2", "111122223333 | IAMUser | 3"],
    );
}

#[test]
fn calls_per_hour() {
    check(
        "SELECT date_trunc('hour', eventTime) AS hour, count(*) AS n FROM $E GROUP BY date_trunc('hour', eventTime) ORDER BY n DESC LIMIT 1",
        &["2026-01-06 10:00:00.000 | 38"],
    );
}

#[test]
fn events_that_another_store_has_too() {
    check(
        "SELECT i.insightEventName, count(*) FROM $I AS i INNER JOIN $E AS e ON i.insightEventName = e.eventName GROUP BY 1",
        &["PutObject | 1"],
    );
    check(
        "SELECT i.eventid, e.eventid FROM $I i LEFT JOIN $E e ON e.eventname = i.insighteventname ORDER BY 1",
        &["i1 | -", "i2 | put"],
    );
    check("SELECT eventname FROM $E WHERE eventname IN (SELECT insightEventName FROM $I)", &["PutObject"]);
    check(
        "SELECT count(*) FROM $E e WHERE EXISTS (SELECT 1 FROM $I i WHERE i.insightEventName = e.eventName)",
        &["1"],
    );
    check("SELECT insightEventName FROM $I EXCEPT SELECT eventName FROM $E", &["DeletePolicy"]);
    check("SELECT awsregion FROM $I INTERSECT SELECT awsregion FROM $E", &["us-east-1"]);
}

#[test]
fn more_than_the_average() {
    check(
        "WITH per_user AS (SELECT userIdentity.userName AS name, count(*) AS n FROM $E WHERE userIdentity.userName IS NOT NULL GROUP BY 1)
         SELECT name, n FROM per_user WHERE n > (SELECT avg(n) FROM per_user) ORDER BY n DESC, name",
        &["bob | 21", "carol | 20"],
    );
}

#[test]
fn tables_of_values_and_pages() {
    check("SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS t (n, s) WHERE n > 1", &["2 | b"]);
    check("SELECT x FROM UNNEST(ARRAY[3, 1, 2]) AS t(x) ORDER BY x OFFSET 1 LIMIT 1", &["2"]);
    check(
        "SELECT x, n FROM UNNEST(ARRAY['a', 'b']) WITH ORDINALITY AS t(x, n) ORDER BY n",
        &["a | 1", "b | 2"],
    );
    check(
        "SELECT eventid, r.arn FROM $E, UNNEST(resources) AS t(accountid, type, arn, prefix) CROSS JOIN (SELECT 'x' AS arn) r",
        &["put | x", "put | x"],
    );
    check(
        "SELECT eventid FROM $E LEFT JOIN UNNEST(resources) AS t(a, b, c, d) ON TRUE WHERE eventname = 'DeleteTable'",
        &["context"],
    );
    check(
        "SELECT awsregion, readonly, count(*) FROM $E WHERE eventname <> 'GetObject' GROUP BY GROUPING SETS ((awsregion), (readonly)) ORDER BY 1, 2",
        &["eu-central-1 | - | 2", "eu-west-1 | - | 6", "us-east-1 | - | 4", "- | false | 9", "- | true | 3"],
    );
}
