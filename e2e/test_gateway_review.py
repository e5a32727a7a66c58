"""The recording gateway against callers who mean it ill, and against ends that come at a bad moment."""

import gzip
import json
import socket
import threading
from pathlib import Path

import pytest

import wire
from conftest import MakeServer
from gateway_canaries import found_in
from gateway_upstreams import Holding, Received, Upstream, answer, answering
from server import CAIRN, ROOT, Server
from test_gateway import STRANGER, about
from test_gateway_faults import FORM, await_event, create_user
from test_gateway_upstreams import configured
from waiting import until
from wire import Answer, Key

MEBIBYTE = 1 << 20


def send(server: Server, path: str, body: bytes, service: str, key: Key | None = ROOT, **headers: str) -> Answer:
    url = f"{server.url}{path}"
    named = dict(headers)
    if key is not None:
        named = wire.signed_headers(url, "POST", body, key, service, "us-east-1", named)
    return wire.send(url, "POST", body, named)


# -- one request, two operations


@pytest.mark.parametrize(
    ("path", "body", "target"),
    [
        ("/?Action=DeleteUser&UserName=eve", b"{}", "DynamoDB_20120810.ListTables"),
        ("/", b"Action=ListUsers&Version=2010-05-08&Action=DeleteUser&UserName=eve", None),
        ("/", b"%41ction=DeleteUser&Action=ListUsers&Version=2010-05-08&UserName=eve", None),
        ("/?Action=DeleteUser&UserName=eve", b"Action=ListUsers&Version=2010-05-08", None),
    ],
)
def test_what_can_be_taken_for_two_operations_is_refused_on_the_record(
    make_server: MakeServer, path: str, body: bytes, target: str | None
) -> None:
    with Upstream(answering()) as upstream:
        server = make_server("--upstream", upstream.url).start()
        headers = FORM if target is None else {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": target}
        refused = send(server, path, body, "iam" if target is None else "dynamodb", **headers)
        assert refused.status == 400 and not upstream.received
        codes = ("ValidationException", "InvalidParameterCombination")
        until(lambda: [event for event in server.lookup() if event.get("errorCode") in codes], "it is on the record")
        server.stop()


@pytest.mark.parametrize("code", ["unpacked", "too large", "two of them"])
def test_a_packed_form_is_recorded_by_what_is_in_it(make_server: MakeServer, code: str) -> None:
    with Upstream(answering()) as upstream:
        server = make_server("--upstream", upstream.url).start()
        form = b"Action=CreateUser&Version=2010-05-08&UserName=eve"
        packed = {
            "unpacked": gzip.compress(form),
            "too large": gzip.compress(form + b"&" * 5 * MEBIBYTE),
            "two of them": gzip.compress(form + b"&Action=DeleteUser"),
        }[code]
        answer = send(server, "/", packed, "iam", **FORM, **{"Content-Encoding": "gzip"})
        event = await_event(server, "CreateUser", userName="eve")
        expected = {
            "unpacked": (200, None, [packed]),
            "too large": (413, "RequestEntityTooLarge", []),
            "two of them": (400, "InvalidParameterCombination", []),
        }[code]
        assert (answer.status, event.get("errorCode"), [request.body for request in upstream.received]) == expected
        server.stop()


# -- bodies that are not signed


def test_a_body_is_left_unsigned_only_where_the_operation_allows_it(make_server: MakeServer) -> None:
    unsigned, events = "UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-EVENTS"
    with Upstream(answering()) as upstream:
        server = make_server("--upstream", upstream.url).start()

        def status(service: str, method: str, path: str, said: str) -> int:
            url = f"{server.url}{path}"
            headers = {"X-Amz-Content-SHA256": said, "Content-Type": "application/octet-stream"}
            headers = wire.signed_headers(url, method, b"the body", ROOT, service, "us-east-1", headers)
            return wire.send(url, method, b"the body", headers).status

        conversation = "/bots/b/botAliases/a/botLocales/en_US/sessions/s/conversation"
        assert status("ebs", "PUT", "/snapshots/snap-1/blocks/7", unsigned) == 200
        assert status("lex", "POST", conversation, events) == 200
        assert [request.body for request in upstream.received] == [b"the body"] * 2
        assert status("ebs", "POST", "/snapshots", unsigned) in (400, 403)
        assert status("ebs", "PUT", "/snapshots/snap-1/blocks/7", events) in (400, 403)
        assert status("lex", "POST", conversation, unsigned) in (400, 403)
        assert len(upstream.received) == 2
        (started,) = about(server, "StartConversation", 2)[1:]
        assert started["userIdentity"]["type"] == "Root" and "errorCode" not in started
        server.stop()


# -- secrets in URLs


def test_what_signs_a_url_in_a_parameter_is_nowhere_on_disk(make_server: MakeServer) -> None:
    message = b"<Error><Code>Odd</Code><Message>no https://b/t?X-Amz-Signature=canary-of-a-message</Message></Error>"
    with Upstream(answering(b"<ErrorResponse>" + message + b"</ErrorResponse>", "400 Bad Request")) as upstream:
        server = make_server("--upstream", upstream.url).start()
        url = "https%3A%2F%2Fb%2Ft%3FX-Amz-Date%3D2026%26X-Amz-Signature%3Dcanary-of-a-url"
        form = f"Action=CreateStack&Version=2010-05-15&StackName=s&TemplateURL={url}".encode()
        assert send(server, "/", form, "cloudformation", **FORM).status == 400
        told = await_event(server, "CreateStack", stackName="s")
        hidden = "HIDDEN_DUE_TO_SECURITY_REASONS"
        assert told["requestParameters"]["templateURL"] == f"https://b/t?X-Amz-Date=2026&X-Amz-Signature={hidden}"
        assert told["errorMessage"] == f"no https://b/t?X-Amz-Signature={hidden}"
        server.stop()
        assert not found_in(server.data, [b"canary-of-a-url", b"canary-of-a-message"])


# -- bodies that are read


def test_who_proves_nothing_cannot_have_much_read(make_server: MakeServer) -> None:
    with Upstream(answering()) as upstream:
        server = make_server("--upstream", upstream.url).start()
        form = b"Action=CreateUser&Version=2010-05-08&UserName=eve&Path="
        with wire.connect(server.url) as connection:
            # Told by the head alone.
            connection.sendall(wire.head(f"{server.url}/", "POST", {**FORM, "Content-Length": str(5 * MEBIBYTE)}))
            assert connection.recv(1000).startswith(b"HTTP/1.1 413 ")
        assert send(server, "/", form + b"x" * 3 * MEBIBYTE, "iam", None, **FORM).status == 200
        server.stop()


def test_a_form_of_many_names_costs_little_memory(make_server: MakeServer) -> None:
    with Upstream(answering()) as upstream:
        server = make_server("--upstream", upstream.url).start()
        deep = b"&".join(b"a." * 100 + b"%d=1" % number for number in range(18_000))
        before = server.memory_peak()
        assert send(server, "/", b"Action=CreateUser&Version=2010-05-08&" + deep, "iam", None, **FORM).status == 200
        assert server.memory_peak() - before < 128 * MEBIBYTE
        server.stop()


def test_an_object_that_is_sent_as_a_form_is_not_read_as_one(make_server: MakeServer) -> None:
    with Upstream(answering()) as upstream:
        server = make_server("--upstream", upstream.url).start()
        body = b"x" * 5 * MEBIBYTE
        assert wire.send(f"{server.url}/bucket/key", "PUT", body, FORM).status == 200
        assert upstream.received[0].body == body
        await_event(server, "PutObject", bucketName="bucket", key="key")
        server.stop()


# -- who calls


def test_whom_an_upstream_did_not_answer_it_did_not_verify(make_server: MakeServer, tmp_path: Path) -> None:
    (tmp_path / "identities.json").write_text(json.dumps({STRANGER.id: {"type": "IAMUser", "userName": "ann"}}))
    text = f'[[upstream]]\nurl = "http://127.0.0.1:1"\nverifies = true\nidentities = "{tmp_path}/identities.json"\n'
    server = configured(make_server, tmp_path, text)
    body = b"Action=CreateUser&Version=2010-05-08&UserName=eve"
    assert send(server, "/", body, "iam", STRANGER, **FORM).status == 502
    event = await_event(server, "CreateUser", userName="eve")
    assert event["userIdentity"]["type"] == "Unknown"
    assert event["additionalEventData"]["cairn"]["signatureVerified"] is False
    server.stop()


# -- stops


def endless(received: Received, connection: socket.socket) -> None:
    """Promises a gigabyte, sends a megabyte and waits."""
    received.read_body(connection)
    connection.sendall(answer(b"x" * MEBIBYTE, length=1 << 30))
    connection.recv(1)


@pytest.mark.parametrize("record", ["before-response", "intent"])
def test_a_stop_amid_an_answer_is_clean_and_the_call_on_the_record(make_server: MakeServer, record: str) -> None:
    with Upstream(endless) as upstream:
        server = make_server("--upstream", upstream.url, "--gateway-record", record).start()
        with wire.connect(server.url) as connection:
            connection.sendall(wire.head(f"{server.url}/bucket/key", "GET", {}))
            assert connection.recv(1000)
            server.stop()
        assert "not recorded before the stop" not in server.log_tail()
        assert "the stop took too long" not in server.log_tail()
        server.start()
        await_event(server, "GetObject", bucketName="bucket", key="key")
        server.stop()


def switching(received: Received, connection: socket.socket) -> None:
    """Takes up a WebSocket and echoes what it is told."""
    connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
    while part := connection.recv(1000):
        connection.sendall(part)


def test_a_stop_amid_a_tunnel_is_clean_and_the_call_on_the_record(make_server: MakeServer) -> None:
    with Upstream(switching) as upstream:
        server = make_server("--upstream", upstream.url).start()
        with wire.connect(server.url) as connection:
            headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
            connection.sendall(wire.head(f"{server.url}/bucket/tunnel", "GET", headers))
            assert connection.recv(1000).startswith(b"HTTP/1.1 101")
            connection.sendall(b"echo")
            assert connection.recv(1000) == b"echo"
            server.stop()
        assert "not recorded before the stop" not in server.log_tail()
        server.start()
        about(server, "GetObject", bucketName="bucket", key="tunnel")
        server.stop()


# -- backups


def test_a_backup_amid_a_call_that_was_intended_tells_of_it_when_restored(make_server: MakeServer, tmp_path: Path) -> None:
    holding = Holding()
    with Upstream(holding) as upstream:
        server = make_server("--upstream", upstream.url, "--gateway-record", "intent").start()
        caller = threading.Thread(target=create_user, args=(server, "eve"))
        caller.start()
        assert holding.came.wait(30)
        server.cairn("backup", tmp_path / "copy")
        holding.may_answer.set()
        caller.join()
        server.stop()
        restored = make_server("--upstream", upstream.url)
        restored.run(CAIRN, "restore", tmp_path / "copy", "--data", restored.data)
        restored.start()
        assert await_event(restored, "CreateUser", userName="eve")["errorCode"] == "OutcomeUnknown"
        restored.stop()
