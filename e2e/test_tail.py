"""The live tail: `/_cairn/tail` and `cairn tail`."""

import json
import select
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode

import wire
from conftest import MakeServer
from events import Event, data_event, event, ids, unique
from proxy import Proxy
from server import ACCOUNT, CAIRN, REGION, ROOT, Server
from waiting import until
from wire import Key


class Tail:
    """A running `cairn tail --output json`."""

    def __init__(self, server: Server, *flags: str, url: str | None = None):
        environment = {**server.shell(), **({"AWS_ENDPOINT_URL": url} if url else {})}
        command = [str(CAIRN), "tail", *flags]
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=server.folder
        )
        self.lines: list[str] = []
        self.said: list[str] = []
        for pipe, lines in [(self.process.stdout, self.lines), (self.process.stderr, self.said)]:
            threading.Thread(target=self._read, args=(pipe, lines), daemon=True).start()

    @staticmethod
    def _read(pipe: Any, lines: list[str]) -> None:
        for line in pipe:
            lines.append(line)

    def shown(self) -> list[Event]:
        return [json.loads(line) for line in list(self.lines)]

    def await_ids(self, expected: list[str]) -> None:
        """Until the events of these ids, and no others, were shown in this order."""

        def all_there() -> bool:
            assert len(self.lines) >= len(expected), f"{len(self.lines)} of {len(expected)} lines; {self.said}"
            return True

        until(all_there, "the tail shows all events")
        assert ids(self.shown()) == expected

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(10) == 0, self.said


@contextmanager
def tailing(server: Server, *flags: str, url: str | None = None) -> Iterator[Tail]:
    """A tail that has begun: the server has it on its record."""
    before = len(server.lookup(name="Tail"))
    tail = Tail(server, *flags, "--output", "json", url=url)
    try:
        server.found(before + 1, name="Tail")
        yield tail
    finally:
        tail.process.kill()
        tail.process.wait()


def test_events_are_shown_as_they_come_and_ctrl_c_ends_well(server: Server) -> None:
    user = unique("live")
    with tailing(server, "--user", user) as tail:
        first, second = event(user=user), event("PutObject", user=user)
        server.post_events([first, event(user="somebody-else"), second])
        tail.await_ids(ids([first, second]))
        assert tail.shown()[0] == {**first, "recipientAccountId": ACCOUNT}
        tail.interrupt()
    (begun,) = server.lookup(name="Tail", user="root")[:1]
    assert begun["requestParameters"]["user"] == user and begun["readOnly"] is True


FILTERS = {
    "user": "tess", "key": "AKIAEXAMPLEEXAMPLE00", "source": "s3.amazonaws.com", "name": "GetObject",
    "resource": "arn:aws:s3:::filtered", "resourceType": "AWS::S3::Bucket", "ip": "198.51.100.7", "error": "any",
    "region": "us-east-1", "account": ACCOUNT, "readOnly": "true", "category": "data", "text": "filter* accessdenied",
}
OTHERS = {
    "user": "tom", "key": "AKIAOTHER", "source": "ec2.amazonaws.com", "name": "PutObject", "resource": "arn:aws:s3:::other",
    "resourceType": "AWS::EC2::Instance", "ip": "10.0.0.1", "error": "NoSuchKey", "region": "eu-west-1",
    "account": "999999999999", "readOnly": "false", "category": "management", "text": "nothing",
}


@contextmanager
def stream(server: Server, query: dict[str, str], key: Key = ROOT, **headers: str) -> Iterator[Any]:
    """A tail by hand, its head taken: a file to read from."""
    url = f"{server.url}/_cairn/tail?{urlencode(query, quote_via=quote)}"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    signed = wire.signed_headers(url, "GET", b"", key, "cairn", REGION, named)
    with wire.connect(server.url) as connection:
        connection.sendall(wire.head(url, "GET", signed))
        received = connection.makefile("rb")
        assert received.readline().split()[1] == b"200"
        while line := received.readline().strip().lower():
            if line.startswith(b"content-type:"):
                assert line == b"content-type: text/event-stream"
        yield Messages(connection, received)


class Messages:
    """The messages of a tail, out of a chunked body."""

    def __init__(self, connection: socket.socket, received: Any):
        self.connection = connection
        self.received = received
        self.text = ""

    def next(self) -> dict[str, str]:
        while "\n\n" not in self.text:
            size = int(self.received.readline(), 16)
            assert size, "the tail ended"
            self.text += self.received.read(size).decode()
            self.received.readline()
        block, self.text = self.text.split("\n\n", 1)
        return dict(line.split(": ", 1) for line in block.splitlines())

    def silent(self) -> bool:
        """Whether nothing comes that is there already: one look at the log takes far less."""
        readable, _, _ = select.select([self.connection], [], [], 0.3)
        return not readable and not self.text

    def event(self) -> Event:
        """The next event; signs of life are passed over."""
        while True:
            message = self.next()
            if message.get("event") == "event":
                return {**json.loads(message["data"]), "_id": message["id"]}


def test_every_filter_of_look_ups_is_one_of_tails(server: Server) -> None:
    matching = data_event("filtered", "key", user="tess", errorCode="AccessDenied")
    start = str(server.health()["log"]["end"])
    server.post_events([matching])
    queries = [{name: value} for name, value in FILTERS.items()] + [FILTERS, {"id": matching["eventID"]}]
    for query in queries:
        with stream(server, {**query, "after": start}) as messages:
            assert messages.event()["eventID"] == matching["eventID"], query
    for name, other in OTHERS.items():
        with stream(server, {**FILTERS, name: other, "after": start}) as messages:
            assert messages.next()["id"] == start
            assert messages.silent(), name


def test_a_request_without_sense_is_refused_with_what_is_wrong(server: Server) -> None:
    wrong = {
        "colour=red": "colour", "since=1h": "since", "user=a&user=b": "twice", "readOnly=maybe": "readOnly",
        "account=12": "12 digits", "category=none": "category", "after=x": "id of an event", "after=7": "position",
        "text=-": "word", f"after={10**15}": "position",
    }
    for query, why in wrong.items():
        answer = server.request("GET", f"/_cairn/tail?{query}")
        assert answer.status == 400 and why in answer.json()["message"], (query, answer)
    assert server.request("GET", "/_cairn/tail", key=None).status in (400, 403)


def test_an_account_sees_its_own_events_and_an_ingest_only_key_none(server: Server) -> None:
    key = server.create_key("--account", "333344445555", "--user", "watcher")
    shipper = server.create_key("--user", "shipper", "--ingest-only")
    refused = server.request("GET", "/_cairn/tail", key=shipper)
    assert (refused.status, refused.code) == (400, "AccessDeniedException")
    refused = server.request("GET", f"/_cairn/tail?account={ACCOUNT}", key=key)
    assert (refused.status, refused.code) == (400, "AccessDeniedException")
    start = str(server.health()["log"]["end"])
    own, others = event(user="own"), event(user="others")
    server.post_events([others])
    server.post_events([own], key=key)
    server.post_events([others])
    with stream(server, {"after": start, "source": "ec2.amazonaws.com"}, key=key) as messages:
        assert messages.event()["eventID"] == own["eventID"]
    with stream(server, {"after": start, "source": "ec2.amazonaws.com"}) as messages:
        shown = [messages.event()["recipientAccountId"] for _ in range(3)]
    assert shown == [ACCOUNT, "333344445555", ACCOUNT]


def test_a_client_that_comes_back_goes_on_behind_the_last_it_got(server: Server) -> None:
    user = unique("resumed")
    start = str(server.health()["log"]["end"])
    posted = [event(user=user) for _ in range(6)]
    server.post_events(posted)
    with stream(server, {"after": start, "user": user}) as messages:
        got = [messages.event() for _ in range(3)]
    last = got[-1]["_id"]
    with stream(server, {"after": start, "user": user}, Last_Event_ID=last) as messages:
        got += [messages.event() for _ in range(3)]
    assert ids(got) == ids(posted)


def test_a_tail_survives_cut_connections_and_a_restart_without_loss_or_repeats(make_server: MakeServer) -> None:
    server = make_server().start()
    user = unique("survivor")
    posted: list[Event] = []
    with Proxy(server.url) as proxy, tailing(server, "--user", user, url=proxy.url) as tail:
        for round_number in range(6):
            batch = [event(user=user) for _ in range(200)]
            server.post_events(batch[:100])
            if round_number == 3:
                server.kill()
                server.start()
                proxy.target = server.url
            proxy.cut()
            server.post_events(batch[100:])
            posted += batch
        tail.await_ids(ids(posted))
        server.restart()
        proxy.target = server.url
        proxy.cut()
        last = event(user=user)
        server.post_events([last])
        tail.await_ids(ids([*posted, last]))
        assert any("trying to go on" in line for line in tail.said)
        tail.interrupt()
    server.stop()


def test_since_shows_what_was_before_and_then_what_comes_each_once(make_server: MakeServer) -> None:
    server = make_server().start()
    user = unique("since")
    before = [event(user=user) for _ in range(1500)]
    server.post_events(before)
    stop = threading.Event()
    during: list[Event] = []

    def post() -> None:
        while not stop.is_set():
            batch = [event(user=user)]
            server.post_events(batch)
            during.extend(batch)

    poster = threading.Thread(target=post)
    poster.start()
    with tailing(server, "--user", user, "--since", "1h") as tail:
        until(lambda: len(tail.lines) > 1600, "more than there was before")
        stop.set()
        poster.join()
        expected = sorted(ids([*before, *during]))
        until(lambda: len(tail.lines) >= len(expected), "all")
        assert sorted(ids(tail.shown())) == expected
        tail.interrupt()
    server.stop()


def test_a_slow_client_holds_up_nobody_and_gets_everything_in_the_end(make_server: MakeServer) -> None:
    server = make_server().start()
    user = unique("slow")
    with stream(server, {"user": user}) as messages:
        messages.next()
        before = server.memory_peak()
        posted = [event(user=user, padding="x" * 20_000) for _ in range(2000)]
        for first in range(0, len(posted), 100):
            server.post_events(posted[first : first + 100])
        assert server.memory_peak() - before < 400 << 20
        assert ids([messages.event() for _ in posted]) == ids(posted)
    server.stop()


def test_a_stop_does_not_wait_for_tails(make_server: MakeServer) -> None:
    server = make_server().start()
    with stream(server, {}) as messages, Proxy(server.url) as proxy:
        messages.next()
        # Else the stream's event could be taken for the tail's.
        server.found(1, name="Tail")
        with tailing(server, url=proxy.url) as tail:
            server.stop()
            until(lambda: any("trying to go on" in line for line in tail.said), "the tail tries to go on")
            server.start()
            proxy.target = server.url
            posted = event(user=unique("after-the-stop"))
            server.post_events([posted])
            until(lambda: posted["eventID"] in ids(tail.shown()), "the tail goes on")
            tail.interrupt()
    server.stop()


def test_a_table_is_for_people(server: Server) -> None:
    user = unique("\u001b[31mred")
    tail = Tail(server, "--user", user, "--output", "table")
    try:
        posted = event(user=user)

        def shown() -> bool:
            server.post_events([posted])
            return len(tail.lines) >= 2

        until(shown, "a head and a line")
        assert tail.lines[0].split()[:3] == ["TIME", "ACCOUNT", "REGION"]
        assert posted["eventID"] in tail.lines[1] and "\u001b" not in tail.lines[1]
        tail.interrupt()
    finally:
        tail.process.kill()


def test_a_tail_that_never_began_fails_with_why(server: Server) -> None:
    nobody = subprocess.run(
        [CAIRN, "tail", "--endpoint-url", "http://127.0.0.1:1"], env=server.shell(), capture_output=True, text=True, timeout=30
    )
    assert nobody.returncode == 1 and "cairn serve" in nobody.stderr
    assert "12 digits" in server.cairn("tail", "--account", "12", code=1).stderr
    assert "--since" in server.cairn("tail", "--since", "soon", code=2).stderr
