//! What the Lake's dialect takes beyond plain SQL.

use super::*;

#[test]
fn a_store_is_named_by_its_bare_uuid_with_or_without_an_alias_and_a_semicolon() {
    check("SELECT count(*) FROM $E", &["50"]);
    check("SELECT count(*) FROM $E AS a;", &["50"]);
    check("select x.eventid from $E x where x.eventname = 'CreateUser' -- $E\n", &["create-user"]);
    check("SELECT $E.eventid FROM $E WHERE eventname = 'PutObject'", &["put"]);
    check(
        "SELECT eventid FROM \"0A1B2C3D-1e5f-4a6b-8c7d-9e0f1a2b3c4d\" WHERE eventname = 'PutObject'",
        &["put"],
    );
}

#[test]
fn names_are_the_same_in_any_case_and_shown_as_written() {
    let answer = run(
        "SELECT EVENTNAME, \"eventID\", userIdentity.SessionContext.sessionIssuer.userName, element_at(requestParameters, 'groupId'), count(*) AS HowOften
         FROM $E WHERE UserIdentity.type = 'AssumedRole' AND Eventname LIKE 'Revoke%' GROUP BY 1, 2, 3, 4",
    )
    .unwrap();
    assert_eq!(answer.columns, ["EVENTNAME", "eventID", "userName", "_col3", "HowOften"]);
    assert_eq!(answer.rows, ["RevokeSecurityGroupIngress | sg-close | Admin | sg-1 | 1"]);
}

#[test]
fn two_columns_may_have_one_name() {
    let answer = run(
        "SELECT a.eventid, b.eventid, count(*), count(*) FROM $E a JOIN $E b ON a.eventid = b.eventid WHERE a.eventid = 'put' GROUP BY 1, 2",
    )
    .unwrap();
    assert_eq!(answer.columns, ["eventid", "eventid", "_col2", "_col3"]);
    assert_eq!(answer.rows, ["put | put | 1 | 1"]);
}

#[test]
fn times_compare_with_texts_in_both_directions() {
    check("SELECT count(*) FROM $E WHERE eventTime > '2026-01-07 02:30:00'", &["3"]);
    check("SELECT count(*) FROM $E WHERE '2026-01-07 02:30:00' < eventTime", &["3"]);
    check("SELECT count(*) FROM $E WHERE eventTime >= timestamp '2026-01-07 02:30:00.000'", &["3"]);
    check(
        "SELECT count(*) FROM $E WHERE eventTime BETWEEN '2026-01-05 08:00:00' AND '2026-01-05 10:00:00'",
        &["3"],
    );
    check("SELECT count(*) FROM $E WHERE eventTime >= '2026-01-07T03:00:00Z'", &["3"]);
    check("SELECT count(*) FROM $E WHERE eventTime > '2026-01-07'", &["5"]);
    check(
        "SELECT eventtime FROM $E WHERE eventtime IN ('2026-01-05 13:51:00')",
        &["2026-01-05 13:51:00.000"],
    );
    check("SELECT count(*) FROM $E WHERE eventTime > now() - interval '2' day", &["43"]);
    check("SELECT count(*) FROM $E WHERE eventTime > date_add('day', -1, current_timestamp)", &["5"]);
    check("SELECT count(*) FROM $E WHERE date(eventtime) = date '2026-01-05'", &["7"]);
    check("SELECT count(*) FROM $E WHERE date(eventtime) = current_date - interval '1' day", &["5"]);
}

#[test]
fn a_text_column_compares_with_true() {
    check("SELECT eventid FROM $E WHERE sessionCredentialFromConsole = true", &["create-user"]);
    check("SELECT count(*) FROM $E WHERE sessionCredentialFromConsole <> true", &["0"]);
    check("SELECT count(*) FROM $E WHERE readOnly = 'false'", &["9"]);
    check("SELECT count(*) FROM $E WHERE readOnly = true AND managementEvent", &["2"]);
}

#[test]
fn members_of_structs_are_reached_by_dots() {
    check(
        "SELECT useridentity.sessioncontext.attributes.mfaauthenticated, useridentity.sessioncontext.attributes.creationdate,
                userIdentity.sessionContext.webIdFederationData.attributes['sub'], useridentity.sessioncontext.sourceidentity,
                a.useridentity.sessioncontext.sessionissuer.accountid
         FROM $E a WHERE eventid = 'sg-open'",
        &["true | 2026-01-05 08:30:00.000 | dave | dave@example.com | 111122223333"],
    );
    check("SELECT tlsDetails.tlsVersion FROM $E WHERE tlsdetails.tlsversion IS NOT NULL", &["TLSv1.2"]);
    check(
        "SELECT x.arn FROM (SELECT userIdentity.arn FROM $E WHERE eventid = 'put') x",
        &["arn:aws:iam::111122223333:user/bob"],
    );
    check(
        "SELECT x.u.arn FROM (SELECT userIdentity AS u FROM $E WHERE eventid = 'put') x",
        &["arn:aws:iam::111122223333:user/bob"],
    );
    check(
        "SELECT eventContext.requestContext['aws:ViaAWSService'], eventContext.tagContext.principalTags['team'],
                eventContext.tagContext.resourceTags[1].tags['env'] FROM $E WHERE eventContext IS NOT NULL",
        &["false | blue | prod"],
    );
    check("SELECT count(*) FROM $E WHERE useridentity IS NULL", &["1"]);
    check(
        "SELECT userIdentity.userName FROM $E GROUP BY userIdentity.userName ORDER BY userIdentity.userName LIMIT 2",
        &["alice", "bob"],
    );
    check(
        "SELECT userIdentity.userName, count(*) FROM $E GROUP BY 1 ORDER BY userName DESC LIMIT 1",
        &["carol | 20"],
    );
}

#[test]
fn values_are_shown_as_trino_shows_them() {
    check(
        "SELECT resources FROM $E WHERE eventid = 'put'",
        &[
            "[{accountid=null, type=AWS::S3::Object, arn=arn:aws:s3:::b0/a/b.txt, arnprefix=null}, {accountid=111122223333, type=AWS::S3::Bucket, arn=arn:aws:s3:::b0, arnprefix=null}]",
        ],
    );
    check(
        "SELECT additionaleventdata, tlsdetails FROM $E WHERE eventid = 'put'",
        &[
            "{SignatureVersion=SigV4, bytesTransferredIn=2048, aclRequired=Yes} | {tlsversion=TLSv1.2, ciphersuite=ECDHE-RSA-AES128-GCM-SHA256, clientprovidedhostheader=b0.s3.amazonaws.com}",
        ],
    );
    check("SELECT useridentity FROM $E WHERE eventid = 'vpce'", &["-"]);
    check("SELECT requestparameters, readonly FROM $E WHERE eventid = 'login-root'", &["- | false"]);
    check(
        "SELECT 1.5, 2e10, true, null, date '2026-01-05', ARRAY[1, 2], 1/2",
        &["1.5 | 2.0E10 | true | - | 2026-01-05 | [1, 2] | 0"],
    );
}

#[test]
fn the_record_is_put_together_again() {
    let rows = ask("SELECT eventJson FROM $E WHERE eventid = 'sg-open'");
    let record: serde_json::Value = serde_json::from_str(&rows[0]).unwrap();
    assert_eq!(record["userIdentity"]["sessionContext"]["sessionIssuer"]["userName"], "Admin");
    assert_eq!(record["requestParameters"]["ipPermissions"]["items"][1]["fromPort"], 53);
    check("SELECT count(*) FROM $E WHERE eventJson LIKE '%m7g.large%'", &["1"]);
    check(
        "SELECT json_extract_scalar(eventJson, '$.userIdentity.userName') FROM $E WHERE eventid = 'put'",
        &["bob"],
    );
    check(
        "SELECT length(eventjsonchecksum), count(DISTINCT eventjsonchecksum) FROM $E GROUP BY 1",
        &["64 | 50"],
    );
}

#[test]
fn a_select_of_everything_has_all_columns() {
    let answer = run("SELECT * FROM $E WHERE eventid = 'put'").unwrap();
    assert_eq!(answer.columns.len(), 35);
    assert_eq!(answer.rows.len(), 1);
    let answer = run("SELECT *, eventID, userIdentity.arn FROM $E WHERE eventid = 'put'").unwrap();
    assert_eq!(answer.columns[35..], ["eventID", "arn"]);
    check(
        "SELECT a.* FROM (SELECT eventid, eventname FROM $E) a WHERE eventid = 'put'",
        &["put | PutObject"],
    );
}

#[test]
fn other_families_have_their_columns() {
    check(
        "SELECT insightState, insightType, insightEventName, insightErrorCode, insightContext.insightAverage, insightContext.baselineDuration FROM $I ORDER BY eventtime",
        &[
            "Start | ApiErrorRateInsight | DeletePolicy | NoSuchEntity | 14.5 | 10080",
            "End | ApiCallRateInsight | PutObject | - | 30.0 | 100",
        ],
    );
    check(
        "SELECT attribute, insight[1].value, cardinality(baseline) FROM $I CROSS JOIN UNNEST(insightContext.attributions) AS t(attribute, b, c, d, e, insight, baseline)",
        &["userIdentityArn | arn:aws:iam::1:role/Ops | 0"],
    );
    check(
        "SELECT eventData.userIdentity.principalId, eventData.UID, eventdata.requestparameters['ids'], metadata.ingestiontime, eventdata.useridentity.details['mail'] FROM $A ORDER BY eventid",
        &["u-7 | uid-1 | [1,2] | 2026-01-05T10:00:05Z | u7@example.com", "u-8 | uid-2 | - | - | -"],
    );
    check(
        "SELECT eventData.resourceType, eventData.configuration['owner'], eventData.relationships[1].name, eventData.tags['team'] FROM $C",
        &["AWS::S3::Bucket | {\"id\":\"x\"} | Is in | red"],
    );
    check(
        "SELECT eventData.complianceCheck, eventData.time, element_at(eventData.attributes, 'rule') FROM $V",
        &["FAILED | 2026-01-05 09:59:00.000 | x"],
    );
}
