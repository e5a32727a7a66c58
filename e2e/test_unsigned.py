"""Requests of nobody known cost their head, not their body."""

import pytest

import wire
from server import REGION, Server
from wire import Key

STRANGER = Key("AKIASTRANGERSTRANGER", "secret", "999999999999")


@pytest.mark.parametrize(
    ("path", "service", "target"),
    [
        ("/_cairn/lookup", "cairn", ""),
        ("/", "cloudtrail", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.ListTrails"),
        ("/", "dynamodb", "DynamoDB_20120810.ListTables"),
    ],
)
def test_a_stranger_is_refused_before_the_body_is_sent(server: Server, path: str, service: str, target: str) -> None:
    url = f"{server.url}{path}"
    given = {"X-Amz-Target": target} if target else {}
    signed = wire.signed_headers(url, "POST", b"x" * 1000, STRANGER, service, REGION, given)
    with wire.connect(server.url) as connection:
        connection.settimeout(10)
        connection.sendall(wire.head(url, "POST", {**signed, "Content-Length": "1000"}))
        answer = wire.receive(connection)
    assert 400 <= answer.status < 500 and answer.code
