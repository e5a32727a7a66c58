"""The calls that the provider of Terraform makes in its acceptance tests of trails and event data stores, by boto3.

A step of an acceptance test is: create or update, read back as the provider's finder does, compare with the
configuration, plan again without a difference; at the end destroy, and look that nothing is left.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from events import unique
from server import ACCOUNT, REGION, Server
from test_event_data_stores import of_category
from test_trails import AWAY, refused

Members = dict[str, Any]

DEFAULTS: Members = {
    "IncludeGlobalServiceEvents": True, "IsMultiRegionTrail": False, "IsOrganizationTrail": False,
    "LogFileValidationEnabled": False, "HasCustomEventSelectors": False, "HasInsightSelectors": False,
    "HomeRegion": REGION,
}
IMPLICIT_SELECTOR: Members = {
    "ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [], "ExcludeManagementEventSources": [],
}


class Terraform:
    """The resource aws_cloudtrail, as far as its calls go."""

    def __init__(self, server: Server, bucket: str):
        self.client = server.client("cloudtrail")
        self.bucket = bucket
        self.name = unique("tf-acc")
        self.arn = ""

    def create(self, *, logging: bool = True, **members: Any) -> Members:
        created = self.client.create_trail(Name=self.name, S3BucketName=self.bucket, **members)
        self.arn = created["TrailARN"]
        if logging:
            self.client.start_logging(Name=self.arn)
        return self.read()

    def update(self, *, logging: bool | None = None, **members: Any) -> Members:
        """Updates are made by ARN; what the provider does not change it sends again."""
        if members:
            self.client.update_trail(Name=self.arn, **members)
        if logging is not None:
            (self.client.start_logging if logging else self.client.stop_logging)(Name=self.arn)
        return self.read()

    def read(self) -> Members:
        """The finder, then status, tags and selectors: all that a refresh asks for."""
        (trail,) = self.client.describe_trails(trailNameList=[self.arn])["trailList"]
        status = self.client.get_trail_status(Name=self.arn)
        (tagged,) = self.client.list_tags(ResourceIdList=[self.arn])["ResourceTagList"]
        selectors = self.client.get_event_selectors(TrailName=self.arn)
        try:
            insights = self.client.get_insight_selectors(TrailName=self.arn)["InsightSelectors"]
        except ClientError as error:
            assert error.response["Error"]["Code"] == "InsightNotEnabledException"
            insights = []
        return {
            **trail,
            "logging": status["IsLogging"],
            "tags": {tag["Key"]: tag.get("Value", "") for tag in tagged["TagsList"]},
            "basic": selectors.get("EventSelectors", []),
            "advanced": selectors.get("AdvancedEventSelectors", []),
            "insights": insights,
        }

    def destroy(self) -> None:
        self.client.delete_trail(Name=self.arn)
        # CheckDestroy: the finder sees an empty list, not an error.
        assert self.client.describe_trails(trailNameList=[self.arn])["trailList"] == []
        assert self.arn not in [trail["TrailARN"] for trail in self.client.list_trails()["Trails"]]


@pytest.fixture(scope="module")
def bucket(server: Server) -> str:
    server.client("s3").create_bucket(Bucket="tf-acc-bucket")
    return "tf-acc-bucket"


@pytest.fixture
def terraform(server: Server, bucket: str) -> Iterator[Terraform]:
    resource = Terraform(server, bucket)
    yield resource
    resource.destroy()


def test_basic_then_with_a_prefix_then_imported(terraform: Terraform) -> None:
    first = terraform.create()
    expected = {**DEFAULTS, "Name": terraform.name, "S3BucketName": terraform.bucket, "TrailARN": terraform.arn}
    assert {name: first.get(name) for name in expected} == expected
    assert first["logging"] is True and first["tags"] == {} and first["insights"] == []
    assert "S3KeyPrefix" not in first and "KmsKeyId" not in first and "SnsTopicName" not in first
    assert terraform.read() == first, "a plan right after shows no difference"
    assert terraform.update(S3KeyPrefix="prefix") == {**first, "S3KeyPrefix": "prefix"}
    # Import reads by ARN, older configurations by name.
    (by_name,) = terraform.client.describe_trails(trailNameList=[terraform.name])["trailList"]
    assert by_name["TrailARN"] == terraform.arn


def test_logging_is_turned_off_and_on(terraform: Terraform) -> None:
    assert terraform.create()["logging"] is True
    assert terraform.update(logging=False)["logging"] is False
    assert terraform.update(logging=True)["logging"] is True


def test_a_trail_that_never_logged_says_so(terraform: Terraform) -> None:
    assert terraform.create(logging=False)["logging"] is False


def test_one_region_then_all_then_one(terraform: Terraform) -> None:
    assert terraform.create(IsMultiRegionTrail=True)["IsMultiRegionTrail"] is True
    back = terraform.update(IsMultiRegionTrail=False, IncludeGlobalServiceEvents=True)
    assert (back["IsMultiRegionTrail"], back["IncludeGlobalServiceEvents"]) == (False, True)
    assert terraform.update(IsMultiRegionTrail=True)["IsMultiRegionTrail"] is True


def test_global_service_events_are_turned_off(terraform: Terraform) -> None:
    assert terraform.create(IncludeGlobalServiceEvents=False)["IncludeGlobalServiceEvents"] is False


def test_log_file_validation_is_turned_on_and_off(terraform: Terraform) -> None:
    on = terraform.create(EnableLogFileValidation=True)
    assert on["LogFileValidationEnabled"] is True
    assert terraform.update(EnableLogFileValidation=False)["LogFileValidationEnabled"] is False


def test_tags_are_replaced_by_adding_and_removing(terraform: Terraform) -> None:
    def tags(wanted: dict[str, str]) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in wanted.items()]

    first = {"key1": "value1"}
    assert terraform.create(TagsList=tags(first))["tags"] == first
    # The provider takes away what is gone or changed, then adds what is new or changed.
    terraform.client.remove_tags(ResourceId=terraform.arn, TagsList=tags(first))
    second = {"key1": "value1updated", "key2": "value2"}
    terraform.client.add_tags(ResourceId=terraform.arn, TagsList=tags(second))
    assert terraform.read()["tags"] == second
    terraform.client.remove_tags(ResourceId=terraform.arn, TagsList=tags({"key1": "value1updated"}))
    assert terraform.read()["tags"] == {"key2": "value2"}


S3_ALL, LAMBDA_ALL, DYNAMODB_ALL = "arn:aws:s3", "arn:aws:lambda", "arn:aws:dynamodb"


def data(kind: str, *values: str) -> Members:
    return {"Type": kind, "Values": list(values)}


def test_event_selectors_are_put_changed_and_taken_away(terraform: Terraform) -> None:
    assert terraform.create()["basic"] == [IMPLICIT_SELECTOR]
    foobar, baz = (f"arn:aws:s3:::{terraform.bucket}/{name}" for name in ("foobar", "baz"))
    steps: list[list[Members]] = [
        [
            {
                "ReadWriteType": "All", "IncludeManagementEvents": False, "ExcludeManagementEventSources": [],
                "DataResources": [data("AWS::S3::Object", foobar, baz)],
            }
        ],
        [
            {
                "ReadWriteType": "ReadOnly", "IncludeManagementEvents": True, "ExcludeManagementEventSources": [],
                "DataResources": [
                    data("AWS::S3::Object", foobar),
                    data("AWS::Lambda::Function", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:tf-acc"),
                ],
            },
            {
                "ReadWriteType": "All", "IncludeManagementEvents": False, "ExcludeManagementEventSources": [],
                "DataResources": [data("AWS::DynamoDB::Table", DYNAMODB_ALL)],
            },
        ],
        [
            {
                "ReadWriteType": "WriteOnly", "IncludeManagementEvents": True, "DataResources": [],
                "ExcludeManagementEventSources": ["kms.amazonaws.com", "rdsdata.amazonaws.com"],
            }
        ],
        [
            {
                "ReadWriteType": "All", "IncludeManagementEvents": True, "ExcludeManagementEventSources": [],
                "DataResources": [data("AWS::S3::Object", S3_ALL), data("AWS::Lambda::Function", LAMBDA_ALL)],
            }
        ],
    ]
    for selectors in steps:
        terraform.client.put_event_selectors(TrailName=terraform.arn, EventSelectors=selectors)
        read = terraform.read()
        assert (read["basic"], read["advanced"], read["HasCustomEventSelectors"]) == (selectors, [], True)
    # Taken away: the provider puts the implicit one.
    terraform.client.put_event_selectors(TrailName=terraform.arn, EventSelectors=[IMPLICIT_SELECTOR])
    assert terraform.read()["basic"] == [IMPLICIT_SELECTOR]


def test_advanced_event_selectors_replace_basic_ones(terraform: Terraform) -> None:
    terraform.create()
    objects = [f"arn:aws:s3:::{terraform.bucket}/{name}" for name in ("foobar", "baz")]
    advanced = [
        {
            "Name": "s3Custom",
            "FieldSelectors": [
                {"Field": "eventCategory", "Equals": ["Data"]},
                {"Field": "eventName", "Equals": ["DeleteObject"]},
                {"Field": "readOnly", "Equals": ["false"]},
                {"Field": "resources.ARN", "Equals": objects},
                {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
            ],
        },
        {
            "Name": "lambdaLogAllEvents",
            "FieldSelectors": [
                {"Field": "eventCategory", "Equals": ["Data"]},
                {"Field": "resources.type", "Equals": ["AWS::Lambda::Function"]},
            ],
        },
        {
            "Name": "dynamoDbReadOnlyEvents",
            "FieldSelectors": [
                {"Field": "eventCategory", "Equals": ["Data"]},
                {"Field": "readOnly", "Equals": ["true"]},
                {"Field": "resources.type", "Equals": ["AWS::DynamoDB::Table"]},
            ],
        },
        {
            "Name": "managementEventsSelector",
            "FieldSelectors": [
                {"Field": "eventCategory", "Equals": ["Management"]},
                {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]},
            ],
        },
    ]
    terraform.client.put_event_selectors(TrailName=terraform.arn, AdvancedEventSelectors=advanced)
    read = terraform.read()
    assert (read["basic"], read["advanced"], read["HasCustomEventSelectors"]) == ([], advanced, True)
    terraform.client.put_event_selectors(TrailName=terraform.arn, EventSelectors=[IMPLICIT_SELECTOR])
    read = terraform.read()
    assert (read["basic"], read["advanced"]) == ([IMPLICIT_SELECTOR], [])


def test_insight_selectors_are_put_changed_and_taken_away(terraform: Terraform) -> None:
    terraform.create()
    for types in (["ApiCallRateInsight"], ["ApiErrorRateInsight", "ApiCallRateInsight"], ["ApiErrorRateInsight"]):
        selectors = [{"InsightType": kind} for kind in types]
        terraform.client.put_insight_selectors(TrailName=terraform.arn, InsightSelectors=selectors)
        read = terraform.read()
        assert sorted(selector["InsightType"] for selector in read["insights"]) == sorted(types)
        assert read["HasInsightSelectors"] is True
    terraform.client.put_insight_selectors(TrailName=terraform.arn, InsightSelectors=[])
    read = terraform.read()
    assert (read["insights"], read["HasInsightSelectors"]) == ([], False)


def test_a_trail_that_vanished_is_found_missing_not_broken(server: Server, bucket: str) -> None:
    resource = Terraform(server, bucket)
    resource.create()
    resource.client.delete_trail(Name=resource.arn)
    assert resource.client.describe_trails(trailNameList=[resource.arn])["trailList"] == []
    refused(resource.client.get_trail_status, "TrailNotFoundException", Name=resource.arn)
    refused(resource.client.delete_trail, "TrailNotFoundException", Name=resource.arn)
    # Made again under the same name, as the next apply does.
    resource.create()
    resource.destroy()


def test_the_migration_of_the_id_from_name_to_arn_finds_the_same_trail(terraform: Terraform) -> None:
    terraform.create()
    by_name = terraform.client.get_trail(Name=terraform.name)["Trail"]
    assert by_name == terraform.client.get_trail(Name=terraform.arn)["Trail"]
    assert terraform.client.get_trail_status(Name=terraform.name)["IsLogging"] is True


def test_names_are_checked_as_the_provider_expects(server: Server, bucket: str) -> None:
    client = server.client("cloudtrail")
    for name in ("a", "a" * 129, "-tf-acc", "tf-acc-", "tf--acc", "tf acc", "10.0.0.1"):
        refused(client.create_trail, "InvalidTrailNameException", Name=name, S3BucketName=bucket)


def test_log_groups_are_cleared_by_empty_texts(terraform: Terraform) -> None:
    # The provider always sends both members on update.
    before = terraform.create()
    assert terraform.update(CloudWatchLogsLogGroupArn="", CloudWatchLogsRoleArn="") == before
    assert "CloudWatchLogsLogGroupArn" not in before and "CloudWatchLogsRoleArn" not in before


def test_optional_texts_are_cleared_by_empty_ones(terraform: Terraform) -> None:
    terraform.create(S3KeyPrefix="prefix")
    read = terraform.update(S3KeyPrefix="", KmsKeyId="", SnsTopicName="")
    assert not {"S3KeyPrefix", "KmsKeyId", "SnsTopicName", "SnsTopicARN"} & read.keys()


def test_a_trail_of_all_regions_is_changed_at_home_only(server: Server, terraform: Terraform) -> None:
    terraform.create(IsMultiRegionTrail=True)
    away, code = server.client("cloudtrail", AWAY), "InvalidHomeRegionException"
    selectors, name = [IMPLICIT_SELECTOR], terraform.arn
    refused(away.update_trail, code, Name=name, S3KeyPrefix="x")
    refused(away.delete_trail, code, Name=name)
    refused(away.start_logging, code, Name=name)
    refused(away.stop_logging, code, Name=name)
    refused(away.put_event_selectors, code, TrailName=name, EventSelectors=selectors)
    refused(away.put_insight_selectors, code, TrailName=name, InsightSelectors=[])
    refused(away.put_event_configuration, code, TrailName=name, AggregationConfigurations=[])
    (shadow,) = away.describe_trails(trailNameList=[name])["trailList"]
    assert shadow["HomeRegion"] == REGION
    assert away.describe_trails(includeShadowTrails=False, trailNameList=[name])["trailList"] == []


# -- aws_cloudtrail_event_data_store


def test_an_event_data_store_is_made_read_changed_tagged_and_destroyed(server: Server) -> None:
    client, name = server.client("cloudtrail"), unique("tf-acc")
    created = client.create_event_data_store(
        Name=name, BillingMode="EXTENDABLE_RETENTION_PRICING", MultiRegionEnabled=True, OrganizationEnabled=False,
        RetentionPeriod=2555, TerminationProtectionEnabled=False, TagsList=[{"Key": "key1", "Value": "value1"}],
    )
    arn = created["EventDataStoreArn"]

    def read() -> Members:
        # The provider takes PENDING_DELETION for gone.
        store = client.get_event_data_store(EventDataStore=arn)
        del store["ResponseMetadata"]
        return store

    first = read()
    assert (first["Name"], first["RetentionPeriod"], first["Status"]) == (name, 2555, "ENABLED")
    (selector,) = first["AdvancedEventSelectors"]
    assert selector == {"Name": "Default management events", **of_category("Management")[0]}
    assert read() == first

    client.update_event_data_store(EventDataStore=arn, TerminationProtectionEnabled=True, RetentionPeriod=90)
    second = read()
    assert (second["TerminationProtectionEnabled"], second["RetentionPeriod"]) == (True, 90)
    client.update_event_data_store(EventDataStore=arn, MultiRegionEnabled=False, TerminationProtectionEnabled=False)
    assert read()["MultiRegionEnabled"] is False
    client.update_event_data_store(
        EventDataStore=arn,
        AdvancedEventSelectors=[
            {
                "Name": "s3Custom",
                "FieldSelectors": [
                    {"Field": "eventCategory", "Equals": ["Data"]},
                    {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
                ],
            }
        ],
    )
    assert read()["AdvancedEventSelectors"][0]["Name"] == "s3Custom"

    client.stop_event_data_store_ingestion(EventDataStore=arn)
    assert read()["Status"] == "STOPPED_INGESTION"
    client.start_event_data_store_ingestion(EventDataStore=arn)
    client.remove_tags(ResourceId=arn, TagsList=[{"Key": "key1"}])
    client.add_tags(ResourceId=arn, TagsList=[{"Key": "key2", "Value": "value2"}])
    (tagged,) = client.list_tags(ResourceIdList=[arn])["ResourceTagList"]
    assert tagged["TagsList"] == [{"Key": "key2", "Value": "value2"}]

    client.delete_event_data_store(EventDataStore=arn)
    assert read()["Status"] == "PENDING_DELETION"
    refused(client.delete_event_data_store, "InactiveEventDataStoreException", EventDataStore=arn)
