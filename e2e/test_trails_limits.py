"""The profile `aws`: AWS's quotas, throttles and its check of bucket policies."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conftest import MakeServer
from delivered import trail_arn
from events import unique
from server import ACCOUNT, REGION, Server
from test_trails import AWAY, refused
from waiting import until


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("strict"), "--limits-profile", "aws", "--trails-default", "false").start()
    try:
        server.client("s3").create_bucket(Bucket="strict-logs")
        yield server
        server.stop()
    finally:
        server.kill()


class Patient:
    """A client that asks again for as long as it is throttled, as SDKs do."""

    def __init__(self, server: Server, region: str = REGION):
        self.client = server.client("cloudtrail", region)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def attempt(members: dict[str, Any]) -> Any:
            try:
                return getattr(self.client, name)(**members)
            except ClientError as error:
                assert error.response["Error"]["Code"] != "ThrottlingException", error
                raise

        return lambda **members: until(lambda: attempt(members), f"{name} is not throttled")


def statements(name: str, *, prefix: str = "") -> list[dict[str, Any]]:
    """AWS's template."""
    cloudtrail = {"Service": "cloudtrail.amazonaws.com"}
    source = {"aws:SourceArn": trail_arn(name)}
    return [
        {
            "Sid": "AWSCloudTrailAclCheck20150319", "Effect": "Allow", "Principal": cloudtrail,
            "Action": "s3:GetBucketAcl", "Resource": "arn:aws:s3:::strict-logs",
            "Condition": {"StringEquals": source},
        },
        {
            "Sid": "AWSCloudTrailWrite20150319", "Effect": "Allow", "Principal": cloudtrail,
            "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::strict-logs/{prefix}AWSLogs/{ACCOUNT}/*",
            "Condition": {"StringEquals": {**source, "s3:x-amz-acl": "bucket-owner-full-control"}},
        },
    ]


def put_policy(server: Server, policy: list[dict[str, Any]]) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": policy})
    server.client("s3").put_bucket_policy(Bucket="strict-logs", Policy=text)


def test_the_bucket_must_let_cloudtrail_in(strict: Server) -> None:
    client, name = Patient(strict), unique("let-in")
    code = "InsufficientS3BucketPolicyException"
    detected = "Incorrect S3 bucket policy is detected for bucket: strict-logs."

    def refusal(**members: str) -> str:
        message = refused(client.create_trail, code, Name=name, S3BucketName="strict-logs", **members)
        assert message.startswith(detected)
        return message

    assert "AWSCloudTrailAclCheck20150319" in refusal()
    acl_check, write = statements(name)
    put_policy(strict, [acl_check])
    message = refusal()
    for part in ("AWSCloudTrailWrite20150319", "s3:PutObject", f"strict-logs/AWSLogs/{ACCOUNT}/*", trail_arn(name)):
        assert part in message
    put_policy(strict, [acl_check, write])
    assert f"strict-logs/some/AWSLogs/{ACCOUNT}/*" in refusal(S3KeyPrefix="some")
    client.create_trail(Name=name, S3BucketName="strict-logs")
    refused(client.update_trail, code, Name=name, S3KeyPrefix="some")
    put_policy(strict, statements(name, prefix="some/"))
    assert client.update_trail(Name=name, S3KeyPrefix="some")["S3KeyPrefix"] == "some"
    client.delete_trail(Name=name)


def everyone(strict: Server) -> None:
    put_policy(strict, [
        {
            "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": ["s3:GetBucketAcl", "s3:PutObject"],
            "Resource": ["arn:aws:s3:::strict-logs", "arn:aws:s3:::strict-logs/*"],
        }
    ])


def test_a_region_shows_five_trails(strict: Server) -> None:
    everyone(strict)
    client = Patient(strict, AWAY)
    for number in range(5):
        client.create_trail(Name=f"five{number}", S3BucketName="strict-logs")
    code = "MaximumNumberOfTrailsExceededException"
    message = f"User: {ACCOUNT} already has 5 trails in {AWAY}."
    refused(client.create_trail, code, message, Name="sixth", S3BucketName="strict-logs")
    here = {"Name": "everywhere", "S3BucketName": "strict-logs"}
    refused(Patient(strict).create_trail, code, message, IsMultiRegionTrail=True, **here)
    Patient(strict).create_trail(**here)
    refused(Patient(strict).update_trail, "InvalidParameterCombinationException", Name="everywhere", IsMultiRegionTrail=True)


def codes_of_a_burst(count: int, call: Any) -> list[str]:
    def one(_: int) -> str:
        try:
            call()
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
            code = error.response["Error"]["Code"]
            assert code != "ThrottlingException" or error.response["Error"]["Message"] == "Rate exceeded"
            return code
        return "ok"

    with ThreadPoolExecutor(10) as pool:
        return list(pool.map(one, range(count)))


def test_calls_that_come_too_fast_are_throttled_and_recorded(strict: Server) -> None:
    region = "ap-south-1"
    client = strict.client("cloudtrail", region, max_pool_connections=10)
    for count, most, call in [
        (40, 25, client.describe_trails),
        (30, 10, client.lookup_events),
        (20, 5, lambda: client.stop_logging(Name="anything")),
    ]:
        codes = codes_of_a_burst(count, call)
        assert codes.count("ThrottlingException") >= count - most, codes
    assert "ThrottlingException" not in codes_of_a_burst(1, strict.client("cloudtrail", "ap-south-2").lookup_events)
    throttled = strict.found(name="LookupEvents", region=region, error="ThrottlingException")
    assert throttled[0]["errorMessage"] == "Rate exceeded"
    until(lambda: codes_of_a_burst(1, client.lookup_events) == ["ok"], "a call that comes slowly enough")


def test_nothing_is_throttled_in_the_open_profile(make_server: MakeServer) -> None:
    server = make_server("--limits-profile", "open").start()
    client = server.client("cloudtrail", max_pool_connections=10)
    assert set(codes_of_a_burst(40, client.describe_trails)) == {"ok"}
    server.stop()
