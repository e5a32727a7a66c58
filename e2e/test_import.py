"""cairn import: every layout and form, exact counts, and imports that are cut off and go on.

CAIRN_KILL_ROUNDS says how often the killed import is cut off (default 6), CAIRN_KILL_SEED repeats the moments.
"""

import gzip
import json
import os
import random
import socket
import subprocess
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import zstandard

from conftest import MakeServer
from delivered import make_trail
from events import OTHER_ACCOUNT, Event, data_event, event, ids, ndjson, now, records, unique, write_log_file
from server import CAIRN, Server
from waiting import until

ROUNDS = int(os.environ.get("CAIRN_KILL_ROUNDS", "6"))
SEED = int(os.environ.get("CAIRN_KILL_SEED") or random.SystemRandom().randrange(1 << 32))
MIB = 1 << 20


def counts(server: Server, *arguments: str | Path, **options: Any) -> dict[str, Any]:
    """The counts of an import, which add up."""
    found = json.loads(server.cairn("import", "--output", "json", *arguments, **options).stdout)
    read = found["events"]
    assert read["read"] == read["new"] + read["duplicates"] + read["refused"] + read["future"], found
    return found


def fresh(folder: Path, name: str) -> Path:
    path = folder / name
    path.mkdir()
    return path


def put(folder: Path, name: str, body: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return path


# -- what there is


def test_files_of_every_kind_are_told_apart(server: Server) -> None:
    folder = fresh(server.folder, "bucket")
    day = "us-east-1/2026/03/01"
    of_organization = f"AWSLogs/o-abcdefghij/{OTHER_ACCOUNT}"
    written = [event(user=unique("kinds")) for _ in range(3)]
    insight = {
        "eventVersion": "1.09", "eventTime": "2026-03-01T10:41:00Z", "awsRegion": "us-east-1", "eventID": unique("insight"),
        "eventType": "AwsCloudTrailInsight", "recipientAccountId": OTHER_ACCOUNT, "insightDetails": {"state": "Start"},
        "eventCategory": "Insight",
    }  # fmt: skip
    network = {**data_event("b", "k", eventID=unique("network")), "eventType": "AwsVpceEvent", "eventCategory": "NetworkActivity"}
    aggregated = {
        "eventVersion": "1.0", "accountId": OTHER_ACCOUNT, "eventId": unique("aggregated"), "eventCategory": "Aggregated",
        "eventType": "AwsAggregatedEvent", "awsRegion": "us-east-1", "eventSource": "s3.amazonaws.com",
        "timeWindow": {"windowStart": "2026-03-01T08:00:00Z", "windowEnd": "2026-03-01T08:05:00Z", "windowSize": "PT5M"},
    }  # fmt: skip
    write_log_file(folder, "us-east-1", written[:1])
    put(folder, f"{of_organization}/CloudTrail/{day}/b.json.gz", gzip.compress(records(written[1:2])))
    put(folder, f"{of_organization}/CloudTrail-Insight/{day}/i.json.gz", gzip.compress(records([insight])))
    put(folder, f"{of_organization}/CloudTrail-NetworkActivity/{day}/n.json.gz", gzip.compress(records([network])))
    put(folder, f"{of_organization}/CloudTrail-Aggregated/{day}/a.json.gz", gzip.compress(json.dumps([aggregated]).encode()))
    digest = json.dumps({"awsAccountId": OTHER_ACCOUNT, "digestStartTime": "2026-03-01T08:00:00Z", "logFiles": []}).encode()
    put(folder, f"{of_organization}/CloudTrail-Digest/{day}/d.json.gz", gzip.compress(digest))
    put(folder, "flat/renamed.json.gz", gzip.compress(digest))
    put(folder, "flat/no-extension", zstandard.compress(ndjson(written[2:])))
    put(folder, "flat/notes.txt", b"remember the milk")
    put(folder, "flat/other.json", b'{"name": "something else"}')

    found = counts(server, folder)
    assert found["events"] | {"duplicates": 0} == {"read": 6, "new": 6, "duplicates": 0, "refused": 0, "future": 0}
    assert found["files"]["byKind"] == {
        "CloudTrail": 2, "CloudTrail-Insight": 1, "CloudTrail-NetworkActivity": 1, "CloudTrail-Aggregated": 1, "other": 1,
    }  # fmt: skip
    assert (found["files"]["digests"], found["files"]["failed"]) == (2, 0)
    assert sorted(Path(name).name for name in found["notCloudTrail"]) == ["notes.txt", "other.json"]
    for category, event_id in [
        ("management", written[0]["eventID"]), ("management", written[1]["eventID"]), ("management", written[2]["eventID"]),
        ("insight", insight["eventID"]), ("network", network["eventID"]), ("all", aggregated["eventId"]),
    ]:  # fmt: skip
        (one,) = server.lookup(id=event_id, category=category)
    assert (one["eventTime"], one["recipientAccountId"]) == ("2026-03-01T08:00:00Z", OTHER_ACCOUNT)


def envelope(record: Event) -> Event:
    return {"version": "0", "id": "x", "detail-type": "AWS API Call via CloudTrail", "source": "aws.ec2", "detail": record}


def looked_up(wanted: list[Event]) -> bytes:
    found = [{"EventId": one["eventID"], "EventTime": 1.0, "CloudTrailEvent": json.dumps(one)} for one in wanted]
    return json.dumps({"Events": found, "NextToken": "b3BhcXVl"}, indent=4).encode()


def logged(wanted: list[Event]) -> bytes:
    return "".join(f"2026-03-01T08:04:11.123Z {json.dumps(one)}\n" for one in wanted).encode()


FORMS = {
    "records": records,
    "ndjson": ndjson,
    "array": lambda wanted: json.dumps(wanted, indent=2).encode(),
    "pretty": lambda wanted: "\n".join(json.dumps(one, indent=2) for one in wanted).encode(),
    "byte-order-mark": lambda wanted: b"\xef\xbb\xbf" + records(wanted),
    "crlf": lambda wanted: ndjson(wanted).replace(b"\n", b"\r\n"),
    "lookup-events": looked_up,
    "eventbridge": lambda wanted: ndjson([envelope(one) for one in wanted]),
    "eventbridge-one": lambda wanted: b"".join(json.dumps(envelope(one), indent=1).encode() for one in wanted),
    "log-subscription": lambda wanted: json.dumps(
        {"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "message": json.dumps(one)} for one in wanted]}
    ).encode(),
    "log-export": logged,
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_understood_in_files_and_posts(server: Server, form: str) -> None:
    wanted = [event(user=unique(form)) for _ in range(4)]
    path = put(server.folder, f"forms/{form}.json.gz", gzip.compress(FORMS[form](wanted[:2])))
    assert counts(server, path)["events"]["new"] == 2
    answer = server.post(FORMS[form](wanted[2:]))
    assert answer.json() == {"accepted": 2, "refused": [], "noted": []}
    for one in wanted:
        assert server.found(id=one["eventID"]) == [{**one, "recipientAccountId": "111122223333"}]


def test_what_the_aws_cli_prints_is_imported_into_another_cairn(server: Server, make_server: MakeServer) -> None:
    wanted = event(user=unique("printed"))
    server.post_events([wanted])
    server.found(id=wanted["eventID"])
    attribute = f"AttributeKey=EventId,AttributeValue={wanted['eventID']}"
    printed = server.aws("cloudtrail", "lookup-events", "--lookup-attributes", attribute)
    other = make_server().start()
    path = put(server.folder, "printed.json", printed.encode())
    assert counts(other, path, "--format", "lookup-events")["events"]["new"] == 1
    assert ids(other.lookup(id=wanted["eventID"])) == [wanted["eventID"]]
    other.stop()


def test_a_form_that_is_told_is_the_only_one(server: Server) -> None:
    path = put(server.folder, "told.json", ndjson([event()]))
    found = counts(server, path, "--format", "eventbridge")
    assert (found["events"]["new"], found["events"]["refused"]) == (0, 1)
    server.cairn("import", path, "--format", "xml", code=2)
    answer = server.post(ndjson([event()]), query="?format=eventbridge").json()
    assert answer["refused"] == [{"line": 1, "reason": "detail is missing"}]
    assert server.post(b"{}", query="?format=xml").code == "InvalidParameterException"


# -- counts


def test_an_import_of_the_same_again_is_all_duplicates(server: Server) -> None:
    folder = fresh(server.folder, "same")
    user = unique("same")
    future = event(user=user, time=now() + timedelta(days=3))
    for number in range(5):
        twice = event(user=user)
        write_log_file(folder, "us-east-1", [twice, twice, event(user=user), {"a": 1}], number=number)
    write_log_file(folder, "us-east-1", [future], number=5)
    first = counts(server, folder)
    assert first["events"] == {"read": 21, "new": 10, "duplicates": 5, "refused": 5, "future": 1}
    assert len(server.lookup(user=user)) == 10

    skipped = counts(server, folder)
    assert skipped["files"]["importedBefore"] == 6 and skipped["events"]["read"] == 0
    again = counts(server, folder, "--restart")
    assert again["events"] == {"read": 21, "new": 0, "duplicates": 15, "refused": 5, "future": 1}
    assert len(server.lookup(user=user)) == 10

    write_log_file(folder, "us-east-1", [event(user=user)], number=6)
    more = counts(server, folder)
    assert (more["files"]["imported"], more["files"]["importedBefore"], more["events"]["new"]) == (1, 6, 1)


def test_events_without_an_id_are_imported_once(server: Server) -> None:
    user = unique("no-id")
    without = [{name: value for name, value in event(user=user).items() if name != "eventID"} for _ in range(2)]
    path = put(server.folder, "no-id.json", ndjson(without))
    assert counts(server, path)["events"]["new"] == 2
    assert counts(server, path, "--restart")["events"] == {"read": 2, "new": 0, "duplicates": 2, "refused": 0, "future": 0}
    assert len(server.lookup(user=user)) == 2


def test_an_import_is_on_the_record(server: Server) -> None:
    folder = fresh(server.folder, "recorded")
    write_log_file(folder, "us-east-1", [event(user=unique("recorded"))])
    counts(server, folder)
    for name in ("BeginImport", "CountImported", "Import"):
        assert server.found(name=name, source="cairn.amazonaws.com")
    ended = [one["requestParameters"] for one in server.lookup(name="Import") if one["requestParameters"]]
    (ended,) = [one for one in ended if one["sources"] == [str(folder)]]
    assert ended["counts"]["events"] == {"read": 1, "new": 1, "duplicates": 0, "refused": 0, "future": 0}


# -- files that are no good


def test_bad_files_are_told_and_the_rest_is_in(server: Server) -> None:
    folder = fresh(server.folder, "bad")
    user = unique("beside-bad")
    good = write_log_file(folder, "us-east-1", [event(user=user)], number=1)
    cut = write_log_file(folder, "us-east-1", [event(user=f"{user}-cut") for _ in range(50)], number=2)
    cut.write_bytes(cut.read_bytes()[:-30])
    wide = put(folder, "wide.json", json.dumps([event()]).encode("utf-16"))
    bomb = put(folder, "bomb.json.gz", gzip.compress(b'{"Records":[' + b" " * (70 * MIB) + b"]}"))
    none = write_log_file(folder, "us-east-1", [], number=3)
    none.write_bytes(b"no gzip at all")

    done = server.cairn("import", "--output", "json", folder, code=1)
    found = json.loads(done.stdout)
    assert {one["file"] for one in found["failed"]} == {str(cut), str(wide), str(none)}
    assert "UTF-16" in done.stderr and "3 files could not be imported" in done.stderr
    assert f"{cut}: it breaks off behind record 49, which is in" in done.stderr
    assert found["events"]["new"] == 50
    assert (len(server.lookup(user=user)), len(server.lookup(user=f"{user}-cut"))) == (1, 49)
    # What failed is tried again, what is in is not.
    assert json.loads(server.cairn("import", "--output", "json", folder, code=1).stdout)["files"]["importedBefore"] == 2
    good.unlink(), cut.unlink(), bomb.unlink()


def test_a_large_file_is_streamed_and_what_is_too_long_in_it_told(server: Server) -> None:
    user = unique("large")
    source = random.Random(1)
    padded = [event(user=user, padding=source.randbytes(700).hex()) for _ in range(12_000)]
    texts = [json.dumps(one) for one in padded]
    texts.insert(5_000, json.dumps(event(user=user, padding="x" * 3 * MIB)))
    path = put(server.folder, "large.json.gz", gzip.compress(f'{{"Records":[{",".join(texts)}]}}'.encode(), 1))
    assert path.stat().st_size > 8 * MIB
    done = server.cairn("import", "--output", "json", path)
    assert f"{path}: record 5001 refused: longer than 1048576 bytes" in done.stderr
    assert json.loads(done.stdout)["events"] == {
        "read": 12_001, "new": 12_000, "duplicates": 0, "refused": 1, "future": 0,
    }  # fmt: skip
    assert len(server.lookup(user=user)) == 12_000


# -- what is asked for


def test_files_are_chosen_by_what_their_names_tell(server: Server) -> None:
    folder = fresh(server.folder, "chosen")
    for region in ("us-east-1", "eu-west-1"):
        write_log_file(folder, region, [event(region=region, user=unique("chosen"))])
    put(folder, "nameless.json", ndjson([event()]))
    there = {"region": "us-east-1", "account": OTHER_ACCOUNT, "since": "2026-03-01T08:00:00Z", "until": "2026-03-01"}
    for flag, value in there.items():
        planned = json.loads(server.cairn("import", folder, "--dry-run", "--output", "json", f"--{flag}", value).stdout)
        assert {one["kind"]: one["files"] for one in planned}["not asked for"] == (2 if flag == "region" else 1)
    elsewhere = {"region": "eu-west-9", "account": "444455556666", "since": "2026-03-01T08:06:00Z", "until": "2026-02-28"}
    for flag, value in elsewhere.items():
        assert counts(server, folder, f"--{flag}", value)["files"]["notAskedFor"] == 3
    assert counts(server, folder, "--region", "us-east-1")["events"]["new"] == 1
    server.cairn("import", folder, "--since", "soon", code=2)


def test_a_dry_run_needs_no_server(server: Server) -> None:
    folder = fresh(server.folder, "dry")
    path = write_log_file(folder, "us-east-1", [event()])
    done = server.cairn("import", folder, "--dry-run", AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_ACCESS_KEY_ID="")
    assert f"CloudTrail     1      {path.stat().st_size}" in done.stdout


def test_trails_take_what_is_imported_only_if_told_so(make_server: MakeServer) -> None:
    server = make_server().start()
    trail = make_trail(server, "imports")
    folder = fresh(server.folder, "trails")
    kept, delivered = event(), event()
    write_log_file(folder, "us-east-1", [kept], number=1)
    counts(server, folder)
    write_log_file(folder, "us-east-1", [delivered], number=2)
    assert counts(server, folder, "--to-trails", "--restart")["events"]["duplicates"] == 1
    trail.wait_for(ids([kept, delivered]))
    server.stop()


def test_a_bucket_is_imported_over_s3(server: Server, make_server: MakeServer) -> None:
    folder = fresh(server.folder, "to-copy")
    wanted = [event(user=unique("s3")) for _ in range(20)]
    for number, one in enumerate(wanted):
        write_log_file(folder, "us-east-1", [one], number=number)
    server.aws("s3", "mb", "s3://copied")
    server.aws("s3", "sync", folder, "s3://copied/prefix")
    big = put(server.folder, "big.json", ndjson([event(padding="x" * 900_000) for _ in range(12)]))
    server.aws("s3", "cp", big, "s3://copied/prefix/big.json")

    other = make_server().start()
    source = ("s3://copied/prefix/", "--s3-endpoint", server.url)
    found = counts(other, *source)
    assert found["events"]["new"] == 32 and found["files"]["imported"] == 21
    assert counts(other, *source)["files"]["importedBefore"] == 21
    denied = other.cairn("import", "s3://no-such-bucket/", "--s3-endpoint", server.url, code=1)
    assert "NoSuchBucket" in denied.stderr
    other.stop()


def test_a_journal_is_of_one_import_into_one_server(server: Server, make_server: MakeServer) -> None:
    first = put(server.folder, "journals/first.json", ndjson([event()]))
    second = put(server.folder, "journals/second.json", ndjson([event()]))
    journal = server.folder / "mine.journal"
    assert counts(server, first, "--journal", journal)["events"]["new"] == 1
    assert counts(server, first, "--journal", journal)["files"]["importedBefore"] == 1
    assert "another import" in server.cairn("import", second, "--journal", journal, code=1).stderr
    # The same command, but the server's data folder is new.
    other = make_server().start()
    assert "another server" in other.cairn("import", first, "--journal", journal, code=1).stderr
    assert counts(other, first)["events"]["new"] == 1
    other.stop()


def test_a_key_that_may_only_post_may_not_import(server: Server) -> None:
    key = server.create_key("--user", "posts-only", "--ingest-only")
    for query in ("?origin=imported", "?positions=true", "?again=0"):
        assert server.post(ndjson([event()]), query=query, key=key).code == "AccessDeniedException"
    for path in ("imports/begin", "imports/count", "imports"):
        assert server.request("POST", f"/_cairn/{path}", b"{}", key=key).code == "AccessDeniedException"


# -- imports that are cut off


def test_a_request_whose_answer_was_lost_is_taken_once(server: Server) -> None:
    end = server.health()["log"]["end"]
    body = ndjson([event(user=unique("again")) for _ in range(3)])
    first = server.post(body, query="?origin=imported&positions=true").json()
    again = server.post(body, query=f"?origin=imported&positions=true&again={end}").json()
    assert again == first and first["accepted"] == 3
    behind = first["positions"][0][1]
    later = server.post(body, query=f"?origin=imported&positions=true&again={behind}").json()
    assert later["positions"][0][0] >= behind
    ranges = [[first["positions"][0][0], later["positions"][0][1]]]
    counted = server.request("POST", "/_cairn/imports/count", json.dumps({"ranges": ranges}).encode())
    assert counted.status == 200, counted
    # Own calls may stand between the two; the three events are there once.
    assert counted.json()["inHistory"] >= 3
    assert server.post(body, query="?positions=true&again=7").status == 400
    overlapping = json.dumps({"ranges": [[0, 16], [8, 24]]}).encode()
    assert server.request("POST", "/_cairn/imports/count", overlapping).status == 400


class FixedPort(Server):
    """Comes back where it was, as a restarted server does."""

    def __init__(self, folder: Path):
        super().__init__(folder, quick=False)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def command(self, *flags: str) -> list[str]:
        return [word.replace("127.0.0.1:0", f"127.0.0.1:{self.port}") for word in super().command(*flags)]


def test_an_import_that_is_killed_goes_on_and_its_counts_are_exact(tmp_path: Path) -> None:
    print(f"CAIRN_KILL_SEED={SEED}")
    source = random.Random(SEED)
    folder = fresh(tmp_path, "files")
    user = unique("killed")
    sent: list[str] = []
    for number in range(200):
        batch = [event(user=user, padding=source.randbytes(200).hex()) for _ in range(source.choice([1, 20, 200]))]
        sent += ids(batch)
        write_log_file(folder, "us-east-1", [*batch, batch[0], {"a": 1}], number=number)
    large = [event(user=user, padding="x" * 5000) for _ in range(3000)]
    sent += ids(large)
    put(folder, "large.ndjson", ndjson(large))

    server = FixedPort(tmp_path / "server")
    try:
        server.start()
        command = [str(CAIRN), "import", "--output", "json", str(folder)]
        environment = server.shell()

        def begin() -> subprocess.Popen[str]:
            pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
            return subprocess.Popen(command, env=environment, cwd=tmp_path, text=True, **pipes)

        client, killed = begin(), 0
        while killed < ROUNDS:
            # The moment is the test: it must not hang on anything that the two do.
            threading.Event().wait(source.uniform(0.02, 0.25))
            if source.random() < 0.5:
                server.kill()
                server.start()
                threading.Event().wait(source.uniform(0.0, 0.1))
            client.kill()
            stdout, stderr = client.communicate()
            if stdout:
                break
            killed += 1
            client = begin()
        else:
            stdout, stderr = client.communicate(timeout=100)
            assert client.returncode == 0, stderr
        print(f"killed {killed} times")
        assert killed > 0, "the import was never cut off"
        found = json.loads(stdout)
        assert found["events"] == {
            "read": len(sent) + 400, "new": len(sent), "duplicates": 200, "refused": 200, "future": 0,
        }, f"killed {killed} times: {found}"  # fmt: skip
        assert found["files"]["imported"] == 201
        server.wait_until_visible()
        stored = Counter(ids(server.lookup(user=user)))
        assert stored == Counter(sent)
        restarted = subprocess.run([*command, "--restart"], env=environment, cwd=tmp_path, capture_output=True, text=True)
        assert json.loads(restarted.stdout)["events"]["new"] == 0
        server.stop()
    finally:
        server.kill()


def test_an_import_waits_for_a_server_that_restarts(tmp_path: Path) -> None:
    folder = fresh(tmp_path, "files")
    user = unique("patient")
    for number in range(200):
        write_log_file(folder, "us-east-1", [event(user=user) for _ in range(50)], number=number)
    server = FixedPort(tmp_path / "server")
    try:
        server.start()
        command = [str(CAIRN), "import", "--output", "json", str(folder)]
        client = subprocess.Popen(command, env=server.shell(), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        until(lambda: server.metrics()["cairn_events_accepted_total"] > 50, "the first files are in")
        server.kill()
        server.start()
        stdout, stderr = client.communicate(timeout=60)
        assert client.returncode == 0, stderr
        assert json.loads(stdout)["events"] == {
            "read": 10_000, "new": 10_000, "duplicates": 0, "refused": 0, "future": 0,
        }  # fmt: skip
        server.wait_until_visible()
        assert len(server.lookup(user=user)) == 10_000
        server.stop()
    finally:
        server.kill()
