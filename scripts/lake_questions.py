"""What bench_lake.py asks: the same question of Cairn and of DuckDB, each in its own dialect.

`$E` is the event data store, `$USER` an ARN and `$KEY` an access key that the events have. DuckDB asks `t`, the columns of the
table's files as they are on disk. Every order is a total one, or the rows could not be compared.
"""

from typing import NamedTuple


class Question(NamedTuple):
    name: str
    cairn: str
    duckdb: str


QUESTIONS = [
    Question(
        "top callers",
        "SELECT userIdentity.arn, count(*) AS calls FROM $E GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20",
        "SELECT user_arn, count(*) AS calls FROM t GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20",
    ),
    Question(
        "errors by user",
        "SELECT userIdentity.arn, errorCode, count(*) FROM $E WHERE errorCode IS NOT NULL"
        " GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50",
        "SELECT user_arn, error_code, count(*) FROM t WHERE error_code IS NOT NULL"
        " GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50",
    ),
    Question(
        "sign-ins without MFA",
        "SELECT userIdentity.arn, sourceIPAddress, count(*) FROM $E WHERE eventName = 'ConsoleLogin'"
        " AND element_at(additionalEventData, 'MFAUsed') = 'No' GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50",
        "SELECT user_arn, source_ip, count(*) FROM t WHERE event_name = 'ConsoleLogin'"
        " AND additional_event_data->>'$.MFAUsed' = 'No' GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50",
    ),
    Question(
        "a key's history",
        "SELECT eventTime, eventSource, eventName, sourceIPAddress, eventID FROM $E"
        " WHERE userIdentity.accessKeyId = '$KEY' ORDER BY eventTime, eventID",
        "SELECT event_time, event_source, event_name, source_ip, event_id FROM t"
        " WHERE access_key_id = '$KEY' ORDER BY event_time, event_id",
    ),
    Question(
        "calls from other accounts",
        "SELECT userIdentity.accountId, recipientAccountId, eventSource, count(*) FROM $E"
        " WHERE userIdentity.accountId IS DISTINCT FROM recipientAccountId GROUP BY 1, 2, 3 ORDER BY 4 DESC, 3, 1, 2",
        "SELECT user_account_id, recipient_account_id, event_source, count(*) FROM t"
        " WHERE user_account_id IS DISTINCT FROM recipient_account_id GROUP BY 1, 2, 3 ORDER BY 4 DESC, 3, 1, 2",
    ),
    Question(
        "changes of security groups",
        "SELECT eventTime, eventName, userIdentity.arn, sourceIPAddress, eventID FROM $E WHERE eventName IN"
        " ('AuthorizeSecurityGroupIngress', 'RevokeSecurityGroupIngress', 'CreateSecurityGroup', 'DeleteSecurityGroup')"
        " ORDER BY eventTime DESC, eventID LIMIT 100",
        "SELECT event_time, event_name, user_arn, source_ip, event_id FROM t WHERE event_name IN"
        " ('AuthorizeSecurityGroupIngress', 'RevokeSecurityGroupIngress', 'CreateSecurityGroup', 'DeleteSecurityGroup')"
        " ORDER BY event_time DESC, event_id LIMIT 100",
    ),
    Question(
        "services by the hour",
        "SELECT date_trunc('hour', eventTime), eventSource, count(*) FROM $E GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 100",
        "SELECT date_trunc('hour', event_time), event_source, count(*) FROM t"
        " GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 100",
    ),
    Question(
        "access denied by principal",
        "SELECT userIdentity.arn, count(*) FROM $E WHERE errorCode IN ('AccessDenied', 'Client.UnauthorizedOperation')"
        " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50",
        "SELECT user_arn, count(*) FROM t WHERE error_code IN ('AccessDenied', 'Client.UnauthorizedOperation')"
        " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50",
    ),
    Question(
        "newest 50 of a user",
        "SELECT eventTime, eventName, eventSource, errorCode FROM $E WHERE userIdentity.arn = '$USER'"
        " ORDER BY eventTime DESC LIMIT 50",
        "SELECT event_time, event_name, event_source, error_code FROM t WHERE user_arn = '$USER'"
        " ORDER BY event_time DESC LIMIT 50",
    ),
    Question(
        "addresses of each user",
        "SELECT userIdentity.arn, count(DISTINCT sourceIPAddress) FROM $E GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50",
        "SELECT user_arn, count(DISTINCT source_ip) FROM t GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50",
    ),
    Question(
        "what root did",
        "SELECT eventSource, eventName, count(*), max(eventTime) FROM $E WHERE userIdentity.type = 'Root'"
        " GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50",
        "SELECT event_source, event_name, count(*), max(event_time) FROM t WHERE user_type = 'Root'"
        " GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50",
    ),
    Question(
        "decryptions by role",
        "SELECT userIdentity.sessionContext.sessionIssuer.userName, count(*) FROM $E"
        " WHERE eventSource = 'kms.amazonaws.com' AND eventName = 'Decrypt' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50",
        "SELECT session_issuer_user_name, count(*) FROM t"
        " WHERE event_source = 'kms.amazonaws.com' AND event_name = 'Decrypt' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50",
    ),
    Question(
        "deletions in S3",
        "SELECT eventName, userIdentity.arn, count(*) FROM $E WHERE eventSource = 's3.amazonaws.com'"
        " AND eventName LIKE 'Delete%' GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50",
        "SELECT event_name, user_arn, count(*) FROM t WHERE event_source = 's3.amazonaws.com'"
        " AND event_name LIKE 'Delete%' GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50",
    ),
    Question(
        "sign-ins by address and outcome",
        "SELECT sourceIPAddress, element_at(responseElements, 'ConsoleLogin'), count(*) FROM $E"
        " WHERE eventName = 'ConsoleLogin' GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50",
        "SELECT source_ip, response_elements->>'$.ConsoleLogin', count(*) FROM t"
        " WHERE event_name = 'ConsoleLogin' GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50",
    ),
    Question(
        "regions by the day",
        "SELECT date_trunc('day', eventTime), awsRegion, count(*) FROM $E GROUP BY 1, 2 ORDER BY 1, 2",
        "SELECT date_trunc('day', event_time), region, count(*) FROM t GROUP BY 1, 2 ORDER BY 1, 2",
    ),
    Question(
        "roles that assume roles",
        "SELECT userIdentity.sessionContext.sessionIssuer.arn, element_at(requestParameters, 'roleArn'), count(*) FROM $E"
        " WHERE eventName = 'AssumeRole' AND userIdentity.type = 'AssumedRole' GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50",
        "SELECT session_issuer_arn, request_parameters->>'$.roleArn', count(*) FROM t"
        " WHERE event_name = 'AssumeRole' AND user_type = 'AssumedRole' GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50",
    ),
    Question(
        "agents LIKE a word",
        "SELECT userAgent, count(*) FROM $E WHERE userAgent LIKE '%aws-cli%' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50",
        "SELECT user_agent, count(*) FROM t WHERE user_agent LIKE '%aws-cli%' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50",
    ),
    Question(
        "buckets in parameters",
        "SELECT element_at(requestParameters, 'bucketName'), count(*) FROM $E WHERE eventSource = 's3.amazonaws.com'"
        " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50",
        "SELECT request_parameters->>'$.bucketName', count(*) FROM t WHERE event_source = 's3.amazonaws.com'"
        " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50",
    ),
    Question(
        "share of denied calls, joined",
        "SELECT d.arn, d.denied, a.calls FROM (SELECT userIdentity.arn AS arn, count(*) AS denied FROM $E"
        " WHERE errorCode = 'AccessDenied' GROUP BY 1) d JOIN (SELECT userIdentity.arn AS arn, count(*) AS calls FROM $E"
        " GROUP BY 1) a ON d.arn = a.arn ORDER BY d.denied DESC, d.arn LIMIT 50",
        "SELECT d.arn, d.denied, a.calls FROM (SELECT user_arn AS arn, count(*) AS denied FROM t"
        " WHERE error_code = 'AccessDenied' GROUP BY 1) d JOIN (SELECT user_arn AS arn, count(*) AS calls FROM t"
        " GROUP BY 1) a ON d.arn = a.arn ORDER BY d.denied DESC, d.arn LIMIT 50",
    ),
    Question(
        "first three calls of each service",
        "SELECT eventSource, eventName, calls, place FROM (SELECT eventSource, eventName, calls,"
        " rank() OVER (PARTITION BY eventSource ORDER BY calls DESC, eventName) AS place FROM"
        " (SELECT eventSource, eventName, count(*) AS calls FROM $E GROUP BY 1, 2) c) r WHERE place <= 3 ORDER BY 1, 4",
        "SELECT event_source, event_name, calls, place FROM (SELECT event_source, event_name, calls,"
        " rank() OVER (PARTITION BY event_source ORDER BY calls DESC, event_name) AS place FROM"
        " (SELECT event_source, event_name, count(*) AS calls FROM t GROUP BY 1, 2) c) r WHERE place <= 3 ORDER BY 1, 4",
    ),
]

# Of DuckDB over the gzip files that CloudTrail delivers.
OVER_JSON = [
    Question(
        "top callers",
        QUESTIONS[0].cairn,
        "SELECT r.userIdentity.arn, count(*) FROM j GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20",
    ),
    Question(
        "errors by user",
        QUESTIONS[1].cairn,
        "SELECT r.userIdentity.arn, r.errorCode, count(*) FROM j WHERE r.errorCode IS NOT NULL"
        " GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50",
    ),
    Question(
        "newest 50 of a user",
        QUESTIONS[8].cairn,
        "SELECT r.eventTime, r.eventName, r.eventSource, r.errorCode FROM j WHERE r.userIdentity.arn = '$USER'"
        " ORDER BY r.eventTime DESC LIMIT 50",
    ),
]

# Each of a million groups and more.
MANY_GROUPS = [
    ("by address and name of the call", "SELECT sourceIPAddress, eventName, count(*) AS c FROM $E GROUP BY 1, 2"),
    ("by what is asked for", "SELECT requestID, count(*) AS c FROM $E GROUP BY 1"),
]
