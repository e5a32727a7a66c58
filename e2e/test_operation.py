"""Starting, stopping, settings, figures, and where secrets must not be."""

import json
import os
import re
import socket
import stat
import subprocess
import threading
from contextlib import ExitStack

import pytest
from botocore.exceptions import ClientError

import wire
from conftest import MakeServer
from delivered import make_trail, trail_arn
from events import event, ids, ndjson, unique
from server import ACCOUNT, ROOT, Server
from waiting import until


def refuses_to_start(server: Server, *flags: str, code: int, env: dict[str, str] | None = None) -> str:
    """Starting must fail so; returns what it says, which must not be a secret."""
    environment = {**server.environment(), **(env or {})}
    command = server.command(*server.flags, *flags)
    done = subprocess.run(command, env=environment, cwd=server.folder, capture_output=True, text=True, timeout=20)
    assert done.returncode == code, done
    said = done.stdout + done.stderr
    assert ROOT.secret not in said
    return said


# -- starting and stopping


def test_the_first_start_prints_what_a_shell_needs_and_a_later_one_no_secret(make_server: MakeServer) -> None:
    secret = "a secret with 'quotes', $dollars and `ticks`"
    server = make_server("--region", "eu-central-1", env={"CAIRN_SECRET_ACCESS_KEY": secret}).start()
    script = f'. {server.stdout}; printf "%s\\n" "$AWS_ENDPOINT_URL" "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY"'
    script += ' "$AWS_REGION" "$AWS_DEFAULT_REGION"'
    done = subprocess.run(["sh", "-c", script], env={}, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [server.url, ROOT.id, secret, "eu-central-1", "eu-central-1"]
    server.stdout.write_text("")
    server.restart()
    assert "AWS_ENDPOINT_URL" in server.stdout.read_text()
    assert secret not in server.stdout.read_text() and "quotes" not in server.stdout.read_text()
    server.stop()


def test_without_a_given_key_the_first_start_makes_one(make_server: MakeServer) -> None:
    nothing = {"CAIRN_ACCOUNT_ID": "", "CAIRN_ACCESS_KEY_ID": "", "CAIRN_SECRET_ACCESS_KEY": ""}
    server = make_server(env=nothing).start()
    exports = dict(re.findall(r"^export (\w+)=(.*)$", server.stdout.read_text(), re.MULTILINE))
    key = wire.Key(exports["AWS_ACCESS_KEY_ID"], exports["AWS_SECRET_ACCESS_KEY"], "000000000000")
    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", key.id) and len(key.secret) == 40
    assert server.client("sts", key=key).get_caller_identity()["Account"] == "000000000000"
    server.stop()


def test_other_given_values_at_a_later_start_are_an_error_that_says_so(make_server: MakeServer) -> None:
    server = make_server().start()
    server.stop()
    for variable, value in [
        ("CAIRN_ACCOUNT_ID", "999999999999"), ("CAIRN_ACCESS_KEY_ID", "AKIAOTHER"), ("CAIRN_SECRET_ACCESS_KEY", "other"),
    ]:
        assert variable in refuses_to_start(server, code=1, env={variable: value})
    server.start().stop()


def test_given_values_without_sense_are_refused(make_server: MakeServer) -> None:
    assert "CAIRN_ACCOUNT_ID" in refuses_to_start(make_server(), code=1, env={"CAIRN_ACCOUNT_ID": "12"})
    half = {"CAIRN_SECRET_ACCESS_KEY": ""}
    assert "CAIRN_SECRET_ACCESS_KEY" in refuses_to_start(make_server(), code=1, env=half)


def test_a_data_folder_has_one_server(make_server: MakeServer) -> None:
    server = make_server().start()
    assert str(server.data) in refuses_to_start(server, code=1)
    assert server.health()["status"] == "ok"
    server.kill()
    server.start().stop()


def test_a_data_folder_may_hold_files_of_others(make_server: MakeServer) -> None:
    server = make_server()
    server.data.mkdir()
    (server.data / "notes.txt").write_text("mine")
    server.start().stop()
    assert (server.data / "notes.txt").read_text() == "mine"


def test_a_start_after_kill_9_goes_on_where_it_was(make_server: MakeServer) -> None:
    server = make_server().start()
    name = unique("kept")
    make_trail(server, name)
    posted = [event(user=name) for _ in range(10)]
    server.post_events(posted)
    server.kill()
    server.start()
    assert sorted(ids(server.found(10, user=name))) == sorted(ids(posted))
    assert server.client("cloudtrail").get_trail_status(Name=name)["IsLogging"] is True
    server.stop()


def test_a_stop_under_load_is_clean_and_loses_nothing(make_server: MakeServer) -> None:
    server = make_server().start()
    acknowledged: list[str] = []
    started = threading.Barrier(5)

    def post() -> None:
        started.wait()
        while True:
            batch = [event() for _ in range(20)]
            try:
                answer = server.post(ndjson(batch))
            except Exception:
                return
            if answer.status == 200:
                acknowledged.extend(ids(batch))
            else:
                assert answer.status == 503, answer
                return

    with ExitStack() as open_connections:
        # Clients that say nothing, or not all, must not hold up the stop.
        open_connections.enter_context(wire.connect(server.url))
        slow = open_connections.enter_context(wire.connect(server.url))
        slow.sendall(wire.head(f"{server.url}/_cairn/events", "POST", {"Content-Length": "1000"}) + b"{")
        threads = [threading.Thread(target=post) for _ in range(4)]
        for thread in threads:
            thread.start()
        started.wait()
        until(lambda: len(acknowledged) > 200, "some load")
        server.stop()
        for thread in threads:
            thread.join()
    server.start()
    found = set(ids(server.found(len(set(acknowledged)), source="ec2.amazonaws.com")))
    assert set(acknowledged) <= found
    server.stop()


def test_the_file_endpoint_says_where_it_listens(make_server: MakeServer) -> None:
    server = make_server().start()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", server.url)
    assert (server.data / "endpoint").read_text() == f"{server.url}\n"
    server.stop()


def test_an_address_in_use_is_named(make_server: MakeServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        server = make_server()
        command = [*server.command()[:2], "--listen", address, "--data", str(server.data)]
        done = subprocess.run(command, env=server.environment(), cwd=server.folder, capture_output=True, text=True, timeout=20)
    assert done.returncode == 1 and address in done.stderr


def test_shells_of_the_servers_own_users_do_not_disturb_it(make_server: MakeServer) -> None:
    ambient = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "AKIAAMBIENT", "AWS_SECRET_ACCESS_KEY": "ambient",
        "AWS_REGION": "eu-south-1", "AWS_PROFILE": "nobody",
    }
    server = make_server(env=ambient).start()
    assert server.client("cloudtrail").get_trail(Name="default")["Trail"]["HomeRegion"] == "us-east-1"
    server.stop()


# -- settings


def test_flags_beat_variables_and_variables_beat_the_file(make_server: MakeServer) -> None:
    server = make_server()
    (server.folder / "cairn.toml").write_text('[server]\nregion = "ap-south-1"\n[trails]\ndefault = false\n')
    server.start()
    assert "AWS_REGION=ap-south-1" in server.stdout.read_text()
    assert server.client("cloudtrail").list_trails()["Trails"] == []
    server.stop()
    server.env = {"CAIRN_REGION": "eu-north-1"}
    server.start()
    assert "AWS_REGION=eu-north-1" in server.stdout.read_text()
    server.stop()
    server.flags = (*server.flags, "--region", "sa-east-1")
    server.start()
    assert "AWS_REGION=sa-east-1" in server.stdout.read_text()
    server.stop()


def test_the_home_region_is_the_default_trails(make_server: MakeServer) -> None:
    server = make_server("--region", "eu-central-1").start()
    trails = server.client("cloudtrail", "eu-central-1").list_trails()["Trails"]
    assert trails == [{"TrailARN": trail_arn("default", "eu-central-1"), "Name": "default", "HomeRegion": "eu-central-1"}]
    server.stop()


def test_what_is_misspelt_is_named_with_what_it_may_be(make_server: MakeServer) -> None:
    said = refuses_to_start(make_server(), "--deliver-evry", "5s", code=2)
    assert "--deliver-evry" in said and "--deliver-every" in said
    server = make_server()
    (server.folder / "cairn.toml").write_text('[trails]\ndeliver_evry = "5s"\n')
    said = refuses_to_start(server, code=2)
    assert "trails.deliver_evry" in said and "trails.deliver_every" in said
    assert "seven days" in refuses_to_start(make_server(), "--history-days", "seven days", code=2)
    assert "deliver_every" in refuses_to_start(make_server(quick=False), "--deliver-every", "0s", code=2)

    warned = make_server(env={"CAIRN_DELIVER_EVRY": "5s"}).start()
    assert "CAIRN_DELIVER_EVRY" in warned.stderr.read_text()
    warned.stop()


def test_a_setting_that_is_not_built_is_refused(make_server: MakeServer) -> None:
    assert "not built" in refuses_to_start(make_server(), "--history-categories", "x", code=2)


@pytest.mark.parametrize("command", ["serve", "import", "lookup", "key", "account", "apply", "export"])
def test_every_command_has_help_with_an_example(server: Server, command: str) -> None:
    text = server.cairn(command, "--help").stdout
    assert f"cairn {command}" in text.split("Example")[1]


# -- figures


def test_health_says_how_things_stand(server: Server) -> None:
    health = server.health()
    assert health["status"] == "ok" and re.fullmatch(r"\d+\.\d+\.\d+", health["version"])
    server.post_events([event()])
    server.wait_until_visible()
    health = server.health()
    assert health["history"]["visibleUpToEnd"] is True
    assert health["log"]["end"] > health["log"]["first"] >= 0
    assert health["diskFreeBytes"] > 0 and health["upSeconds"] >= 0
    assert {"outboxObjects", "outboxAgeSeconds", "position"} <= health["trails"].keys()


METRICS = [
    "cairn_events_accepted_total", "cairn_events_refused_total", "cairn_log_commits_total", "cairn_log_records_total",
    "cairn_log_fsync_seconds_count", "cairn_log_fsync_seconds_sum", 'cairn_log_fsync_seconds_bucket{le="+Inf"}',
    "cairn_log_disk_bytes", 'cairn_reader_lag_bytes{reader="history"}', 'cairn_reader_lag_bytes{reader="delivery"}',
    "cairn_outbox_objects", "cairn_outbox_age_seconds", "cairn_delivered_total", "cairn_delivery_failures_total",
    "cairn_history_visible_up_to_seconds", "cairn_history_table_rows", "cairn_disk_free_bytes",
    "cairn_own_events_missed_total",
]


def test_metrics_count_what_happens(server: Server) -> None:
    server.post(ndjson([event(), event()]) + b"bad\n")
    before = server.metrics()
    assert before["cairn_events_accepted_total"] >= 2 and before["cairn_events_refused_total"] >= 1
    assert [name for name in METRICS if name not in before] == []
    server.post(ndjson([event()] * 3) + b"bad\nworse\n")
    after = server.metrics()
    grown = {name: after[name] - before[name] for name in METRICS}
    assert grown["cairn_events_accepted_total"] == 3 and grown["cairn_events_refused_total"] == 2
    assert grown["cairn_log_fsync_seconds_count"] >= 1
    requests = [name for name in after if name.startswith("cairn_requests_total")]
    assert any('route="cairn"' in name and 'status="2xx"' in name for name in requests)


# -- a full disk


def test_a_full_disk_refuses_events_for_now_and_still_answers_reads(make_server: MakeServer) -> None:
    server = make_server().start()
    user = unique("full")
    kept = event(user=user)
    server.post_events([kept])
    server.found(user=user)
    server.stop()
    # No disk has so much room, so none is left for a new segment of the log.
    normal, server.flags = server.flags, (*server.flags, "--log-reserve-bytes", str(10**18))
    server.start()
    acknowledged = [kept["eventID"]]
    # The segment that is open takes what still fits: first large batches, then small ones, until not even one event does.
    for count, padding in [(10, 1_000_000), (1, 100_000), (1, 10_000), (1, 1)]:

        def full() -> bool:
            batch = [event(user=user, padding="x" * padding) for _ in range(count)]
            answer = server.post(ndjson(batch))
            if answer.status == 200:
                acknowledged.extend(ids(batch))
                return False
            assert (answer.status, answer.code) == (503, "ServiceUnavailable"), answer
            return True

        until(full, "the log is full")
    with pytest.raises(ClientError) as caught:
        server.client("cloudtrail").stop_logging(Name="default")
    assert caught.value.response["Error"]["Code"] == "ServiceUnavailable"
    assert server.client("cloudtrail").get_trail_status(Name="default")["IsLogging"] is True
    assert server.metrics()["cairn_own_events_missed_total"] >= 1
    assert len(server.lookup(user=user)) == len(acknowledged)
    assert server.health()["status"] == "ok"
    server.stop()
    server.flags = normal
    server.start()
    after = event(user=user)
    server.post_events([after])
    assert set(ids(server.found(len(acknowledged) + 1, user=user))) == {*acknowledged, after["eventID"]}
    server.stop()


# -- secrets


def test_secrets_are_neither_in_logs_nor_plain_on_disk_nor_on_the_record(make_server: MakeServer) -> None:
    server = make_server(env={"CAIRN_LOG": "trace"}).start()
    key = server.create_key("--account", ACCOUNT, "--user", "alice", "--token")
    server.client("cloudtrail", key=key).describe_trails()
    server.client("s3", key=key).list_buckets()
    url = server.client("s3", key=key).generate_presigned_url("list_buckets")
    wire.send(url, "GET", b"", {})
    server.request("POST", "/_cairn/events", ndjson([event()]), {"Authorization": f"Bearer {key.token}"}, key=None)
    server.cairn("key", "list")
    server.found(name="CreateKey")
    events = json.dumps(server.lookup())
    server.wait_until_committed()
    server.stop()
    secrets = [ROOT.secret, key.secret, key.token]
    for secret in secrets:
        assert secret not in events
    places = [server.stderr, *(path for path in server.data.rglob("*") if path.is_file())]
    assert len(places) > 5
    for path in places:
        content = path.read_bytes()
        assert not [number for number, secret in enumerate(secrets) if secret.encode() in content], path
    assert b"BEGIN PRIVATE KEY" not in server.stderr.read_bytes()


def test_the_key_file_is_its_owners_alone(make_server: MakeServer) -> None:
    server = make_server().start()
    mode = stat.S_IMODE(os.stat(server.data / "secret.key").st_mode)
    assert mode == 0o600
    server.stop()
    (server.data / "secret.key").rename(server.folder / "taken")
    said = refuses_to_start(server, code=1)
    assert "secret.key" in said
    assert not (server.data / "secret.key").exists(), "a new key would open nothing, and hide that the right one is missing"
    (server.folder / "taken").replace(server.data / "secret.key")
    server.start().stop()
