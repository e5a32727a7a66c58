"""Offline proof: `cairn verify` of copies, of buckets and of whole data folders. What is untouched is proven, whatever was
touched is named."""

import gzip
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from delivered import Delivered, make_trail
from events import OTHER_ACCOUNT, event, minutes_ago, text_of
from server import CAIRN, Server
from validation import validate_all
from waiting import until

TRAIL = "proof"
AWAY = "eu-west-1"
PREFIX = "deep/prefix"


@dataclass
class Library:
    """A stopped server, a copy of its trail's bucket, and the file of keys that was written before that."""

    server: Server
    copy: Path
    keys: Path
    since: datetime

    @property
    def bucket(self) -> str:
        return f"{TRAIL}-logs"


def deliver(server: Server, bucket: Delivered, count: int = 1) -> None:
    """Some windows with events of two regions."""
    for _ in range(count):
        posted = [event(), event(region=AWAY)]
        server.post_events(posted)
        bucket.wait_for([found["eventID"] for found in posted])
        bucket.wait_until_covered()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Its trail was stopped and started in between, so its chains have two runs."""
    folder = tmp_path_factory.mktemp("library")
    server = Server(folder, "--trails-lock", "1ms", "--trails-default", "false").start()
    try:
        since = minutes_ago(5)
        bucket = make_trail(server, TRAIL, IsMultiRegionTrail=True, S3KeyPrefix=PREFIX)
        deliver(server, bucket, 2)
        server.client("cloudtrail").stop_logging(Name=TRAIL)
        server.client("cloudtrail").start_logging(Name=TRAIL)
        server.post(gzip.compress(json.dumps({"Records": [event(), event()]}).encode()), query="?origin=imported")
        deliver(server, bucket, 2)
        # Posted twice is delivered twice, and once in history.
        twice = event()
        server.post_events([twice])
        server.post_events([twice])
        until(lambda: bucket.event_ids().count(twice["eventID"]) == 2, "both copies in log files")
        bucket.wait_until_covered()
        keys = folder / "keys.json"
        server.cairn("key", "export", keys)
        copy = folder / "copy"
        server.aws("s3", "sync", f"s3://{bucket.bucket}", copy, "--quiet")
        validate_all(server, TRAIL, since)
        server.wait_until_committed()
        server.stop()
        yield Library(server, copy, keys, since)
    finally:
        server.kill()


def verify(library: Library, place: object, *flags: object, code: int = 0, **env: str) -> dict[str, Any]:
    """The report as JSON; the exit code must be `code`."""
    done = library.server.run(CAIRN, "verify", place, "--output", "json", *flags, code=code, **env)
    return json.loads(done.stdout)


def codes(report: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in report["findings"]}


@pytest.fixture
def copy(library: Library, tmp_path: Path) -> Path:
    return Path(shutil.copytree(library.copy, tmp_path / "copy"))


def log_files(copy: Path) -> list[Path]:
    return sorted(copy.glob("**/CloudTrail/**/*.json.gz"))


def digests(copy: Path, region: str = "us-east-1") -> list[Path]:
    return sorted(copy.glob(f"**/CloudTrail-Digest/{region}/**/*.json.gz"))


def says(path: Path) -> dict[str, Any]:
    return json.loads(gzip.decompress(path.read_bytes()))


def test_an_untouched_copy_is_proven(library: Library) -> None:
    report = verify(library, library.copy, "--keys", library.keys)
    assert report["good"] and report["integrity"]["good"] and report["completeness"]["good"]
    assert {chain["region"] for chain in report["chains"]} == {"us-east-1", AWAY}
    proven = sum(chain["logFiles"]["proven"] + chain["logFiles"]["newer"] for chain in report["chains"])
    assert proven + report["unnamed"]["waiting"] == len(log_files(library.copy))
    assert all(chain["starts"] == 2 for chain in report["chains"])
    table = library.server.cairn("verify", library.copy, "--keys", library.keys).stdout
    assert "integrity     good" in table and "completeness  good" in table, table


def test_the_data_folder_itself_is_proven(library: Library) -> None:
    """Its objects have their metadata, so every digest has its signature."""
    for place in (library.server.data, library.server.data / "buckets" / library.bucket):
        report = verify(library, place, "--keys", library.keys)
        assert report["good"] and all(chain["digests"]["newer"] == 0 for chain in report["chains"])


def test_a_bucket_is_proven_over_s3(library: Library, tmp_path: Path) -> None:
    other = library.server.copy(tmp_path, "--deliver-every", "1h", "--digest-every", "1h").start()
    try:
        keys = tmp_path / "keys.json"
        other.cairn("key", "export", keys)
        done = other.cairn("verify", f"s3://{library.bucket}/{PREFIX}", "--keys", keys, "--output", "json")
        report = json.loads(done.stdout)
        assert report["good"] and report["chains"], report
        missing = other.run(CAIRN, "verify", "s3://none", "--keys", keys, code=1)
        assert "NoSuchBucket" in missing.stderr, missing.stderr
    finally:
        other.kill()


def flip_a_byte(copy: Path) -> Path:
    path = log_files(copy)[0]
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)
    return path


def take_a_record_out(copy: Path) -> Path:
    path = max(log_files(copy), key=lambda path: len(says(path)["Records"]))
    path.write_bytes(gzip.compress(json.dumps({"Records": says(path)["Records"][1:]}).encode()))
    return path


def swap(copy: Path) -> Path:
    one, other = log_files(copy)[:2]
    body = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(body)
    return one


def remove_a_log_file(copy: Path) -> Path:
    path = log_files(copy)[0]
    path.unlink()
    return path


def remove_a_digest(copy: Path) -> Path:
    path = digests(copy)[1]
    path.unlink()
    return path


def remove_the_last_digest(copy: Path) -> Path:
    """Of the first run: nothing that is there names it."""
    all_digests = digests(copy)
    starts = [index for index, path in enumerate(all_digests) if says(path)["previousDigestS3Object"] is None]
    path = all_digests[starts[1] - 1]
    path.unlink()
    return path


def change_a_digest(copy: Path) -> Path:
    path = next(path for path in digests(copy) if says(path)["logFiles"])
    path.write_bytes(gzip.compress(json.dumps({**says(path), "logFiles": []}).encode()))
    return path


def change_a_link(copy: Path) -> Path:
    first, _, third = [path for path in digests(copy)][:3]
    link = {"previousDigestS3Object": says(first)["digestS3Object"]}
    third.write_bytes(gzip.compress(json.dumps({**says(third), **link}).encode()))
    return third


TAMPERING = [
    (flip_a_byte, "integrity", {"OtherHash", "NotGzip"}),
    (take_a_record_out, "integrity", {"OtherHash"}),
    (swap, "integrity", {"OtherHash"}),
    (remove_a_log_file, "completeness", {"LogFileMissing"}),
    (remove_a_digest, "completeness", {"DigestMissing"}),
    (remove_the_last_digest, "completeness", {"EndMissing"}),
    (change_a_digest, "integrity", {"OtherPredecessor", "OtherHead"}),
    (change_a_link, "integrity", {"OtherPredecessor", "OtherHead"}),
]


@pytest.mark.parametrize(("tamper", "aspect", "expected"), TAMPERING, ids=[tamper.__name__ for tamper, _, _ in TAMPERING])
def test_what_was_touched_is_named(
    library: Library, copy: Path, tamper: Callable[[Path], Path], aspect: str, expected: set[str]
) -> None:
    touched = tamper(copy)
    report = verify(library, copy, "--keys", library.keys, code=1)
    assert not report[aspect]["good"]
    named = [finding for finding in report["findings"] if finding["object"].endswith(touched.name)]
    assert {finding["code"] for finding in named} & expected, report["findings"]


def test_every_cut_at_the_end_is_seen(library: Library, copy: Path) -> None:
    """By the heads in the file of keys."""
    for digest in digests(copy)[-2:]:
        for file in says(digest)["logFiles"]:
            (copy / file["s3Object"]).unlink()
        digest.unlink()
    assert "EndMissing" in codes(verify(library, copy, "--keys", library.keys, code=1))


def test_a_missing_key_is_named(library: Library, copy: Path, tmp_path: Path) -> None:
    keys = json.loads(library.keys.read_text())
    (fingerprint,) = {says(path)["digestPublicKeyFingerprint"] for path in digests(copy)}
    keys["PublicKeyList"] = [key for key in keys["PublicKeyList"] if key["Fingerprint"] != fingerprint]
    other = tmp_path / "keys.json"
    other.write_text(json.dumps(keys))
    report = verify(library, copy, "--keys", other, code=1)
    assert codes(report) == {"KeyMissing"} and fingerprint in report["findings"][0]["message"]


def test_what_the_aws_cli_prints_is_a_file_of_keys(library: Library, tmp_path: Path) -> None:
    """It has no heads, so it does for buckets, and for copies up to the last digest but one."""
    other = library.server.copy(tmp_path, "--deliver-every", "1h", "--digest-every", "1h").start()
    try:
        printed = other.aws("cloudtrail", "list-public-keys", "--start-time", text_of(library.since), "--output", "json")
    finally:
        other.kill()
    keys = tmp_path / "keys.json"
    keys.write_text(printed)
    assert verify(library, library.server.data, "--keys", keys)["good"]
    report = verify(library, library.copy, "--keys", keys, code=1)
    assert codes(report) == {"NoSignature"}
    unproven = [chain["digests"]["unproven"] for chain in report["chains"]]
    assert unproven == [2, 2], "the newest of each run"


def test_what_is_asked_wrongly_is_told(library: Library, tmp_path: Path) -> None:
    run = library.server.run
    assert "--keys" in run(CAIRN, "verify", library.copy, code=2).stderr
    inside = library.copy / PREFIX / "AWSLogs"
    assert f"{inside.parent}" in run(CAIRN, "verify", inside, "--keys", library.keys, code=2).stderr
    newer = tmp_path / "newer.json"
    newer.write_text(json.dumps({"version": 9, "PublicKeyList": []}))
    assert "version 9" in run(CAIRN, "verify", library.copy, "--keys", newer, code=2).stderr
    run(CAIRN, "verify", tmp_path / "none", "--keys", library.keys, code=2)
    assert "--from" in run(CAIRN, "verify", library.copy, "--keys", library.keys, "--from", "soon", code=2).stderr


def test_an_account_exports_its_own_keys_only(make_server: Callable[..., Server]) -> None:
    server = make_server().start()
    other = server.create_key("--account", OTHER_ACCOUNT)
    exported = [json.loads(server.cairn("key", "export", key=key).stdout) for key in (server.root, other)]
    assert len(exported[0]["PublicKeyList"]) == 1 and exported[1]["PublicKeyList"] == exported[1]["heads"] == []
    ingest = server.create_key("--ingest-only")
    assert "AccessDenied" in server.cairn("key", "export", key=ingest, code=1).stderr
    server.stop()


# -- the whole store


def compare(library: Library, data: Path, code: int = 0) -> dict[str, Any]:
    return verify(library, data, "--store", code=code)


@pytest.fixture
def data(library: Library, tmp_path: Path) -> Path:
    return Path(shutil.copytree(library.server.data, tmp_path / "data"))


def objects(data: Path, library: Library) -> list[Path]:
    return sorted((data / "buckets" / library.bucket).glob("**/CloudTrail.d/**/*.obj"))


def test_log_history_files_and_digests_hold_the_same_events(library: Library) -> None:
    report = compare(library, library.server.data)
    assert report["good"] and report["differenceCount"] == 0, report
    assert report["digests"]["good"]
    # The one that was posted twice.
    assert report["logEvents"] == report["historyEvents"] + 1
    assert report["deliveredEvents"] > 0 and report["unjudged"] == 0
    assert compare(library, library.server.data) | {"seconds": 0, "digests": 0} == report | {"seconds": 0, "digests": 0}


def test_a_delivered_file_that_is_gone_is_missed(library: Library, data: Path) -> None:
    objects(data, library)[0].unlink()
    report = compare(library, data, code=1)
    assert {difference["code"] for difference in report["differences"]} == {"NotDelivered"}
    assert codes(report["digests"]) == {"LogFileMissing"}


def test_a_delivered_file_that_is_there_twice_is_noticed(library: Library, data: Path) -> None:
    """Under another name, whose trailer says so."""
    path = objects(data, library)[0]
    name = path.name.removesuffix(".json.gz.obj")
    other = f"{name[:-16]}{'x' * 16}"
    path.with_name(path.name.replace(name, other)).write_bytes(path.read_bytes().replace(name.encode(), other.encode()))
    report = compare(library, data, code=1)
    assert {difference["code"] for difference in report["differences"]} == {"DeliveredTwice"}


def test_a_data_folder_that_is_served_or_is_none_is_refused(library: Library, tmp_path: Path) -> None:
    run = library.server.run
    assert "no log" in run(CAIRN, "verify", "--store", tmp_path, code=2).stderr
    other = library.server.copy(tmp_path / "other").start()
    try:
        assert "serves the data folder" in run(CAIRN, "verify", "--store", other.data, code=1).stderr
    finally:
        other.kill()


def test_after_kill_9_in_the_middle_everything_is_there_once(make_server: Callable[..., Server]) -> None:
    """Whatever was lost from memory is still in the log, and the next start goes on from there."""
    server = make_server("--trails-lock", "1ms").start()
    for _ in range(3):
        server.post_events([event() for _ in range(200)])
        server.kill()
        done = server.run(CAIRN, "verify", "--store", server.data, "--output", "json")
        assert json.loads(done.stdout)["good"], done.stdout
        server.start()
    server.stop()
    done = server.run(CAIRN, "verify", "--store", server.data, "--output", "json")
    report = json.loads(done.stdout)
    assert report["good"] and report["deliveredEvents"] >= 600, report


def test_a_restored_backup_holds_the_same_events(make_server: Callable[..., Server], tmp_path: Path) -> None:
    """Made while events come in."""
    server = make_server("--trails-lock", "1ms").start()
    server.post_events([event() for _ in range(200)])
    server.cairn("backup", tmp_path / "backup")
    server.post_events([event() for _ in range(200)])
    server.kill()
    server.cairn("restore", tmp_path / "backup", "--data", tmp_path / "data")
    done = server.run(CAIRN, "verify", "--store", tmp_path / "data", "--output", "json")
    report = json.loads(done.stdout)
    assert report["good"] and 200 <= report["logEvents"] < 400, report
