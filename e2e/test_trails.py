"""Trails through boto3: rules and messages, selectors, regions, and what is delivered."""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conftest import MakeServer
from delivered import Delivered, make_trail, trail_arn
from events import data_event, event, ids, minutes_ago, now, unique
from server import ACCOUNT, Server
from validation import validate_all
from waiting import until

AWAY = "eu-west-1"


def refused(call: Callable[..., Any], code: str, message: str | None = None, **members: Any) -> str:
    """The call must fail so; returns the message."""
    with pytest.raises(ClientError) as caught:
        call(**members)
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    if message is not None:
        assert error["Message"] == message
    return error["Message"]


@pytest.fixture(scope="module")
def bucket(server: Server) -> str:
    server.client("s3").create_bucket(Bucket="rules-bucket")
    return "rules-bucket"


@pytest.fixture
def cloudtrail(server: Server) -> Any:
    return server.client("cloudtrail", parameter_validation=False)


CHARACTERS = (
    "Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and "
    "underscores (_)."
)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ab", "Trail name too short. Minimum allowed length: 3 characters. Specified name length: 2 characters."),
        (
            "a" * 129,
            "Trail name too long. Maximum allowed length: 128 characters. Specified name length: 129 characters.",
        ),
        ("-abc", "Trail name must starts with a letter or number."),
        ("abc.", "Trail name must ends with a letter or number."),
        ("a bc", CHARACTERS),
        ("a/bc", CHARACTERS),
        ("a--b", None),
        ("a-_b", None),
        ("192.168.1.1", None),
    ],
)
def test_a_trails_name_follows_the_rules(cloudtrail: Any, bucket: str, name: str, message: str | None) -> None:
    code = "InvalidTrailNameException"
    refused(cloudtrail.create_trail, code, message, Name=name, S3BucketName=bucket)


def test_the_bucket_must_exist_and_have_a_name_that_buckets_have(cloudtrail: Any, bucket: str) -> None:
    create = cloudtrail.create_trail
    missing = "S3 bucket no-such-bucket does not exist!"
    refused(create, "S3BucketDoesNotExistException", missing, Name="rules", S3BucketName="no-such-bucket")
    for name in ("Upper-Case", "under_score", "ab", "a..b", "a.-b", "ends-", "10.0.0.1", "a" * 64):
        refused(create, "InvalidS3BucketNameException", Name="rules", S3BucketName=name)
    refused(create, "InvalidS3PrefixException", Name="rules", S3BucketName=bucket, S3KeyPrefix="p" * 201)


def test_a_multi_region_trail_includes_global_services(cloudtrail: Any, bucket: str) -> None:
    settings = {"IsMultiRegionTrail": True, "IncludeGlobalServiceEvents": False}
    message = "Multi-Region trail must include global service events."
    code = "InvalidParameterCombinationException"
    refused(cloudtrail.create_trail, code, message, Name="rules", S3BucketName=bucket, **settings)


def test_a_trail_of_an_organization_needs_one(cloudtrail: Any, bucket: str) -> None:
    code = "OrganizationsNotInUseException"
    refused(cloudtrail.create_trail, code, Name="rules", S3BucketName=bucket, IsOrganizationTrail=True)
    refused(cloudtrail.get_trail, "TrailNotFoundException", Name="rules")


GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/cloudtrail:*"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/logs"


@pytest.mark.parametrize(
    ("group", "role", "code"),
    [
        (GROUP, ROLE, "CloudWatchLogsDeliveryUnavailableException"),
        (GROUP, None, "InvalidCloudWatchLogsRoleArnException"),
        (GROUP, "", "InvalidCloudWatchLogsRoleArnException"),
        (None, ROLE, "InvalidCloudWatchLogsLogGroupArnException"),
        ("", ROLE, "InvalidCloudWatchLogsLogGroupArnException"),
        ("a-group", ROLE, "InvalidCloudWatchLogsLogGroupArnException"),
        (GROUP.replace(ACCOUNT, "210987654321"), ROLE, "InvalidCloudWatchLogsLogGroupArnException"),
        (GROUP.replace("us-east-1", AWAY), ROLE, "InvalidCloudWatchLogsLogGroupArnException"),
        (GROUP, "a-role", "InvalidCloudWatchLogsRoleArnException"),
        (GROUP, ROLE.replace(":role/", ":user/"), "InvalidCloudWatchLogsRoleArnException"),
    ],
)
def test_a_log_group_needs_its_role_and_a_server_that_delivers_to_it(
    cloudtrail: Any, bucket: str, group: str | None, role: str | None, code: str
) -> None:
    name = unique("logs")
    given = {"CloudWatchLogsLogGroupArn": group, "CloudWatchLogsRoleArn": role}
    members = {member: value for member, value in given.items() if value is not None}
    refused(cloudtrail.create_trail, code, Name=name, S3BucketName=bucket, **members)
    refused(cloudtrail.get_trail, "TrailNotFoundException", Name=name)
    before = cloudtrail.create_trail(Name=name, S3BucketName=bucket)
    refused(cloudtrail.update_trail, code, Name=name, S3KeyPrefix="never", **members)
    after = cloudtrail.update_trail(Name=name, CloudWatchLogsLogGroupArn="", CloudWatchLogsRoleArn="")
    del before["ResponseMetadata"], after["ResponseMetadata"]
    assert after == before
    cloudtrail.delete_trail(Name=name)


def test_what_never_was_is_said_not_to_be(cloudtrail: Any) -> None:
    nothing = "11111111-2222-4333-8444-555555555555"
    store = cloudtrail.create_event_data_store(Name="unasked")["EventDataStoreArn"]
    assert cloudtrail.list_queries(EventDataStore=store)["Queries"] == []
    refused(cloudtrail.list_queries, "EventDataStoreNotFoundException", EventDataStore=nothing)
    refused(cloudtrail.list_queries, "InvalidNextTokenException", EventDataStore=store, NextToken="next")
    refused(cloudtrail.list_queries, "InvalidDateRangeException", EventDataStore=store, StartTime=2, EndTime=1)
    for operation in (cloudtrail.describe_query, cloudtrail.get_query_results, cloudtrail.cancel_query):
        refused(operation, "QueryIdNotFoundException", QueryId=nothing)
    refused(cloudtrail.describe_query, "InvalidParameterException")
    refused(cloudtrail.generate_query, "UnsupportedOperationException", EventDataStores=[store], Prompt="errors")
    assert cloudtrail.list_imports()["Imports"] == cloudtrail.list_imports(Destination=store)["Imports"] == []
    refused(cloudtrail.list_imports, "EventDataStoreARNInvalidException", Destination="store")
    refused(cloudtrail.get_import, "ImportNotFoundException", ImportId=nothing)
    refused(cloudtrail.stop_import, "ImportNotFoundException", ImportId=nothing)
    refused(cloudtrail.list_import_failures, "InvalidParameterException", ImportId=nothing)


def test_a_call_may_have_either_target_prefix(server: Server) -> None:
    for prefix in ("CloudTrail_20131101", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"):
        headers = {"X-Amz-Target": f"{prefix}.DescribeTrails", "Content-Type": "application/x-amz-json-1.1"}
        answer = server.request("POST", "/", b"{}", headers, service="cloudtrail")
        assert answer.status == 200, answer
        assert answer.json()["trailList"][0]["Name"] == "default"
    headers = {"X-Amz-Target": "CloudTrail_20131101.MakeCoffee", "Content-Type": "application/x-amz-json-1.1"}
    answer = server.request("POST", "/", b"{}", headers, service="cloudtrail")
    assert answer.code == "UnknownOperationException"


def test_a_service_that_cairn_does_not_have_is_refused_and_recorded(server: Server) -> None:
    headers = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}
    answer = server.request("POST", "/", b"{}", headers, service="dynamodb")
    assert answer.code == "UnknownOperationException" and "dynamodb" in answer.json()["message"]
    found = server.found(name="ListTables")[0]
    assert found["eventSource"] == "dynamodb.amazonaws.com" and "errorCode" in found


def test_a_key_knows_who_it_is(server: Server) -> None:
    identity = server.client("sts").get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root")
    key = server.create_key("--account", "444455556666", "--user", "alice")
    identity = server.client("sts", key=key).get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == ("444455556666", "arn:aws:iam::444455556666:user/alice")


def test_a_new_trail_has_the_defaults_and_is_not_logging(cloudtrail: Any, bucket: str) -> None:
    name = unique("plain")
    created = cloudtrail.create_trail(Name=name, S3BucketName=bucket)
    del created["ResponseMetadata"]
    created.pop("RecursiveLogging", None)
    settings = {
        "Name": name, "S3BucketName": bucket, "IncludeGlobalServiceEvents": True, "IsMultiRegionTrail": False,
        "TrailARN": trail_arn(name), "LogFileValidationEnabled": False, "IsOrganizationTrail": False,
    }
    assert created == settings
    shown = cloudtrail.get_trail(Name=name)["Trail"]
    shown.pop("RecursiveLogging", None)
    assert shown == {
        **settings, "HomeRegion": "us-east-1", "HasCustomEventSelectors": False, "HasInsightSelectors": False,
    }
    assert cloudtrail.get_trail(Name=trail_arn(name))["Trail"]["Name"] == name

    status = cloudtrail.get_trail_status(Name=name)
    assert status["IsLogging"] is False
    assert status["TimeLoggingStarted"] == "" and status["TimeLoggingStopped"] == ""
    assert "StartLoggingTime" not in status and "LatestDeliveryTime" not in status

    selectors = cloudtrail.get_event_selectors(TrailName=name)
    assert selectors["TrailARN"] == trail_arn(name)
    assert selectors["EventSelectors"] == [
        {
            "ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [],
            "ExcludeManagementEventSources": [],
        }
    ]
    assert "AdvancedEventSelectors" not in selectors


def test_a_name_is_taken_once(cloudtrail: Any, bucket: str) -> None:
    name = unique("taken")
    cloudtrail.create_trail(Name=name, S3BucketName=bucket)
    message = f"Trail {name} already exists for customer: {ACCOUNT}"
    refused(cloudtrail.create_trail, "TrailAlreadyExistsException", message, Name=name, S3BucketName=bucket)
    cloudtrail.delete_trail(Name=name)
    cloudtrail.create_trail(Name=name, S3BucketName=bucket)


def test_a_trail_that_is_not_there_is_named(server: Server, cloudtrail: Any) -> None:
    code, message = "TrailNotFoundException", f"Unknown trail: nobody for the user: {ACCOUNT}"
    selector = [{"ReadWriteType": "All"}]
    refused(cloudtrail.get_trail, code, message, Name="nobody")
    refused(cloudtrail.update_trail, code, message, Name="nobody")
    refused(cloudtrail.delete_trail, code, message, Name="nobody")
    refused(cloudtrail.start_logging, code, message, Name="nobody")
    refused(cloudtrail.stop_logging, code, message, Name="nobody")
    refused(cloudtrail.get_event_selectors, code, message, TrailName="nobody")
    refused(cloudtrail.put_event_selectors, code, message, TrailName="nobody", EventSelectors=selector)
    in_full = f"Unknown trail: {trail_arn('nobody')} for the user: {ACCOUNT}"
    refused(cloudtrail.get_trail_status, code, in_full, Name="nobody")
    assert cloudtrail.describe_trails(trailNameList=["nobody"])["trailList"] == []

    message = "Region in ARN is wrong, you can only access resources in region us-east-1."
    refused(cloudtrail.get_trail, "CloudTrailARNInvalidException", message, Name=trail_arn("nobody", AWAY))
    refused(cloudtrail.get_trail, "CloudTrailARNInvalidException", Name="arn:aws:cloudtrail:us-east-1:1:trail/x")


def test_an_update_changes_what_it_names(cloudtrail: Any, bucket: str) -> None:
    name = unique("updated")
    cloudtrail.create_trail(Name=name, S3BucketName=bucket, S3KeyPrefix="first")
    updated = cloudtrail.update_trail(Name=name, EnableLogFileValidation=True, IsMultiRegionTrail=True)
    assert updated["LogFileValidationEnabled"] is True and updated["IsMultiRegionTrail"] is True
    assert updated["S3KeyPrefix"] == "first"
    single = cloudtrail.update_trail(Name=name, IsMultiRegionTrail=False)
    assert single["IncludeGlobalServiceEvents"] is False
    assert cloudtrail.update_trail(Name=name, IsMultiRegionTrail=True)["IncludeGlobalServiceEvents"] is True
    missing = {"Name": name, "S3BucketName": "no-such-bucket"}
    refused(cloudtrail.update_trail, "S3BucketDoesNotExistException", **missing)


def test_a_multi_region_trail_is_seen_everywhere_and_changed_at_home(
    server: Server, cloudtrail: Any, bucket: str
) -> None:
    name = unique("everywhere")
    arn = trail_arn(name)
    cloudtrail.create_trail(Name=name, S3BucketName=bucket, IsMultiRegionTrail=True)
    cloudtrail.start_logging(Name=name)
    away = server.client("cloudtrail", AWAY)

    shown = {trail["Name"]: trail for trail in away.describe_trails()["trailList"]}[name]
    assert (shown["TrailARN"], shown["HomeRegion"]) == (arn, "us-east-1")
    assert name not in [trail["Name"] for trail in away.describe_trails(includeShadowTrails=False)["trailList"]]
    assert away.get_trail(Name=arn)["Trail"]["HomeRegion"] == "us-east-1"
    assert away.get_trail_status(Name=arn)["IsLogging"] is True
    assert arn in [trail["TrailARN"] for trail in away.list_trails()["Trails"]]

    code = "InvalidHomeRegionException"
    refused(away.update_trail, code, Name=arn, EnableLogFileValidation=True)
    refused(away.stop_logging, code, Name=arn)
    refused(away.start_logging, code, Name=arn)
    refused(away.put_event_selectors, code, TrailName=arn, EventSelectors=[{"ReadWriteType": "All"}])
    refused(away.delete_trail, code, Name=arn)
    refused(away.create_trail, "TrailAlreadyExistsException", Name=name, S3BucketName=bucket)


def test_a_trail_of_one_region_is_not_seen_from_others(server: Server, cloudtrail: Any, bucket: str) -> None:
    name = unique("single")
    cloudtrail.create_trail(Name=name, S3BucketName=bucket)
    away = server.client("cloudtrail", AWAY)
    assert name not in [trail["Name"] for trail in away.describe_trails()["trailList"]]
    refused(away.get_trail, "TrailNotFoundException", Name=name)
    away.create_trail(Name=name, S3BucketName=bucket)
    assert away.get_trail(Name=name)["Trail"]["TrailARN"] == trail_arn(name, AWAY)


BASIC = [
    {
        "ReadWriteType": "WriteOnly", "IncludeManagementEvents": True,
        "DataResources": [
            {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::bucket/", "arn:aws:s3:::other/prefix"]},
            {"Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"]},
        ],
        "ExcludeManagementEventSources": ["kms.amazonaws.com"],
    },
    {
        "ReadWriteType": "ReadOnly", "IncludeManagementEvents": False, "DataResources": [],
        "ExcludeManagementEventSources": [],
    },
]
ADVANCED = [
    {
        "Name": "management", "FieldSelectors": [
            {"Field": "eventCategory", "Equals": ["Management"]},
            {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com", "rdsdata.amazonaws.com"]},
            {"Field": "readOnly", "Equals": ["false"]},
        ],
    },
    {
        "Name": "objects", "FieldSelectors": [
            {"Field": "eventCategory", "Equals": ["Data"]},
            {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
            {"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::a/"], "NotEndsWith": [".tmp", ".log"]},
            {"Field": "eventName", "NotStartsWith": ["Head"], "EndsWith": ["Object"]},
        ],
    },
    {
        "Name": "network", "FieldSelectors": [
            {"Field": "eventCategory", "Equals": ["NetworkActivity"]},
            {"Field": "eventSource", "Equals": ["ec2.amazonaws.com"]},
            {"Field": "errorCode", "Equals": ["VpceAccessDenied"]},
        ],
    },
]


def test_selectors_are_read_back_as_they_were_put(cloudtrail: Any, bucket: str) -> None:
    name = unique("selected")
    cloudtrail.create_trail(Name=name, S3BucketName=bucket)
    for member, selectors, other in [
        ("EventSelectors", BASIC, "AdvancedEventSelectors"),
        ("AdvancedEventSelectors", ADVANCED, "EventSelectors"),
        ("EventSelectors", BASIC[:1], "AdvancedEventSelectors"),
    ]:
        put = cloudtrail.put_event_selectors(TrailName=name, **{member: selectors})
        got = cloudtrail.get_event_selectors(TrailName=name)
        assert put[member] == got[member] == selectors
        assert not got.get(other)
        assert cloudtrail.get_trail(Name=name)["Trail"]["HasCustomEventSelectors"] is True


def advanced(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"AdvancedEventSelectors": [{"FieldSelectors": list(fields)}]}


def field(name: str, operator: str, *values: str) -> dict[str, Any]:
    return {"Field": name, operator: list(values)}


def resource(kind: str, *values: str) -> dict[str, Any]:
    return {"EventSelectors": [{"DataResources": [{"Type": kind, "Values": list(values)}]}]}


MANAGEMENT = field("eventCategory", "Equals", "Management")
DATA = field("eventCategory", "Equals", "Data")
OBJECTS = field("resources.type", "Equals", "AWS::S3::Object")


@pytest.mark.parametrize(
    "selectors",
    [
        {},
        {"EventSelectors": [{"ReadWriteType": "read-only"}]},
        {"EventSelectors": [{"ReadWriteType": "All"}] * 6},
        {"EventSelectors": [{"ExcludeManagementEventSources": ["s3.amazonaws.com"]}]},
        resource("AWS::S3::Object", "arn:aws:s3:::*"),
        resource("AWS::S3::Object", "arn:aws:s3:::bucket"),
        resource("AWS::Lambda::Function", "arn:aws:lambda:*"),
        resource("AWS::SNS::Topic", "arn:aws:sns"),
        resource("AWS::S3::Object", *(f"arn:aws:s3:::bucket/{number}" for number in range(251))),
        {"EventSelectors": BASIC, "AdvancedEventSelectors": ADVANCED},
        advanced(field("readOnly", "Equals", "true")),
        advanced(field("eventCategory", "StartsWith", "Management")),
        advanced(field("eventCategory", "Equals", "Insight")),
        advanced(MANAGEMENT, field("eventName", "Equals", "CreateTrail")),
        advanced(MANAGEMENT, field("eventSource", "Equals", "kms.amazonaws.com")),
        advanced(MANAGEMENT, field("eventSource", "NotEquals", "s3.amazonaws.com")),
        advanced(MANAGEMENT, field("readOnly", "Equals", "yes")),
        advanced(DATA),
        advanced(DATA, OBJECTS, OBJECTS),
        advanced(DATA, OBJECTS, field("errorCode", "Equals", "VpceAccessDenied")),
        advanced(DATA, field("resources.type", "Equals", "AWS::S3::Object", "AWS::Lambda::Function")),
        advanced(DATA, OBJECTS, field("eventName", "Equals", *(f"Name{number}" for number in range(501)))),
        advanced(field("eventCategory", "Equals", "NetworkActivity")),
    ],
    ids=lambda selectors: json.dumps(selectors)[:60],
)
def test_selectors_that_trails_cannot_have_are_refused(cloudtrail: Any, selectors: dict[str, Any]) -> None:
    refused(cloudtrail.put_event_selectors, "InvalidEventSelectorsException", TrailName="default", **selectors)
    assert cloudtrail.get_trail(Name="default")["Trail"]["HasCustomEventSelectors"] is False


def test_a_refused_data_resource_is_named(cloudtrail: Any) -> None:
    message = "Value arn:aws:s3:::* for DataResources.Values is invalid."
    selectors = resource("AWS::S3::Object", "arn:aws:s3:::*")
    code = "InvalidEventSelectorsException"
    refused(cloudtrail.put_event_selectors, code, message, TrailName="default", **selectors)


def test_the_public_key_is_the_one_that_signed(server: Server, cloudtrail: Any) -> None:
    default = Delivered(server, f"cairn-trail-{ACCOUNT}")
    digest = until(default.digests, "a digest")[-1]
    for region in ("us-east-1", AWAY):
        keys = server.client("cloudtrail", region).list_public_keys(StartTime=minutes_ago(1), EndTime=now())
        (key,) = keys["PublicKeyList"]
        assert key["Fingerprint"] == hashlib.md5(key["Value"]).hexdigest() == digest.says["digestPublicKeyFingerprint"]
        assert base64.b64encode(key["Value"]).startswith(b"MIIBCgKCAQEA")
        assert key["ValidityStartTime"] < key["ValidityEndTime"]
    long_ago = {"StartTime": minutes_ago(3_000_000), "EndTime": minutes_ago(2_900_000)}
    assert cloudtrail.list_public_keys(**long_ago)["PublicKeyList"] == []
    code = "InvalidTimeRangeException"
    refused(cloudtrail.list_public_keys, code, StartTime=now(), EndTime=minutes_ago(1))


def test_log_files_hold_what_was_posted_once_each_under_its_region(server: Server) -> None:
    trail = make_trail(server, unique("whole"), IsMultiRegionTrail=True, S3KeyPrefix="some/prefix")
    regions = ["us-east-1", AWAY, "ap-southeast-2"]
    posted = [event(region=region, number=number) for number in range(40) for region in regions]
    server.post_events(posted[:50])
    trail.wait_for(ids(posted[:50]))
    server.post_events(posted[50:])
    trail.wait_for(ids(posted))

    delivered = [(region, found) for region, found in trail.events() if "number" in found]
    assert all(region == found["awsRegion"] for region, found in delivered)
    in_order = sorted((found for _, found in delivered), key=lambda found: found["eventID"])
    expected = [{**found, "recipientAccountId": ACCOUNT} for found in posted]
    assert in_order == sorted(expected, key=lambda found: found["eventID"])
    for file in trail.log_files():
        assert file.account == ACCOUNT and file.key.startswith("some/prefix/AWSLogs/")
        assert file.plain.startswith(b'{"Records":[{') and b"\n" not in file.plain
        head = server.client("s3").head_object(Bucket=trail.bucket, Key=file.key)
        assert (head["ContentType"], head["ContentEncoding"]) == ("application/json", "gzip")
    trail.wait_until_covered()
    since = minutes_ago(5)
    for region in regions:
        verdict = validate_all(server, trail.bucket.removesuffix("-logs"), since, region=region)
        assert verdict.count("log") > 0


def test_a_trail_of_one_region_takes_that_regions_events(server: Server) -> None:
    trail = make_trail(server, unique("here"))
    here, away = event(), event(region=AWAY)
    server.post_events([away, here])
    trail.wait_for([here["eventID"]])
    assert away["eventID"] not in trail.event_ids()


def test_a_trail_without_validation_has_no_digests(server: Server) -> None:
    trail, proved = make_trail(server, unique("plain"), EnableLogFileValidation=False), make_trail(server, unique("proved"))
    posted = event()
    server.post_events([posted])
    trail.wait_for([posted["eventID"]])
    until(lambda: len(proved.digests()) >= 2, "two digests of a trail with validation")
    assert trail.digests() == []


def test_a_trail_takes_the_events_of_its_account(server: Server) -> None:
    trail = make_trail(server, unique("ours"))
    key = server.create_key("--account", "777788889999")
    ours, theirs = event(), event()
    server.post_events([theirs], key=key)
    server.post_events([ours])
    trail.wait_for([ours["eventID"]])
    assert theirs["eventID"] not in trail.event_ids()


def test_imported_events_are_not_delivered(server: Server) -> None:
    trail = make_trail(server, unique("posted-only"))
    imported, posted = event(), event()
    server.post_events([imported], query="?origin=imported")
    server.post_events([posted])
    trail.wait_for([posted["eventID"]])
    assert imported["eventID"] not in trail.event_ids()
    server.found(id=imported["eventID"])


def test_data_events_are_delivered_when_a_selector_asks_for_them(server: Server) -> None:
    name = unique("data")
    trail = make_trail(server, name)
    asked, beside = data_event("watched", "a/b"), data_event("ignored", "a/b")
    before = data_event("watched", "too/early")
    server.post_events([before])
    values = ["arn:aws:s3:::watched/"]
    selector = {"ReadWriteType": "All", "DataResources": [{"Type": "AWS::S3::Object", "Values": values}]}
    server.client("cloudtrail").put_event_selectors(TrailName=name, EventSelectors=[selector])
    management = event()
    server.post_events([asked, beside, management])
    trail.wait_for(ids([asked, management]))
    delivered = trail.event_ids()
    assert beside["eventID"] not in delivered and before["eventID"] not in delivered


def test_advanced_selectors_choose_what_is_delivered(server: Server) -> None:
    name = unique("writes")
    trail = make_trail(server, name)
    writes = advanced(MANAGEMENT, field("readOnly", "Equals", "false"))
    server.client("cloudtrail").put_event_selectors(TrailName=name, **writes)
    read, write = event("DescribeInstances"), event("RunInstances")
    server.post_events([read, write])
    trail.wait_for([write["eventID"]])
    assert read["eventID"] not in trail.event_ids()


def test_a_trail_that_stops_delivers_what_came_before_and_a_last_digest(server: Server) -> None:
    name = unique("stopped")
    trail, other = make_trail(server, name), make_trail(server, unique("going-on"))
    cloudtrail = server.client("cloudtrail")
    before, after = event(), event()
    server.post_events([before])
    cloudtrail.stop_logging(Name=name)
    server.post_events([after])
    status = cloudtrail.get_trail_status(Name=name)
    assert status["IsLogging"] is False
    assert status["StopLoggingTime"] >= status["StartLoggingTime"]
    assert status["TimeLoggingStopped"].endswith("Z")

    def stop_is_delivered() -> bool:
        return "StopLogging" in [found["eventName"] for _, found in trail.events()]

    until(stop_is_delivered, "the event of StopLogging")
    trail.wait_until_covered()
    last = len(trail.digests())
    other.wait_for([after["eventID"]])
    seen = len(other.digests())
    until(lambda: len(other.digests()) >= seen + 2, "two more digests of a trail that goes on")
    assert len(trail.digests()) == last, "a stopped trail delivers no more digests"
    assert before["eventID"] in trail.event_ids() and after["eventID"] not in trail.event_ids()
    validate_all(server, name, minutes_ago(5))

    cloudtrail.start_logging(Name=name)
    again = event()
    server.post_events([again])
    trail.wait_for([again["eventID"]])
    trail.wait_until_covered()
    assert trail.digests()[last].says["previousDigestS3Object"] is None, "logging anew starts a chain anew"
    validate_all(server, name, minutes_ago(5))


def test_a_deleted_trail_delivers_what_came_before(server: Server) -> None:
    name = unique("deleted")
    trail = make_trail(server, name)
    before = event()
    server.post_events([before])
    server.client("cloudtrail").delete_trail(Name=name)
    trail.wait_for([before["eventID"]])
    trail.wait_until_covered()


def test_the_status_of_a_trail_tells_of_its_deliveries(server: Server) -> None:
    name = unique("status")
    trail = make_trail(server, name)
    posted = event()
    server.post_events([posted])
    trail.wait_for([posted["eventID"]])
    trail.wait_until_covered()
    status = server.client("cloudtrail").get_trail_status(Name=name)
    assert status["IsLogging"] is True
    for member in ("LatestDeliveryTime", "LatestDigestDeliveryTime", "StartLoggingTime"):
        assert status[member] > minutes_ago(5), member
    for member in ("LatestDeliveryError", "LatestDigestDeliveryError"):
        assert not status.get(member), status
    for member in ("LatestDeliveryAttemptTime", "LatestDeliveryAttemptSucceeded", "TimeLoggingStarted"):
        assert status[member].endswith("Z"), status


def test_a_bucket_that_is_gone_shows_in_the_status_and_is_delivered_to_when_it_is_back(make_server: MakeServer) -> None:
    server = make_server("--trails-lock", "1ms").start()
    name = unique("gone")
    trail = make_trail(server, name, logging=False)
    server.client("s3").delete_bucket(Bucket=trail.bucket)
    cloudtrail = server.client("cloudtrail")
    cloudtrail.start_logging(Name=name)
    posted = event()
    server.post_events([posted])
    until(lambda: cloudtrail.get_trail_status(Name=name).get("LatestDeliveryError") == "NoSuchBucket", "the error")
    server.client("s3").create_bucket(Bucket=trail.bucket)
    trail.wait_for([posted["eventID"]])
    until(lambda: not cloudtrail.get_trail_status(Name=name).get("LatestDeliveryError"), "the error's end")
    server.stop()
