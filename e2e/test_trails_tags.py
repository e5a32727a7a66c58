"""Tags, pages, foreign regions and what topics and keys answer without services behind them, through boto3."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from delivered import trail_arn
from events import unique
from server import ACCOUNT, Server
from test_trails import AWAY, refused

NOWHERE = "11111111-2222-4333-8444-555555555555"


@pytest.fixture(scope="module")
def bucket(server: Server) -> str:
    server.client("s3").create_bucket(Bucket="tags-bucket")
    return "tags-bucket"


@pytest.fixture
def cloudtrail(server: Server) -> Any:
    return server.client("cloudtrail", parameter_validation=False)


@pytest.fixture
def arn(cloudtrail: Any, bucket: str) -> str:
    """Of a trail of its own."""
    return cloudtrail.create_trail(Name=unique("tagged"), S3BucketName=bucket)["TrailARN"]


def tags(cloudtrail: Any, arn: str) -> dict[str, str | None]:
    (listed,) = cloudtrail.list_tags(ResourceIdList=[arn])["ResourceTagList"]
    assert listed["ResourceId"] == arn
    return {tag["Key"]: tag.get("Value") for tag in listed["TagsList"]}


def pairs(**values: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def test_tags_live_with_their_trail(server: Server, cloudtrail: Any, bucket: str) -> None:
    """The calls of Terraform: create with tags, read, change them, delete, create anew."""
    name = unique("team")
    arn = cloudtrail.create_trail(Name=name, S3BucketName=bucket, TagsList=pairs(team="blue", cost="17"))["TrailARN"]
    assert tags(cloudtrail, arn) == {"team": "blue", "cost": "17"}
    assert cloudtrail.add_tags(ResourceId=arn, TagsList=pairs(team="red", stage="test"))["ResponseMetadata"]
    cloudtrail.remove_tags(ResourceId=arn, TagsList=[{"Key": "cost"}, {"Key": "never-there"}])
    assert tags(cloudtrail, arn) == {"team": "red", "stage": "test"}
    cloudtrail.update_trail(Name=name, EnableLogFileValidation=True)
    assert tags(cloudtrail, arn) == {"team": "red", "stage": "test"}
    cloudtrail.delete_trail(Name=name)
    refused(cloudtrail.list_tags, "ResourceNotFoundException", ResourceIdList=[arn])
    cloudtrail.create_trail(Name=name, S3BucketName=bucket)
    assert tags(cloudtrail, arn) == {}
    (added,) = [found for found in server.found(name="AddTags") if found["requestParameters"]["resourceId"] == arn]
    assert added["requestParameters"]["tagsList"] == [
        {"key": "team", "value": "red"}, {"key": "stage", "value": "test"},
    ]
    assert added["readOnly"] is False and added["responseElements"] is None


def test_the_aws_cli_tags_trails(server: Server, cloudtrail: Any, arn: str) -> None:
    server.aws("cloudtrail", "add-tags", "--resource-id", arn, "--tags-list", "Key=a,Value=1", "Key=bare")
    server.aws("cloudtrail", "remove-tags", "--resource-id", arn, "--tags-list", "Key=a")
    assert tags(cloudtrail, arn) == {"bare": None}
    assert '"bare"' in server.aws("cloudtrail", "list-tags", "--resource-id-list", arn)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (pairs(**{f"key{number}": "v" for number in range(51)}), "TagsLimitExceededException"),
        (pairs(**{f"key{number}": "v" for number in range(201)}), "InvalidTagParameterException"),
        (pairs(**{"aws:team": "v"}), "InvalidTagParameterException"),
        (pairs(**{"k" * 129: "v"}), "InvalidTagParameterException"),
        (pairs(k="v" * 257), "InvalidTagParameterException"),
        (pairs(k=""), "InvalidTagParameterException"),
        (pairs(k="a\x07"), "InvalidTagParameterException"),
        ([*pairs(k="v"), *pairs(k="w")], "InvalidTagParameterException"),
        ([{"Value": "v"}], "InvalidTagParameterException"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_tags_that_trails_cannot_have_are_refused(
    cloudtrail: Any, bucket: str, arn: str, given: list[dict[str, str]], code: str
) -> None:
    refused(cloudtrail.add_tags, code, ResourceId=arn, TagsList=given)
    name = unique("refused")
    refused(cloudtrail.create_trail, code, Name=name, S3BucketName=bucket, TagsList=given)
    refused(cloudtrail.get_trail, "TrailNotFoundException", Name=name)
    assert tags(cloudtrail, arn) == {}


@pytest.mark.parametrize(
    ("resource", "code"),
    [
        ("default", "CloudTrailARNInvalidException"),
        ("arn:aws:s3:::tags-bucket", "CloudTrailARNInvalidException"),
        (trail_arn("default", AWAY), "CloudTrailARNInvalidException"),
        (trail_arn("default", account="444455556666"), "CloudTrailARNInvalidException"),
        (trail_arn("nobody"), "ResourceNotFoundException"),
        (trail_arn("x").replace("trail/", "channel/"), "ChannelARNInvalidException"),
        (trail_arn("x").replace("trail/", "eventdatastore/"), "EventDataStoreARNInvalidException"),
        (trail_arn(NOWHERE).replace("trail/", "eventdatastore/"), "EventDataStoreNotFoundException"),
        (trail_arn("x").replace("trail/", "dashboard/"), "ResourceNotFoundException"),
        (trail_arn("x").replace("trail/", "rock/"), "ResourceTypeNotSupportedException"),
    ],
)
def test_only_trails_that_are_there_have_tags(cloudtrail: Any, resource: str, code: str) -> None:
    refused(cloudtrail.add_tags, code, ResourceId=resource, TagsList=pairs(k="v"))
    refused(cloudtrail.remove_tags, code, ResourceId=resource, TagsList=pairs(k="v"))
    refused(cloudtrail.list_tags, code, ResourceIdList=[resource])


def test_tags_are_listed_for_up_to_20_trails_in_their_home_region(server: Server, cloudtrail: Any, arn: str) -> None:
    default = trail_arn("default")
    listed = cloudtrail.list_tags(ResourceIdList=[arn, default] * 10)["ResourceTagList"]
    assert [found["ResourceId"] for found in listed] == [arn, default] * 10
    refused(cloudtrail.list_tags, "CloudTrailARNInvalidException", ResourceIdList=[arn] * 21)
    refused(cloudtrail.list_tags, "InvalidTokenException", ResourceIdList=[arn], NextToken="x")
    away = server.client("cloudtrail", AWAY)
    message = "Region in ARN is wrong, you can only access resources in region eu-west-1."
    refused(away.list_tags, "CloudTrailARNInvalidException", message, ResourceIdList=[default])
    refused(away.add_tags, "CloudTrailARNInvalidException", message, ResourceId=default, TagsList=pairs(k="v"))


def test_a_trail_of_another_region_is_described_by_its_arn_only(server: Server, cloudtrail: Any, arn: str) -> None:
    away = server.client("cloudtrail", AWAY)
    name = arn.rpartition("/")[2]
    described = away.describe_trails(trailNameList=[arn, name, "default", "nobody"])["trailList"]
    assert [(trail["TrailARN"], trail["HomeRegion"]) for trail in described] == [(arn, "us-east-1")]
    assert away.describe_trails(trailNameList=[arn], includeShadowTrails=False)["trailList"] == []
    message = "Region in ARN is wrong, you can only access resources in region eu-west-1."
    code = "CloudTrailARNInvalidException"
    refused(away.get_trail, code, message, Name=arn)
    refused(away.get_trail_status, code, message, Name=arn)
    refused(away.get_event_selectors, code, message, TrailName=arn)
    refused(away.delete_trail, code, message, Name=arn)
    assert arn in [trail["TrailARN"] for trail in away.list_trails()["Trails"]]


def test_another_accounts_trails_are_out_of_reach(server: Server, arn: str) -> None:
    key = server.create_key("--account", "444455556666")
    other = server.client("cloudtrail", key=key)
    code = "CloudTrailARNInvalidException"
    refused(other.get_trail, code, Name=arn)
    refused(other.describe_trails, code, trailNameList=[arn])
    refused(other.delete_trail, code, Name=arn)
    refused(other.list_tags, code, ResourceIdList=[arn])
    assert other.list_trails()["Trails"] == other.describe_trails()["trailList"] == []


def test_a_topic_needs_an_sns_that_knows_it(cloudtrail: Any, bucket: str, arn: str) -> None:
    create, code = cloudtrail.create_trail, "InsufficientSnsTopicPolicyException"
    message = refused(create, code, Name=unique("told"), S3BucketName=bucket, SnsTopicName="deliveries")
    assert message.startswith("SNS Topic does not exist or the topic policy is incorrect!")
    assert f"arn:aws:sns:us-east-1:{ACCOUNT}:deliveries" in message
    refused(cloudtrail.update_trail, code, Name=arn, SnsTopicName=f"arn:aws:sns:eu-west-1:{ACCOUNT}:deliveries")
    for name in ("no spaces", "arn:aws:sqs:us-east-1:1:x", "t" * 257):
        refused(create, "InvalidSnsTopicNameException", Name="told", S3BucketName=bucket, SnsTopicName=name)
    assert "SnsTopicName" not in cloudtrail.update_trail(Name=arn, SnsTopicName="")


def test_a_key_needs_a_kms_that_knows_it(cloudtrail: Any, bucket: str, arn: str) -> None:
    create = cloudtrail.create_trail
    for key in ("alias/audit", f"arn:aws:kms:us-east-1:{ACCOUNT}:key/12345678-1234-1234-1234-123456789012"):
        message = refused(
            create, "KmsKeyNotFoundException", Name=unique("sealed"), S3BucketName=bucket, KmsKeyId=key
        )
        assert key in message
        refused(cloudtrail.update_trail, "KmsKeyNotFoundException", Name=arn, KmsKeyId=key)
    refused(create, "InvalidKmsKeyIdException", Name="sealed", S3BucketName=bucket, KmsKeyId="audit")
    assert "KmsKeyId" not in cloudtrail.update_trail(Name=arn, KmsKeyId="")


def test_a_request_without_what_it_needs_is_refused(cloudtrail: Any, bucket: str) -> None:
    refused(cloudtrail.create_trail, "TrailNotProvidedException", S3BucketName=bucket)
    refused(cloudtrail.create_trail, "InvalidS3BucketNameException", Name="needy")
    refused(cloudtrail.get_trail, "InvalidTrailNameException")
    refused(cloudtrail.get_trail, "InvalidTrailNameException", Name="")
    refused(cloudtrail.add_tags, "CloudTrailARNInvalidException", TagsList=[])
    refused(cloudtrail.list_trails, "ValidationException", NextToken="not-a-token")


def test_a_bucket_of_another_account_must_allow_the_trail(server: Server, bucket: str) -> None:
    cloudtrail = server.client("cloudtrail", AWAY, server.create_key("--account", "888899990000"))
    refused(cloudtrail.create_trail, "InsufficientS3BucketPolicyException", Name="stranger", S3BucketName=bucket)


def test_a_thousand_trails_are_created_listed_and_described(server: Server) -> None:
    """In another account and region, so that other tests do not see them."""
    key, bucket = server.create_key("--account", "555566667777"), "a-thousand-trails"
    server.client("s3", key=key).create_bucket(Bucket=bucket)
    cloudtrail = server.client("cloudtrail", AWAY, key, max_pool_connections=8)
    names = [f"many{number:04}" for number in range(1000)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: cloudtrail.create_trail(Name=name, S3BucketName=bucket), names))
    refused(cloudtrail.create_trail, "MaximumNumberOfTrailsExceededException", Name="more", S3BucketName=bucket)
    assert [trail["Name"] for trail in cloudtrail.describe_trails()["trailList"]] == names
    pages = list(cloudtrail.get_paginator("list_trails").paginate())
    assert [trail["Name"] for page in pages for trail in page["Trails"]] == names
    assert [len(page["Trails"]) for page in pages] == [500, 500]
    assert "NextToken" not in pages[1]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: cloudtrail.delete_trail(Name=name), names))
    assert cloudtrail.list_trails()["Trails"] == []
