"""The recording gateway when something fails: what was answered is on the record, and what was not is not hidden."""

import http.client
import itertools
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest

import wire
from conftest import MakeServer
from elsewhere import Moto, Silent
from events import Event, unique
from gateway_upstreams import Holding, Received, Upstream, answer, answering, dying, dying_amid_answer
from server import ROOT, Server
from test_gateway import about, status_of
from waiting import until
from wire import Answer, Key

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CLIENTS = 4


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    moto = Moto(tmp_path_factory.mktemp("moto"))
    yield moto
    moto.stop()


def create_user(server: Server, user: str) -> Answer:
    """iam CreateUser by hand: no client retries it, and every answer is seen."""
    return create_user_by(server, ROOT, user)


def create_user_by(server: Server, key: Key, user: str) -> Answer:
    body = f"Action=CreateUser&Version=2010-05-08&UserName={user}".encode()
    url = f"{server.url}/"
    return wire.send(url, "POST", body, wire.signed_headers(url, "POST", body, key, "iam", "us-east-1", FORM))


def handing_out(received: Received, connection: socket.socket) -> None:
    """Answers AssumeRole with a key whose number is the session's."""
    form = dict(parse_qsl(received.read_body(connection).decode()))
    name = form.get("RoleSessionName", "s0")
    credentials = (
        f"<AccessKeyId>ASIAHANDEDOUT{int(name[1:]):07}</AccessKeyId><SecretAccessKey>any</SecretAccessKey>"
        "<SessionToken>any</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
    )
    role = f"<AssumedRoleId>AROAEXAMPLE:{name}</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/r/{name}</Arn>"
    result = f"<Credentials>{credentials}</Credentials><AssumedRoleUser>{role}</AssumedRoleUser>"
    text = f"<AssumeRoleResponse><AssumeRoleResult>{result}</AssumeRoleResult></AssumeRoleResponse>"
    connection.sendall(answer(text.encode(), Content_Type="text/xml"))


def await_event(server: Server, name: str, **parameters: str) -> Event:
    """The one event of an operation with these parameters, as soon as it is there."""
    (event,) = until(lambda: about(server, name, **parameters), f"the event {name}")
    return event


# -- upstreams


def test_an_upstream_that_is_not_there_is_a_bad_gateway_on_the_record(make_server: MakeServer) -> None:
    server = make_server("--upstream", "http://127.0.0.1:1").start()
    answer = create_user(server, "eve")
    assert answer.status == 502 and b"<Code>" in answer.body
    event = await_event(server, "CreateUser", userName="eve")
    assert event["errorCode"] == "BadGateway" and event["responseElements"] is None
    assert status_of(server.client("dynamodb").list_tables) == 502
    assert status_of(server.client("s3").list_objects_v2, Bucket="some-bucket") == 502
    server.stop()


def test_an_upstream_that_dies_amid_a_call_is_on_the_record(make_server: MakeServer) -> None:
    with Upstream(dying) as upstream:
        server = make_server("--upstream", upstream.url).start()
        assert create_user(server, "eve").status == 502
        assert await_event(server, "CreateUser", userName="eve")["errorCode"] == "BadGateway"
        assert len(upstream.received) == 1, "a call that may have taken effect is not sent twice"
        server.stop()


def test_an_upstream_that_dies_amid_its_answer_gives_no_whole_answer(make_server: MakeServer) -> None:
    with Upstream(dying_amid_answer) as upstream:
        server = make_server("--upstream", upstream.url).start()
        with pytest.raises(http.client.IncompleteRead):
            wire.send(f"{server.url}/bucket/key", "GET", b"", {})
        event = await_event(server, "GetObject", bucketName="bucket", key="key")
        assert event["additionalEventData"]["bytesTransferredOut"] <= 500_000
        server.stop()


def test_an_upstream_that_says_nothing_times_out_on_the_record(make_server: MakeServer) -> None:
    silent = Silent()
    server = make_server("--upstream", silent.url, "--gateway-answer-timeout", "500ms").start()
    assert create_user(server, "eve").status == 504
    assert await_event(server, "CreateUser", userName="eve")["errorCode"] == "GatewayTimeout"
    server.stop()
    silent.close()


# -- clients


def test_a_client_that_hangs_up_amid_its_upload_is_on_the_record(make_server: MakeServer) -> None:
    with Upstream(answering()) as upstream:
        server = make_server("--upstream", upstream.url).start()
        with wire.connect(server.url) as connection:
            connection.sendall(wire.head(f"{server.url}/bucket/half", "PUT", {"Content-Length": "10000000"}))
            connection.sendall(b"x" * 3_000_000)
        event = await_event(server, "PutObject", bucketName="bucket", key="half")
        assert event["errorCode"] and event["additionalEventData"]["bytesTransferredIn"] <= 3_000_000
        assert len(upstream.received) <= 1
        server.stop()


def test_a_client_that_does_not_wait_for_its_answer_is_on_the_record(make_server: MakeServer) -> None:
    holding = Holding()
    with Upstream(holding) as upstream:
        server = make_server("--upstream", upstream.url).start()
        with wire.connect(server.url) as connection:
            connection.sendall(wire.head(f"{server.url}/bucket/key", "PUT", {"Content-Length": "0"}))
            assert holding.came.wait(30)
        assert await_event(server, "PutObject", bucketName="bucket", key="key")["errorCode"] == "ClientClosedRequest"
        holding.may_answer.set()
        server.stop()


def test_a_client_that_hangs_up_amid_its_download_is_on_the_record(make_server: MakeServer, moto: Moto) -> None:
    server = make_server("--upstream", moto.url).start()
    bucket, size = unique("left"), 30_000_000
    moto.client("s3").create_bucket(Bucket=bucket)
    moto.client("s3").put_object(Bucket=bucket, Key="k", Body=b"x" * size)
    with wire.connect(server.url) as connection:
        connection.sendall(wire.head(f"{server.url}/{bucket}/k", "GET", {}))
        assert connection.recv(10_000)
    event = await_event(server, "GetObject", bucketName=bucket, key="k")
    assert event["additionalEventData"]["bytesTransferredOut"] < size
    server.stop()


# -- crashes


class Traffic:
    """Clients that create users until the server is gone, and note who was created."""

    def __init__(self, server: Server):
        self.server = server
        self.created: set[str] = set()
        self.sent: set[str] = set()
        self._numbers = itertools.count(1)
        self._threads = [threading.Thread(target=self._create) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def _create(self) -> None:
        while True:
            user = f"{unique('crash')}-{next(self._numbers)}"
            self.sent.add(user)
            try:
                answer = create_user(self.server, user)
            except (OSError, http.client.HTTPException):
                return  # Gone.
            assert answer.status == 200, answer
            self.created.add(user)

    def await_created(self, count: int) -> None:
        until(lambda: len(self.created) >= count, f"{count} users are created")

    def join(self) -> None:
        for thread in self._threads:
            thread.join()


@pytest.mark.parametrize("record", ["before-response", "intent"])
def test_kill_9_amid_traffic_loses_no_write_that_was_answered(make_server: MakeServer, moto: Moto, record: str) -> None:
    server = make_server("--upstream", moto.url, "--gateway-record", record).start()
    sent: set[str] = set()
    for _ in range(3):
        traffic = Traffic(server)
        traffic.await_created(25)
        server.kill()
        traffic.join()
        sent |= traffic.sent
        server.start()
        server.wait_until_visible()
        events = server.lookup(name="CreateUser")
        recorded = Counter(event["requestParameters"]["userName"] for event in events)
        assert traffic.created <= recorded.keys(), sorted(traffic.created - recorded.keys())[:5]
        assert recorded.keys() <= sent
        assert max(recorded.values()) == 1, [user for user, count in recorded.items() if count > 1][:5]
    server.stop()


def test_an_intent_without_an_outcome_becomes_an_event_once(make_server: MakeServer) -> None:
    holding = Holding()
    with Upstream(holding) as upstream:
        server = make_server("--upstream", upstream.url, "--gateway-record", "intent").start()
        with wire.connect(server.url) as connection:
            body = b"Action=CreateUser&Version=2010-05-08&UserName=eve"
            url = f"{server.url}/"
            headers = wire.signed_headers(url, "POST", body, ROOT, "iam", "us-east-1", FORM)
            connection.sendall(wire.head(url, "POST", {**headers, "Content-Length": str(len(body))}) + body)
            assert holding.came.wait(30), "the call went on"
            server.kill()
        for _ in range(3):
            server.start()
            event = await_event(server, "CreateUser", userName="eve")
            assert event["errorCode"] == "OutcomeUnknown" and event["userIdentity"]["type"] == "Root"
            server.stop()
        holding.may_answer.set()


@pytest.mark.parametrize("record", ["intent", "async"])
def test_each_call_is_one_event_whatever_answers_wait_for(make_server: MakeServer, moto: Moto, record: str) -> None:
    server = make_server("--upstream", moto.url, "--gateway-record", record).start()
    users = [unique(record) for _ in range(20)]
    for user in users:
        assert create_user(server, user).status == 200
    server.restart()
    server.wait_until_visible()
    recorded = [event["requestParameters"]["userName"] for event in server.lookup(name="CreateUser")]
    assert sorted(recorded) == sorted(users)
    server.stop()


# -- a full disk


@pytest.mark.parametrize("record", ["before-response", "intent"])
def test_writes_that_could_not_be_recorded_are_refused_and_reads_go_on(make_server: MakeServer, moto: Moto, record: str) -> None:
    server = make_server("--upstream", moto.url, "--gateway-record", record).start()
    assert create_user(server, kept := unique("room")).status == 200
    server.stop()
    # No disk has so much room.
    server.flags = (*server.flags, "--log-reserve-bytes", str(10**18))
    server.start()
    until(lambda: create_user(server, unique("filling")).status == 503, "a write is refused")
    refused = unique("refused")
    answer = create_user(server, refused)
    assert answer.status == 503 and b"ServiceUnavailable" in answer.body
    users = [user["UserName"] for user in server.client("iam").list_users()["Users"]]
    assert kept in users and refused not in users, "reads go on, and the write did not come through"
    assert status_of(server.client("s3").create_bucket, Bucket=unique("refused")) == 503
    server.stop()


def test_a_write_that_is_refused_is_told_of_once_though_its_client_went(make_server: MakeServer) -> None:
    server = make_server("--upstream", "http://127.0.0.1:1").start()
    server.stop()
    # The disk counts as full, and what was set aside for the log takes the events all the same.
    server.flags = (*server.flags, "--log-reserve-bytes", str(10**18))
    server.start()
    for _ in range(100):
        body = f"Action=CreateUser&Version=2010-05-08&UserName={unique('gone')}".encode()
        url = f"{server.url}/"
        headers = wire.signed_headers(url, "POST", body, ROOT, "iam", "us-east-1", FORM)
        with wire.connect(server.url) as connection:
            connection.sendall(wire.head(url, "POST", {**headers, "Content-Length": str(len(body))}) + body)
    server.restart()
    server.wait_until_visible()
    recorded = Counter(event["requestParameters"]["userName"] for event in server.lookup(name="CreateUser"))
    assert recorded and max(recorded.values()) == 1, recorded.most_common(5)
    server.stop()


def test_all_keys_that_were_handed_out_at_once_are_known_after_a_crash(make_server: MakeServer) -> None:
    """Their events and whose they are became durable together, before any answer ended."""
    with Upstream(handing_out) as upstream:
        server = make_server("--upstream", upstream.url).start()

        def assume(number: int) -> None:
            form = f"Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::111122223333:role/r&RoleSessionName=s{number}"
            url, body = f"{server.url}/", form.encode()
            headers = wire.signed_headers(url, "POST", body, ROOT, "sts", "us-east-1", FORM)
            assert wire.send(url, "POST", body, headers).status == 200

        callers = [threading.Thread(target=assume, args=(number,)) for number in range(40)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        server.kill()
        server.start()
        for number in range(40):
            create_user_by(server, Key(f"ASIAHANDEDOUT{number:07}", "any", ""), f"by-{number}")
        server.wait_until_visible()
        assert len(server.lookup(name="AssumeRole")) == 40
        names = {
            event["requestParameters"]["userName"]: event["userIdentity"]["arn"].rpartition("/")[2]
            for event in server.lookup(name="CreateUser")
        }
        assert names == {f"by-{number}": f"s{number}" for number in range(40)}
        server.stop()
