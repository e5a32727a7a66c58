"""Several servers that share one catalog on PostgreSQL."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from conftest import MakeServer
from delivered import make_trail
from events import event
from postgres import Postgres
from server import ACCOUNT, CAIRN, Server
from waiting import until
from wire import Key

SOURCE = "shared.example.com"


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    server = Postgres().start()
    yield server
    server.remove()


def sharing(make_server: MakeServer, postgres: Postgres, beside: Server | None = None, *flags: str) -> Server:
    """A server, not started; beside another one it has the same key file."""
    server = make_server("--catalog-url", postgres.url, *flags)
    if beside is not None:
        server.data.mkdir(parents=True)
        key = server.data / "secret.key"
        key.write_bytes((beside.data / "secret.key").read_bytes())
        key.chmod(0o600)
    return server


def two(make_server: MakeServer, postgres: Postgres) -> tuple[Server, Server]:
    one = sharing(make_server, postgres).start()
    return one, sharing(make_server, postgres, one).start()


def arn(name: str) -> str:
    return f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/{name}"


def tags(server: Server, name: str) -> dict[str, str]:
    listed = server.client("cloudtrail").list_tags(ResourceIdList=[arn(name)])["ResourceTagList"]
    return {tag["Key"]: tag["Value"] for tag in listed[0]["TagsList"]}


def tag(server: Server, name: str, key: str, value: str = "x") -> None:
    server.client("cloudtrail").add_tags(ResourceId=arn(name), TagsList=[{"Key": key, "Value": value}])


def names(server: Server) -> set[str]:
    pages = server.client("cloudtrail").get_paginator("list_trails").paginate()
    return {trail["Name"] for page in pages for trail in page["Trails"]}


def is_known(server: Server, key: Key) -> bool:
    """Whether a key is verified."""
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    form = {"content-type": "application/x-www-form-urlencoded"}
    return server.request("POST", "/", body, form, key, service="sts").status == 200


def refusal(call) -> int:
    """The status that a call is refused with."""
    with pytest.raises(ClientError) as refused:
        call()
    return refused.value.response["ResponseMetadata"]["HTTPStatusCode"]


def test_200_concurrent_updates_through_two_servers_are_all_there(make_server: MakeServer, postgres: Postgres) -> None:
    servers = two(make_server, postgres)
    trails = [f"trail-{number}" for number in range(5)]
    for name in trails:
        servers[0].client("cloudtrail").create_trail(Name=name, S3BucketName=f"cairn-trail-{ACCOUNT}")
    faults: list[Exception] = []

    def update(worker: int) -> None:
        try:
            for number in range(25):
                # A trail takes 50 tags, and each gets 40: of all workers, through both servers.
                tag(servers[(worker + number) % 2], trails[number % 5], f"{worker}-{number}")
        except Exception as fault:  # noqa: BLE001: shown by the main thread
            faults.append(fault)

    workers = [threading.Thread(target=update, args=(worker,)) for worker in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not faults
    wanted = {name: {f"{w}-{n}" for w in range(8) for n in range(25) if trails[n % 5] == name} for name in trails}

    def all_there(server: Server) -> None:
        for name in trails:
            assert set(tags(server, name)) == wanted[name]

    for server in servers:
        until(lambda server=server: all_there(server) or True, "all tags")
        server.restart()
        all_there(server)


def test_what_one_server_changes_holds_at_the_other_and_for_its_deliveries(
    make_server: MakeServer, postgres: Postgres
) -> None:
    one = sharing(make_server, postgres).start()
    # Both deliver to buckets of the first.
    key = {"CAIRN_S3_ENDPOINT": one.url}
    other = make_server("--catalog-url", postgres.url, env=key)
    other.data.mkdir(parents=True)
    (other.data / "secret.key").write_bytes((one.data / "secret.key").read_bytes())
    (other.data / "secret.key").chmod(0o600)
    other.start()
    trail = make_trail(one, "shared-trail")
    until(lambda: "shared-trail" in names(other), "the trail at the other server")
    made = one.create_key("--user", "ann")
    until(lambda: is_known(other, made), "the key at the other server")
    # An event that the other one takes is delivered by it, to where the trail's bucket is.
    other.post_events([event("Happened", SOURCE, eventID="by-the-other")])
    trail.wait_for(["by-the-other"])
    # And it is on the record there that, and when, the change was adopted.
    adopted = other.found(1, name="AdoptChanges")
    assert any(arn("shared-trail") in str(one["requestParameters"]) for one in adopted)
    other.client("cloudtrail").delete_trail(Name=arn("shared-trail"))
    until(lambda: "shared-trail" not in names(one), "the trail is gone at the first")
    for server in (one, other):
        server.stop()


def test_servers_that_are_killed_lose_no_update_that_was_answered(make_server: MakeServer, postgres: Postgres) -> None:
    servers = list(two(make_server, postgres))
    servers[0].client("cloudtrail").create_trail(Name="killed", S3BucketName=f"cairn-trail-{ACCOUNT}")
    until(lambda: "killed" in names(servers[1]), "the trail at both")
    answered: dict[str, str] = {}
    stop = threading.Event()
    dice = random.Random(5)

    def update(server: Server, slot: int) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            # Each writer has tags of its own, whose values only grow.
            name = f"{slot}-{number % 5}"
            try:
                tag(server, "killed", name, str(number))
                answered[name] = str(number)
            except (ClientError, ConnectionError, HTTPClientError, OSError):
                time.sleep(0.05)

    writers = [threading.Thread(target=update, args=(server, slot)) for slot, server in enumerate(servers)]
    for writer in writers:
        writer.start()
    try:
        for _ in range(8):
            time.sleep(dice.uniform(0.2, 0.8))
            server = dice.choice(servers)
            server.kill()
            time.sleep(dice.uniform(0, 0.3))
            server.start()
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert len(answered) == 10

    def as_answered(server: Server) -> None:
        found = tags(server, "killed")
        for name, value in answered.items():
            # One that was cut off before its answer may be there too.
            assert int(found[name]) >= int(value), (name, found[name], value)

    for server in servers:
        until(lambda server=server: as_answered(server) or True, "all that was answered")
    until(lambda: tags(servers[0], "killed") == tags(servers[1], "killed"), "both know the same")
    known = tags(servers[0], "killed")
    for server in servers:
        assert tags(server.restart(), "killed") == known
        server.stop()
        server.run(CAIRN, "verify", "--store", server.data)


def test_without_postgresql_events_are_recorded_reads_answer_and_changes_are_refused(
    make_server: MakeServer, postgres: Postgres
) -> None:
    server = sharing(make_server, postgres).start()
    client = server.client("cloudtrail")
    client.create_trail(Name="before", S3BucketName=f"cairn-trail-{ACCOUNT}")
    postgres.stop()
    assert refusal(lambda: client.create_trail(Name="during", S3BucketName=f"cairn-trail-{ACCOUNT}")) == 503
    assert refusal(lambda: tag(server, "before", "a")) == 503
    answer = server.request("POST", "/_cairn/keys", b"{}")
    assert answer.status == 503, answer
    assert "before" in names(server)
    # Of accounts that nobody has met as well.
    server.post_events(
        [event("Happened", SOURCE, eventID="met"), event("Happened", SOURCE, recipientAccountId="444455556666")]
    )
    server.found(2, source=SOURCE)
    assert server.health()["catalog"] == {"shared": True, "reachable": False}

    postgres.start()
    until(lambda: server.health()["catalog"]["reachable"], "PostgreSQL answers again")
    tag(server, "before", "a")
    assert tags(server, "before") == {"a": "x"}
    server.restart()
    assert tags(server, "before") == {"a": "x"}
    server.stop()
    # Without it nothing starts, and the reason is told; nor does anything start as if there were no others.
    postgres.stop()
    with pytest.raises(RuntimeError, match="catalog at .*PostgreSQL"):
        server.start()
    alone = make_server()
    alone.data = server.data
    with pytest.raises(RuntimeError, match="set catalog.url"):
        alone.start()


def test_a_server_with_another_key_file_does_not_join(make_server: MakeServer, postgres: Postgres) -> None:
    sharing(make_server, postgres).start()
    with pytest.raises(RuntimeError, match="copy it here"):
        sharing(make_server, postgres).start()
    stranger = make_server().start()
    stranger.stop()
    joining = make_server("--catalog-url", postgres.url)
    joining.data = stranger.data
    with pytest.raises(RuntimeError, match="do not open under secret.key"):
        joining.start()


def test_a_catalog_moves_from_sqlite_to_postgresql_and_a_backup_back(
    make_server: MakeServer, postgres: Postgres, tmp_path: Path
) -> None:
    server = make_server().start()
    make_trail(server, "moving-trail")
    made = server.create_key("--user", "ann")
    server.stop()
    moved = make_server("--catalog-url", postgres.url)
    moved.data = server.data
    moved.start()
    tag(moved, "moving-trail", "on", "postgresql")
    other = sharing(make_server, postgres, moved).start()
    assert tags(other, "moving-trail") == {"on": "postgresql"}
    other.stop()
    moved.cairn("backup", tmp_path / "backup")
    tag(moved, "moving-trail", "on", "later")
    moved.stop()

    # Back into a data folder that is alone.
    alone = make_server()
    alone.run(CAIRN, "restore", tmp_path / "backup", "--data", alone.data)
    alone.start()
    assert tags(alone, "moving-trail") == {"on": "postgresql"}
    assert is_known(alone, made)
    alone.stop()
    # And into one that joins the others: what they have is what holds.
    joining = make_server("--catalog-url", postgres.url)
    joining.run(CAIRN, "restore", tmp_path / "backup", "--data", joining.data)
    joining.start()
    assert tags(joining, "moving-trail") == {"on": "later"}
    assert is_known(joining, made)
