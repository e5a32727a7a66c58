"""Trails that deliver to CloudWatch Logs: moto."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timezone
from typing import Any

import pytest

from conftest import MakeServer
from delivered import Delivered, make_trail
from elsewhere import Moto, Silent
from events import event, ids, minutes_ago, text_of, unique
from server import ACCOUNT, REGION, Server
from test_access import trusting
from test_trails import refused
from waiting import until

ROLE = f"arn:aws:iam::{ACCOUNT}:role/logs"
STREAM = f"{ACCOUNT}_CloudTrail_{REGION}"


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    moto = Moto(tmp_path_factory.mktemp("moto"))
    yield moto
    moto.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, moto: Moto) -> Iterator[Server]:
    shared = Server(tmp_path_factory.mktemp("logs"), env={"CAIRN_LOGS_ENDPOINT": moto.url}).start()
    try:
        yield shared
        shared.stop()
    finally:
        shared.kill()


def group_arn(name: str) -> str:
    return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*"


def members(name: str) -> dict[str, str]:
    return {"CloudWatchLogsLogGroupArn": group_arn(name), "CloudWatchLogsRoleArn": ROLE}


def deliver_to(server: Server, moto: Moto, name: str, **more: Any) -> Delivered:
    """A logging trail with a bucket and a new log group of its name."""
    moto.client("logs").create_log_group(logGroupName=name)
    return make_trail(server, name, **members(name), **more)


def logged(moto: Moto, name: str) -> list[dict[str, Any]]:
    """What the stream of the trail's account holds."""
    logs, token = moto.client("logs"), {}
    stream = {"logGroupName": name, "logStreamName": STREAM, "startFromHead": True}
    if not logs.describe_log_streams(logGroupName=name)["logStreams"]:
        return []
    found: list[dict[str, Any]] = []
    while page := (answer := logs.get_log_events(**stream, **token))["events"]:
        found += page
        token = {"nextToken": answer["nextForwardToken"]}
    return found


def times(moto: Moto, name: str, posted: list[dict[str, Any]]) -> list[int]:
    """How often each of these events is in the log group."""
    found = Counter(json.loads(each["message"])["eventID"] for each in logged(moto, name))
    return [found[event_id] for event_id in ids(posted)]


def wait_for(moto: Moto, name: str, posted: list[dict[str, Any]]) -> None:
    until(lambda: all(times(moto, name, posted)), f"{len(posted)} events in log group {name}")


def test_each_record_is_a_log_event_once_beside_the_bucket(server: Server, moto: Moto) -> None:
    delivered = deliver_to(server, moto, "beside", IsMultiRegionTrail=True)
    posted = [event(f"Describe{n}", region=REGION if n % 2 else "eu-west-1") for n in range(40)]
    posted.append(event("Old", time=minutes_ago(20 * 24 * 60)))
    server.post_events(posted)
    wait_for(moto, "beside", posted)
    delivered.wait_for(ids(posted))
    assert times(moto, "beside", posted) == [1] * len(posted)
    records = {record["eventID"]: record for _, record in delivered.events()}
    for each in logged(moto, "beside"):
        record = json.loads(each["message"])
        assert record == records[record["eventID"]]
        assert each["message"] == json.dumps(record, separators=(",", ":"), ensure_ascii=False)
        if record["eventName"] != "Old":
            assert record["eventTime"] == text_of(datetime.fromtimestamp(each["timestamp"] / 1000, timezone.utc))
    status = server.client("cloudtrail").get_trail_status(Name="beside")
    assert "LatestCloudWatchLogsDeliveryTime" in status and "LatestCloudWatchLogsDeliveryError" not in status


def test_a_trail_shows_its_log_group_until_empty_texts_take_it_away(server: Server, moto: Moto) -> None:
    deliver_to(server, moto, "shown")
    cloudtrail = server.client("cloudtrail")
    updated = cloudtrail.update_trail(Name="shown", S3KeyPrefix="p")
    (described,) = cloudtrail.describe_trails(trailNameList=["shown"])["trailList"]
    for trail in (updated, cloudtrail.get_trail(Name="shown")["Trail"], described):
        assert {name: trail[name] for name in members("shown")} == members("shown")
    gone = cloudtrail.update_trail(Name="shown", CloudWatchLogsLogGroupArn="", CloudWatchLogsRoleArn="")
    assert not set(members("shown")) & gone.keys()
    cloudtrail.delete_trail(Name="shown")


def test_a_deleted_log_group_holds_up_no_bucket_and_a_new_one_gets_what_waits(server: Server, moto: Moto) -> None:
    delivered = deliver_to(server, moto, "lost")
    status = lambda: server.client("cloudtrail").get_trail_status(Name="lost")  # noqa: E731
    server.post_events(before := [event("Before")])
    wait_for(moto, "lost", before)
    moto.client("logs").delete_log_group(logGroupName="lost")
    server.post_events(during := [event(f"During{n}") for n in range(5)])
    delivered.wait_for(ids(during))
    error = until(lambda: status().get("LatestCloudWatchLogsDeliveryError"), "the error in the trail's status")
    assert error == "ResourceNotFoundException" and "LatestDeliveryError" not in status()
    server.restart()
    moto.client("logs").create_log_group(logGroupName="lost")
    server.post_events(after := [event("After")])
    wait_for(moto, "lost", during + after)
    assert times(moto, "lost", during + after) == [1] * 6
    until(lambda: "LatestCloudWatchLogsDeliveryError" not in status(), "the error is gone")


def test_a_log_group_that_cannot_be_written_to_is_refused(server: Server, make_server: MakeServer, moto: Moto) -> None:
    bucket = unique("refused")
    server.client("s3").create_bucket(Bucket=bucket)
    create = server.client("cloudtrail").create_trail
    code = "InvalidCloudWatchLogsLogGroupArnException"
    refused(create, code, Name=bucket, S3BucketName=bucket, **members("nobody"))
    with closing(Silent()) as silent:
        alone = make_server(env={"CAIRN_LOGS_ENDPOINT": silent.url}).start()
        alone.client("s3").create_bucket(Bucket=bucket)
        create = alone.client("cloudtrail").create_trail
        code = "CloudWatchLogsDeliveryUnavailableException"
        refused(create, code, Name=bucket, S3BucketName=bucket, **members("nobody"))
        alone.stop()


def test_a_role_of_cairns_own_must_trust_cloudtrail(server: Server, moto: Moto) -> None:
    moto.client("logs").create_log_group(logGroupName="trusted")
    trust = server.folder / "trust.json"
    trust.write_text(trusting({"Service": "ec2.amazonaws.com"}))
    server.cairn("role", "create", "logs-writer", "--trust", str(trust))
    bucket = unique("trusted")
    server.client("s3").create_bucket(Bucket=bucket)
    asked = {**members("trusted"), "CloudWatchLogsRoleArn": ROLE + "-writer"}
    create = server.client("cloudtrail").create_trail
    message = refused(
        create, "InvalidCloudWatchLogsRoleArnException", Name=bucket, S3BucketName=bucket, **asked
    )
    assert "Access denied." in message
    trust.write_text(trusting({"Service": "cloudtrail.amazonaws.com"}))
    server.cairn("role", "trust", "logs-writer", str(trust))
    create(Name=bucket, S3BucketName=bucket, **asked)
