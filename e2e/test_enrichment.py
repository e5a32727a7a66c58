"""Enrichment: what event data stores add to events, asked through CloudTrail's API."""

import json
from pathlib import Path
from typing import Any

from asking import Lake
from conftest import MakeServer
from events import event, unique
from server import ACCOUNT, Server
from test_backup import backup, restored
from waiting import until

ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
BUCKET = "arn:aws:s3:::payroll"
REQUEST = {"Type": "RequestContext", "Equals": ["aws:PrincipalType", "aws:ViaAWSService", "aws:username"]}
TAGS = {"Type": "TagContext", "Equals": ["team", "env"]}


def enrich(lake: Lake, store: str, *selectors: dict[str, Any]) -> None:
    lake.client.put_event_configuration(
        EventDataStore=store, MaxEventSize="Large", ContextKeySelectors=list(selectors)
    )


def post(server: Server, name: str) -> None:
    identity = {"type": "IAMUser", "arn": ALICE, "accountId": ACCOUNT, "userName": "alice"}
    resources = [{"ARN": BUCKET, "type": "AWS::S3::Bucket"}]
    server.post_events([event(name, "enriched.example.com", userIdentity=identity, resources=resources)])


def put_tags(server: Server, tags: dict[str, dict[str, str]]) -> None:
    assert server.request("PUT", "/_cairn/tags", json.dumps(tags).encode()).status == 200


def context(lake: Lake, store: str, name: str) -> dict[str, str]:
    statement = (
        "SELECT eventContext.requestContext['aws:PrincipalType'] AS type, "
        "eventContext.requestContext['aws:ViaAWSService'] AS via, "
        "eventContext.tagContext.principalTags['team'] AS team, "
        "eventContext.tagContext.resourceTags[1].tags['env'] AS env, "
        f"eventContext IS NULL AS plain FROM {store} WHERE eventName = '{name}'"
    )
    rows: list[dict[str, str]] = []

    def there() -> bool:
        rows[:] = lake.answer(statement)
        return bool(rows)

    until(there, f"{name} is in {store}")
    (row,) = rows
    return row


FULL = {"type": "User", "via": "false", "team": "blue", "env": "prod", "plain": "false"}
PLAIN = {"type": "", "via": "", "team": "", "env": "", "plain": "true"}


def test_events_are_enriched_from_the_change_on(make_server: MakeServer, tmp_path: Path) -> None:
    file = tmp_path / "tags.jsonl"
    file.write_text(json.dumps({"arn": BUCKET, "tags": {"env": "prod"}}) + "\n")
    server = make_server("--lake-tags-file", str(file)).start()
    put_tags(server, {ALICE: {"team": "blue"}})
    assert server.request("GET", "/_cairn/tags").json() == {ALICE: {"team": "blue"}}
    lake = Lake(server)
    enriched, plain = lake.store(), lake.store()
    post(server, "Before")
    assert context(lake, enriched, "Before") == PLAIN
    enrich(lake, enriched, REQUEST, TAGS)
    post(server, "Between")
    assert context(lake, enriched, "Between") == FULL
    assert context(lake, plain, "Between") == PLAIN
    enrich(lake, enriched)
    post(server, "After")
    expected = {"Before": PLAIN, "Between": FULL, "After": PLAIN}
    assert {name: context(lake, enriched, name) for name in expected} == expected

    # What a kill leaves in no table is read again, by the rules of its place in the log.
    server.kill()
    server.start()
    lake = Lake(server)
    assert {name: context(lake, enriched, name) for name in expected} == expected
    assert server.request("GET", "/_cairn/tags").json() == {ALICE: {"team": "blue"}}
    (recorded,) = server.found(name="PutTags")
    assert "requestParameters" in recorded and "blue" not in json.dumps(recorded)
    server.restart()
    lake = Lake(server)
    assert {name: context(lake, enriched, name) for name in expected} == expected
    server.stop()


def test_tags_follow_their_file_and_duplicates_stay_duplicates(make_server: MakeServer, tmp_path: Path) -> None:
    file = tmp_path / "tags.json"
    file.write_text(json.dumps({ALICE: {"team": "red"}}))
    server = make_server("--lake-tags-file", str(file)).start()
    lake = Lake(server)
    store = lake.store()
    enrich(lake, store, TAGS)
    sent = event("Twice", "enriched.example.com", userIdentity={"type": "IAMUser", "arn": ALICE})
    server.post_events([sent])
    assert context(lake, store, "Twice")["team"] == "red"
    file.write_text(json.dumps({ALICE: {"team": "green"}}))

    def followed() -> bool:
        name = unique("Later")
        server.post_events([event(name, userIdentity={"type": "IAMUser", "arn": ALICE})])
        return context(lake, store, name)["team"] == "green"

    until(followed, "the file is read again")
    # Other tags now than when it came first: one event all the same, also when it is read again from the log.
    server.post_events([sent])
    assert context(lake, store, "Twice")["team"] in ("red", "green")
    server.restart()
    lake = Lake(server)
    assert context(lake, store, "Twice")["team"] in ("red", "green")
    server.stop()


def test_only_the_operator_puts_tags_and_only_tags(make_server: MakeServer, tmp_path: Path) -> None:
    server = make_server().start()
    stranger = server.create_key("--account", "444455556666")
    for method, body in [("GET", b""), ("PUT", b"{}")]:
        assert server.request(method, "/_cairn/tags", body, key=stranger).status in (400, 403)
    for odd in [b"[]", b"{\"alice\": {}}", b"{\"arn:x\": {\"\": \"v\"}}", b"{\"arn:x\": 1}"]:
        assert server.request("PUT", "/_cairn/tags", odd).status == 400, odd
    assert server.request("GET", "/_cairn/tags").json() == {}
    put_tags(server, {ALICE: {"team": "blue"}, BUCKET: {"env": "prod"}})
    put_tags(server, {BUCKET: {}})
    backup(server, tmp_path / "copy")
    again = restored(make_server, tmp_path / "copy").start()
    assert again.request("GET", "/_cairn/tags").json() == {ALICE: {"team": "blue"}}
    again.stop()
    server.stop()
