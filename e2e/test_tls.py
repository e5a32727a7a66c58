"""TLS: who is let in, what is told of it, and certificates that change while serving."""

import json
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509

import wire
from certificates import Authority
from conftest import MakeServer
from events import event, ids, ndjson, unique
from server import ACCOUNT, REGION, ROOT, Server
from waiting import until


class Secured:
    """A server that speaks TLS, and the files that it reads."""

    def __init__(self, folder: Path, make_server: MakeServer):
        self.authority = Authority(folder)
        self.certificate, self.key = folder / "cert.pem", folder / "key.pem"
        self.serial = self.renew()
        flags = ("--tls-certificate", str(self.certificate), "--tls-key", str(self.key))
        self.server: Server = make_server(*flags)

    def renew(self) -> int:
        return self.authority.issue(self.certificate, self.key)

    def connect(self, *protocols: str, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLSocket:
        """A connection whose other side is checked."""
        context = ssl.create_default_context(cafile=str(self.authority.bundle))
        context.maximum_version = version
        if protocols:
            context.set_alpn_protocols(list(protocols))
        return context.wrap_socket(wire.connect(self.server.url), server_hostname="127.0.0.1")

    def served(self) -> int:
        """The serial number of the certificate that new connections get."""
        with self.connect() as connection:
            return x509.load_der_x509_certificate(connection.getpeercert(binary_form=True)).serial_number


@pytest.fixture
def secured(tmp_path: Path, make_server: MakeServer) -> Iterator[Secured]:
    secured = Secured(tmp_path, make_server)
    secured.server.start()
    yield secured
    if secured.server.process is not None:
        secured.server.stop()


def test_the_session_of_a_newcomer_works_over_tls(secured: Secured, monkeypatch: pytest.MonkeyPatch) -> None:
    server, bundle = secured.server, {"AWS_CA_BUNDLE": str(secured.authority.bundle)}
    assert server.url.startswith("https://127.0.0.1:")
    assert f"export AWS_ENDPOINT_URL={server.url}\n" in server.stdout.read_text()
    assert json.loads(server.aws("cloudtrail", "describe-trails", **bundle))["trailList"]
    assert server.aws("s3", "mb", "s3://secured", **bundle) == "make_bucket: secured\n"
    monkeypatch.setenv("AWS_CA_BUNDLE", bundle["AWS_CA_BUNDLE"])
    # Larger than any window or buffer on the way.
    large = b"x" * 3_000_000
    s3 = server.client("s3")
    s3.put_object(Bucket="secured", Key="large", Body=large)
    assert s3.get_object(Bucket="secured", Key="large")["Body"].read() == large

    posted = event(user=unique("secured"))
    server.post_events([posted])
    printed = server.cairn("lookup", "--id", posted["eventID"], "--wait", "--output", "json", **bundle).stdout
    assert ids(json.loads(printed)) == [posted["eventID"]]
    assert ACCOUNT in server.cairn("account", "list", "--ca-bundle", secured.authority.bundle).stdout


def test_events_tell_how_their_caller_was_connected(secured: Secured) -> None:
    server, host = secured.server, urlsplit(secured.server.url).netloc
    server.cairn("key", "list", AWS_CA_BUNDLE=str(secured.authority.bundle))
    (found,) = server.found(name="ListKeys")
    assert found["tlsDetails"]["tlsVersion"] == "TLSv1.3"
    assert found["tlsDetails"]["cipherSuite"].startswith("TLS_")
    assert found["tlsDetails"]["clientProvidedHostHeader"] == host
    assert found["tlsDetails"]["keyExchange"]

    url = f"{server.url}/_cairn/accounts"
    headers = wire.signed_headers(url, "GET", b"", ROOT, "cairn", REGION, {"Connection": "close"})
    with secured.connect(version=ssl.TLSVersion.TLSv1_2) as connection:
        connection.sendall(wire.head(url, "GET", headers))
        assert wire.receive(connection).status == 200
    (found,) = server.found(name="ListAccounts")
    assert found["tlsDetails"]["tlsVersion"] == "TLSv1.2"
    assert found["tlsDetails"]["cipherSuite"].startswith("ECDHE-ECDSA-")


def test_events_of_plain_calls_tell_of_no_tls(make_server: MakeServer) -> None:
    server = make_server().start()
    server.cairn("key", "list")
    (found,) = server.found(name="ListKeys")
    assert "tlsDetails" not in found
    server.stop()


def test_a_client_is_told_what_is_wrong_with_its_endpoint(secured: Secured, make_server: MakeServer) -> None:
    server = secured.server
    untrusted = server.cairn("key", "list", code=1).stderr
    assert "--ca-bundle" in untrusted and "AWS_CA_BUNDLE" in untrusted
    plain = server.url.replace("https://", "http://")
    assert "https://" in server.cairn("key", "list", "--endpoint-url", plain, code=1).stderr
    missing = server.cairn("key", "list", "--ca-bundle", "nowhere.pem", code=2).stderr
    assert "nowhere.pem" in missing
    bundle = ("--ca-bundle", secured.authority.bundle)
    without_tls = make_server().start()
    secure = without_tls.url.replace("http://", "https://")
    assert "http://" in without_tls.cairn("key", "list", "--endpoint-url", secure, *bundle, code=1).stderr
    without_tls.stop()


def test_a_new_certificate_is_taken_on_while_serving_and_a_bad_one_is_not(secured: Secured) -> None:
    server = secured.server
    assert secured.served() == secured.serial
    with secured.connect() as before:
        second = secured.renew()
        until(lambda: secured.served() == second, "the new certificate, found by looking")
        before.sendall(wire.head(f"{server.url}/_cairn/health", "GET", {"Connection": "close"}))
        assert wire.receive(before).status == 200, "a connection from before goes on"

    secured.key.write_text("no key")
    server.process.send_signal(signal.SIGHUP)
    until(lambda: "key.pem holds no private key" in server.stderr.read_text(), "the bad key in the log")
    assert secured.served() == second
    third = secured.renew()
    server.process.send_signal(signal.SIGHUP)
    until(lambda: secured.served() == third, "the next good one")


def test_files_that_cannot_be_used_are_named_at_the_start(tmp_path: Path, make_server: MakeServer) -> None:
    secured = Secured(tmp_path, make_server)

    def refused(*flags: str, code: int) -> str:
        command = secured.server.command(*flags)
        environment = secured.server.environment()
        done = subprocess.run(
            command, env=environment, cwd=secured.server.folder, capture_output=True, text=True, timeout=20
        )
        assert done.returncode == code, done
        return done.stderr

    certificate, key = str(secured.certificate), str(secured.key)
    assert "go together" in refused("--tls-key", key, code=2)
    nowhere = refused("--tls-certificate", "nowhere.pem", "--tls-key", key, code=1)
    assert "nowhere.pem" in nowhere
    swapped = refused("--tls-certificate", key, "--tls-key", certificate, code=1)
    assert "key.pem holds no certificate" in swapped
    other = tmp_path / "other.pem"
    Authority(tmp_path).issue(other, tmp_path / "other-key.pem")
    assert "cannot be used" in refused("--tls-certificate", str(other), "--tls-key", key, code=1)


# -- HTTP/2, by hand: one GET whose head is plain literals (RFC 9113, RFC 7541)


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def literal(name: str, value: str) -> bytes:
    return b"\0" + text(name) + text(value)


def text(text: str) -> bytes:
    """A string behind its length, which has 7 bits and goes on in further bytes of 7 each."""
    length = len(text)
    if length < 127:
        return bytes([length]) + text.encode()
    length, rest = length - 127, bytearray([127])
    while length >= 128:
        rest.append(length % 128 + 128)
        length //= 128
    return bytes([*rest, length]) + text.encode()


def get_by_http2(connection: socket.socket, url: str, headers: dict[str, str] | None = None) -> bytes:
    """The body of the answer; its status is among the frames that are passed over, so the body must tell."""
    parts = urlsplit(url)
    head = [(":method", "GET"), (":scheme", parts.scheme), (":authority", parts.netloc), (":path", parts.path)]
    block = b"".join(literal(name, value) for name, value in [*head, *(headers or {}).items()])
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"")
    connection.sendall(preface + frame(1, 5, 1, block))
    received, body = connection.makefile("rb"), b""
    while True:
        start = received.read(9)
        assert len(start) == 9, "the connection ended early"
        payload = received.read(int.from_bytes(start[:3], "big"))
        kind, flags = start[3], start[4]
        if kind == 4 and not flags & 1:
            connection.sendall(frame(4, 1, 0, b""))
        if kind == 0:
            body += payload
        if kind in (0, 1) and flags & 1:
            return body


def test_http2_is_spoken_where_the_client_asks_for_it(secured: Secured, make_server: MakeServer) -> None:
    url = f"{secured.server.url}/_cairn/health"
    with secured.connect("h2", "http/1.1") as connection:
        assert connection.selected_alpn_protocol() == "h2"
        assert json.loads(get_by_http2(connection, url))["status"] == "ok"
    with secured.connect("http/1.1") as connection:
        assert connection.selected_alpn_protocol() == "http/1.1"
    plain = make_server().start()
    with wire.connect(plain.url) as connection:
        assert json.loads(get_by_http2(connection, f"{plain.url}/_cairn/health"))["status"] == "ok"
    plain.stop()


def test_a_signature_covers_the_authority_of_http2_as_it_does_the_host_header(secured: Secured) -> None:
    url = f"{secured.server.url}/_cairn/accounts"
    signed = wire.signed_headers(url, "GET", b"", ROOT, "cairn", REGION, {})
    headers = {name.lower(): value for name, value in signed.items() if name.lower() != "host"}
    with secured.connect("h2") as connection:
        answer = json.loads(get_by_http2(connection, url, headers))
    assert answer["accounts"], answer


# -- clients that mean no good


def test_silent_and_plain_clients_hold_up_neither_others_nor_the_stop(secured: Secured) -> None:
    server = secured.server
    with ExitStack() as clients:
        for _ in range(50):
            clients.enter_context(wire.connect(server.url))
        half = clients.enter_context(wire.connect(server.url))
        half.sendall(b"\x16\x03\x01\x02\x00")
        handshaken = clients.enter_context(secured.connect("h2"))
        assert handshaken.selected_alpn_protocol() == "h2"
        plain = clients.enter_context(wire.connect(server.url))
        plain.sendall(wire.head(server.url.replace("https", "http") + "/_cairn/health", "GET", {}))
        answer = wire.receive(plain)
        assert (answer.status, answer.code) == (400, "ValidationError") and b"https://" in answer.body
        server.post_events([event()])
        server.stop()


def test_a_bearer_token_works_over_tls(secured: Secured) -> None:
    server = secured.server
    made = server.cairn(
        "key", "create", "--user", "shipper", "--token", "--output", "json", AWS_CA_BUNDLE=str(secured.authority.bundle)
    )
    (key,) = json.loads(made.stdout)
    bearer = {"Authorization": f"Bearer {key['token']}"}
    answer = server.request("POST", "/_cairn/events", ndjson([event()]), bearer, key=None)
    assert answer.json()["accepted"] == 1
    refused = server.request("GET", "/_cairn/keys", b"", bearer, key=None)
    assert refused.status == 403 and b"bearer token" in refused.body
