"""gRPC through the gateway, and OpenTelemetry's logs by gRPC."""

import struct
from pathlib import Path

import gateway_grpc
from conftest import MakeServer
from events import now, unique
from gateway_canaries import found_in
from server import Server
from test_sources import only

INVOICES = "/billing.v1.Invoices"
LOGS = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"


def behind(make_server: MakeServer, folder: Path, url: str) -> Server:
    settings = folder / "cairn.toml"
    settings.write_text(f'[[upstream]]\nurl = "{url}"\ngrpc = true\nhttp2 = true\n')
    return make_server("--config", str(settings)).start()


def test_calls_are_recorded_by_their_methods(make_server: MakeServer, tmp_path: Path) -> None:
    secret = b"canary of a message"
    with gateway_grpc.Server(b"the answer") as upstream:
        server = behind(make_server, tmp_path, upstream.url)
        answered = gateway_grpc.call(server.url, f"{INVOICES}/CreateInvoice", secret)
        assert (answered.status, answered.message) == ("0", b"the answer")
        gateway_grpc.call(server.url, f"{INVOICES}/ListInvoices", b"")
        assert upstream.paths == [f"{INVOICES}/CreateInvoice", f"{INVOICES}/ListInvoices"]
        assert upstream.received.startswith(gateway_grpc.framed(secret))
        server.wait_until_visible()
        created, listed = server.lookup(name="CreateInvoice"), server.lookup(name="ListInvoices")
        assert [event["eventSource"] for event in (*created, *listed)] == ["billing.v1.Invoices"] * 2
        assert [event["readOnly"] for event in (*created, *listed)] == [False, True]
        assert created[0].get("errorCode") is None
        server.stop()
        assert not found_in(server.data, [secret])


def test_failures_are_read_off_the_trailers(make_server: MakeServer, tmp_path: Path) -> None:
    with gateway_grpc.Server(b"begun", 7, "not for you") as upstream:
        server = behind(make_server, tmp_path, upstream.url)
        assert gateway_grpc.call(server.url, f"{INVOICES}/CreateInvoice", b"").status == "7"
        server.wait_until_visible()
        (event,) = server.lookup(name="CreateInvoice")
        assert (event["errorCode"], event["errorMessage"]) == ("PermissionDenied", "not for you")
        server.stop()


def test_failures_without_a_message_are_read_off_the_head(make_server: MakeServer, tmp_path: Path) -> None:
    with gateway_grpc.Server(None, 5, "no such invoice") as upstream:
        server = behind(make_server, tmp_path, upstream.url)
        assert gateway_grpc.call(server.url, f"{INVOICES}/GetInvoice", b"").status == "5"
        server.wait_until_visible()
        (event,) = server.lookup(name="GetInvoice")
        assert (event["errorCode"], event["errorMessage"]) == ("NotFound", "no such invoice")
        server.stop()


def test_an_upstream_that_is_not_there_is_unavailable_in_grpcs_own_form(make_server: MakeServer, tmp_path: Path) -> None:
    server = behind(make_server, tmp_path, "http://127.0.0.1:1")
    answered = gateway_grpc.call(server.url, f"{INVOICES}/CreateInvoice", b"")
    assert answered.headers[":status"] == "200" and answered.status == "14", answered
    server.wait_until_visible()
    (event,) = server.lookup(name="CreateInvoice")
    assert event["errorCode"]
    server.stop()


# -- OpenTelemetry's logs


def field(number: int, value: bytes | str) -> bytes:
    """A member of a protobuf message: bytes, text, or a message."""
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    text = b""
    while value > 0x7F:
        text, value = text + bytes([value & 0x7F | 0x80]), value >> 7
    return text + bytes([value])


def attribute(key: str, text: str) -> bytes:
    return field(1, key) + field(2, field(1, text))


def export(user: str) -> bytes:
    """An ExportLogsServiceRequest with one record."""
    time = b"\x09" + struct.pack("<Q", int(now().timestamp()) * 10**9)
    record = time + field(6, attribute("user.name", user)) + field(6, attribute("event.name", "invoice.paid"))
    resource = field(1, attribute("service.name", "billing"))
    return field(1, field(1, resource) + field(2, field(2, record)))


def test_logs_of_opentelemetry_are_taken_by_grpc(server: Server) -> None:
    user = unique("grpc")
    token = server.create_key("--ingest-only", "--token").token
    answered = gateway_grpc.call(server.url, LOGS, export(user), {"authorization": f"Bearer {token}"})
    assert answered.status == "0", answered
    event = only(server, user)
    assert (event["eventSource"], event["eventName"]) == ("billing", "invoice.paid")


def test_logs_of_opentelemetry_are_taken_as_protobuf_over_http(server: Server) -> None:
    user = unique("protobuf")
    answer = server.request("POST", "/v1/logs", export(user), {"Content-Type": "application/x-protobuf"})
    assert answer.status == 200 and answer.headers["content-type"] == "application/x-protobuf"
    only(server, user)


def test_logs_without_a_key_are_refused_in_grpcs_own_form(server: Server) -> None:
    user = unique("nobody")
    answered = gateway_grpc.call(server.url, LOGS, export(user))
    assert answered.status in ("7", "16"), answered
    server.wait_until_visible()
    assert server.lookup(user=user) == []
