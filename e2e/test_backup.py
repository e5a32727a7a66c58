"""Backups of a serving Cairn, and what is restored from them."""

import json
import os
import signal
import subprocess
import threading
from collections import Counter
from pathlib import Path

from conftest import MakeServer
from delivered import Delivered, make_trail
from events import event, minutes_ago
from server import CAIRN, Server
from validation import validate_all
from waiting import until

SOURCE = "backup.example.com"


def posted(server: Server, name: str, count: int) -> list[str]:
    events = [event("Saved", SOURCE, eventID=f"{name}-{number}") for number in range(count)]
    server.post_events(events)
    return [one["eventID"] for one in events]


def backup(server: Server, folder: Path, *flags: str) -> dict:
    server.cairn("backup", folder, *flags)
    return json.loads((folder / "cairn-backup.json").read_text())


def restored(make_server: MakeServer, folder: Path, *flags: str) -> Server:
    """A server on a data folder made of a backup, not started."""
    server = make_server()
    server.run(CAIRN, "restore", folder, "--data", server.data, *flags)
    return server


def ids(server: Server) -> Counter[str]:
    return Counter(found["eventID"] for found in server.lookup(source=SOURCE))


def test_a_backup_under_load_holds_what_was_acknowledged_before_it_and_goes_on_exactly_once(
    make_server: MakeServer, tmp_path: Path
) -> None:
    server = make_server().start()
    trail = make_trail(server, "saved-trail")
    before = posted(server, "before", 300)
    trail.wait_for(before[:1])
    going, stop = [], threading.Event()

    def post() -> None:
        while not stop.is_set():
            going.extend(posted(server, f"during-{len(going)}", 20))

    poster = threading.Thread(target=post)
    poster.start()
    try:
        until(lambda: len(going) > 200, "events on their way")
        acknowledged = before + list(going)
        manifest = backup(server, tmp_path / "backup")
        until(lambda: len(going) > 600, "events after the backup")
    finally:
        stop.set()
        poster.join()
    server.stop()

    copy = restored(make_server, tmp_path / "backup").start()
    copy.wait_until_visible()
    found = ids(copy)
    assert set(acknowledged) <= set(found), "an event that was acknowledged before the backup"
    assert max(found.values()) == 1
    assert set(found) <= set(before + going)
    assert copy.health()["log"]["end"] >= manifest["position"]
    # The copy goes on as a server of its own: all of it is delivered, each event in one file, and proved.
    after = posted(copy, "after", 10)
    delivered = Delivered(copy, trail.bucket)
    delivered.wait_for(list(found) + after)
    copy.restart()
    delivered = Delivered(copy, trail.bucket)
    counts = Counter(one for one in delivered.event_ids() if one in found or one in after)
    assert set(counts) == set(found) | set(after) and max(counts.values()) == 1
    delivered.wait_until_covered()
    validate_all(copy, "saved-trail", minutes_ago(5))
    copy.stop()


def test_only_the_operator_makes_backups_and_every_one_is_on_the_record(
    make_server: MakeServer, tmp_path: Path
) -> None:
    server = make_server().start()
    key = server.create_key("--account", "444455556666")
    server.cairn("backup", tmp_path / "mine", code=1, key=key)
    assert not (tmp_path / "mine" / "cairn-backup.json").exists()
    backup(server, tmp_path / "backup")
    (refused, made) = sorted(server.found(2, name="Backup"), key=lambda found: "errorCode" not in found)
    assert refused["errorCode"] == "AccessDeniedException" and made["eventSource"] == "cairn.amazonaws.com"
    server.stop()


def test_a_backup_may_leave_out_the_key_and_then_the_restore_asks_for_it(
    make_server: MakeServer, tmp_path: Path
) -> None:
    server = make_server().start()
    kept = posted(server, "kept", 5)
    backup(server, tmp_path / "backup", "--without-secret-key")
    assert not (tmp_path / "backup" / "data" / "secret.key").exists()
    server.stop()
    refused = server.run(CAIRN, "restore", tmp_path / "backup", "--data", tmp_path / "none", code=2)
    assert "--secret-key" in refused.stderr
    copy = restored(make_server, tmp_path / "backup", "--secret-key", str(server.data / "secret.key")).start()
    copy.wait_until_visible()
    assert set(ids(copy)) == set(kept)
    copy.stop()


def test_a_damaged_unfinished_or_newer_backup_is_refused(make_server: MakeServer, tmp_path: Path) -> None:
    server = make_server().start()
    posted(server, "kept", 5)
    folder = tmp_path / "backup"
    backup(server, folder)
    server.stop()

    def refusal(what: str) -> None:
        done = server.run(CAIRN, "restore", folder, "--data", tmp_path / "data", code=1)
        assert what in done.stderr, done.stderr

    segment = next((folder / "data" / "log").iterdir())
    whole = segment.read_bytes()
    segment.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    refusal("is not what was backed up")
    segment.write_bytes(whole)
    # What the refused restore left does not start, and the next restore clears it.
    other = make_server()
    other.data = tmp_path / "data"
    started = subprocess.run(other.command(), env=other.environment(), capture_output=True, text=True, timeout=60)
    assert started.returncode == 1 and "restore" in started.stderr, started.stderr

    manifest = folder / "cairn-backup.json"
    text = manifest.read_text()
    manifest.write_text(text.replace('"version": 1', '"version": 2'))
    refusal("restore it with the Cairn that made it")
    manifest.unlink()
    refusal("no backup, or one that broke off")
    manifest.write_text(text)
    server.run(CAIRN, "restore", folder, "--data", tmp_path / "data")
    again = server.run(CAIRN, "restore", folder, "--data", tmp_path / "data", code=2)
    assert "fresh folder" in again.stderr


def test_a_backup_that_breaks_off_is_no_backup_and_the_server_goes_on(
    make_server: MakeServer, tmp_path: Path
) -> None:
    server = make_server().start()
    posted(server, "kept", 3000)
    environment = {**os.environ, **server.shell()}
    client = subprocess.Popen([str(CAIRN), "backup", str(tmp_path / "cut")], env=environment)
    client.send_signal(signal.SIGKILL)
    client.wait()
    until(lambda: not (server.data / "backup.staging").exists(), "the staging folder is gone")
    assert not (tmp_path / "cut" / "cairn-backup.json").exists()
    backup(server, tmp_path / "whole")
    server.stop()
