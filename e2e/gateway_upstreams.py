"""Upstreams that do as a test bids, beside moto."""

import hashlib
import io
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType

# What a connection is answered with: given the head and the socket, of which the rest of the request can be read.
Behaviour = Callable[["Received", socket.socket], None]


@dataclass
class Received:
    """A request as it came."""

    head: bytes
    # What came with the head.
    rest: bytes
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    def read_body(self, connection: socket.socket) -> bytes:
        """Reads a body with a Content-Length."""
        length = int(self.headers.get("content-length", 0))
        parts, missing = [self.rest[:length]], length - len(self.rest)
        while missing > 0 and (part := connection.recv(min(missing, 1 << 20))):
            parts.append(part)
            missing -= len(part)
        self.body = b"".join(parts)
        return self.body


class Upstream:
    """Takes connections, and does with each as `behaviour` says, once."""

    def __init__(self, behaviour: Behaviour):
        self.behaviour = behaviour
        self.received: list[Received] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "Upstream":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # Closed.
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                received = receive(connection)
                if received.head:
                    self.received.append(received)
                    self.behaviour(received, connection)
            except OSError:
                pass  # The gateway was first to go.


def receive(connection: socket.socket) -> Received:
    """Reads a head."""
    text = b""
    while b"\r\n\r\n" not in text:
        part = connection.recv(65536)
        if not part:
            return Received(b"", b"")
        text += part
    head, _, rest = text.partition(b"\r\n\r\n")
    pairs = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    headers = {name.decode("latin-1").lower(): value.strip().decode("latin-1") for name, _, value in pairs}
    return Received(head, rest, headers=headers)


def answer(body: bytes, status: str = "200 OK", length: int | None = None, **headers: str) -> bytes:
    """An answer, after which the connection is closed. Headers are written with `_` for `-`."""
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    length = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{named}\r\n".encode() + body


def answering(body: bytes = b"{}", status: str = "200 OK", **headers: str) -> Behaviour:
    """Reads the request whole and answers."""

    def behave(received: Received, connection: socket.socket) -> None:
        received.read_body(connection)
        connection.sendall(answer(body, status, **headers))

    return behave


def digesting(received: Received, connection: socket.socket) -> None:
    """Answers with the hash of the request's body."""
    connection.sendall(answer(hashlib.sha256(received.read_body(connection)).hexdigest().encode()))


def digesting_chunks(received: Received, connection: socket.socket) -> None:
    """The same of a body in chunks."""
    assert received.headers["transfer-encoding"] == "chunked"
    file = io.BufferedReader(_Remaining(received.rest, connection), 1 << 16)
    digest = hashlib.sha256()
    while size := int(file.readline(), 16):
        digest.update(file.read(size))
        file.readline()
    connection.sendall(answer(digest.hexdigest().encode()))


class _Remaining(io.RawIOBase):
    """What came with the head, and then what the socket gives."""

    def __init__(self, rest: bytes, connection: socket.socket):
        self.rest = rest
        self.connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        if not self.rest:
            return self.connection.recv_into(buffer)
        count = min(len(buffer), len(self.rest))
        buffer[:count], self.rest = self.rest[:count], self.rest[count:]
        return count


def dying(received: Received, connection: socket.socket) -> None:
    """Goes without an answer."""
    received.read_body(connection)


def dying_amid_answer(received: Received, connection: socket.socket) -> None:
    """Promises a megabyte, sends half of it, and goes."""
    received.read_body(connection)
    connection.sendall(answer(b"x" * 500_000, length=1_000_000))


class Holding:
    """Reads each request, tells that it came, and answers when it may."""

    def __init__(self) -> None:
        self.came = threading.Event()
        self.may_answer = threading.Event()

    def __call__(self, received: Received, connection: socket.socket) -> None:
        received.read_body(connection)
        self.came.set()
        if self.may_answer.wait(120):
            connection.sendall(answer(b"{}"))
