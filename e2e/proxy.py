"""A TCP proxy between clients and a server, whose connections a test can cut."""

import socket
import threading
from types import TracebackType
from urllib.parse import urlsplit


class Proxy:
    """Listens on a port of its own; everything goes on to `target`, which may change."""

    def __init__(self, url: str):
        self.target = url
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.open: list[socket.socket] = []
        self.lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.listener.close()
        self.cut()

    def cut(self) -> None:
        """Cuts all connections that are open."""
        with self.lock:
            cut, self.open = self.open, []
        for connection in cut:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # The other side was first.

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return  # Closed.
            parts = urlsplit(self.target)
            try:
                server = socket.create_connection((parts.hostname, parts.port))
            except OSError:
                client.close()
                continue
            with self.lock:
                self.open += [client, server]
            for source, sink in [(client, server), (server, client)]:
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass  # Cut, or gone.
        for side in (source, sink):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
