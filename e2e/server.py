"""A running `cairn serve`, and the clients that talk to it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

import schema
import wire
from events import Event, ndjson
from waiting import until
from wire import Answer, Key

TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or Path.home() / ".cache" / "cairn-target")
CAIRN = Path(os.environ.get("CAIRN_BIN") or TARGET / "debug" / "cairn")
AWS = Path(sys.executable).parent / "aws"

ACCOUNT = "111122223333"
ROOT = Key("AKIAROOTROOTROOTROOT", "root/Secret+of=the/first+account", ACCOUNT)
REGION = "us-east-1"

# Short periods, so that tests see log files and digests soon.
QUICK = ("--deliver-every", "300ms", "--digest-every", "2s")

STOP_SECONDS = 10


class Server:
    """One data folder and, while started, the process that serves it."""

    def __init__(self, folder: Path, *flags: str, env: dict[str, str] | None = None, quick: bool = True):
        self.folder = folder
        self.data = folder / "data"
        self.home = folder / "home"
        self.stdout = folder / "stdout"
        self.stderr = folder / "stderr"
        self.flags = (*(QUICK if quick else ()), *flags)
        self.env = env or {}
        self.root = ROOT
        self.process: subprocess.Popen[bytes] | None = None
        self.url = ""
        self.home.mkdir(parents=True, exist_ok=True)

    # -- the process

    def command(self, *flags: str) -> list[str]:
        return [str(CAIRN), "serve", "--listen", "127.0.0.1:0", "--data", str(self.data), *flags]

    def environment(self) -> dict[str, str]:
        """Nothing of the shell that runs the tests but the path."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "CAIRN_ACCOUNT_ID": ROOT.account,
            "CAIRN_ACCESS_KEY_ID": ROOT.id,
            "CAIRN_SECRET_ACCESS_KEY": ROOT.secret,
            "CAIRN_LOG": os.environ.get("CAIRN_LOG", "info"),
            **self.env,
        }

    def launch(self) -> None:
        """Starts without waiting for anything."""
        assert self.process is None
        (self.data / "endpoint").unlink(missing_ok=True)
        with open(self.stdout, "ab") as stdout, open(self.stderr, "ab") as stderr:
            self.process = subprocess.Popen(
                self.command(*self.flags), stdout=stdout, stderr=stderr, env=self.environment(), cwd=self.folder
            )

    def start(self) -> "Server":
        """Starts and waits until requests are served."""
        self.launch()
        endpoint = self.data / "endpoint"

        def bound() -> str:
            if self.process.poll() is not None:
                raise RuntimeError(f"cairn ended with {self.process.returncode}: {self.log_tail()}")
            return endpoint.read_text().strip() if endpoint.exists() else ""

        try:
            self.url = until(bound, "the file endpoint")
            assert wire.send(f"{self.url}/_cairn/health", "GET", b"", {}).status == 200
        except BaseException:
            self.kill()
            raise
        return self

    def stop(self) -> None:
        """SIGTERM; it must end well and soon."""
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"still running {STOP_SECONDS} s after SIGTERM: {self.log_tail()}") from None
        assert code == 0, f"exit code {code}: {self.log_tail()}"

    def kill(self) -> None:
        """kill -9."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.wait()

    def restart(self) -> "Server":
        self.stop()
        return self.start()

    def copy(self, folder: Path, *flags: str) -> "Server":
        """Another server, not started, on a copy of this stopped one's data."""
        assert self.process is None
        other = Server(folder, *flags, env=self.env, quick=False)
        shutil.copytree(self.data, other.data)
        return other

    def log_tail(self) -> str:
        return self.stderr.read_text(errors="replace")[-2000:]

    def memory_peak(self) -> int:
        """The most bytes that the process has had in memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024

    # -- AWS's own clients

    def client(self, service: str, region: str = REGION, key: Key = ROOT, **config: Any) -> Any:
        """A boto3 client that does not try again, so that tests see the first answer.

        Answers of CloudTrail's that are not as botocore's model has them fail the test.
        """
        client = boto3.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id=key.id,
            aws_secret_access_key=key.secret,
            config=Config(retries={"total_max_attempts": 1}, **config),
        )
        if service in schema.SERVICES:
            schema.hold(client)
        return client

    def shell(self, region: str = REGION, key: Key = ROOT) -> dict[str, str]:
        """The environment that `cairn serve` tells its users to export."""
        return {
            "PATH": f"{AWS.parent}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": key.id,
            "AWS_SECRET_ACCESS_KEY": key.secret,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
        }

    def run(
        self, *command: str | Path, code: int = 0, region: str = REGION, key: Key = ROOT, **env: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command in such a shell and checks its exit code."""
        words = [str(word) for word in command]
        done = subprocess.run(
            words, env={**self.shell(region, key), **env}, cwd=self.folder, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == code, f"{words}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def aws(self, *arguments: str | Path, **options: Any) -> str:
        """The unmodified AWS CLI; returns what it prints."""
        return self.run(AWS, *arguments, **options).stdout

    def cairn(self, *arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        """A command of the binary, as a client of this server."""
        return self.run(CAIRN, *arguments, **options)

    def create_key(self, *flags: str) -> Key:
        """A key made by `cairn key create`."""
        printed = self.cairn("key", "create", "--output", "json", *flags).stdout
        (made,) = json.loads(printed)
        return Key(made["accessKeyId"], made["secretAccessKey"], made["account"], made.get("token"))

    # -- Cairn's own paths

    def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        key: Key | None = ROOT,
        service: str = "cairn",
        region: str = REGION,
    ) -> Answer:
        """A request, signed unless `key` is None."""
        url = self.url + path
        headers = headers or {}
        if key is not None:
            headers = wire.signed_headers(url, method, body, key, service, region, headers)
        return wire.send(url, method, body, headers)

    def post(self, body: bytes, *, query: str = "", key: Key | None = ROOT, **headers: str) -> Answer:
        """POST /_cairn/events. Headers are written with `_` for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("POST", f"/_cairn/events{query}", body, named, key)

    def post_events(self, events: list[Event], *, query: str = "", key: Key = ROOT) -> None:
        """Posts events, all of which must be taken."""
        answer = self.post(ndjson(events), query=query, key=key)
        assert answer.status == 200, answer
        assert answer.json() == {"accepted": len(events), "refused": [], "noted": []}

    def lookup_text(self, key: Key = ROOT, **query: Any) -> Answer:
        """One page of /_cairn/lookup, as it comes."""
        return self.request("POST", "/_cairn/lookup", json.dumps(query).encode(), key=key)

    def lookup(self, key: Key = ROOT, **query: Any) -> list[Event]:
        """All pages of /_cairn/lookup."""
        found: list[Event] = []
        query.setdefault("limit", 1000)
        while True:
            answer = self.lookup_text(key, **query)
            assert answer.status == 200, answer
            page = answer.json()
            found += page["events"]
            if page["next"] is None:
                return found
            query["next"] = page["next"]

    def found(self, count: int = 1, **query: Any) -> list[Event]:
        """What /_cairn/lookup finds, as soon as it is at least so much."""

        def enough() -> list[Event]:
            events = self.lookup(**query)
            assert len(events) >= count, f"{len(events)} of {count} events"
            return events

        return until(enough, f"{count} events of {query}")

    def health(self) -> dict[str, Any]:
        answer = self.request("GET", "/_cairn/health", key=None)
        assert answer.status == 200, answer
        return answer.json()

    def metrics(self) -> dict[str, float]:
        """Figures by name and labels, as Prometheus would read them. Asking is not on the record."""
        answer = self.request("GET", "/_cairn/metrics", key=None)
        assert answer.status == 200, answer
        lines = [line for line in answer.body.decode().splitlines() if line and not line.startswith("#")]
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}

    def wait_until_visible(self) -> None:
        """Until look-ups see all that is in the log now."""
        end = self.health()["log"]["end"]
        until(lambda: self.health()["history"]["visibleUpTo"] >= end, f"look-ups see everything below {end}")

    def wait_until_committed(self) -> None:
        """Until all that is in the log now is in the history table."""
        end = self.health()["log"]["end"]
        until(lambda: self.health()["history"]["committed"] >= end, f"the history table has everything below {end}")
