"""gRPC in small: a client that makes calls with one message, and a server that answers each call alike."""

import socket
import struct
import threading
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import urlsplit

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    DataReceived,
    RequestReceived,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    TrailersReceived,
)


@dataclass
class Answered:
    """What came back of a call."""

    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    trailers: dict[str, str] = field(default_factory=dict)
    was_reset: bool = False

    @property
    def status(self) -> str:
        """`grpc-status`, wherever it stands."""
        return self.trailers.get("grpc-status") or self.headers.get("grpc-status", "")

    @property
    def message(self) -> bytes:
        """The first message."""
        (length,) = struct.unpack(">I", self.body[1:5])
        return self.body[5 : 5 + length]


def framed(message: bytes) -> bytes:
    return b"\0" + struct.pack(">I", len(message)) + message


def texts(pairs: list[tuple[bytes | str, bytes | str]]) -> dict[str, str]:
    text = lambda value: value.decode() if isinstance(value, bytes) else value  # noqa: E731
    return {text(name): text(value) for name, value in pairs}


def call(url: str, path: str, message: bytes, headers: dict[str, str] | None = None) -> Answered:
    """Makes one call on a connection of its own."""
    parts = urlsplit(url)
    connection = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as link:
        connection.initiate_connection()
        fixed = {":method": "POST", ":scheme": "http", ":path": path, ":authority": parts.netloc, "te": "trailers",
                 "content-type": "application/grpc"}  # fmt: skip
        connection.send_headers(1, list({**fixed, **(headers or {})}.items()))
        connection.send_data(1, framed(message), end_stream=True)
        link.sendall(connection.data_to_send())
        answered = Answered()
        while data := link.recv(65536):
            for event in connection.receive_data(data):
                if isinstance(event, ResponseReceived):
                    answered.headers = texts(event.headers)
                elif isinstance(event, DataReceived):
                    answered.body += event.data
                    connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, TrailersReceived):
                    answered.trailers = texts(event.headers)
                elif isinstance(event, StreamReset):
                    answered.was_reset = True
                if isinstance(event, (StreamEnded, StreamReset)):
                    return answered
            link.sendall(connection.data_to_send())
    return answered


class Server:
    """Answers each call with `message`, and with `status` behind it. Without a message the status is in the head."""

    def __init__(self, message: bytes | None, status: int = 0, text: str = ""):
        self.message = message
        self.trailers = [("grpc-status", str(status)), *([("grpc-message", text)] if text else [])]
        self.paths: list[str] = []
        self.received = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return  # Closed.
            threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link: socket.socket) -> None:
        connection = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        connection.initiate_connection()
        with link:
            try:
                link.sendall(connection.data_to_send())
                while data := link.recv(65536):
                    for event in connection.receive_data(data):
                        self._take(connection, event)
                    link.sendall(connection.data_to_send())
            except OSError:
                pass  # The gateway went.

    def _take(self, connection: H2Connection, event: object) -> None:
        if isinstance(event, RequestReceived):
            self.paths.append(texts(event.headers)[":path"])
        elif isinstance(event, DataReceived):
            self.received += event.data
            connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, StreamEnded):
            head = [(":status", "200"), ("content-type", "application/grpc")]
            if self.message is None:
                connection.send_headers(event.stream_id, [*head, *self.trailers], end_stream=True)
                return
            connection.send_headers(event.stream_id, head)
            connection.send_data(event.stream_id, framed(self.message))
            connection.send_headers(event.stream_id, self.trailers, end_stream=True)
