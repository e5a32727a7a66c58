"""POST /_cairn/events: what is taken, what is refused and why, and who may."""

import gzip
import json
import socket
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
import zstandard
from botocore.exceptions import ClientError

import wire
from conftest import MakeServer
from delivered import make_trail
from events import OTHER_ACCOUNT, event, ids, ndjson, now, records, unique
from server import ACCOUNT, Server
from wire import Key

MIB = 1 << 20


def as_array(events: list[dict[str, Any]]) -> bytes:
    return json.dumps(events, indent=1).encode()


@pytest.mark.parametrize("written", [ndjson, as_array, records])
@pytest.mark.parametrize(
    ("packed", "headers"),
    [
        (bytes, {}),
        (bytes, {"Content_Encoding": "identity"}),
        (gzip.compress, {"Content_Encoding": "gzip"}),
        (gzip.compress, {}),
        (zstandard.compress, {"Content_Encoding": "zstd"}),
        (zstandard.compress, {}),
    ],
    ids=["plain", "identity", "gzip", "gzip-unsaid", "zstd", "zstd-unsaid"],
)
def test_events_come_in_three_forms_and_three_packings(
    server: Server, written: Callable[..., bytes], packed: Callable[[bytes], bytes], headers: dict[str, str]
) -> None:
    user = unique("forms")
    posted = [event(user=user) for _ in range(3)]
    answer = server.post(packed(written(posted)), **headers)
    assert answer.status == 200, answer
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"accepted": 3, "refused": [], "noted": []}
    assert sorted(ids(server.found(3, user=user))) == sorted(ids(posted))


def test_nothing_posted_is_nothing_taken(server: Server) -> None:
    for body in (b"", b"\n \r\n", b"[]", b'{"Records": []}'):
        assert server.post(body).json() == {"accepted": 0, "refused": [], "noted": []}


def with_member(text: str) -> str:
    """A good record with one member more."""
    return json.dumps(event())[:-1] + f", {text}}}"


def without(member: str) -> str:
    record = event()
    del record[member]
    return json.dumps(record)


BAD_RECORDS = [
    ("broken off", json.dumps(event())[:-20], "expected"),
    ("no JSON", "hello", "expected"),
    ("two values", json.dumps(event()) + " {}", "expected"),
    ("no object", "42", "not a JSON object"),
    ("trailing comma", with_member('"a": [1, 2, ]'), "expected"),
    ("NaN", with_member('"a": NaN'), "expected"),
    ("control character", with_member('"a": "\x01"'), "expected"),
    ("lone surrogate", with_member('"a": "\\ud83d"'), ""),
    ("duplicate key", with_member('"eventName": "Other"'), 'duplicate key "eventName"'),
    ("duplicate key below", with_member('"a": {"b": [[{"c": {"d": 1, "e": 2, "d": 1}}]]}'), 'duplicate key "d"'),
    ("duplicate key by escape", with_member('"a": {"b": 1, "\\u0062": 2}'), 'duplicate key "b"'),
    ("too deep", with_member('"a": ' + "[" * 200 + "]" * 200), "nested deeper"),
    ("far too deep", with_member('"a": ' + '{"a":' * 50_000 + "1" + "}" * 50_000), "nested deeper"),
    ("longer than 1 MiB", with_member(f'"a": "{"x" * MIB}"'), "longer than"),
    ("no eventTime", without("eventTime"), "eventTime is missing"),
    ("no eventSource", without("eventSource"), "eventSource is missing"),
    ("no eventName", without("eventName"), "eventName is missing"),
    ("eventTime as number", json.dumps({**event(), "eventTime": 1}), "eventTime is not"),
    ("eventTime without sense", json.dumps({**event(), "eventTime": "2026-02-30T00:00:00Z"}), "eventTime is not"),
    ("account without sense", json.dumps({**event(), "recipientAccountId": "12"}), "recipientAccountId is not"),
]


@pytest.mark.parametrize(("text", "reason"), [bad[1:] for bad in BAD_RECORDS], ids=[bad[0] for bad in BAD_RECORDS])
def test_a_bad_record_is_refused_alone(server: Server, text: str, reason: str) -> None:
    user = unique("beside-bad")
    first, last = event(user=user), event(user=user)
    answer = server.post("\n".join([json.dumps(first), text, json.dumps(last)]).encode())
    assert answer.status == 200, answer
    receipt = answer.json()
    assert (receipt["accepted"], receipt["noted"]) == (2, [])
    (refusal,) = receipt["refused"]
    assert refusal["line"] == 2 and reason in refusal["reason"], refusal
    assert sorted(ids(server.found(2, user=user))) == sorted(ids([first, last]))


def test_bytes_that_are_no_text_are_refused_alone(server: Server) -> None:
    good = event(user=unique("text"))
    bad = json.dumps(event(user="\u00e9"), ensure_ascii=False).encode("latin-1")
    receipt = server.post(bad + b"\n" + json.dumps(good).encode()).json()
    assert receipt["accepted"] == 1
    assert receipt["refused"] == [{"line": 1, "reason": "malformed JSON: not UTF-8"}]


def test_elements_of_a_list_count_like_lines(server: Server) -> None:
    good = json.dumps(event())
    for body in (f'[{good}, {{"a": 1}}, {good}]', f'{{"Records": [{good}, {{"a": 1}}, {good}]}}'):
        receipt = server.post(body.encode()).json()
        assert receipt["accepted"] == 2
        assert [refusal["line"] for refusal in receipt["refused"]] == [2]


def test_a_list_that_breaks_off_keeps_what_was_whole_and_says_where(server: Server) -> None:
    good = json.dumps(event())
    receipt = server.post(f'{{"Records": [{good}, {good}, {good[:50]}'.encode()).json()
    assert receipt["accepted"] == 2
    assert [refusal["line"] for refusal in receipt["refused"]] == [3]


def test_empty_lines_count_but_are_not_records(server: Server) -> None:
    good = json.dumps(event())
    receipt = server.post(f"\r\n{good}\r\n\r\nbad\r\n".encode()).json()
    assert receipt["accepted"] == 1
    assert [refusal["line"] for refusal in receipt["refused"]] == [4]


def test_an_event_of_the_future_is_kept_and_noted_but_not_in_history(make_server: MakeServer) -> None:
    server = make_server().start()
    trail = make_trail(server, "future")
    future = event(time=now() + timedelta(hours=25))
    near = event(time=now() + timedelta(hours=23))
    receipt = server.post(ndjson([near, future])).json()
    assert (receipt["accepted"], receipt["refused"]) == (2, [])
    (note,) = receipt["noted"]
    assert note["line"] == 2 and "future" in note["reason"]
    trail.wait_for(ids([near, future]))
    server.wait_until_visible()
    assert ids(server.lookup(id=near["eventID"])) == [near["eventID"]]
    assert server.lookup(id=future["eventID"]) == []
    server.wait_until_committed()
    assert server.lookup(id=future["eventID"]) == []
    server.stop()


def test_the_arrival_may_be_far_after_the_event(server: Server) -> None:
    old = event(eventTime="2011-01-01T00:00:00Z", user=unique("old"))
    server.post_events([old])
    server.found(id=old["eventID"])


# -- bodies that would harm


def bomb(size: int) -> bytes:
    """Gzip of that many zeros."""
    packer = zlib.compressobj(level=1, wbits=31)
    pieces = [packer.compress(bytes(MIB)) for _ in range(size // MIB)]
    return b"".join([*pieces, packer.flush()])


def test_a_gzip_bomb_is_refused_within_bounded_memory(make_server: MakeServer) -> None:
    server = make_server().start()
    answer = server.post(bomb(600 * MIB), Content_Encoding="gzip")
    assert (answer.status, answer.code) == (413, "RequestEntityTooLargeException")
    nested = zstandard.compress(bytes(600 * MIB))
    answer = server.post(nested, Content_Encoding="zstd")
    assert (answer.status, answer.code) == (413, "RequestEntityTooLargeException")
    assert server.memory_peak() < 1500 * MIB
    server.post_events([event()])
    server.stop()


def test_a_body_that_unpacks_to_almost_the_limit_is_taken(make_server: MakeServer) -> None:
    server = make_server().start()
    user, padding = unique("large"), "x" * (1_000_000)
    packer = zlib.compressobj(level=1, wbits=31)
    lines = (json.dumps(event(user=user, padding=padding)).encode() + b"\n" for _ in range(500))
    body = b"".join([*(packer.compress(line) for line in lines), packer.flush()])
    answer = server.post(body, Content_Encoding="gzip")
    assert answer.status == 200, answer
    assert answer.json()["accepted"] == 500
    server.stop()


def test_a_body_over_the_limit_is_refused_before_it_is_sent(server: Server) -> None:
    for length in (64 * MIB + 1, 65 * MIB, 1 << 31, 1 << 62):
        with wire.connect(server.url) as connection:
            connection.sendall(wire.head(f"{server.url}/_cairn/events", "POST", {"Content-Length": str(length)}))
            answer = wire.receive(connection)
        assert (answer.status, answer.code) == (413, "RequestEntityTooLargeException")


def test_an_endless_line_is_refused_when_it_is_over_the_limit(server: Server, token: str) -> None:
    before = server.memory_peak()
    with wire.connect(server.url) as connection:
        headers = {"Transfer-Encoding": "chunked", "Authorization": f"Bearer {token}"}
        connection.sendall(wire.head(f"{server.url}/_cairn/events", "POST", headers))
        chunk = b"%x\r\n%s\r\n" % (MIB, b"x" * MIB)
        for _ in range(64):
            connection.sendall(chunk)
        connection.sendall(b"1\r\nx\r\n")
        answer = wire.receive(connection)
    assert (answer.status, answer.code) == (413, "RequestEntityTooLargeException")
    assert server.memory_peak() - before < 300 * MIB


def test_a_body_of_nobody_known_is_not_read(server: Server) -> None:
    with wire.connect(server.url) as connection:
        head = wire.head(f"{server.url}/_cairn/events", "POST", {"Content-Length": str(64 * MIB)})
        connection.sendall(head)
        answer = wire.receive(connection)
    assert (answer.status, answer.code) == (403, "MissingAuthenticationTokenException")


def test_a_damaged_packing_is_refused_whole(server: Server) -> None:
    user = unique("damaged")
    body = gzip.compress(ndjson([event(user=user) for _ in range(50)]))
    for damaged in (body[:-20], body[:50] + b"!!!!" + body[54:], b"\x1f\x8b" + b"no gzip"):
        answer = server.post(damaged, Content_Encoding="gzip")
        assert answer.status == 400 and "gzip" in answer.json()["message"]
    assert server.post(body, Content_Encoding="br").status == 400
    server.wait_until_visible()
    assert server.lookup(user=user) == []


def test_an_unknown_parameter_is_refused(server: Server) -> None:
    answer = server.post(ndjson([event()]), query="?orgin=imported")
    assert answer.status == 400 and "orgin" in answer.json()["message"]


# -- clients that misbehave


@pytest.fixture(scope="module")
def token(server: Server) -> str:
    """A bearer token: a body that breaks off cannot be signed."""
    key = server.create_key("--user", "shipper", "--ingest-only", "--token")
    assert key.token
    return key.token


def test_a_body_that_breaks_off_leaves_nothing_behind(server: Server, token: str) -> None:
    user = unique("broken-off")
    body = ndjson([event(user=user) for _ in range(10)])
    headers = {"Authorization": f"Bearer {token}", "Content-Length": str(len(body) + 1000)}
    for shut in (lambda connection: connection.shutdown(socket.SHUT_WR), lambda connection: connection.close()):
        connection = wire.connect(server.url)
        connection.sendall(wire.head(f"{server.url}/_cairn/events", "POST", headers) + body)
        shut(connection)
        if connection.fileno() >= 0:
            # Either a clear error or an end; never an acknowledgement.
            assert b"200" not in connection.recv(4096)[:15]
            connection.close()
    marker = event()
    server.post_events([marker])
    server.found(id=marker["eventID"])
    assert server.lookup(user=user) == []


def test_a_body_longer_than_its_length_is_cut_there(server: Server, token: str) -> None:
    user = unique("too-long")
    body = ndjson([event(user=user), event(user=user)])
    length = body.index(b"\n") + 1
    headers = {"Authorization": f"Bearer {token}", "Content-Length": str(length)}
    with wire.connect(server.url) as connection:
        connection.sendall(wire.head(f"{server.url}/_cairn/events", "POST", headers) + body)
        assert wire.receive(connection).json()["accepted"] == 1
        # What follows is no request: it gets an error or an end.
        assert b"200" not in connection.recv(4096)[:15]
    assert len(server.found(user=user)) == 1


@pytest.mark.parametrize(
    "lengths", [{"Content-Length": "-1"}, {"Content-Length": "x"}, {"Content-Length": "5, 6"}], ids=str
)
def test_a_length_without_sense_is_refused(server: Server, lengths: dict[str, str]) -> None:
    with wire.connect(server.url) as connection:
        connection.sendall(wire.head(f"{server.url}/_cairn/events", "POST", lengths) + b"hello")
        assert b"400" in connection.recv(4096)[:15]


def test_slow_clients_hold_up_nobody_else(server: Server) -> None:
    url = f"{server.url}/_cairn/events"
    with ExitStack() as slow:
        for _ in range(40):
            connection = slow.enter_context(wire.connect(server.url))
            connection.sendall(b"POST /_cairn/events HTTP/1.1\r\nHost: x")
        server.post_events([event()])
        for _ in range(40):
            connection = slow.enter_context(wire.connect(server.url))
            connection.sendall(wire.head(url, "POST", {"Content-Length": str(64 * MIB)}) + b"{")
        server.post_events([event()])
        assert server.client("cloudtrail").list_trails()["Trails"]


# -- who may


def test_events_of_other_accounts_are_refused_unless_the_key_may(server: Server) -> None:
    own = server.create_key("--account", OTHER_ACCOUNT, "--user", "own")
    any_account = server.create_key("--account", OTHER_ACCOUNT, "--user", "any", "--any-account")
    mine = event(user=unique("mine"), recipientAccountId=OTHER_ACCOUNT)
    foreign = event(user=unique("foreign"), recipientAccountId="333344445555")
    receipt = server.post(ndjson([mine, foreign]), key=own).json()
    assert receipt["accepted"] == 1
    (refusal,) = receipt["refused"]
    assert refusal["line"] == 2 and "333344445555" in refusal["reason"]
    server.post_events([foreign], key=any_account)
    server.post_events([{**foreign, "eventID": "by-the-operator"}])
    assert len(server.found(2, account="333344445555", source="ec2.amazonaws.com")) == 2
    accounts = json.loads(server.cairn("account", "list", "--output", "json").stdout)
    assert {"333344445555", OTHER_ACCOUNT, ACCOUNT} <= {account["id"] for account in accounts}


def refused_by_aws(call: Callable[..., Any], *codes: str) -> None:
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"]["Code"] in codes, caught.value


def test_an_ingest_only_key_posts_and_does_nothing_else(server: Server) -> None:
    key = server.create_key("--user", "poster", "--ingest-only")
    posted = event()
    server.post_events([posted], key=key)
    server.found(id=posted["eventID"])

    assert server.post(ndjson([event()]), query="?origin=imported", key=key).code == "AccessDeniedException"
    assert server.lookup_text(key).code == "AccessDeniedException"
    assert server.request("GET", "/_cairn/keys", key=key).code == "AccessDeniedException"
    refused_by_aws(server.client("cloudtrail", key=key).list_trails, "AccessDeniedException")
    refused_by_aws(server.client("cloudtrail", key=key).lookup_events, "AccessDeniedException")
    refused_by_aws(server.client("s3", key=key).list_buckets, "AccessDenied")
    refused_by_aws(server.client("sts", key=key).get_caller_identity, "AccessDenied")
    folder = server.folder / "not-imported"
    folder.mkdir()
    (folder / "file.json").write_bytes(records([event()]))
    assert "may post events, but not import" in server.cairn("import", folder, key=key, code=1).stderr
    found = server.found(user="poster", error="AccessDeniedException", count=5)
    assert {"Import", "Lookup", "ListTrails", "LookupEvents"} <= {refusal["eventName"] for refusal in found}


def test_a_bearer_token_posts_over_loopback_and_does_nothing_else(server: Server, token: str) -> None:
    bearer = {"Authorization": f"Bearer {token}"}
    posted = event()
    answer = server.request("POST", "/_cairn/events", ndjson([posted]), bearer, key=None)
    assert answer.json() == {"accepted": 1, "refused": [], "noted": []}
    server.found(id=posted["eventID"])
    wrong = {"Authorization": f"Bearer {token[:-1]}"}
    assert server.request("POST", "/_cairn/events", ndjson([event()]), wrong, key=None).status in (400, 401, 403)
    assert server.request("POST", "/_cairn/lookup", b"{}", bearer, key=None).status in (400, 401, 403)


def test_a_disabled_key_is_refused_until_it_is_enabled_and_a_deleted_one_for_good(server: Server) -> None:
    key = server.create_key("--user", "switched", "--token")

    def answers() -> list[tuple[int, str]]:
        bearer = {"Authorization": f"Bearer {key.token}"}
        by_token = server.request("POST", "/_cairn/events", ndjson([event()]), bearer, key=None)
        by_signature = server.post(ndjson([event()]), key=key)
        return [(by_token.status, ""), (by_signature.status, by_signature.code)]

    assert answers() == [(200, ""), (200, "")]
    server.cairn("key", "disable", key.id)
    assert answers()[0][0] in (400, 401, 403) and answers()[1][1] == "UnrecognizedClientException"
    refused_by_aws(server.client("cloudtrail", key=key).list_trails, "UnrecognizedClientException")
    refused_by_aws(server.client("s3", key=key).list_buckets, "InvalidAccessKeyId")
    server.cairn("key", "enable", key.id)
    assert answers() == [(200, ""), (200, "")]
    server.cairn("key", "delete", key.id)
    assert answers()[0][0] in (400, 401, 403) and answers()[1][1] == "UnrecognizedClientException"
    assert key.id not in server.cairn("key", "list").stdout
    server.restart()
    assert answers()[1][1] == "UnrecognizedClientException"


def test_only_the_operator_makes_keys_and_keeps_its_own(server: Server) -> None:
    key = server.create_key("--user", "admin")
    assert "not the operator" in server.cairn("key", "create", key=key, code=1).stderr
    server.cairn("key", "list", key=key, code=1)
    server.cairn("account", "create", "121212121212", key=key, code=1)
    for word in ("disable", "delete"):
        server.cairn("key", word, server.root.id, code=1)
    server.cairn("account", "create", "12", code=1)
    wrong = Key(server.root.id, "wrong", ACCOUNT)
    assert "InvalidSignatureException" in server.cairn("key", "list", key=wrong, code=1).stderr


def test_keys_and_accounts_survive_a_restart(server: Server) -> None:
    key = server.create_key("--account", "565656565656", "--user", "kept")
    server.cairn("account", "create", "565656565656", "--name", "kept account")
    server.restart()
    assert server.client("sts", key=key).get_caller_identity()["Account"] == "565656565656"
    assert "kept account" in server.cairn("account", "list").stdout
