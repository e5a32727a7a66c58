"""Several upstreams, upstreams that verify, upstreams that need other signatures, and TLS."""

import hashlib
import json
import random
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import boto3
import botocore.model
import pytest
from botocore.config import Config

import wire
from certificates import Authority
from conftest import MakeServer
from elsewhere import Moto
from events import unique
from gateway_upstreams import Received, Upstream, answer, answering, digesting
from server import ACCOUNT, REGION, ROOT, Server
from test_gateway import STRANGER, about, is_marked, status_of
from wire import Key


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    moto = Moto(tmp_path_factory.mktemp("moto"))
    yield moto
    moto.stop()


def configured(make_server: MakeServer, folder: Path, text: str, **env: str) -> Server:
    settings = folder / "cairn.toml"
    settings.write_text(text)
    return make_server("--config", str(settings), env=env).start()


def test_upstreams_are_chosen_by_service_and_region(make_server: MakeServer, tmp_path: Path) -> None:
    with Upstream(answering()) as west, Upstream(answering()) as east, Upstream(answering()) as rest:
        text = (
            f'[[upstream]]\nurl = "{west.url}"\nservices = ["dynamodb"]\nregions = ["eu-west-1"]\n'
            f'[[upstream]]\nurl = "{east.url}"\nservices = ["dynamodb"]\n'
            f'[[upstream]]\nurl = "{rest.url}"\n'
        )
        server = configured(make_server, tmp_path, text)
        server.client("dynamodb", region="eu-west-1").list_tables()
        server.client("dynamodb").list_tables()
        server.client("kms", region="eu-west-1").list_keys()
        assert [len(place.received) for place in (west, east, rest)] == [1, 1, 1]
        server.wait_until_visible()
        assert {event["awsRegion"] for event in server.lookup(name="ListTables")} == {"eu-west-1", REGION}
        server.stop()


def test_a_path_of_the_upstreams_is_put_before_that_of_the_request(make_server: MakeServer) -> None:
    with Upstream(answering(b"<a/>")) as upstream:
        server = make_server("--upstream", f"{upstream.url}/services/aws").start()
        wire.send(f"{server.url}/bucket/key?acl", "GET", b"", {})
        assert upstream.received[0].head.startswith(b"GET /services/aws/bucket/key?acl HTTP/1.1\r\n")
        about(server, "GetObjectAcl", bucketName="bucket", key="key")
        server.stop()


def test_keys_of_an_upstream_that_verifies_are_whose_the_operator_says(
    make_server: MakeServer, moto: Moto, tmp_path: Path
) -> None:
    ann = {"type": "IAMUser", "accountId": "210987654321", "userName": "ann", "arn": "arn:aws:iam::210987654321:user/ann",
           "principalId": "AIDAANN"}  # fmt: skip
    (tmp_path / "identities.json").write_text(json.dumps({STRANGER.id: ann}))
    text = f'[[upstream]]\nurl = "{moto.url}"\nverifies = true\nidentities = "{tmp_path}/identities.json"\n'
    server = configured(make_server, tmp_path, text)
    user = unique("verified")
    server.client("iam", key=STRANGER).create_user(UserName=user)
    (event,) = about(server, "CreateUser", userName=user)
    assert {**ann, "accessKeyId": STRANGER.id} == event["userIdentity"]
    assert not is_marked(event)
    server.stop()


def test_what_an_upstream_refuses_as_not_authentic_is_of_nobody(make_server: MakeServer, tmp_path: Path) -> None:
    refusal = b"<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error></ErrorResponse>"
    (tmp_path / "identities.json").write_text(json.dumps({STRANGER.id: {"type": "IAMUser", "userName": "ann"}}))
    with Upstream(answering(refusal, "403 Forbidden", Content_Type="text/xml")) as upstream:
        text = f'[[upstream]]\nurl = "{upstream.url}"\nverifies = true\nidentities = "{tmp_path}/identities.json"\n'
        server = configured(make_server, tmp_path, text)
        assert status_of(server.client("iam", key=STRANGER).create_user, UserName="eve") == 403
        (event,) = about(server, "CreateUser", userName="eve")
        assert event["userIdentity"]["type"] == "Unknown" and event["errorCode"] == "SignatureDoesNotMatch"
        server.stop()


def test_requests_are_signed_anew_for_an_upstream_that_needs_it(make_server: MakeServer, tmp_path: Path) -> None:
    """The upstream is another Cairn, whose bucket server checks every signature."""
    far = make_server().start()
    far.client("s3").create_bucket(Bucket="signed-anew")
    key = far.create_key()
    near_root = Key("AKIANEARNEARNEARNEAR", "which the far one does not know", ACCOUNT)
    near = configured(
        make_server,
        tmp_path,
        f'[[upstream]]\nurl = "{far.url}"\nservices = ["s3"]\nresign = true\n',
        CAIRN_ACCESS_KEY_ID=near_root.id,
        CAIRN_SECRET_ACCESS_KEY=near_root.secret,
        CAIRN_AWS_ACCESS_KEY_ID=key.id,
        CAIRN_AWS_SECRET_ACCESS_KEY=key.secret,
    )
    body = random.Random(5).randbytes(3_000_001)
    s3 = near.client("s3", key=near_root)
    s3.put_object(Bucket="signed-anew", Key="a key/with+odd=signs", Body=body)
    assert far.client("s3").get_object(Bucket="signed-anew", Key="a key/with+odd=signs")["Body"].read() == body
    assert s3.get_object(Bucket="signed-anew", Key="a key/with+odd=signs")["Body"].read() == body
    assert status_of(near.client("s3", key=STRANGER).get_object, Bucket="signed-anew", Key="a key/with+odd=signs") == 403
    near.wait_until_visible()
    keys = [event["userIdentity"]["accessKeyId"] for event in near.lookup(near_root, name="GetObject")]
    assert sorted(keys) == sorted([near_root.id, STRANGER.id]), "on the record are the callers' own keys"
    near.stop()
    far.stop()


def cbor_text(text: str) -> bytes:
    return bytes([0x78, len(text)]) + text.encode()


def answer_in_cbor(received: Received, connection: socket.socket) -> None:
    """As CloudWatch: nothing, or that there is no such alarm."""
    received.read_body(connection)
    headers = {"Content_Type": "application/cbor", "Smithy_Protocol": "rpc-v2-cbor"}
    if b"SetAlarmState" not in received.head:
        connection.sendall(answer(b"\xa0", **headers))
        return
    members = ("__type", "com.amazonaws.cloudwatch#ResourceNotFound", "message", "There is no such alarm.")
    connection.sendall(answer(b"\xa2" + b"".join(map(cbor_text, members)), "404 Not Found", **headers))


def test_services_that_are_called_in_cbor_are_recorded(make_server: MakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 would speak JSON with CloudWatch; other SDKs choose CBOR. moto does not take it."""
    first = ["smithy-rpc-v2-cbor", *botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS]
    monkeypatch.setattr("botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS", first)
    with Upstream(answer_in_cbor) as upstream:
        server = make_server("--upstream", upstream.url).start()
        cloudwatch = server.client("cloudwatch")
        alarm = {"AlarmName": "cbor", "MetricName": "errors", "Namespace": "own", "Statistic": "Sum", "Period": 60,
                 "EvaluationPeriods": 2, "Threshold": 1.5, "ComparisonOperator": "GreaterThanThreshold"}  # fmt: skip
        cloudwatch.put_metric_alarm(**alarm)
        assert status_of(cloudwatch.set_alarm_state, AlarmName="none", StateValue="OK", StateReason="tried") == 404
        assert all(b"/operation/" in received.head for received in upstream.received)
        (put,) = about(server, "PutMetricAlarm", alarmName="cbor")
        assert put["eventSource"] == "monitoring.amazonaws.com" and put["responseElements"] is None
        assert put["requestParameters"] == {name[0].lower() + name[1:]: value for name, value in alarm.items()}
        (failed,) = about(server, "SetAlarmState", alarmName="none")
        assert (failed["errorCode"], failed["errorMessage"]) == ("ResourceNotFound", "There is no such alarm.")
        server.stop()


def test_tls_that_cairn_ends_is_on_the_record(make_server: MakeServer, moto: Moto, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, private = tmp_path / "cert.pem", tmp_path / "key.pem"
    authority.issue(certificate, private)
    server = make_server("--upstream", moto.url, "--tls-certificate", str(certificate), "--tls-key", str(private)).start()
    bucket = unique("tls")

    def client(service: str) -> object:
        return boto3.client(
            service, region_name=REGION, endpoint_url=server.url, verify=str(authority.bundle), aws_access_key_id=ROOT.id,
            aws_secret_access_key=ROOT.secret, config=Config(retries={"total_max_attempts": 1}),
        )  # fmt: skip

    client("s3").create_bucket(Bucket=bucket)
    client("iam").create_user(UserName=bucket)
    for event in (*about(server, "CreateBucket", bucketName=bucket), *about(server, "CreateUser", userName=bucket)):
        assert event["tlsDetails"]["tlsVersion"] == "TLSv1.3" and event["tlsDetails"]["cipherSuite"], event
        assert event["tlsDetails"]["clientProvidedHostHeader"] == server.url.removeprefix("https://")
    server.stop()


def test_an_upstream_with_tls_is_trusted_only_by_its_certificate(make_server: MakeServer, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, private = tmp_path / "cert.pem", tmp_path / "key.pem"
    authority.issue(certificate, private)
    far = make_server("--tls-certificate", str(certificate), "--tls-key", str(private)).start()
    upstream = f'[[upstream]]\nurl = "{far.url}"\nservices = ["s3"]\n'
    friend = configured(make_server, tmp_path, f'{upstream}ca = "{authority.bundle}"\n')
    # The keys of both are the same, and a bucket of this name is the far one's own.
    bucket = unique("behind-tls")
    friend.client("s3").create_bucket(Bucket=bucket)
    friend.client("s3").put_object(Bucket=bucket, Key="k", Body=b"body")
    assert friend.client("s3").get_object(Bucket=bucket, Key="k")["Body"].read() == b"body"
    about(friend, "PutObject", bucketName=bucket)
    friend.stop()
    stranger = configured(make_server, tmp_path, upstream)
    assert status_of(stranger.client("s3").get_object, Bucket=bucket, Key="k") == 502
    about(stranger, "GetObject", bucketName=bucket)
    stranger.stop()
    far.stop()


def test_a_large_body_is_not_held_in_memory(make_server: MakeServer) -> None:
    """Eight clients send 64 MiB each, at once."""
    part = random.Random(9).randbytes(1 << 20)
    count = 64
    expected = hashlib.sha256(part * count).hexdigest().encode()
    with Upstream(digesting) as upstream:
        server = make_server("--upstream", upstream.url).start()
        wire.send(f"{server.url}/bucket/small", "PUT", part, {})
        before = server.memory_peak()
        received: list[bytes] = []

        def send() -> None:
            with wire.connect(server.url) as connection:
                connection.sendall(wire.head(f"{server.url}/bucket/large", "PUT", {"Content-Length": str(len(part) * count)}))
                for _ in range(count):
                    connection.sendall(part)
                received.append(wire.receive(connection).body)

        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert received == [expected] * 8
        assert server.memory_peak() - before < 64 << 20
        about(server, "PutObject", 8, bucketName="bucket", key="large")
        server.stop()
