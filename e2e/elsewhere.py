"""Services that trails deliver to: moto as S3, SNS, SQS and KMS, and one that does not answer."""

import re
import socket
import subprocess
import sys
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
