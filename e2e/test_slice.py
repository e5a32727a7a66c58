"""The session that a newcomer types, with the unmodified AWS CLI."""

import json

import events
from conftest import MakeServer
from delivered import trail_arn
from events import event, minutes_ago, write_log_file
from server import ACCOUNT, Server
from waiting import until


def test_the_session_of_a_newcomer_works_to_its_end(make_server: MakeServer) -> None:
    server = make_server().start()
    since = minutes_ago(5)

    described = json.loads(server.aws("cloudtrail", "describe-trails"))
    (default,) = described["trailList"]
    assert default["Name"] == "default"
    assert default["TrailARN"] == trail_arn("default")
    assert default["S3BucketName"] == f"cairn-trail-{ACCOUNT}"
    assert default["HomeRegion"] == "us-east-1"
    assert default["IsMultiRegionTrail"] is True
    assert default["LogFileValidationEnabled"] is True
    assert default["IncludeGlobalServiceEvents"] is True
    assert default["HasCustomEventSelectors"] is False
    status = json.loads(server.aws("cloudtrail", "get-trail-status", "--name", "default"))
    assert status["IsLogging"] is True

    assert server.aws("s3", "mb", "s3://my-logs") == "make_bucket: my-logs\n"
    create = ("create-trail", "--name", "tr1", "--s3-bucket-name", "my-logs", "--enable-log-file-validation")
    created = json.loads(server.aws("cloudtrail", *create))
    assert created["TrailARN"] == trail_arn("tr1")
    assert created["LogFileValidationEnabled"] is True
    assert server.aws("cloudtrail", "start-logging", "--name", "tr1") == ""

    folder = server.folder / "CloudTrail"
    attack = event("RunInstances", user="stratus-red-team-attacker", eventTime="2026-03-01T08:04:11Z")
    quiet = event("DescribeInstances", user="alice", eventTime="2026-03-01T08:04:12Z")
    for number, found in enumerate([attack, quiet]):
        write_log_file(folder, "eu-central-1", [{**found, "recipientAccountId": events.OTHER_ACCOUNT}], number=number)
    assert "2 events imported" in server.cairn("import", folder).stderr
    server.found(id=quiet["eventID"])

    table = server.cairn("lookup", "--text", "stratus", "--output", "table").stdout
    assert "RunInstances" in table and attack["eventID"] in table
    assert events.OTHER_ACCOUNT in table, "the operator sees every account's events"
    assert "DescribeInstances" not in table

    attribute = ("--lookup-attributes", "AttributeKey=EventName,AttributeValue=CreateTrail")
    (found,) = json.loads(server.aws("cloudtrail", "lookup-events", *attribute))["Events"]
    recorded = json.loads(found["CloudTrailEvent"])
    assert recorded["requestParameters"]["name"] == "tr1"
    assert recorded["userAgent"].startswith("aws-cli/")

    def listed() -> str:
        listing = server.aws("s3", "ls", "--recursive", "s3://my-logs")
        assert f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/" in listing
        assert f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/us-east-1/" in listing
        return listing

    until(listed, "log files and signed digests in the bucket")

    def validated() -> str:
        arguments = ("--trail-arn", trail_arn("tr1"), "--start-time", events.text_of(since))
        text = server.aws("cloudtrail", "validate-logs", *arguments)
        assert "log files valid" in text and "INVALID" not in text
        return text

    assert "digest files valid" in until(validated, "validate-logs finds all valid")
    server.stop()


def test_an_import_with_a_broken_file_says_so_and_brings_in_the_rest(server: Server) -> None:
    folder = server.folder / "mixed"
    packed, plain = event(user="packed"), event(user="plain")
    write_log_file(folder, "us-east-1", [packed], number=1)
    write_log_file(folder, "us-east-1", [plain], packed=False, number=2)
    broken = write_log_file(folder, "us-east-1", [event()], number=3)
    broken.write_bytes(broken.read_bytes()[:100])
    (folder / "notes.txt").write_text("no log file")

    done = server.cairn("import", folder, code=1)
    assert str(broken) in done.stderr
    assert "3 files" in done.stderr and "2 events imported" in done.stderr
    for user in ("packed", "plain"):
        server.found(user=user)


def test_an_import_of_a_record_that_is_none_keeps_the_others(server: Server) -> None:
    folder = server.folder / "half"
    good = event(user="half")
    bad = {**event(), "eventTime": "yesterday"}
    path = write_log_file(folder, "us-east-1", [bad, good])
    done = server.cairn("import", folder)
    assert f"{path}: record 1 refused: eventTime" in done.stderr
    assert "1 event imported, 1 refused" in done.stderr
    server.found(id=good["eventID"])


def test_what_was_imported_twice_is_found_once(server: Server) -> None:
    folder = server.folder / "twice"
    twice = event(user="twice")
    write_log_file(folder, "us-east-1", [twice])
    server.cairn("import", folder)
    server.wait_until_committed()
    server.cairn("import", folder)
    server.wait_until_committed()
    assert len(server.lookup(id=twice["eventID"])) == 1


def test_an_import_of_nothing_fails(server: Server) -> None:
    empty = server.folder / "empty"
    empty.mkdir()
    server.cairn("import", empty, code=1)
    server.cairn("import", server.folder / "missing", code=1)
    server.cairn("import", code=2)


def test_look_ups_print_json_and_defused_csv(server: Server) -> None:
    formula = event("GetObject", "s3.amazonaws.com", user="=cmd()", errorCode="AccessDenied")
    del formula["userIdentity"]["arn"]
    server.post_events([formula])
    server.found(id=formula["eventID"])
    (printed,) = json.loads(server.cairn("lookup", "--id", formula["eventID"], "--output", "json").stdout)
    assert printed == {**formula, "recipientAccountId": ACCOUNT}
    csv = server.cairn("lookup", "--id", formula["eventID"], "--output", "csv").stdout
    assert ",'=cmd()," in csv

    filters = {
        "--user": "=cmd()", "--key": "AKIAEXAMPLEEXAMPLE00", "--source": "s3.amazonaws.com", "--name": "GetObject",
        "--ip": "198.51.100.7", "--error": "AccessDenied", "--region": "us-east-1", "--account": ACCOUNT,
        "--read-only": "true", "--category": "management", "--since": "1h", "--until": "1m", "--limit": "1000",
    }
    flags = [word for pair in filters.items() for word in pair]
    assert formula["eventID"] in server.cairn("lookup", *flags, "--output", "json").stdout
    for flag, other in {"--user": "bob", "--error": "NotFound", "--read-only": "false", "--category": "data"}.items():
        flags = [word for pair in {**filters, flag: other}.items() for word in pair]
        assert json.loads(server.cairn("lookup", *flags, "--output", "json").stdout) == [], flag
