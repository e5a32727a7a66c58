"""Log file integrity, judged by `aws cloudtrail validate-logs`: what is untouched is valid, what was touched is named."""

import gzip
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from delivered import Delivered, Digest, make_trail
from events import event, minutes_ago, now
from server import REGION, Server
from validation import validate, validate_all
from waiting import until

TRAIL = "proof"
AWAY = "eu-west-1"


@dataclass
class Library:
    """A stopped server whose trail has delivered windows with events, without any, and around a restart."""

    server: Server
    since: datetime
    ended: datetime


def let_pass_without_events(server: Server, digests: int) -> None:
    """Until so many digests were delivered. Asking for metrics is no event, so the windows stay empty."""
    start = server.metrics()["cairn_delivered_total"]
    until(lambda: server.metrics()["cairn_delivered_total"] >= start + digests, f"{digests} digests without events")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("library")
    # The lock of delivered objects ends at once, so that tests can do what it prevents.
    server = Server(folder, "--trails-lock", "1ms", "--trails-default", "false").start()
    try:
        since = minutes_ago(5)
        bucket = make_trail(server, TRAIL, IsMultiRegionTrail=True, S3KeyPrefix="deep/prefix")
        for _ in range(3):
            posted = [event(), event(region=AWAY)]
            server.post_events(posted)
            bucket.wait_for([found["eventID"] for found in posted])
            bucket.wait_until_covered()
        let_pass_without_events(server, 4)
        server.restart()
        posted = [event(), event(region=AWAY)]
        server.post_events(posted)
        bucket.wait_for([found["eventID"] for found in posted])
        bucket.wait_until_covered()
        server.stop()
        yield Library(server, since, now())
    finally:
        server.kill()


@pytest.fixture
def copy(library: Library, tmp_path: Path) -> Iterator[Server]:
    """A running server on a copy of the library, which delivers nothing of its own for an hour."""
    other = library.server.copy(
        tmp_path / "copy", "--trails-lock", "1ms", "--deliver-every", "1h", "--digest-every", "1h"
    )
    try:
        yield other.start()
    finally:
        other.kill()


@pytest.fixture
def bucket(copy: Server) -> Delivered:
    return Delivered(copy, f"{TRAIL}-logs")


def invalid_lines(copy: Server, library: Library) -> list[str]:
    return validate(copy, TRAIL, library.since, code=1).invalid


def digest_with_files(bucket: Delivered) -> Digest:
    """One from the middle of the chain."""
    digests = [digest for digest in bucket.digests() if digest.says["logFiles"]]
    return digests[len(digests) // 2]


def test_an_untouched_chain_is_valid_in_every_region(copy: Server, bucket: Delivered, library: Library) -> None:
    for region in (REGION, AWAY):
        verdict = validate_all(copy, TRAIL, library.since, region=region)
        assert verdict.count("digest") == len(bucket.digests(region))
        assert verdict.count("log") == len([file for file in bucket.log_files() if file.region == region])


def test_digests_are_one_chain_without_gaps_across_a_restart_and_empty_windows(bucket: Delivered) -> None:
    for region in (REGION, AWAY):
        digests = bucket.digests(region)
        first = digests[0].says
        assert first["previousDigestS3Bucket"] is None and first["previousDigestSignature"] is None
        for previous, digest in zip(digests, digests[1:]):
            assert digest.says["previousDigestS3Object"] == previous.key
            assert digest.says["previousDigestS3Bucket"] == bucket.bucket
            assert digest.says["previousDigestHashValue"] == hashlib.sha256(previous.plain).hexdigest()
            assert digest.says["previousDigestSignature"] == previous.metadata["signature"]
            assert digest.says["digestStartTime"] == previous.says["digestEndTime"]
    assert {digest.region for digest in bucket.digests(None)} == {REGION, AWAY}
    empty = [digest.says for digest in bucket.digests() if not digest.says["logFiles"]]
    assert empty, "no window without events"
    assert all(says["newestEventTime"] is None and says["oldestEventTime"] is None for says in empty)


def test_every_log_file_is_in_exactly_one_digest_with_its_hash(bucket: Delivered) -> None:
    named = [
        (file["s3Object"], file["hashValue"], region)
        for region in (REGION, AWAY)
        for digest in bucket.digests(region)
        for file in digest.says["logFiles"]
    ]
    assert sorted(named) == sorted((file.key, file.sha256, file.region) for file in bucket.log_files())


def rewrite(bucket: Delivered, key: str, change: Callable[[bytes], bytes]) -> None:
    """Puts an object again with a changed body and its own metadata."""
    client = bucket.server.client("s3")
    old = client.get_object(Bucket=bucket.bucket, Key=key)
    client.put_object(Bucket=bucket.bucket, Key=key, Body=change(old["Body"].read()), Metadata=old["Metadata"])


def test_a_changed_log_file_is_named(copy: Server, bucket: Delivered, library: Library) -> None:
    key = digest_with_files(bucket).says["logFiles"][0]["s3Object"]
    rewrite(bucket, key, lambda body: gzip.compress(gzip.decompress(body).replace(b"eventName", b"eventname", 1)))
    (line,) = invalid_lines(copy, library)
    assert line == f"Log file\ts3://{bucket.bucket}/{key}\tINVALID: hash value doesn't match"


def test_a_deleted_log_file_is_named(copy: Server, bucket: Delivered, library: Library) -> None:
    key = digest_with_files(bucket).says["logFiles"][0]["s3Object"]
    copy.client("s3").delete_object(Bucket=bucket.bucket, Key=key)
    (line,) = invalid_lines(copy, library)
    assert line == f"Log file\ts3://{bucket.bucket}/{key}\tINVALID: not found"


def test_a_deleted_digest_is_named(copy: Server, bucket: Delivered, library: Library) -> None:
    key = digest_with_files(bucket).key
    copy.client("s3").delete_object(Bucket=bucket.bucket, Key=key)
    (line,) = invalid_lines(copy, library)
    assert line == f"Digest file\ts3://{bucket.bucket}/{key}\tINVALID: not found"


def compact(time: datetime) -> str:
    """As in a digest's name."""
    return time.strftime("%Y%m%dT%H%M%SZ")


def test_a_moved_digest_is_named(copy: Server, bucket: Delivered, library: Library) -> None:
    """The newest one, to the name of a digest that would end a second earlier."""
    newest = bucket.digests()[-1]
    client = copy.client("s3")
    ended = newest.says["digestEndTime"]
    earlier = datetime.fromisoformat(ended) - timedelta(seconds=1)
    moved = newest.key.replace(compact(datetime.fromisoformat(ended)), compact(earlier))
    body = client.get_object(Bucket=bucket.bucket, Key=newest.key)["Body"].read()
    client.put_object(Bucket=bucket.bucket, Key=moved, Body=body, Metadata=newest.metadata)
    client.delete_object(Bucket=bucket.bucket, Key=newest.key)
    lines = invalid_lines(copy, library)
    assert f"Digest file\ts3://{bucket.bucket}/{moved}\tINVALID: has been moved from its original location" in lines


def test_a_changed_digest_is_named(copy: Server, bucket: Delivered, library: Library) -> None:
    key = digest_with_files(bucket).key
    rewrite(bucket, key, lambda body: gzip.compress(gzip.decompress(body).replace(b'"SHA-256"', b'"SHA-255"', 1)))
    lines = invalid_lines(copy, library)
    assert f"Digest file\ts3://{bucket.bucket}/{key}\tINVALID: signature verification failed" in lines


def test_a_digest_without_its_signature_is_named(copy: Server, bucket: Delivered, library: Library) -> None:
    digest = digest_with_files(bucket)
    copy.client("s3").put_object(Bucket=bucket.bucket, Key=digest.key, Body=gzip.compress(digest.plain))
    lines = invalid_lines(copy, library)
    assert any(f"s3://{bucket.bucket}/{digest.key}\tINVALID" in line for line in lines), lines
