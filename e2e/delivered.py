"""What trails delivered, read from their buckets with boto3."""

import gzip
import hashlib
import json
import re
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from events import Event
from server import ACCOUNT, REGION, Server
from waiting import until

LOG_KEY = re.compile(
    r"(?:(?P<prefix>.+)/)?AWSLogs/(?:(?P<organization>o-[a-z0-9]{10,32})/)?"
    r"(?P<account>\d{12})/CloudTrail/(?P<region>[a-z0-9-]+)/(?P<day>\d{4}/\d\d/\d\d)/"
    r"(?P=account)_CloudTrail_(?P=region)_(?P<time>\d{8}T\d{4}Z)_[A-Za-z0-9]{16}\.json\.gz"
)
DIGEST_KEY = re.compile(
    r"(?:(?P<prefix>.+)/)?AWSLogs/(?:(?P<organization>o-[a-z0-9]{10,32})/)?"
    r"(?P<account>\d{12})/CloudTrail-Digest/(?P<region>[a-z0-9-]+)/(?P<day>\d{4}/\d\d/\d\d)/"
    r"(?P=account)_CloudTrail-Digest_(?P=region)_(?P<trail>[A-Za-z0-9._-]+)_(?P<home>[a-z0-9-]+)_(?P<time>\d{8}T\d{6}Z)"
    r"\.json\.gz"
)


@dataclass(frozen=True)
class LogFile:
    """A delivered log file."""

    key: str
    account: str
    region: str
    plain: bytes

    @property
    def events(self) -> list[Event]:
        return json.loads(self.plain)["Records"]

    @cached_property
    def event_ids(self) -> list[str]:
        return [event["eventID"] for event in self.events]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.plain).hexdigest()


@dataclass(frozen=True)
class Digest:
    """A delivered digest."""

    key: str
    region: str
    plain: bytes
    metadata: dict[str, str]

    @property
    def says(self) -> dict[str, Any]:
        return json.loads(self.plain)


class Delivered:
    """A trail's bucket. Objects are read once: they never change, except where a test changes them."""

    def __init__(self, server: Server, bucket: str):
        self.server = server
        self.bucket = bucket
        self._read: dict[str, LogFile | Digest] = {}

    def keys(self) -> list[str]:
        pages = self.server.client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        return [found["Key"] for page in pages for found in page.get("Contents", [])]

    def _objects(self) -> list[LogFile | Digest]:
        client = self.server.client("s3")
        for key in self.keys():
            if key not in self._read:
                answer = client.get_object(Bucket=self.bucket, Key=key)
                self._read[key] = read(key, unpacked(answer["Body"].read()), answer["Metadata"])
        return list(self._read.values())

    def log_files(self) -> list[LogFile]:
        return [found for found in self._objects() if isinstance(found, LogFile)]

    def digests(self, region: str | None = REGION) -> list[Digest]:
        """Of one region or of all, oldest first."""
        found = [found for found in self._objects() if isinstance(found, Digest) and region in (None, found.region)]
        return sorted(found, key=lambda digest: digest.key)

    def events(self) -> list[tuple[str, Event]]:
        """(region of the file, event) of all events in all log files."""
        return [(file.region, event) for file in self.log_files() for event in file.events]

    def event_ids(self) -> list[str]:
        return [event_id for file in self.log_files() for event_id in file.event_ids]

    def wait_for(self, event_ids: list[str]) -> None:
        """Until all these events are in log files."""

        def missing() -> bool:
            left = set(event_ids) - set(self.event_ids())
            assert not left, f"{len(left)} of {len(event_ids)} events, such as {sorted(left)[:3]}"
            return True

        until(missing, f"{len(event_ids)} events in the log files of {self.bucket}")

    def wait_until_covered(self) -> None:
        """Until every log file that is there now is named by a digest."""
        keys = {file.key for file in self.log_files()}
        assert keys, "no log files"

        def covered() -> bool:
            named = {file["s3Object"] for digest in self.digests(None) for file in digest.says["logFiles"]}
            assert keys <= named, f"{len(keys - named)} of {len(keys)} log files are in no digest"
            return True

        until(covered, f"digests over {len(keys)} log files of {self.bucket}")


def unpacked(body: bytes) -> bytes:
    """The plain bytes of what must be exactly one gzip member."""
    decompressor = zlib.decompressobj(wbits=31)
    plain = decompressor.decompress(body)
    assert decompressor.eof and not decompressor.unused_data, "not exactly one gzip member"
    assert plain == gzip.decompress(body)
    return plain


def read(key: str, plain: bytes, metadata: dict[str, str]) -> LogFile | Digest:
    if match := LOG_KEY.fullmatch(key):
        return LogFile(key, match["account"], match["region"], plain)
    match = DIGEST_KEY.fullmatch(key)
    assert match, f"neither a log file's key nor a digest's: {key}"
    return Digest(key, match["region"], plain, metadata)


def make_trail(server: Server, name: str, *, logging: bool = True, **members: Any) -> Delivered:
    """A trail with validation into a bucket of its own, logging."""
    bucket = members.pop("S3BucketName", f"{name}-logs".lower())
    server.client("s3").create_bucket(Bucket=bucket)
    cloudtrail = server.client("cloudtrail")
    cloudtrail.create_trail(Name=name, S3BucketName=bucket, **{"EnableLogFileValidation": True, **members})
    if logging:
        cloudtrail.start_logging(Name=name)
    return Delivered(server, bucket)


def trail_arn(name: str, region: str = REGION, account: str = ACCOUNT) -> str:
    return f"arn:aws:cloudtrail:{region}:{account}:trail/{name}"
