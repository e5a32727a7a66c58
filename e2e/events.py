"""Made-up CloudTrail events, and JSON that is compared to the letter."""

import gzip
import itertools
import json
import random
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

Event = dict[str, Any]

OTHER_ACCOUNT = "210987654321"


def now() -> datetime:
    return datetime.now(timezone.utc).replace(microsecond=0)


def text_of(time: datetime) -> str:
    """As CloudTrail writes times."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def minutes_ago(minutes: float) -> datetime:
    return now() - timedelta(minutes=minutes)


def event(
    name: str = "DescribeInstances",
    source: str = "ec2.amazonaws.com",
    *,
    time: datetime | None = None,
    user: str = "mallory",
    region: str = "us-east-1",
    **members: Any,
) -> Event:
    """A management event by an IAM user of no particular account; `members` are added or replace what is there."""
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLEUSERID",
            "arn": f"arn:aws:iam::{OTHER_ACCOUNT}:user/{user}",
            "accountId": OTHER_ACCOUNT,
            "accessKeyId": "AKIAEXAMPLEEXAMPLE00",
            "userName": user,
        },
        "eventTime": text_of(time or minutes_ago(5)),
        "eventSource": source,
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "[a-made-up-agent/1.0]",
        "requestParameters": {"instancesSet": {"items": [{"instanceId": "i-0123456789abcdef0"}]}},
        "responseElements": None,
        "requestID": str(uuid.uuid4()),
        "eventID": str(uuid.uuid4()),
        "readOnly": name.startswith(("Get", "List", "Describe")),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "eventCategory": "Management",
        **members,
    }


def data_event(bucket: str, key: str, name: str = "GetObject", **members: Any) -> Event:
    """A data event on an object."""
    return event(
        name,
        "s3.amazonaws.com",
        managementEvent=False,
        eventCategory="Data",
        requestParameters={"bucketName": bucket, "key": key},
        resources=[
            {"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{bucket}/{key}"},
            {"accountId": OTHER_ACCOUNT, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{bucket}"},
        ],
        **members,
    )


def ids(events: list[Event]) -> list[str]:
    return [event["eventID"] for event in events]


def ndjson(events: list[Event]) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def records(events: list[Event]) -> bytes:
    return json.dumps({"Records": events}).encode()


def write_log_file(folder: Path, region: str, events: list[Event], *, packed: bool = True, number: int = 0) -> Path:
    """A file where and as a trail would have put it."""
    day = folder / "AWSLogs" / OTHER_ACCOUNT / "CloudTrail" / region / "2026" / "03" / "01"
    day.mkdir(parents=True, exist_ok=True)
    name = f"{OTHER_ACCOUNT}_CloudTrail_{region}_20260301T0805Z_{number:016d}.json"
    path = day / (f"{name}.gz" if packed else name)
    path.write_bytes(gzip.compress(records(events)) if packed else records(events))
    return path


class Number(str):
    """A number by its text, so that 1.0, 1 and 1e0 differ, as do all digits of large ones."""


def exactly(text: str | bytes) -> Any:
    """JSON whose numbers compare by their text. Keys compare in any order, as they may be stored."""
    return json.loads(text, parse_int=Number, parse_float=Number)


STRINGS = [
    "", " ", "x", "\u0000\u001f\u007f", "\\\"/\b\f\n\r\t", "\u00e9\u0301\u4e2d\u6587", "\U0001f600\U0010ffff", "null", "0",
]
NUMBERS = ["0", "-0", "1.0", "1E+2", "1e-400", "1e400", "12345678901234567890123", "-0.10", "9007199254740993"]


def random_json(source: random.Random, depth: int) -> str:
    """JSON text of any shape."""
    kind = source.randrange(8 if depth > 0 else 5)
    if kind == 0:
        return source.choice(["null", "true", "false"])
    if kind == 1:
        return source.choice(NUMBERS)
    if kind in (2, 3, 4):
        return json.dumps(source.choice(STRINGS) + "y" * source.randrange(3), ensure_ascii=source.random() < 0.5)
    count = source.randrange(4)
    values = [random_json(source, depth - 1) for _ in range(count)]
    if kind == 5:
        return "[" + ", ".join(values) + "]"
    keys = source.sample(STRINGS + ["a", "A", "eventID", "Records"], count)
    return "{" + ",".join(f"{json.dumps(key)} : {value}" for key, value in zip(keys, values)) + "}"


ODD_MEMBERS = (
    "userIdentity", "requestParameters", "responseElements", "additionalEventData", "resources", "readOnly", "requestID",
    "serviceEventDetails", "tlsDetails", "errorMessage", "sourceIPAddress", "userAgent", "unheardOf", "", "eventid",
)


def random_event(source: random.Random, event_id: str, account: str) -> str:
    """The text of an event that has what every event must have, and otherwise anything, in any order."""
    members = {
        "eventTime": json.dumps(text_of(minutes_ago(source.randrange(1, 100_000)))),
        "eventSource": '"s3.amazonaws.com"',
        "eventName": '"AnyThing"',
        "eventID": json.dumps(event_id),
        "recipientAccountId": json.dumps(account),
    }
    for name in source.sample(ODD_MEMBERS, source.randrange(len(ODD_MEMBERS))):
        members[name] = random_json(source, 4)
    names = list(members)
    source.shuffle(names)
    return "{" + ", ".join(f"{json.dumps(name)}: {members[name]}" for name in names) + "}"


_numbers = itertools.count(1)


def unique(prefix: str) -> str:
    """A name that nothing else in this run of the tests has."""
    return f"{prefix}-{next(_numbers)}-{uuid.uuid4().hex[:8]}"
