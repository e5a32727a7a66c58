"""The command line beyond what other tests use: look-ups in all forms, accounts, help, settings' errors."""

import csv
import json
import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from conftest import MakeServer
from events import event, ids, minutes_ago, now, text_of, unique
from server import ACCOUNT, CAIRN, Server


def alone(*arguments: str, code: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
    """A command without a server."""
    environment = {"PATH": os.environ["PATH"], **env}
    done = subprocess.run([CAIRN, *arguments], env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == code, done
    return done


# -- lookup


def test_wait_shows_what_was_acknowledged_before(make_server: MakeServer) -> None:
    server = make_server().start()
    for _ in range(10):
        posted = event(user=unique("waited"))
        server.post_events([posted])
        printed = server.cairn("lookup", "--wait", "--id", posted["eventID"], "--output", "json").stdout
        assert ids(json.loads(printed)) == [posted["eventID"]]
    server.cairn("lookup", "--wait=5s")
    assert "duration" in server.cairn("lookup", "--wait=soon", code=2).stderr
    server.stop()


def test_a_limit_goes_over_pages_in_every_form(server: Server) -> None:
    user = unique("paged")
    server.post_events([event(user=user, time=minutes_ago(60) + timedelta(seconds=second)) for second in range(2500)])
    flags = ("lookup", "--wait", "--user", user, "--limit")
    found = json.loads(server.cairn(*flags, "2300", "--output", "json").stdout)
    assert len(set(ids(found))) == 2300
    times = [found_event["eventTime"] for found_event in found]
    assert times == sorted(times, reverse=True), "newest first"
    rows = list(csv.reader(server.cairn(*flags, "9999", "--output", "csv").stdout.splitlines()))
    assert len(rows) == 2501 and rows[0][0] == "TIME" and len({row[-1] for row in rows}) == 2501
    table = server.cairn(*flags, "1001", "--output", "table").stdout.splitlines()
    assert len(table) == 1002 and table[0].startswith("TIME")
    assert server.cairn(*flags, "0", "--output", "json").stdout == "[]\n"
    piped = server.cairn(*flags, "1").stdout
    assert len(json.loads(piped)) == 1, "what is not a terminal gets JSON"


def test_a_reader_that_goes_away_is_no_error(server: Server) -> None:
    command = f"{CAIRN} lookup --limit 100000 --output csv | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], env=server.shell(), capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "0", done


def test_times_are_told_as_people_tell_them(server: Server) -> None:
    user = unique("timed")
    midnight = now().replace(hour=0, minute=0, second=0)
    yesterday = event(user=user, time=midnight - timedelta(hours=1))
    today = event(user=user, time=min(midnight + timedelta(seconds=1), now()))
    server.post_events([yesterday, today])

    def found(*flags: str) -> set[str]:
        printed = server.cairn("lookup", "--wait", "--user", user, "--output", "json", *flags).stdout
        return set(ids(json.loads(printed)))

    both = {yesterday["eventID"], today["eventID"]}
    assert found() == found("--since", "2d") == found("--since", "yesterday") == both
    assert found("--since", "yesterday", "--until", "yesterday") == {yesterday["eventID"]}
    assert found("--since", "today") == {today["eventID"]}
    day = text_of(midnight - timedelta(hours=1))[:10]
    assert found("--since", day, "--until", day) == {yesterday["eventID"]}
    assert found("--until", text_of(midnight)) == {yesterday["eventID"]}
    assert "--since" in server.cairn("lookup", "--since", "whenever", code=2).stderr
    assert "later" in server.cairn("lookup", "--since", "1h", "--until", "2h", code=2).stderr


def test_a_resource_type_is_a_filter(server: Server) -> None:
    resources = [{"type": "AWS::Made::Up", "ARN": "arn:aws:made:::up"}]
    posted = event(user=unique("typed"), resources=resources)
    server.post_events([posted])
    printed = server.cairn("lookup", "--wait", "--resource-type", "AWS::Made::Up", "--output", "json").stdout
    assert posted["eventID"] in ids(json.loads(printed))


# -- who and where


def test_the_variables_of_the_aws_cli_are_read(server: Server) -> None:
    shell = server.shell()
    keys = {name: shell[name] for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    assert "AWS_ACCESS_KEY_ID" in alone("key", "list", code=2).stderr
    assert "AWS_SECRET_ACCESS_KEY" in alone("key", "list", code=2, AWS_ACCESS_KEY_ID="AKIAX").stderr
    alone("key", "list", **{**keys, "AWS_REGION": "", "AWS_DEFAULT_REGION": "ap-south-1"})
    server.wait_until_visible()
    (listed,) = server.lookup(name="ListKeys", region="ap-south-1")
    assert listed["awsRegion"] == "ap-south-1"
    alone("key", "list", **{**keys, "AWS_SESSION_TOKEN": ""})


def test_a_server_that_is_not_there_is_asked_after() -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIAX", "AWS_SECRET_ACCESS_KEY": "x"}
    said = alone("key", "list", "--endpoint-url", "http://127.0.0.1:1", code=1, **keys).stderr
    assert "is `cairn serve` running?" in said and said.count("\n") == 1
    assert "https://" in alone("key", "list", "--endpoint-url", "127.0.0.1:4580", code=2, **keys).stderr


# -- accounts


def test_an_account_is_made_named_shown_and_renamed(server: Server) -> None:
    account = "777788889999"
    server.cairn("account", "create", account, "--name", "payments")
    key = server.create_key("--account", account, "--user", "paula")
    server.client("s3", key=key).create_bucket(Bucket="payments-trail")
    server.client("cloudtrail", key=key).create_trail(Name="paid", S3BucketName="payments-trail")
    posted = event(user="paula")
    server.post_events([posted], key=key)
    server.wait_until_visible()

    table = server.cairn("account", "show", account).stdout
    for told in (account, "payments", key.id, "paula", "paid", "payments-trail", posted["eventID"]):
        assert told in table, told
    assert key.secret not in table
    shown = json.loads(server.cairn("account", "show", account, "--output", "json").stdout)
    assert shown["accounts"][0]["name"] == "payments" and shown["keys"][0]["accessKeyId"] == key.id
    assert shown["trails"][0]["logging"] is False and posted["eventID"] in ids(shown["newestEvents"])

    assert "billing" in server.cairn("account", "rename", account, "billing").stdout
    server.found(name="RenameAccount")
    server.restart()
    assert "billing" in server.cairn("account", "list").stdout
    assert "No account" in server.cairn("account", "rename", "666666666666", "x", code=1).stderr
    assert "12 digits" in server.cairn("account", "show", "12", code=1).stderr
    server.cairn("account", "rename", account, "", code=1)
    server.cairn("account", "show", ACCOUNT, key=key, code=1)


# -- help


def test_completions_come_for_every_shell() -> None:
    for shell in ("bash", "zsh", "fish"):
        script = alone("completions", shell).stdout
        assert "lookup" in script and "resource-type" in script
    bash = alone("completions", "bash").stdout
    checked = subprocess.run(["bash", "-n"], input=bash, text=True, capture_output=True, timeout=10)
    assert checked.returncode == 0, checked.stderr
    alone("completions", "tcsh", code=2)


def test_manual_pages_are_printed_and_written(tmp_path: Path) -> None:
    assert ".TH cairn 1" in alone("man").stdout
    alone("man", str(tmp_path / "man1"))
    pages = {path.name for path in (tmp_path / "man1").iterdir()}
    assert {"cairn.1", "cairn-serve.1", "cairn-lookup.1", "cairn-tail.1", "cairn-account-rename.1"} <= pages
    (tmp_path / "file").write_text("")
    assert "file" in alone("man", str(tmp_path / "file"), code=1).stderr


@pytest.mark.parametrize(
    ("typed", "meant"),
    [(("lokup",), "lookup"), (("lookup", "--usr", "x"), "--user"), (("account", "creat"), "create"), (("serve", "--dat", "x"), "--data")],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_what_is_misspelt_is_told_what_it_may_be(typed: tuple[str, ...], meant: str) -> None:
    assert meant in alone(*typed, code=2).stderr


# -- settings


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[trails]\n\ndeliver_evry = "5s"\n', 'cairn.toml:3: unknown key "trails.deliver_evry"; did you mean "trails.deliver_every"?'),
        ('deliver_every = "5s"\n', 'cairn.toml:1: unknown key "deliver_every"; did you mean "trails.deliver_every"?'),
        ('# mine\n[trails]\nlock = "1d"\ndeliver_every = "soon"\n', 'cairn.toml:4: trails.deliver_every: "soon" is not a duration'),
        ("[history]\ndays = 90\ndays = 91\n", "cairn.toml:3: duplicate key"),
        ("[history]\ndays = \n", "cairn.toml:2: "),
    ],
    ids=["unknown", "no-table", "value", "twice", "syntax"],
)
def test_errors_in_the_file_point_at_their_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "cairn.toml"
    file.write_text(text)
    assert said in alone("serve", "--config", str(file), "--data", str(tmp_path / "data"), code=2).stderr
    assert not (tmp_path / "data").exists()


def test_errors_in_flags_and_variables_name_them(tmp_path: Path) -> None:
    data = ("serve", "--data", str(tmp_path / "data"))
    assert "--deliver-every: " in alone(*data, "--deliver-every", "soon", code=2).stderr
    assert "CAIRN_HISTORY_DAYS: " in alone(*data, code=2, CAIRN_HISTORY_DAYS="many").stderr
    assert "CAIRN_SERVER_LISTEN: " in alone(*data, code=2, CAIRN_SERVER_LISTEN="nowhere").stderr
