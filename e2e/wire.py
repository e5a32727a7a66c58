"""Signed requests, and sockets for what no decent client would send."""

import http.client
import json
import socket
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


@dataclass(frozen=True)
class Key:
    """An access key as a client holds it."""

    id: str
    secret: str
    account: str
    token: str | None = None


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, read whole."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The error code of a JSON answer; empty if it is none. rest-json has it in a header alone."""
        try:
            answer = self.json()
        except ValueError:
            return ""
        if not isinstance(answer, dict) or self.status < 300:
            return ""
        headers = {name.lower(): value for name, value in self.headers.items()}
        return answer.get("__type") or headers.get("x-amzn-errortype", "")


def signed_headers(
    url: str, method: str, body: bytes, key: Key, service: str, region: str, headers: dict[str, str]
) -> dict[str, str]:
    """The headers with a SigV4 signature made by botocore."""
    request = AWSRequest(method=method, url=url, data=body, headers=dict(headers))
    SigV4Auth(Credentials(key.id, key.secret), service, region).add_auth(request)
    return dict(request.headers)


def send(url: str, method: str, body: bytes, headers: dict[str, str], timeout: float = 60.0) -> Answer:
    """Sends one request on a connection of its own. Who serves https is not checked."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        unchecked = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=timeout, context=unchecked)
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body=body, headers=headers)
        return read_answer(connection.getresponse())
    finally:
        connection.close()


def read_answer(response: http.client.HTTPResponse) -> Answer:
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, response.read())


def connect(url: str, timeout: float = 60.0) -> socket.socket:
    """A bare connection."""
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=timeout)


def head(url: str, method: str, headers: dict[str, str]) -> bytes:
    """The head of a request as bytes, for sending by hand."""
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"{method} {path} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items() if name.lower() != "host"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def receive(connection: socket.socket) -> Answer:
    """Reads one answer from a bare connection."""
    response = http.client.HTTPResponse(connection)
    response.begin()
    return read_answer(response)
