"""Questions in the Lake's dialect and in DuckDB's, over the same table: made-up events of several services, two days long.

The left side names the table `$E` and has the columns that AWS documents. The right side names it `e` and has those of
FORMAT.md ("History"): it shares nothing with what Cairn makes of a statement.
"""

import random
import uuid
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from events import OTHER_ACCOUNT, Event, text_of

REGIONS = ["us-east-1", "eu-west-1", "ap-south-1"]
AGENTS = ["aws-cli/2.15.0 Python/3.11", "Boto3/1.34", "console.amazonaws.com", "Mozilla/5.0 (ma\u00df; \u4e2d\u6587)", "aws-sdk-go/1.44"]
ERRORS = ["AccessDenied", "Client.UnauthorizedOperation", "NoSuchBucket", "ThrottlingException"]
CALLS = {
    "s3.amazonaws.com": ["GetObject", "PutObject", "DeleteObject", "ListBuckets", "PutBucketAcl"],
    "ec2.amazonaws.com": ["DescribeInstances", "RunInstances", "AuthorizeSecurityGroupIngress", "TerminateInstances"],
    "iam.amazonaws.com": ["CreateUser", "AttachUserPolicy", "ListUsers", "DeleteAccessKey"],
    "sts.amazonaws.com": ["AssumeRole", "GetCallerIdentity"],
    "dynamodb.amazonaws.com": ["DeleteTable", "Scan", "DescribeTable"],
    "signin.amazonaws.com": ["ConsoleLogin"],
}


def _identity(source: random.Random) -> dict[str, Any]:
    kind = source.choices(["IAMUser", "AssumedRole", "Root", "AWSService"], [50, 35, 3, 12])[0]
    account = source.choices([OTHER_ACCOUNT, "999988887777"], [90, 10])[0]
    if kind == "AWSService":
        return {"type": kind, "invokedBy": source.choice(["config.amazonaws.com", "autoscaling.amazonaws.com"])}
    if kind == "Root":
        return {"type": kind, "accountId": account, "arn": f"arn:aws:iam::{account}:root", "principalId": account}
    if kind == "IAMUser":
        name = f"user-{source.randrange(30)}"
        arn = f"arn:aws:iam::{account}:user/{name}"
        return {"type": kind, "principalId": f"AIDA{name}", "arn": arn, "accountId": account,
                "accessKeyId": f"AKIA{source.randrange(60):04}", "userName": name}  # fmt: skip
    role, session = f"role-{source.randrange(8)}", f"session-{source.randrange(20)}"
    issuer = {"type": "Role", "arn": f"arn:aws:iam::{account}:role/{role}", "accountId": account, "userName": role}
    attributes = {"creationDate": "2026-01-05T08:30:00Z", "mfaAuthenticated": source.choice(["true", "false"])}
    return {"type": kind, "principalId": f"AROA{role}:{session}", "accountId": account,
            "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}", "accessKeyId": f"ASIA{source.randrange(99):04}",
            "sessionContext": {"sessionIssuer": issuer, "attributes": attributes}}  # fmt: skip


def _parameters(source: random.Random, service: str) -> dict[str, Any] | None:
    if source.random() < 0.1:
        return None
    return {
        "s3.amazonaws.com": {"bucketName": f"bucket-{source.randrange(12)}", "key": f"logs/{source.randrange(400)}.txt"},
        "ec2.amazonaws.com": {
            "instanceType": source.choice(["m7g.large", "t3.micro", "c7i.xlarge"]),
            "maxCount": source.randrange(1, 9),
            "ipPermissions": {"items": [{"fromPort": port, "cidr": f"10.{port}.0.0/16"} for port in source.sample([22, 80, 443], 2)]},
        },
        "iam.amazonaws.com": {"userName": f"user-{source.randrange(30)}", "tags": [{"key": "team", "value": "red"}]},
        "sts.amazonaws.com": {"roleArn": f"arn:aws:iam::{OTHER_ACCOUNT}:role/role-{source.randrange(8)}", "durationSeconds": 900},
        "dynamodb.amazonaws.com": {"tableName": f"table-{source.randrange(5)}", "limit": source.randrange(1000)},
        "signin.amazonaws.com": {},
    }[service]


def _made(source: random.Random, number: int, start: datetime) -> Event:
    service = source.choices(list(CALLS), [45, 20, 10, 10, 10, 5])[0]
    name = source.choice(CALLS[service])
    identity, parameters = _identity(source), _parameters(source, service)
    reads = name.startswith(("Get", "List", "Describe", "Scan"))
    made: Event = {
        "eventVersion": source.choice(["1.08", "1.09", "1.11"]),
        "userIdentity": identity,
        "eventTime": text_of(start + timedelta(seconds=number * 34 + source.randrange(30))),
        "eventSource": service,
        "eventName": name,
        "awsRegion": source.choice(REGIONS),
        "sourceIPAddress": identity.get("invokedBy") or f"198.51.{source.randrange(3)}.{source.randrange(40)}",
        "userAgent": source.choice(AGENTS),
        "requestParameters": parameters,
        "responseElements": None,
        "requestID": f"R{number:06}",
        "eventID": str(uuid.UUID(int=source.getrandbits(128))),
        "readOnly": reads,
        "eventType": "AwsApiCall",
        "managementEvent": name not in ("GetObject", "PutObject", "DeleteObject"),
        "recipientAccountId": OTHER_ACCOUNT,
        "eventCategory": "Data" if name in ("GetObject", "PutObject", "DeleteObject") else "Management",
    }
    if source.random() < 0.12:
        made |= {"errorCode": source.choice(ERRORS), "errorMessage": f"{identity.get('arn', 'somebody')} may not {name}"}
    if service == "s3.amazonaws.com" and parameters:
        bucket = parameters["bucketName"]
        made["resources"] = [
            {"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{bucket}/{parameters['key']}"},
            {"type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{bucket}", "accountId": OTHER_ACCOUNT},
        ]
        made["additionalEventData"] = {"bytesTransferredOut": source.randrange(100_000), "SignatureVersion": "SigV4"}
    if service == "signin.amazonaws.com":
        made["responseElements"] = {"ConsoleLogin": source.choice(["Success", "Failure"])}
        made["additionalEventData"] = {"MFAUsed": source.choice(["Yes", "No"]), "MobileVersion": "No"}
    if source.random() < 0.6:
        made["tlsDetails"] = {"tlsVersion": source.choice(["TLSv1.2", "TLSv1.3"]), "cipherSuite": "X"}
    if source.random() < 0.05:
        made["vpcEndpointId"] = f"vpce-{source.randrange(4)}"
    if source.random() < 0.1:
        made["sessionCredentialFromConsole"] = "true"
    return made


def events(count: int, start: datetime) -> list[Event]:
    """The same events for the same time to start at, whose seconds of the day are 0."""
    source = random.Random(11)
    return [_made(source, number, start) for number in range(count)]


class Pair(NamedTuple):
    """The same question twice. Rows without ORDER BY come in any order."""

    lake: str
    duckdb: str

    @property
    def ordered(self) -> bool:
        return " ORDER BY " in self.lake.rsplit(")")[-1]


# Names for what both sides read from JSON.
_MFA = "json_extract_string(user_identity, '$.sessionContext.attributes.mfaAuthenticated')"
_BUCKET = "json_extract_string(request_parameters, '$.bucketName')"

PAIRS = [
    # Counts and groups.
    Pair("SELECT count(*) FROM $E", "SELECT count(*) FROM e"),
    Pair("SELECT eventName, count(*) AS n FROM $E GROUP BY eventName ORDER BY n DESC, eventName",
         "SELECT event_name, count(*) AS n FROM e GROUP BY 1 ORDER BY n DESC, event_name"),
    Pair("SELECT eventSource, eventName, count(*) FROM $E GROUP BY 1, 2",
         "SELECT event_source, event_name, count(*) FROM e GROUP BY ALL"),
    Pair("SELECT awsRegion, count(DISTINCT eventName) FROM $E GROUP BY awsRegion",
         "SELECT region, count(DISTINCT event_name) FROM e GROUP BY region"),
    Pair("SELECT userIdentity.arn, count(*) AS n FROM $E GROUP BY userIdentity.arn ORDER BY n DESC, userIdentity.arn LIMIT 20",
         "SELECT user_arn, count(*) AS n FROM e GROUP BY ALL ORDER BY n DESC, user_arn NULLS LAST LIMIT 20"),
    Pair("SELECT errorCode, count(*) FROM $E WHERE errorCode IS NOT NULL GROUP BY errorCode HAVING count(*) > 10",
         "SELECT error_code, count(*) FROM e WHERE error_code IS NOT NULL GROUP BY 1 HAVING count(*) > 10"),
    Pair("SELECT userIdentity.type, readOnly, count(*) FROM $E GROUP BY 1, 2",
         "SELECT user_type, read_only, count(*) FROM e GROUP BY ALL"),
    Pair("SELECT count(errorCode), count(*) - count(errorCode), count(DISTINCT sourceIPAddress) FROM $E",
         "SELECT count(error_code), count(*) - count(error_code), count(DISTINCT source_ip) FROM e"),
    Pair("SELECT min(eventTime), max(eventTime) FROM $E", "SELECT min(event_time), max(event_time) FROM e"),
    Pair("SELECT count_if(readOnly), sum(IF(readOnly, 1, 0)) FROM $E",
         "SELECT count_if(read_only), sum(CASE WHEN read_only THEN 1 ELSE 0 END) FROM e"),
    Pair("SELECT eventSource, count(*) FILTER (WHERE errorCode IS NULL) FROM $E GROUP BY eventSource",
         "SELECT event_source, count(*) FILTER (WHERE error_code IS NULL) FROM e GROUP BY ALL"),
    Pair("SELECT DISTINCT eventVersion FROM $E", "SELECT DISTINCT event_version FROM e"),
    # Filters.
    Pair("SELECT eventID FROM $E WHERE eventName = 'ConsoleLogin' AND element_at(responseElements, 'ConsoleLogin') = 'Failure'",
         "SELECT event_id FROM e WHERE event_name = 'ConsoleLogin' AND (response_elements->>'ConsoleLogin') = 'Failure'"),
    Pair("SELECT eventID FROM $E WHERE element_at(additionalEventData, 'MFAUsed') = 'No'",
         "SELECT event_id FROM e WHERE (additional_event_data->>'MFAUsed') = 'No'"),
    Pair("SELECT eventID FROM $E WHERE userIdentity.accountId != recipientAccountId",
         "SELECT event_id FROM e WHERE user_account_id <> recipient_account_id"),
    Pair("SELECT eventID FROM $E WHERE eventName LIKE 'Delete%' AND userIdentity.userName IN ('user-1', 'user-2', 'user-3')",
         "SELECT event_id FROM e WHERE event_name LIKE 'Delete%' AND user_name IN ('user-1', 'user-2', 'user-3')"),
    Pair("SELECT eventID FROM $E WHERE errorCode IS NOT NULL AND errorCode NOT LIKE 'Client.%'",
         "SELECT event_id FROM e WHERE error_code NOT LIKE 'Client.%'"),
    Pair("SELECT eventID FROM $E WHERE sourceIPAddress NOT LIKE '198.51.%'",
         "SELECT event_id FROM e WHERE source_ip NOT LIKE '198.51.%'"),
    Pair("SELECT eventID FROM $E WHERE awsRegion NOT IN ('us-east-1', 'eu-west-1') AND readOnly = false",
         "SELECT event_id FROM e WHERE region NOT IN ('us-east-1', 'eu-west-1') AND NOT read_only"),
    Pair("SELECT eventID FROM $E WHERE errorCode IS DISTINCT FROM 'AccessDenied' AND vpcEndpointId IS NOT NULL",
         "SELECT event_id FROM e WHERE error_code IS DISTINCT FROM 'AccessDenied' AND vpc_endpoint_id IS NOT NULL"),
    Pair("SELECT eventID FROM $E WHERE userIdentity.sessionContext.attributes.mfaAuthenticated = 'false'",
         f"SELECT event_id FROM e WHERE {_MFA} = 'false'"),
    Pair("SELECT eventID FROM $E WHERE userIdentity.sessionContext.sessionIssuer.userName = 'role-3'",
         "SELECT event_id FROM e WHERE session_issuer_user_name = 'role-3'"),
    Pair("SELECT eventID FROM $E WHERE userIdentity.invokedBy = 'config.amazonaws.com'",
         "SELECT event_id FROM e WHERE invoked_by = 'config.amazonaws.com'"),
    Pair("SELECT eventID FROM $E WHERE sessionCredentialFromConsole = true",
         "SELECT event_id FROM e WHERE session_credential_from_console = 'true'"),
    Pair("SELECT eventID FROM $E WHERE tlsDetails.tlsVersion = 'TLSv1.2' AND managementEvent",
         "SELECT event_id FROM e WHERE (tls_details->>'tlsVersion') = 'TLSv1.2' AND management_event"),
    Pair("SELECT eventID FROM $E WHERE element_at(requestParameters, 'bucketName') BETWEEN 'bucket-1' AND 'bucket-3'",
         f"SELECT event_id FROM e WHERE {_BUCKET} BETWEEN 'bucket-1' AND 'bucket-3'"),
    Pair("SELECT eventID FROM $E WHERE requestParameters['key'] LIKE 'logs/1%.txt'",
         "SELECT event_id FROM e WHERE (request_parameters->>'key') LIKE 'logs/1%.txt'"),
    Pair("SELECT eventID FROM $E WHERE regexp_like(userAgent, '^aws-(cli|sdk)')",
         "SELECT event_id FROM e WHERE regexp_matches(user_agent, '^aws-(cli|sdk)')"),
    Pair("SELECT eventID FROM $E WHERE userAgent LIKE '%\u4e2d\u6587%'", "SELECT event_id FROM e WHERE contains(user_agent, '\u4e2d\u6587')"),
    Pair("SELECT eventID FROM $E WHERE any_match(resources, r -> r.type = 'AWS::S3::Bucket' AND r.arn LIKE '%bucket-7')",
         "SELECT event_id FROM e WHERE len(list_filter(CAST(resources AS JSON[]), "
         "lambda r: (r->>'type') = 'AWS::S3::Bucket' AND (r->>'ARN') LIKE '%bucket-7')) > 0"),
    Pair("SELECT eventID FROM $E WHERE CAST(element_at(additionalEventData, 'bytesTransferredOut') AS bigint) > 95000",
         "SELECT event_id FROM e WHERE CAST(additional_event_data->>'bytesTransferredOut' AS BIGINT) > 95000"),
    Pair("SELECT eventID FROM $E WHERE NOT (readOnly OR errorCode = 'AccessDenied')",
         "SELECT event_id FROM e WHERE NOT (read_only OR error_code = 'AccessDenied')"),
    Pair("SELECT eventID FROM $E WHERE COALESCE(userIdentity.userName, userIdentity.type) = 'Root'",
         "SELECT event_id FROM e WHERE coalesce(user_name, user_type) = 'Root'"),
    # Times.
    Pair("SELECT eventID FROM $E WHERE eventTime > '$DAY1 06:00:00' AND eventTime < '$DAY1 07:30:00'",
         "SELECT event_id FROM e WHERE event_time > TIMESTAMP '$DAY1 06:00:00' AND event_time < TIMESTAMP '$DAY1 07:30:00'"),
    Pair("SELECT eventID FROM $E WHERE eventTime BETWEEN timestamp '$DAY0 00:00:00' AND timestamp '$DAY0 02:00:00'",
         "SELECT event_id FROM e WHERE event_time BETWEEN TIMESTAMP '$DAY0 00:00:00' AND TIMESTAMP '$DAY0 02:00:00'"),
    Pair("SELECT date_trunc('hour', eventTime) AS hour, count(*) FROM $E GROUP BY 1 ORDER BY hour",
         "SELECT date_trunc('hour', event_time) AS hour, count(*) FROM e GROUP BY 1 ORDER BY hour"),
    Pair("SELECT day_of_week(eventTime), count(*) FROM $E GROUP BY 1",
         "SELECT isodow(event_time), count(*) FROM e GROUP BY 1"),
    Pair("SELECT hour(eventTime), minute(eventTime), count(*) FROM $E GROUP BY 1, 2",
         "SELECT hour(event_time), minute(event_time), count(*) FROM e GROUP BY 1, 2"),
    Pair("SELECT date(eventTime), count(*) FROM $E GROUP BY date(eventTime)",
         "SELECT CAST(event_time AS DATE), count(*) FROM e GROUP BY 1"),
    Pair("SELECT eventID, date_add('day', 1, eventTime) FROM $E WHERE eventName = 'DeleteTable'",
         "SELECT event_id, event_time + INTERVAL 1 DAY FROM e WHERE event_name = 'DeleteTable'"),
    Pair("SELECT date_diff('minute', min(eventTime), max(eventTime)) FROM $E",
         "SELECT date_sub('minute', min(event_time), max(event_time)) FROM e"),
    Pair("SELECT eventTime, eventID FROM $E ORDER BY eventTime DESC, eventID LIMIT 50",
         "SELECT event_time, event_id FROM e ORDER BY event_time DESC, event_id LIMIT 50"),
    Pair("SELECT eventTime, eventID FROM $E WHERE eventSource = 'iam.amazonaws.com' ORDER BY eventTime, eventID LIMIT 25 OFFSET 10",
         "SELECT event_time, event_id FROM e WHERE event_source = 'iam.amazonaws.com' ORDER BY event_time, event_id LIMIT 25 OFFSET 10"),
    # Texts.
    Pair("SELECT lower(eventName), upper(awsRegion), length(userAgent) FROM $E WHERE readOnly = false LIMIT 0",
         "SELECT lower(event_name), upper(region), length(user_agent) FROM e WHERE false"),
    Pair("SELECT DISTINCT replace(eventSource, '.amazonaws.com') FROM $E",
         "SELECT DISTINCT replace(event_source, '.amazonaws.com', '') FROM e"),
    Pair("SELECT split_part(eventSource, '.', 1) AS service, count(*) FROM $E GROUP BY 1",
         "SELECT split_part(event_source, '.', 1) AS service, count(*) FROM e GROUP BY 1"),
    Pair("SELECT DISTINCT substr(eventName, 1, 4), length(userAgent) FROM $E",
         "SELECT DISTINCT substr(event_name, 1, 4), length(user_agent) FROM e"),
    Pair("SELECT concat(eventName, '@', awsRegion) AS what, count(*) FROM $E GROUP BY 1",
         "SELECT concat(event_name, '@', region) AS what, count(*) FROM e GROUP BY 1"),
    Pair("SELECT eventName || ':' || errorCode FROM $E WHERE errorCode = 'NoSuchBucket'",
         "SELECT event_name || ':' || error_code FROM e WHERE error_code = 'NoSuchBucket'"),
    Pair("SELECT regexp_extract(userIdentity.arn, 'assumed-role/([^/]+)/', 1), count(*) FROM $E WHERE userIdentity.type = 'AssumedRole' GROUP BY 1",
         "SELECT regexp_extract(user_arn, 'assumed-role/([^/]+)/', 1), count(*) FROM e WHERE user_type = 'AssumedRole' GROUP BY 1"),
    Pair("SELECT DISTINCT regexp_replace(sourceIPAddress, '[0-9]+$', 'x') FROM $E",
         "SELECT DISTINCT regexp_replace(source_ip, '[0-9]+$', 'x') FROM e"),
    Pair("SELECT strpos(eventSource, '.'), count(*) FROM $E GROUP BY 1", "SELECT strpos(event_source, '.'), count(*) FROM e GROUP BY 1"),
    # JSON.
    Pair("SELECT json_extract_scalar(eventJson, '$.requestParameters.ipPermissions.items[0].fromPort') AS port, count(*) FROM $E GROUP BY 1",
         "SELECT json_extract_string(request_parameters, '$.ipPermissions.items[0].fromPort') AS port, count(*) FROM e GROUP BY 1"),
    Pair("SELECT element_at(requestParameters, 'instanceType'), sum(CAST(element_at(requestParameters, 'maxCount') AS integer)) FROM $E "
         "WHERE eventSource = 'ec2.amazonaws.com' GROUP BY 1",
         "SELECT request_parameters->>'instanceType', sum(CAST(request_parameters->>'maxCount' AS INTEGER)) FROM e "
         "WHERE event_source = 'ec2.amazonaws.com' GROUP BY 1"),
    Pair("SELECT avg(CAST(element_at(requestParameters, 'limit') AS double)) FROM $E WHERE eventName = 'Scan'",
         "SELECT avg(CAST(request_parameters->>'limit' AS DOUBLE)) FROM e WHERE event_name = 'Scan'"),
    Pair("SELECT json_array_length(json_extract(eventJson, '$.resources')), count(*) FROM $E GROUP BY 1",
         "SELECT json_array_length(resources), count(*) FROM e GROUP BY 1"),
    Pair("SELECT json_extract_scalar(json_array_get(json_extract(eventJson, '$.requestParameters.ipPermissions.items'), 1), '$.cidr'), count(*) "
         "FROM $E WHERE eventSource = 'ec2.amazonaws.com' GROUP BY 1",
         "SELECT json_extract_string(request_parameters, '$.ipPermissions.items[1].cidr'), count(*) FROM e "
         "WHERE event_source = 'ec2.amazonaws.com' GROUP BY 1"),
    # Rows of lists.
    Pair("SELECT type, arn, count(*) FROM $E CROSS JOIN UNNEST(resources) AS t(account, type, arn, prefix) GROUP BY 1, 2",
         "SELECT r->>'type', r->>'ARN', count(*) FROM (SELECT unnest(CAST(resources AS JSON[])) AS r FROM e) GROUP BY ALL"),
    Pair("SELECT cardinality(resources), count(*) FROM $E WHERE resources IS NOT NULL GROUP BY 1",
         "SELECT json_array_length(resources), count(*) FROM e WHERE resources IS NOT NULL GROUP BY 1"),
    # Sub-queries, joins, sets, windows.
    Pair("SELECT userIdentity.userName FROM $E GROUP BY 1 HAVING count(*) > (SELECT count(*) / 60 FROM $E)",
         "SELECT user_name FROM e GROUP BY 1 HAVING count(*) > (SELECT count(*) // 60 FROM e)"),
    Pair("SELECT eventID FROM $E WHERE sourceIPAddress IN (SELECT sourceIPAddress FROM $E WHERE errorCode = 'AccessDenied' AND readOnly = false)",
         "SELECT event_id FROM e WHERE source_ip IN (SELECT source_ip FROM e WHERE error_code = 'AccessDenied' AND NOT read_only)"),
    Pair("WITH failed AS (SELECT userIdentity.arn AS arn, count(*) AS n FROM $E WHERE errorCode IS NOT NULL GROUP BY 1) "
         "SELECT arn, n FROM failed WHERE n = (SELECT max(n) FROM failed WHERE arn IS NOT NULL)",
         "WITH failed AS (SELECT user_arn AS arn, count(*) AS n FROM e WHERE error_code IS NOT NULL GROUP BY 1) "
         "SELECT arn, n FROM failed WHERE n = (SELECT max(n) FROM failed WHERE arn IS NOT NULL)"),
    Pair("SELECT a.eventID, b.eventID FROM $E a JOIN $E b ON a.sourceIPAddress = b.sourceIPAddress "
         "WHERE a.eventName = 'DeleteAccessKey' AND b.eventName = 'ConsoleLogin' AND a.eventTime > b.eventTime",
         "SELECT a.event_id, b.event_id FROM e a JOIN e b ON a.source_ip = b.source_ip "
         "WHERE a.event_name = 'DeleteAccessKey' AND b.event_name = 'ConsoleLogin' AND a.event_time > b.event_time"),
    Pair("SELECT a.eventName, count(b.eventID) FROM (SELECT DISTINCT eventName FROM $E) a LEFT JOIN "
         "(SELECT * FROM $E WHERE errorCode = 'NoSuchBucket') b ON a.eventName = b.eventName GROUP BY a.eventName",
         "SELECT a.event_name, count(b.event_id) FROM (SELECT DISTINCT event_name FROM e) a LEFT JOIN "
         "(SELECT * FROM e WHERE error_code = 'NoSuchBucket') b ON a.event_name = b.event_name GROUP BY a.event_name"),
    Pair("SELECT eventName FROM $E WHERE readOnly = true UNION SELECT awsRegion FROM $E",
         "SELECT event_name FROM e WHERE read_only UNION SELECT region FROM e"),
    Pair("SELECT userIdentity.arn FROM $E WHERE readOnly = true EXCEPT SELECT userIdentity.arn FROM $E WHERE errorCode IS NOT NULL",
         "SELECT user_arn FROM e WHERE read_only EXCEPT SELECT user_arn FROM e WHERE error_code IS NOT NULL"),
    Pair("SELECT sourceIPAddress FROM $E WHERE awsRegion = 'us-east-1' INTERSECT SELECT sourceIPAddress FROM $E WHERE eventName = 'CreateUser'",
         "SELECT source_ip FROM e WHERE region = 'us-east-1' INTERSECT SELECT source_ip FROM e WHERE event_name = 'CreateUser'"),
    Pair("SELECT who, eventID FROM (SELECT userIdentity.arn AS who, eventID, "
         "rank() OVER (PARTITION BY userIdentity.arn ORDER BY eventTime DESC, eventID) AS place FROM $E) WHERE place <= 2",
         "SELECT user_arn, event_id FROM e QUALIFY rank() OVER (PARTITION BY user_arn ORDER BY event_time DESC, event_id) <= 2"),
    Pair("SELECT eventID, lag(eventName) OVER (ORDER BY eventTime, eventID) FROM $E WHERE userIdentity.type = 'Root'",
         "SELECT event_id, lag(event_name) OVER (ORDER BY event_time, event_id) FROM e WHERE user_type = 'Root'"),
    Pair("SELECT awsRegion, max_by(eventID, eventTime), min_by(eventID, eventTime) FROM (SELECT awsRegion, eventID, eventTime FROM $E "
         "WHERE eventName = 'ConsoleLogin') GROUP BY awsRegion",
         "SELECT region, max_by(event_id, event_time), min_by(event_id, event_time) FROM e WHERE event_name = 'ConsoleLogin' GROUP BY 1"),
    Pair("SELECT CASE WHEN errorCode IS NULL THEN 'fine' WHEN errorCode LIKE '%Denied%' THEN 'denied' ELSE 'other' END AS outcome, count(*) "
         "FROM $E GROUP BY 1",
         "SELECT CASE WHEN error_code IS NULL THEN 'fine' WHEN error_code LIKE '%Denied%' THEN 'denied' ELSE 'other' END AS outcome, count(*) "
         "FROM e GROUP BY 1"),
    Pair("SELECT greatest(count(*), 3), least(1, 2), nullif('a', 'a'), round(avg(length(eventName)), 3) FROM $E",
         "SELECT greatest(count(*), 3), least(1, 2), nullif('a', 'a'), round(avg(length(event_name)), 3) FROM e"),
    Pair("SELECT count(*) FROM $E WHERE EXISTS (SELECT 1 FROM $E WHERE eventName = 'NoSuchCall')",
         "SELECT count(*) FROM e WHERE EXISTS (SELECT 1 FROM e WHERE event_name = 'NoSuchCall')"),
]  # fmt: skip
