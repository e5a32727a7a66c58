"""Tables in a bucket: on moto, and on another Cairn, through crashes, outages, and without the data folder's copies."""

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from conftest import MakeServer
from elsewhere import Moto
from events import event, ids, unique
from lake_tables import commit_now
from proxy import Proxy
from server import ROOT, Server
from wire import Key


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    moto = Moto(tmp_path_factory.mktemp("moto"))
    moto.client("s3").create_bucket(Bucket="tables")
    yield moto
    moto.stop()


def at(url: str, location: str, key: Key | None = None) -> dict[str, str]:
    """The settings for tables in a bucket there."""
    key = key or Key("AKIAANYANYANYANYANY0", "any", "")
    return {
        "CAIRN_S3_ENDPOINT": url,
        "CAIRN_TRAILS_DEFAULT": "false",
        "CAIRN_AWS_ACCESS_KEY_ID": key.id,
        "CAIRN_AWS_SECRET_ACCESS_KEY": key.secret,
        "CAIRN_LAKE_LOCATION": location,
    }


def objects(client: Any, prefix: str) -> list[str]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="tables", Prefix=prefix)
    return [entry["Key"] for page in pages for entry in page.get("Contents", [])]


def visible(server: Server) -> list[str]:
    return sorted(found["eventID"] for found in server.lookup(name="DescribeInstances"))


def post(server: Server, count: int) -> list[str]:
    events = [event() for _ in range(count)]
    server.post_events(events)
    return ids(events)


def test_history_is_in_the_bucket_and_needs_no_copies(moto: Moto, make_server: MakeServer) -> None:
    prefix = unique("lake")
    server = make_server(env=at(moto.url, f"s3://tables/{prefix}")).start()
    posted = post(server, 50)
    commit_now(server)
    posted += post(server, 20)
    commit_now(server)
    keys = objects(moto.client("s3"), prefix)
    assert f"{prefix}/cairn-owner" in keys
    assert any(key.startswith(f"{prefix}/history/_delta_log/") for key in keys)
    assert not [key for key in keys if "cairn-probe" in key], "the probe leaves nothing"
    server.stop()
    shutil.rmtree(server.data / "history")
    server.start()
    assert visible(server) == sorted(posted)
    listed = json.loads(server.cairn("tables", "--output", "json").stdout)
    assert listed[0]["location"] == f"s3://tables/{prefix}/history"


def test_nothing_is_lost_or_twice_over_kill_and_outage(moto: Moto, make_server: MakeServer) -> None:
    with Proxy(moto.url) as between:
        server = make_server(env=at(between.url, f"s3://tables/{unique('lake')}")).start()
        posted: list[str] = []
        for _ in range(3):
            posted += post(server, 40)
            commit_now(server)
            posted += post(server, 10)
            server.kill()
            server.start()
        between.target = "http://127.0.0.1:1"
        between.cut()
        posted += post(server, 30)
        server.found(len(posted), name="DescribeInstances")
        between.target = moto.url
        server.wait_until_committed()
        assert visible(server) == sorted(posted)


def test_another_cairn_keeps_tables_too(make_server: MakeServer) -> None:
    there = make_server().start()
    there.client("s3").create_bucket(Bucket="tables")
    server = make_server(env=at(there.url, "s3://tables", ROOT)).start()
    posted = post(server, 30)
    commit_now(server)
    assert any(key.startswith("history/") for key in objects(there.client("s3"), ""))
    server.restart()
    assert visible(server) == sorted(posted)


def refused(server: Server) -> str:
    with pytest.raises(RuntimeError) as caught:
        server.start()
    return str(caught.value)


def test_a_start_refuses_what_would_mix_or_lose_tables(moto: Moto, make_server: MakeServer) -> None:
    location = f"s3://tables/{unique('lake')}"
    owner = make_server(env=at(moto.url, location)).start()
    owner.stop()
    other = make_server(env=at(moto.url, location))
    assert "has tables of another Cairn" in refused(other)
    owner.env = {**owner.env, "CAIRN_LAKE_LOCATION": ""}
    assert f"the tables of this data folder are in {location}" in refused(owner)
    with_own = make_server(env={"CAIRN_TRAILS_DEFAULT": "false"}).start()
    with_own.stop()
    with_own.env = at(moto.url, f"s3://tables/{unique('lake')}")
    assert "has tables of its own" in refused(with_own)
    assert "gives no credentials" in refused(make_server(env={"CAIRN_LAKE_LOCATION": "s3://tables/x"}))
    nowhere = make_server(env=at(moto.url, "s3://no-such-bucket/x"))
    assert "NoSuchBucket" in refused(nowhere)
    assert "s3://bucket/prefix" in refused(make_server(env={"CAIRN_LAKE_LOCATION": "/var/lib"}))
