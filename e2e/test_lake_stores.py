"""Event data stores take events in: the right ones, once, whatever stops, restarts or crashes meanwhile."""

import json
import os
import random
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from conftest import MakeServer
from events import event, minutes_ago, ndjson, text_of, unique
from server import ACCOUNT, CAIRN, REGION, Server
from test_audit_events import put, sale, sent
from test_backup import backup, restored
from test_event_data_stores import create
from waiting import until

AWAY = "eu-west-1"
SOURCE = "lake.example.com"
ROUNDS = int(os.environ.get("CAIRN_KILL_ROUNDS", "3"))


def select(server: Server, statement: str, region: str = REGION) -> list[list[str]]:
    """The rows of a statement's answer, as lists of texts."""
    client = server.client("cloudtrail", region)
    query = client.start_query(QueryStatement=statement)["QueryId"]

    def finished() -> bool:
        answer = client.describe_query(QueryId=query)
        assert answer["QueryStatus"] not in ("FAILED", "TIMED_OUT", "CANCELLED"), answer
        return answer["QueryStatus"] == "FINISHED"

    until(finished, "the query has finished")
    rows, token = [], {}
    while True:
        page = client.get_query_results(QueryId=query, MaxQueryResults=1000, **token)
        rows += [[value for cell in row for value in cell.values()] for row in page["QueryResultRows"]]
        if "NextToken" not in page:
            return rows
        token = {"NextToken": page["NextToken"]}


def ids(server: Server, arn: str, source: str = SOURCE, region: str = REGION) -> list[str]:
    """The eventIDs that a store has of one source, each as often as it is there."""
    store = arn.rpartition("/")[2]
    found = select(server, f"SELECT eventid FROM {store} WHERE eventsource = '{source}'", region)
    return sorted(row[0] for row in found)


def new_store(server: Server, category: str = "Management", region: str = REGION, **members: Any) -> str:
    return create(server.client("cloudtrail", region), category, **members)["EventDataStoreArn"]


def numbered(prefix: str, count: int, **members: Any) -> list[dict[str, Any]]:
    return [event("Numbered", SOURCE, eventID=f"{prefix}-{number}", **members) for number in range(count)]


def posted(server: Server, events: list[dict[str, Any]], **query: str) -> list[str]:
    text = "&".join(f"{key}={value}" for key, value in query.items())
    server.post_events(events, query=f"?{text}" if text else "")
    return sorted(found["eventID"] for found in events)


def has(server: Server, arn: str, expected: list[str], region: str = REGION) -> None:
    until(lambda: ids(server, arn, region=region) == sorted(expected), f"{arn} has {expected[:3]}...")


@pytest.fixture
def server(make_server: MakeServer) -> Server:
    return make_server().start()


def test_a_store_takes_the_events_that_its_selectors_region_and_state_let_in(server: Server) -> None:
    client = server.client("cloudtrail")
    everything, home = new_store(server), new_store(server, MultiRegionEnabled=False)
    away = new_store(server, region=AWAY, MultiRegionEnabled=False)
    writes = client.create_event_data_store(
        Name=unique("writes"),
        AdvancedEventSelectors=[
            {"FieldSelectors": [
                {"Field": "eventCategory", "Equals": ["Management"]},
                {"Field": "readOnly", "Equals": ["false"]},
            ]}
        ],
    )["EventDataStoreArn"]
    here = posted(server, numbered("here", 3, region=REGION, readOnly=True))
    there = posted(server, numbered("there", 2, region=AWAY, readOnly=False))
    posted(server, numbered("data", 2, eventCategory="Data", managementEvent=False))
    has(server, everything, here + there)
    has(server, home, here)
    has(server, away, there, AWAY)
    has(server, writes, there)

    client.stop_event_data_store_ingestion(EventDataStore=everything)
    posted(server, numbered("missed", 2, region=REGION))
    client.start_event_data_store_ingestion(EventDataStore=everything)
    later = posted(server, numbered("later", 2, region=REGION))
    imported = posted(server, numbered("imported", 2, region=AWAY), origin="imported")
    has(server, everything, here + there + later + imported)
    server.restart()
    has(server, everything, here + there + later + imported)
    has(server, home, here + later + ["missed-0", "missed-1"])


def test_each_family_of_events_is_in_its_stores(server: Server) -> None:
    now = text_of(minutes_ago(1))
    insight = {
        "eventVersion": "1.09", "eventTime": now, "awsRegion": REGION, "eventID": "insight-1",
        "eventType": "AwsCloudTrailInsight", "eventCategory": "Insight", "recipientAccountId": ACCOUNT,
        "insightSource": "arn:of:a:store", "insightState": "Start", "insightEventSource": "ssm.amazonaws.com",
        "insightEventName": "UpdateInstanceInformation", "insightType": "ApiCallRateInsight",
        "insightContext": {"baselineAverage": 1.5, "insightAverage": 9.25},
    }
    item = {
        "eventVersion": "1.0", "eventTime": now, "awsRegion": REGION, "eventID": "item-1",
        "eventType": "AwsConfigurationItem", "eventCategory": "ConfigurationItem", "recipientAccountId": ACCOUNT,
        "eventData": {"resourceType": "AWS::S3::Bucket", "resourceId": "acme", "configuration": {"name": "acme"}},
    }
    evidence = {
        "eventVersion": "1.0", "eventTime": now, "awsRegion": REGION, "eventID": "evidence-1",
        "eventType": "AwsAuditManagerEvidence", "eventCategory": "Evidence", "recipientAccountId": ACCOUNT,
        "eventData": {"evidenceId": "e-1", "dataSource": "AWS Config", "controlName": "encrypted"},
    }
    categories = ["Insight", "ConfigurationItem", "Evidence", "ActivityAuditLog"]
    stores = {category: new_store(server, category) for category in categories}
    answer = server.post(ndjson([insight, item, evidence])).json()
    assert answer["accepted"] == 3 and answer["refused"] == [], answer
    channel = server.client("cloudtrail").create_channel(
        Name=unique("channel"), Source="Custom",
        Destinations=[{"Type": "EVENT_DATA_STORE", "Location": stores["ActivityAuditLog"]}],
    )["ChannelArn"]
    put(server.client("cloudtrail-data"), channel, sent("sale-1", sale("sale-1")))

    def one(category: str, columns: str) -> list[list[str]]:
        return select(server, f"SELECT {columns} FROM {stores[category].rpartition('/')[2]}")

    expected = {
        "Insight": ("eventid, insighteventname, insightcontext.insightaverage",
                    [["insight-1", "UpdateInstanceInformation", "9.25"]]),
        "ConfigurationItem": ("eventid, eventdata.resourcetype, element_at(eventdata.configuration, 'name')",
                              [["item-1", "AWS::S3::Bucket", "acme"]]),
        "Evidence": ("eventid, eventdata.evidenceid, eventdata.controlname", [["evidence-1", "e-1", "encrypted"]]),
        "ActivityAuditLog": ("eventdata.uid, eventdata.eventname, metadata.channelarn", [["sale-1", "Sell", channel]]),
    }
    for category, (columns, rows) in expected.items():
        until(lambda: one(category, columns) == rows, f"{category}: {rows}")
    # Beside stores they are in event history only, under their categories.
    assert [found["eventID"] for found in server.found(category="configuration")] == ["item-1"]
    assert [found["eventID"] for found in server.found(category="evidence")] == ["evidence-1"]


def test_events_that_are_larger_than_a_store_takes_are_left_out_and_counted(server: Server) -> None:
    small, large = new_store(server), new_store(server)
    server.client("cloudtrail").put_event_configuration(EventDataStore=large, MaxEventSize="Large")
    posted(server, numbered("large", 1, requestParameters={"text": "x" * (300 << 10)}))
    fits = posted(server, numbered("fits", 1))
    has(server, large, ["fits-0", "large-0"])
    has(server, small, fits)
    assert server.metrics()["cairn_stores_too_large_total"] == 1


def test_what_is_older_than_the_retention_is_not_taken(server: Server) -> None:
    store = new_store(server, RetentionPeriod=30)
    days = {"new": 1, "older": 20, "too-old": 31}
    events = [
        event("Numbered", SOURCE, eventID=name, time=minutes_ago(days * 1440)) for name, days in days.items()
    ]
    posted(server, events, origin="imported")
    has(server, store, ["new", "older"])


def test_a_deleted_store_takes_nothing_and_has_its_events_when_it_is_restored(server: Server) -> None:
    store = new_store(server)
    client = server.client("cloudtrail")
    before = posted(server, numbered("before", 2))
    has(server, store, before)
    client.delete_event_data_store(EventDataStore=store)
    posted(server, numbered("deleted", 2))
    server.restart()
    client = server.client("cloudtrail")
    client.restore_event_data_store(EventDataStore=store)
    after = posted(server, numbered("after", 2))
    has(server, store, before + after)


def test_nothing_is_lost_or_doubled_over_kills(make_server: MakeServer) -> None:
    server = make_server().start()
    first, second = new_store(server), new_store(server)
    home = new_store(server, MultiRegionEnabled=False)
    acknowledged: list[str] = []
    sent_ids: set[str] = set()
    for round_number in range(ROUNDS):
        gone = threading.Event()

        def load(client_number: int) -> None:
            number = 0
            while not gone.is_set():
                batch = numbered(f"{round_number}-{client_number}-{number}", random.choice([1, 7, 40]), region=REGION)
                names = [found["eventID"] for found in batch]
                sent_ids.update(names)
                try:
                    answer = server.post(ndjson(batch))
                except Exception:  # The server is gone; what it took of this batch is not known.
                    return
                if answer.status == 200:
                    acknowledged.extend(names)
                number += 1

        threads = [threading.Thread(target=load, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        threading.Event().wait(random.uniform(0.3, 3.0))
        server.kill()
        gone.set()
        for thread in threads:
            thread.join()
        server.start()
    last = posted(server, numbered("last", 1, region=REGION))
    for store in (first, second, home):
        until(lambda: last[0] in ids(server, store), "the last event is there")
        counts = Counter(ids(server, store))
        twice = [name for name, count in counts.items() if count > 1]
        assert twice == []
        assert set(acknowledged) - set(counts) == set()
        assert set(counts) <= sent_ids | set(last)
    server.stop()
    said = server.run(CAIRN, "verify", "--store", server.data, "--output", "json").stdout
    assert json.loads(said)["stores"] == 3


def test_a_backup_has_the_stores_events(make_server: MakeServer, tmp_path: Path) -> None:
    server = make_server().start()
    store = new_store(server)
    names = posted(server, numbered("kept", 5))
    has(server, store, names)
    backup(server, tmp_path / "backup")
    server.stop()
    copy = restored(make_server, tmp_path / "backup").start()
    later = posted(copy, numbered("later", 5))
    has(copy, store, names + later)
