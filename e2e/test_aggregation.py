"""Aggregated events: data events counted in windows of five minutes, delivered in files of their own."""

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from conftest import MakeServer
from delivered import Delivered, make_trail, trail_arn, unpacked
from events import data_event, event, minutes_ago, now, text_of
from server import AWS, CAIRN, REGION
from waiting import until

TEMPLATES = {"API_ACTIVITY": "eventName", "RESOURCE_ACCESS": "resourceARN", "USER_ACTIONS": "userIdentity"}
OBJECTS = [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}]


def aggregated(trail: Delivered) -> list[dict[str, Any]]:
    """The aggregated events of all files, each of which is a list."""
    client, found = trail.server.client("s3"), []
    for key in trail.keys():
        if "/CloudTrail-Aggregated/" in key:
            assert key.startswith(f"AWSLogs/111122223333/CloudTrail-Aggregated/{REGION}/")
            found.extend(json.loads(unpacked(client.get_object(Bucket=trail.bucket, Key=key)["Body"].read())))
    return found


def raw_events(trail: Delivered) -> list[dict[str, Any]]:
    """The events of the files that are there beside."""
    client, found = trail.server.client("s3"), []
    for key in trail.keys():
        if "/CloudTrail/" in key:
            plain = unpacked(client.get_object(Bucket=trail.bucket, Key=key)["Body"].read())
            found.extend(json.loads(plain)["Records"])
    return found


def counts(events: list[dict[str, Any]]) -> Counter[tuple[str, str, str]]:
    """How many events are counted, by window, dimension and value."""
    total: Counter[tuple[str, str, str]] = Counter()
    for one in events:
        primary = one["summary"]["primaryDimension"]
        (statistic,) = primary["statistics"]
        total[one["timeWindow"]["windowStart"], primary["dimension"], statistic["name"]] += statistic["value"]
    return total


def window_of(time: datetime) -> datetime:
    return time.replace(minute=time.minute // 5 * 5, second=0, microsecond=0)


def test_data_events_are_counted_once_over_kills_and_restarts(make_server: MakeServer) -> None:
    server = make_server("--trails-default", "false").start()
    trail = make_trail(server, "counted")
    cloudtrail = server.client("cloudtrail")
    cloudtrail.put_event_selectors(TrailName="counted", AdvancedEventSelectors=[{"FieldSelectors": OBJECTS}])
    configuration = [{"EventCategory": "Data", "Templates": list(TEMPLATES)}]
    cloudtrail.put_event_configuration(TrailName="counted", AggregationConfigurations=configuration)
    # Two windows that are over, and the one that is not: its events wait for its end.
    times = [window_of(minutes_ago(minutes)) + timedelta(seconds=1) for minutes in (20, 10)]
    expected: Counter[tuple[str, str, str]] = Counter()
    raw = []
    for turn in range(6):
        time = times[turn % 2]
        events = [data_event(f"b{number % 2}", "a/b", eventTime=text_of(time)) for number in range(5)]
        user = events[0]["userIdentity"]["arn"]
        for one in events:
            window = text_of(window_of(time))
            bucket = f"arn:aws:s3:::{one['requestParameters']['bucketName']}"
            expected.update([(window, "eventName", "GetObject"), (window, "resourceARN", bucket)])
            expected.update([(window, "userIdentity", user)])
        # Management events, and events of other categories, are not counted.
        server.post_events([*events, event(), data_event("b0", "now", eventTime=text_of(now()))])
        raw.extend(one["eventID"] for one in events)
        if turn % 2:
            server.kill()
            server.start()

    def complete() -> bool:
        over = {window for window, _, _ in expected}
        found = {key: count for key, count in counts(aggregated(trail)).items() if key[0] in over}
        assert found == expected
        return True

    until(complete, "all records of windows that are over")
    for one in aggregated(trail):
        assert (one["eventVersion"], one["eventCategory"], one["eventType"]) == (
            "1.0",
            "Aggregated",
            "AwsAggregatedEvent",
        )
        start = datetime.fromisoformat(one["timeWindow"]["windowStart"])
        assert datetime.fromisoformat(one["timeWindow"]["windowEnd"]) - start == timedelta(minutes=5)
    # Raw data events are delivered as ever.
    delivered = Counter(one["eventID"] for one in raw_events(trail))
    assert all(delivered[event_id] == 1 for event_id in raw)

    # What was counted of the window that is not over is delivered when the trail stops.
    server.client("cloudtrail").stop_logging(Name="counted")

    def of_buckets() -> int:
        """Not of the trail's own, which this test reads all the while."""
        return sum(count for (_, _, name), count in counts(aggregated(trail)).items() if name.endswith((":b0", ":b1")))

    until(lambda: of_buckets() == 6 * 6, "the last window")

    # Digests name these files, and the client of AWS finds them valid.
    def covered() -> str:
        said = server.run(
            AWS, "cloudtrail", "validate-logs", "--trail-arn", trail_arn("counted"), "--verbose",
            "--start-time", text_of(minutes_ago(60)),
        ).stdout
        keys = [key for key in trail.keys() if "/CloudTrail-Aggregated/" in key]
        assert keys and all(key in said for key in keys), said
        return said

    assert "INVALID" not in until(covered, "digests over aggregated files")
    server.stop()
    server.run(CAIRN, "verify", "--store", server.data)
