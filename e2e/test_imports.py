"""StartImport and its kin, and buckets that are followed: exact counts, whatever stops, fails or crashes meanwhile."""

import gzip
import json
import os
import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from conftest import MakeServer
from elsewhere import Moto
from events import Event, data_event, event, now, records, text_of, unique
from server import ACCOUNT, REGION, Server
from test_backup import backup, restored
from test_event_data_stores import NOWHERE
from test_lake_stores import SOURCE, ids, new_store
from test_trails import refused
from waiting import until

ROUNDS = int(os.environ.get("CAIRN_KILL_ROUNDS", "3"))
SEED = int(os.environ.get("CAIRN_KILL_SEED") or random.SystemRandom().randrange(1 << 32))
DAY = datetime(2026, 3, 1, 8, 0, tzinfo=timezone.utc)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"


def folder(account: str = ACCOUNT, kind: str = "CloudTrail", region: str = REGION, day: datetime = DAY) -> str:
    return f"AWSLogs/{account}/{kind}/{region}/{day:%Y/%m/%d}"


def file_key(number: int, *, at: datetime = DAY, kind: str = "CloudTrail", region: str = REGION) -> str:
    name = f"{ACCOUNT}_{kind}_{region}_{at:%Y%m%dT%H%MZ}_{number:016d}.json.gz"
    return f"{folder(kind=kind, region=region, day=at)}/{name}"


def numbered(prefix: str, count: int, at: datetime = DAY, **members: Any) -> list[Event]:
    return [event("Imported", SOURCE, eventID=f"{prefix}-{number}", time=at, **members) for number in range(count)]


def names(events: list[Event]) -> list[str]:
    return sorted(found["eventID"] for found in events)


class Lake:
    """A server with a bucket and a store."""

    def __init__(self, server: Server, s3: Any = None, **store: Any):
        self.server = server
        self.client = server.client("cloudtrail")
        self.s3 = s3 or server.client("s3")
        self.bucket = unique("logs")
        self.s3.create_bucket(Bucket=self.bucket)
        self.store = new_store(server, **store)

    def put(self, key: str, events: list[Event] | bytes) -> None:
        body = events if isinstance(events, bytes) else gzip.compress(records(events))
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)

    def source(self, prefix: str = "") -> dict[str, Any]:
        location = {"S3LocationUri": f"s3://{self.bucket}/{prefix}", "S3BucketRegion": REGION}
        return {"S3": {**location, "S3BucketAccessRoleArn": ROLE}}

    def start(self, prefix: str = "", **members: Any) -> str:
        members = {"Destinations": [self.store], "ImportSource": self.source(prefix), **members}
        return self.client.start_import(**members)["ImportId"]

    def state(self, imported: str) -> dict[str, Any]:
        return self.client.get_import(ImportId=imported)

    def ended(self, imported: str) -> dict[str, Any]:
        def is_over() -> dict[str, Any] | None:
            state = self.state(imported)
            return state if state["ImportStatus"] not in ("INITIALIZING", "IN_PROGRESS") else None

        return until(is_over, "the import has ended", 60)

    def failures(self, imported: str) -> list[dict[str, Any]]:
        pages = self.client.get_paginator("list_import_failures").paginate(ImportId=imported)
        return [failure for page in pages for failure in page["Failures"]]

    def has(self, events: list[Event]) -> None:
        expected = names(events)
        until(lambda: ids(self.server, self.store) == expected, "the store has the events")


def statistics(state: dict[str, Any]) -> tuple[int, ...]:
    """Prefixes found and completed, files, events, failed entries."""
    counts = state["ImportStatistics"]
    kinds = ("PrefixesFound", "PrefixesCompleted", "FilesCompleted", "EventsCompleted", "FailedEntries")
    return tuple(counts[kind] for kind in kinds)


@pytest.fixture
def moto(tmp_path: Path) -> Iterator[Moto]:
    moto = Moto(tmp_path)
    yield moto
    moto.stop()


# -- StartImport


def test_an_import_brings_the_files_of_its_kind_and_nothing_else(server: Server) -> None:
    lake = Lake(server)
    wanted = numbered(unique("a"), 3) + numbered(unique("b"), 2, DAY + timedelta(days=1))
    lake.put(file_key(1), wanted[:2])
    lake.put(file_key(2, region="eu-west-1"), wanted[2:3])
    lake.put(file_key(3, at=DAY + timedelta(days=1)), wanted[3:])
    lake.put("AWSLogs/o-exampleorgid/" + file_key(4).removeprefix("AWSLogs/"), wanted[:2])
    # None of these is read.
    digest = gzip.compress(json.dumps({"digestStartTime": text_of(DAY), "logFiles": []}).encode())
    lake.put(file_key(5, kind="CloudTrail-Digest"), digest)
    lake.put(file_key(6, kind="CloudTrail-NetworkActivity"), numbered(unique("network"), 1))
    lake.put(f"AWSLogs/{ACCOUNT}/vpcflowlogs/{REGION}/2026/03/01/flow.log.gz", gzip.compress(b"2 111 eni"))
    lake.put(f"{folder()}/notes.txt", b"hello")

    started = lake.client.start_import(Destinations=[lake.store], ImportSource=lake.source("AWSLogs/"))
    assert started["ImportStatus"] == "INITIALIZING" and started["Destinations"] == [lake.store]
    state = lake.ended(started["ImportId"])
    # Two events come twice; they are counted as what was read, and kept once.
    assert (state["ImportStatus"], statistics(state)) == ("COMPLETED", (4, 4, 4, 7, 0))
    assert state["ImportSource"] == lake.source("AWSLogs/") and lake.failures(state["ImportId"]) == []
    lake.has(wanted)
    # It is in no other place.
    looked_up = server.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "EventSource", "AttributeValue": SOURCE}]
    )
    assert looked_up["Events"] == []
    listed = lake.client.list_imports(Destination=lake.store, ImportStatus="COMPLETED")["Imports"]
    assert [one["ImportId"] for one in listed] == [state["ImportId"]]


def test_times_categories_and_retention_choose(server: Server) -> None:
    lake = Lake(server, RetentionPeriod=400)
    kept, prefix = [], unique("time")
    for number in range(6):
        at = DAY + timedelta(days=number)
        events = numbered(f"{prefix}-{number}", 2, at) + numbered(f"{prefix}-late-{number}", 1, at + timedelta(hours=3))
        lake.put(file_key(number, at=at + timedelta(minutes=5)), events)
        if number in (2, 3):
            kept += events
    kept = [found for found in kept if found["eventTime"] < text_of(DAY + timedelta(days=3, hours=2))]
    other = [data_event("b", "k", eventID=unique("data")), event("Old", SOURCE, time=now() - timedelta(days=401))]
    lake.put(file_key(99, at=DAY + timedelta(days=2)), [{**found, "eventSource": SOURCE} for found in other])
    imported = lake.start(StartEventTime=DAY + timedelta(days=2), EndEventTime=DAY + timedelta(days=3, hours=2))
    state = lake.ended(imported)
    # The files of one day more are read, as files may come late.
    assert (state["ImportStatus"], statistics(state)[2:]) == ("COMPLETED", (4, len(kept), 0))
    lake.has(kept)


def test_what_fails_is_listed_and_tried_again(server: Server) -> None:
    lake = Lake(server)
    good, mended = numbered(unique("good"), 3), numbered(unique("mended"), 4)
    lake.put(file_key(1), good)
    lake.put(file_key(2), b"no gzip")
    lake.put(file_key(3), gzip.compress(records(mended))[:-20])
    lake.put(file_key(4), gzip.compress(b'{"Records":[' + b" " * (600 << 20), 1))
    lake.put(file_key(5), gzip.compress(b'{"hello": 1}'))
    partly = gzip.compress(records([*mended[:1], {"eventName": "no time"}]))
    lake.put(file_key(6), partly)
    imported = lake.start()
    state = lake.ended(imported)
    assert (state["ImportStatus"], statistics(state)) == ("FAILED", (1, 1, 1, 4, 5))
    failures = lake.failures(imported)
    types = ["NotGzip", "DamagedFile", "FileTooLarge", "NotCloudTrail", "InvalidRecords"]
    assert [failure["ErrorType"] for failure in failures] == types
    assert failures[0]["Location"] == f"s3://{lake.bucket}/{file_key(2)}"
    assert {failure["Status"] for failure in failures} == {"FAILED"} and all(f["ErrorMessage"] for f in failures)
    assert server.memory_peak() < 1 << 30
    page = lake.client.list_import_failures(ImportId=imported, MaxResults=2)
    assert len(page["Failures"]) == 2 and page["NextToken"]

    for number in (2, 3, 5, 6):
        lake.put(file_key(number), mended)
    started = lake.client.start_import(ImportId=imported)
    assert started["ImportId"] == imported and started["ImportStatus"] == "IN_PROGRESS"
    state = lake.ended(imported)
    assert (state["ImportStatus"], statistics(state)) == ("FAILED", (1, 1, 5, 3 + 4 * 4, 1))
    statuses = [failure["Status"] for failure in lake.failures(imported)]
    assert statuses == ["SUCCEEDED", "SUCCEEDED", "FAILED", "SUCCEEDED", "SUCCEEDED"]
    lake.put(file_key(4), gzip.compress(records([])))
    lake.client.start_import(ImportId=imported)
    assert lake.ended(imported)["ImportStatus"] == "COMPLETED"
    lake.has(good + mended)
    refused(lake.client.start_import, "InvalidParameterException", ImportId=imported)


def test_an_account_has_one_import_and_its_store_stays(server: Server) -> None:
    lake = Lake(server)
    events = many(lake, 300)
    imported = lake.start()
    again = {"Destinations": [lake.store], "ImportSource": lake.source()}
    refused(lake.client.start_import, "AccountHasOngoingImportException", **again)
    refused(lake.client.delete_event_data_store, "EventDataStoreHasOngoingImportException", EventDataStore=lake.store)
    stopped = lake.client.stop_import(ImportId=imported)
    assert stopped["ImportStatus"] == "STOPPED"
    assert statistics(lake.state(imported)) == statistics(stopped)
    assert stopped["ImportStatistics"]["FilesCompleted"] < 300
    assert lake.client.stop_import(ImportId=imported)["ImportStatus"] == "STOPPED"
    lake.client.start_import(ImportId=imported)
    state = lake.ended(imported)
    assert (state["ImportStatus"], statistics(state)) == ("COMPLETED", (1, 1, 300, len(events), 0))
    lake.has(events)
    lake.client.delete_event_data_store(EventDataStore=lake.store)
    refused(lake.client.start_import, "InactiveEventDataStoreException", **again)


def test_imports_are_their_accounts_and_regions(server: Server) -> None:
    lake = Lake(server)
    lake.put(file_key(1), numbered(unique("mine"), 1))
    imported = lake.start()
    lake.ended(imported)
    away = server.client("cloudtrail", "eu-west-1")
    refused(away.get_import, "ImportNotFoundException", ImportId=imported)
    refused(away.stop_import, "ImportNotFoundException", ImportId=imported)
    refused(away.list_import_failures, "InvalidParameterException", ImportId=imported)
    assert all(one["ImportId"] != imported for one in away.list_imports()["Imports"])
    first = lake.client.list_imports(MaxResults=1)
    assert len(first["Imports"]) == 1
    refused(lake.client.list_imports, "InvalidNextTokenException", NextToken="nonsense")
    missing = {"S3": {**lake.source()["S3"], "S3LocationUri": "s3://no-such-bucket/"}}
    start = {"Destinations": [lake.store], "ImportSource": missing}
    refused(lake.client.start_import, "InvalidImportSourceException", **start)


def test_a_call_for_an_import_is_checked(server: Server) -> None:
    client = server.client("cloudtrail", parameter_validation=False)
    invalid, missing = "InvalidParameterException", "EventDataStoreNotFoundException"
    source = {"S3": {"S3LocationUri": "s3://bucket/", "S3BucketRegion": REGION, "S3BucketAccessRoleArn": "arn:role"}}
    start, both = client.start_import, {"Destinations": [NOWHERE], "ImportSource": source}
    refused(start, invalid)
    refused(start, invalid, ImportId=NOWHERE, **both)
    refused(start, invalid, ImportId=NOWHERE, StartEventTime=1)
    refused(start, invalid, Destinations=[NOWHERE])
    refused(start, invalid, StartEventTime=2, EndEventTime=1, **both)
    refused(start, "ImportNotFoundException", ImportId=NOWHERE)
    refused(start, missing, **both)
    elsewhere = {"S3": {**source["S3"], "S3LocationUri": "https://bucket.s3.amazonaws.com/"}}
    refused(start, "InvalidImportSourceException", Destinations=[NOWHERE], ImportSource=elsewhere)
    category = "InvalidEventDataStoreCategoryException"
    refused(start, category, Destinations=[new_store(server, "ActivityAuditLog")], ImportSource=source)


def many(lake: Lake, files: int) -> list[Event]:
    prefix, events = unique("many"), []
    for number in range(files):
        part = numbered(f"{prefix}-{number}", 5)
        lake.put(file_key(number, at=DAY + timedelta(minutes=number % 60)), part)
        events += part
    return events


def test_an_import_that_is_killed_goes_on_and_counts_exactly(make_server: MakeServer) -> None:
    print(f"CAIRN_KILL_SEED={SEED}")
    source = random.Random(SEED)
    server = make_server().start()
    lake = Lake(server)
    events = many(lake, 300)
    imported = lake.start()
    for _ in range(ROUNDS):
        time.sleep(source.uniform(0, 0.15))
        server.kill()
        server.start()
        lake.client = server.client("cloudtrail")
    state = lake.ended(imported)
    assert (state["ImportStatus"], statistics(state)) == ("COMPLETED", (1, 1, 300, len(events), 0))
    lake.has(events)
    server.stop()
    server.cairn("verify", "--store", server.data)


def test_a_backup_has_the_imports(make_server: MakeServer, tmp_path: Path) -> None:
    server = make_server().start()
    lake = Lake(server)
    events = numbered(unique("kept"), 3)
    lake.put(file_key(1), events)
    imported = lake.start()
    state = lake.ended(imported)
    lake.has(events)
    backup(server, tmp_path / "backup")
    copy = restored(make_server, tmp_path / "backup").start()
    found = copy.client("cloudtrail").get_import(ImportId=imported)
    assert found["ImportStatistics"] == state["ImportStatistics"] and found["ImportStatus"] == "COMPLETED"


def test_an_import_from_elsewhere_is_the_operators(make_server: MakeServer, moto: Moto) -> None:
    server = make_server(env={"CAIRN_S3_ENDPOINT": moto.url}).start()
    lake = Lake(server, moto.client("s3"))
    events = []
    for number in range(30):
        part = numbered(f"{lake.bucket}-{number}", 1)
        lake.put(file_key(number), part)
        events += part
    state = lake.ended(lake.start("AWSLogs"))
    assert (state["ImportStatus"], statistics(state)) == ("COMPLETED", (1, 1, 30, 30, 0))
    lake.has(events)
    stranger = server.client("cloudtrail", key=server.create_key("--account", "444455556666"))
    store = stranger.create_event_data_store(Name=unique("theirs"))["EventDataStoreArn"]
    start = {"Destinations": [store], "ImportSource": lake.source()}
    refused(stranger.start_import, "InvalidImportSourceException", **start)


# -- followed buckets


def recent(lake: Lake, prefix: str, count: int = 2, back: timedelta = timedelta()) -> tuple[str, list[Event]]:
    """A file as it is delivered now, or was some time ago."""
    at = now() - back
    events = numbered(unique(prefix), count, at)
    return file_key(random.randrange(1 << 40), at=at), events


def looked_up(server: Server) -> list[str]:
    return sorted(found["eventID"] for found in server.lookup(source=SOURCE))


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_followed_bucket_is_looked_through(make_server: MakeServer, moto: Moto, elsewhere: bool) -> None:
    env = {"CAIRN_S3_ENDPOINT": moto.url} if elsewhere else {}
    server = make_server(env=env).start()
    lake = Lake(server, moto.client("s3") if elsewhere else None)
    server.stop()
    server.flags += ("--imports-follow", f"s3://{lake.bucket}/", "--imports-every", "300ms")
    server.start()
    lake = reopened(lake, None if not elsewhere else lake.s3)
    written = []
    for back in (timedelta(), timedelta(days=3), timedelta(hours=2)):
        key, events = recent(lake, "followed", back=back)
        lake.put(key, events)
        written += events if back < timedelta(days=1) else []
    lake.put(recent(lake, "poison")[0], b"no gzip")
    until(lambda: looked_up(server) == names(written), "history has what came")
    until(lambda: ids(server, lake.store) == names(written), "the store has what came")
    # After a restart what is older is looked at too, and nothing comes twice.
    server.kill()
    server.start()
    until(lambda: len(looked_up(server)) == len(written) + 2, "history has what is older")
    key, events = recent(lake, "behind")
    reopened(lake, lake.s3 if elsewhere else None).put(key, events)
    until(lambda: len(looked_up(server)) == len(written) + 4, "history has what came after the restart")
    page = server.metrics()
    assert page["cairn_followed_failures_total"] == 0 and page["cairn_followed_failing"] == 0


def reopened(lake: Lake, s3: Any) -> Lake:
    lake.client, lake.s3 = lake.server.client("cloudtrail"), s3 or lake.server.client("s3")
    return lake


def test_a_queue_tells_of_new_files(make_server: MakeServer, moto: Moto) -> None:
    server = make_server(env={"CAIRN_S3_ENDPOINT": moto.url, "CAIRN_SQS_ENDPOINT": moto.url}).start()
    lake = Lake(server, moto.client("s3"))
    sqs = moto.client("sqs")
    queue = sqs.create_queue(QueueName=unique("files"))["QueueUrl"]
    server.stop()
    server.flags += ("--imports-follow", f"s3://{lake.bucket}/AWSLogs/@{queue}")
    server.start()

    def tell(body: dict[str, Any]) -> None:
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(body))

    def created(key: str, bucket: str = lake.bucket) -> dict[str, Any]:
        s3 = {"bucket": {"name": bucket}, "object": {"key": key}}
        return {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": s3}]}

    written = []
    for wrap in range(3):
        key, events = recent(lake, "told")
        lake.put(key, events)
        written += events
        message = {"s3Bucket": lake.bucket, "s3ObjectKey": [key]} if wrap == 2 else created(key)
        tell({"Type": "Notification", "Message": json.dumps(message)} if wrap else message)
        tell(created(key))
    poison = recent(lake, "poison")[0]
    lake.put(poison, b"no gzip")
    tell(created(poison))
    tell({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": lake.bucket})
    tell(created("elsewhere/x.json.gz", "another-bucket"))
    until(lambda: looked_up(server) == names(written), "history has what came")

    def left() -> bool:
        attributes = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=attributes)["Attributes"]
        return set(counts.values()) == {"0"}

    until(left, "all messages are deleted")
    page = server.metrics()
    assert (page["cairn_followed_files_total"], page["cairn_followed_failures_total"]) == (3, 1)
