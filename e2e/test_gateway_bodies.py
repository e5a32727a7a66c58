"""Bodies of any size through the recording gateway, and what follows a switch of protocols."""

import hashlib
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import wire
from conftest import MakeServer
from gateway_upstreams import Received, Upstream, answer, answering
from server import Server
from test_gateway import about
from test_gateway_faults import await_event
from waiting import until

MIB = 1 << 20
LARGE = 512 * MIB


def pieces(size: int) -> Iterator[bytes]:
    """The content of every object: each MiB begins with its number, so that none can be lost or change places."""
    rest = bytes(range(256)) * 4096
    for number in range(size // MIB):
        yield number.to_bytes(8, "big") + rest[8:]


def digest_of(size: int) -> str:
    digest = hashlib.sha256()
    for piece in pieces(size):
        digest.update(piece)
    return digest.hexdigest()


def storing(received: Received, connection: socket.socket) -> None:
    """An object store that keeps nothing: a PUT is answered with the hash of what came, a GET with its key's number of MiB."""
    if received.head.startswith(b"GET"):
        size = int(received.head.split()[1].rpartition(b"-")[2]) * MIB
        connection.sendall(answer(b"", length=size))
        for piece in pieces(size):
            connection.sendall(piece)
        return
    left, digest = int(received.headers["content-length"]) - len(received.rest), hashlib.sha256(received.rest)
    while left > 0 and (part := connection.recv(min(left, MIB))):
        digest.update(part)
        left -= len(part)
    connection.sendall(answer(digest.hexdigest().encode()))


def test_half_a_gigabyte_passes_both_ways_in_constant_memory(make_server: MakeServer) -> None:
    expected = digest_of(LARGE)
    with Upstream(storing) as upstream:
        server = make_server("--upstream", upstream.url).start()
        wire.send(f"{server.url}/bucket/small", "PUT", b"x", {})
        before = server.memory_peak()
        with wire.connect(server.url) as connection:
            connection.sendall(wire.head(f"{server.url}/bucket/large", "PUT", {"Content-Length": str(LARGE)}))
            for piece in pieces(LARGE):
                connection.sendall(piece)
            assert wire.receive(connection).body.decode() == expected
        with wire.connect(server.url) as connection:
            connection.sendall(wire.head(f"{server.url}/bucket/object-{LARGE // MIB}", "GET", {"Connection": "close"}))
            assert download(connection) == (LARGE, expected)
        assert server.memory_peak() - before < 24 * MIB
        (up,) = about(server, "PutObject", bucketName="bucket", key="large")
        assert up["additionalEventData"]["bytesTransferredIn"] == LARGE
        (down,) = about(server, "GetObject", bucketName="bucket")
        assert down["additionalEventData"]["bytesTransferredOut"] == LARGE
        server.stop()


def download(connection: socket.socket) -> tuple[int, str]:
    """The length and the hash of an answer's body, up to the end of the connection."""
    text = b""
    while b"\r\n\r\n" not in text:
        text += connection.recv(65536)
    body = text.partition(b"\r\n\r\n")[2]
    size, digest = len(body), hashlib.sha256(body)
    while part := connection.recv(MIB):
        size += len(part)
        digest.update(part)
    return size, digest.hexdigest()


def test_many_clients_that_stand_still_take_little_memory(make_server: MakeServer) -> None:
    """The first have large buffers, and the others must not."""
    clients = 160
    with Upstream(storing) as upstream, ExitStack() as open_connections:
        server = make_server("--upstream", upstream.url).start()
        wire.send(f"{server.url}/bucket/small", "PUT", b"x", {})
        before = server.memory_peak()
        for _ in range(clients):
            connection = open_connections.enter_context(wire.connect(server.url))
            connection.sendall(wire.head(f"{server.url}/bucket/object-64", "GET", {}))
            # The answer has begun, and nobody reads on.
            assert connection.recv(1).startswith(b"H")
        until(Still(server).is_still, "nothing moves any more")
        assert server.memory_peak() - before < 128 * MIB
        open_connections.close()
        until(lambda: len(server.lookup(name="GetObject")) == clients, "an event of each")
        server.stop()


class Still:
    """Tells when a server's memory grows no more."""

    def __init__(self, server: Server):
        self.server, self.peak, self.looks = server, 0, 0

    def is_still(self) -> bool:
        peak = self.server.memory_peak()
        self.looks = self.looks + 1 if peak == self.peak else 0
        self.peak = peak
        return self.looks > 20


# -- other protocols

WEBSOCKET = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAA"}


def conversing(received: Received, connection: socket.socket) -> None:
    """Takes up a WebSocket, is the first to speak, answers each message with its hash, and says goodbye."""
    connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello")
    while part := connection.recv(MIB):
        connection.sendall(hashlib.sha256(part).digest())
    connection.sendall(b"goodbye")


def exactly(connection: socket.socket, count: int) -> bytes:
    text = b""
    while len(text) < count and (part := connection.recv(count - len(text))):
        text += part
    return text


def test_a_websocket_passes_both_ways_until_both_are_done(make_server: MakeServer) -> None:
    with Upstream(conversing) as upstream:
        server = make_server("--upstream", upstream.url).start()
        with wire.connect(server.url) as connection:
            connection.sendall(wire.head(f"{server.url}/bucket/socket", "GET", WEBSOCKET))
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += connection.recv(1)
            assert head.startswith(b"HTTP/1.1 101 ") and b"websocket" in head
            assert exactly(connection, 5) == b"hello"
            for message in (b"\x00\xff\x0d\x0a", b"x" * 1000):
                connection.sendall(message)
                assert exactly(connection, 32) == hashlib.sha256(message).digest()
            connection.shutdown(socket.SHUT_WR)
            assert exactly(connection, 8) == b"goodbye"
        seen = upstream.received[0].headers
        assert (seen["upgrade"], seen["sec-websocket-key"]) == ("websocket", "AAAA")
        event = await_event(server, "GetObject", bucketName="bucket", key="socket")
        assert event["additionalEventData"]["bytesTransferredOut"] == len("hello") + 2 * 32 + len("goodbye")
        server.stop()


def test_no_client_switches_to_a_protocol_that_hides_calls(make_server: MakeServer) -> None:
    with Upstream(answering(b"as ever")) as upstream:
        server = make_server("--upstream", upstream.url).start()
        headers = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAARAAAAAAAIAAAAA"}
        assert wire.send(f"{server.url}/bucket/key", "GET", b"", headers).body == b"as ever"
        assert not {"upgrade", "http2-settings"} & upstream.received[0].headers.keys()
        server.stop()


# -- heads


def test_a_head_may_be_long_but_not_endless(make_server: MakeServer) -> None:
    with Upstream(answering(b"as ever")) as upstream:
        server = make_server("--upstream", upstream.url).start()
        url = f"{server.url}/bucket/key"
        assert wire.send(url, "GET", b"", {"X-Long": "x" * 40_000}).body == b"as ever"
        assert upstream.received[0].headers["x-long"] == "x" * 40_000
        assert wire.send(url, "GET", b"", {"X-Long": "x" * 100_000}).status == 431
        assert len(upstream.received) == 1
        server.stop()
