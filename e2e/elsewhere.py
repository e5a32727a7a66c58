"""Services that trails deliver to: moto as S3, SNS, SQS and KMS, and one that does not answer."""

import json
import re
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from server import REGION
from waiting import until

MOTO = Path(sys.executable).parent / "moto_server"


class Moto:
    """A moto server, whose memory is its own."""

    def __init__(self, folder: Path):
        self.log = folder / "moto"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [MOTO, "-H", "127.0.0.1", "-p", "0"], stdout=log, stderr=log, env={"PYTHONUNBUFFERED": "1"}
            )
        try:
            self.url = until(self._url, "moto's address")
        except BaseException:
            self.stop()
            raise

    def _url(self) -> str:
        assert self.process.poll() is None, self.log.read_text()
        match = re.search(r"Running on (http://127\.0\.0\.1:\d+)", self.log.read_text())
        return match[1] if match else ""

    def client(self, service: str, region: str = REGION) -> Any:
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id="any",
            aws_secret_access_key="any",
            config=Config(retries={"total_max_attempts": 1}),
        )

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


class Silent:
    """Takes connections and never says anything."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._listener.close()


class Answering:
    """Answers every request that is posted."""

    content_type = ""

    def __init__(self) -> None:
        answering = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, text = answering.answer(body)
                self.send_response(status)
                self.send_header("Content-Type", answering.content_type)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *arguments: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, body: bytes) -> tuple[int, bytes]:
        raise NotImplementedError

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Keys(Answering):
    """A KMS that says of every alias what its name says: `alias/denied`, `alias/disabled`, `alias/broken`.

    For `alias/slow` it says that it is asked and waits until it may answer.
    """

    content_type = "application/x-amz-json-1.1"

    def __init__(self) -> None:
        self.is_asked, self.may_answer = threading.Event(), threading.Event()
        super().__init__()

    def answer(self, body: bytes) -> tuple[int, bytes]:
        key = json.loads(body)["KeyId"]
        if key == "alias/slow":
            self.is_asked.set()
            self.may_answer.wait(10)
        if key == "alias/disabled":
            metadata = {"KeyId": "k", "Arn": f"arn:aws:kms:{REGION}:111122223333:key/k", "KeyState": "Disabled"}
            return 200, json.dumps({"KeyMetadata": metadata}).encode()
        codes = {"alias/denied": "AccessDeniedException", "alias/broken": "InvalidArnException"}
        return 400, json.dumps({"__type": codes.get(key, "NotFoundException"), "message": key}).encode()

    def close(self) -> None:
        self.may_answer.set()
        super().close()


class Topics(Answering):
    """An SNS without topics, to whom the account of the topic `suspended` is none any more."""

    content_type = "text/xml"

    def answer(self, body: bytes) -> tuple[int, bytes]:
        status, code = (403, "InvalidClientTokenId") if b"suspended" in body else (404, "NotFound")
        return status, f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code></Error></ErrorResponse>".encode()
