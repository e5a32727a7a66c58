"""The recording gateway: what passes through it is unchanged, and who called is on the record."""

import gzip
import hashlib
import json
import os
import random
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from boto3.s3.transfer import TransferConfig
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ClientError

import wire
from conftest import MakeServer
from elsewhere import Moto
from events import Event, unique
from gateway_canaries import found_in
from gateway_upstreams import Upstream, answering, digesting, digesting_chunks
from server import ACCOUNT, ROOT, Server
from test_tail import tailing
from waiting import until
from wire import Key

STRANGER = Key("AKIASTRANGERSTRANGER", "which the upstream alone knows", "")
MEBIBYTE = 1 << 20


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    moto = Moto(tmp_path_factory.mktemp("moto"))
    yield moto
    moto.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, moto: Moto) -> Iterator[Server]:
    shared = Server(tmp_path_factory.mktemp("gateway"), "--upstream", moto.url).start()
    yield shared
    shared.stop()


def code_of(call: Any, **members: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**members)
    return caught.value.response["Error"]["Code"]


def status_of(call: Any, **members: Any) -> int:
    with pytest.raises(ClientError) as caught:
        call(**members)
    return caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


def about(server: Server, name: str, count: int = 1, **parameters: Any) -> list[Event]:
    """The events of an operation with these among their parameters, newest first."""

    def fits(event: Event) -> bool:
        told = event["requestParameters"] or {}
        return all(told.get(key) == value for key, value in parameters.items())

    server.wait_until_visible()
    events = [event for event in server.lookup(name=name) if fits(event)]
    assert len(events) == count, f"{len(events)} of {count} events {name} with {parameters}: {events}"
    return events


def is_marked(event: Event) -> bool:
    """Whether the event says that nobody verified who called."""
    return ((event.get("additionalEventData") or {}).get("cairn") or {}).get("signatureVerified") is False


# -- bodies


@pytest.mark.parametrize("key", [ROOT, STRANGER], ids=["known", "unknown"])
def test_20_megabytes_are_the_same_on_both_sides(server: Server, moto: Moto, key: Key) -> None:
    bucket = unique("bodies")
    body = random.Random(bucket).randbytes(20 * MEBIBYTE + 7)
    s3 = server.client("s3", key=key)
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="up", Body=body)
    assert moto.client("s3").get_object(Bucket=bucket, Key="up")["Body"].read() == body
    assert s3.get_object(Bucket=bucket, Key="up")["Body"].read() == body
    assert s3.get_object(Bucket=bucket, Key="up", Range="bytes=5000000-5000009")["Body"].read() == body[5000000:5000010]
    (put,) = about(server, "PutObject", bucketName=bucket)
    assert put["additionalEventData"]["bytesTransferredIn"] >= len(body)
    part, whole = sorted(
        event["additionalEventData"]["bytesTransferredOut"] for event in about(server, "GetObject", 2, bucketName=bucket)
    )
    assert (whole, part) == (len(body), 10)
    assert is_marked(put) == (key is STRANGER)


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_checksums_and_streamed_bodies_pass(server: Server, moto: Moto, tmp_path: Path, algorithm: str) -> None:
    """A file is sent in chunks with its checksum behind it."""
    bucket = unique("sums")
    body = random.Random(algorithm).randbytes(3 * MEBIBYTE + 1)
    (tmp_path / "file").write_bytes(body)
    s3 = server.client("s3")
    s3.create_bucket(Bucket=bucket)
    with open(tmp_path / "file", "rb") as file:
        s3.put_object(Bucket=bucket, Key="k", Body=file, ChecksumAlgorithm=algorithm)
    assert moto.client("s3").get_object(Bucket=bucket, Key="k")["Body"].read() == body
    about(server, "PutObject", bucketName=bucket)


def test_an_upload_in_parts_is_put_together(server: Server, moto: Moto, tmp_path: Path) -> None:
    bucket = unique("parts")
    body = random.Random(bucket).randbytes(17 * MEBIBYTE)
    (tmp_path / "file").write_bytes(body)
    s3 = server.client("s3")
    s3.create_bucket(Bucket=bucket)
    parts = TransferConfig(multipart_threshold=5 * MEBIBYTE, multipart_chunksize=5 * MEBIBYTE, max_concurrency=3)
    s3.upload_file(str(tmp_path / "file"), bucket, "k", Config=parts)
    s3.download_file(bucket, "k", str(tmp_path / "back"), Config=parts)
    assert (tmp_path / "back").read_bytes() == body
    assert moto.client("s3").get_object(Bucket=bucket, Key="k")["Body"].read() == body
    about(server, "CreateMultipartUpload", bucketName=bucket)
    about(server, "UploadPart", 4, bucketName=bucket)
    about(server, "CompleteMultipartUpload", bucketName=bucket)


@pytest.mark.parametrize("key", [ROOT, STRANGER], ids=["known", "unknown"])
def test_presigned_urls_work_and_their_signatures_are_not_recorded(server: Server, key: Key) -> None:
    bucket = unique("presigned")
    body = os.urandom(MEBIBYTE)
    s3 = server.client("s3", key=key, signature_version="s3v4", s3={"addressing_style": "path"})
    s3.create_bucket(Bucket=bucket)
    put = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "k"})
    assert wire.send(put, "PUT", body, {}).status == 200
    get = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "k"})
    answer = wire.send(get, "GET", b"", {})
    assert (answer.status, answer.body) == (200, body)
    for event in (*about(server, "PutObject", bucketName=bucket), *about(server, "GetObject", bucketName=bucket)):
        assert event["additionalEventData"]["AuthenticationMethod"] == "QueryString"
        assert event["userIdentity"]["accessKeyId"] == key.id
        assert is_marked(event) == (key is STRANGER)
        assert "X-Amz-Signature" not in json.dumps(event)
    if key is ROOT:
        before, _, signature = get.partition("X-Amz-Signature=")
        other = f"{before}X-Amz-Signature={signature[1:64]}{signature[0]}{signature[64:]}"
        assert wire.send(other, "GET", b"", {}).status == 403


def test_the_upstream_gets_the_request_as_the_client_sent_it(make_server: MakeServer) -> None:
    """Paths and queries are signed as they are written, and headers too."""
    packed = gzip.compress(b"what the upstream says")
    with Upstream(answering(packed, Content_Encoding="gzip", X_Own="kept")) as upstream:
        server = make_server("--upstream", upstream.url).start()
        path = "/bucket//a/../b%2Fc%20d+e/~%C3%B6?x=%2f&x=&empty&b=%20+"
        headers = {"X-Mixed-Case": "as  sent", "Accept-Encoding": "gzip, br", "TE": "trailers", "Content-Type": "text/odd"}
        answer = wire.send(server.url + path, "PUT", b"the body", headers)
        assert answer.body == packed and answer.headers["content-encoding"] == "gzip" and answer.headers["x-own"] == "kept"
        (received,) = upstream.received
        assert received.head.split(b"\r\n")[0] == f"PUT {path} HTTP/1.1".encode()
        assert received.body == b"the body"
        assert received.headers["host"] == server.url.removeprefix("http://")
        assert received.headers["x-mixed-case"] == "as  sent"
        assert received.headers["accept-encoding"] == "gzip, br"
        assert not {"via", "x-forwarded-for"} & received.headers.keys()
        server.stop()


def test_a_body_without_a_length_streams(make_server: MakeServer) -> None:
    body = random.Random(7).randbytes(5 * MEBIBYTE)
    with Upstream(digesting_chunks) as upstream:
        server = make_server("--upstream", upstream.url).start()
        head = wire.head(f"{server.url}/bucket/key", "PUT", {"Transfer-Encoding": "chunked"})
        chunks = [body[at : at + 100_000] for at in range(0, len(body), 100_000)]
        with wire.connect(server.url) as connection:
            connection.sendall(head)
            for chunk in chunks:
                connection.sendall(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
            connection.sendall(b"0\r\n\r\n")
            assert wire.receive(connection).body == hashlib.sha256(body).hexdigest().encode()
        server.stop()


def test_a_slow_client_gets_everything(server: Server) -> None:
    bucket = unique("slow")
    body = random.Random(bucket).randbytes(8 * MEBIBYTE)
    s3 = server.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=body)
    url = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "k"})
    connection = wire.connect(server.url)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    with connection:
        connection.sendall(wire.head(url, "GET", {"Connection": "close"}))
        # It takes nothing of the body until others were served, and then little at a time.
        for _ in range(5):
            s3.head_object(Bucket=bucket, Key="k")
        text = b""
        while part := connection.recv(10_000):
            text += part
    head, _, received = text.partition(b"\r\n\r\n")
    assert b" 200 " in head.split(b"\r\n")[0] and received == body
    (event,) = about(server, "GetObject", bucketName=bucket)
    assert event["additionalEventData"]["bytesTransferredOut"] == len(body)


# -- who called


def test_a_key_that_cairn_does_not_know_is_forwarded_and_marked(server: Server) -> None:
    user = unique("stranger")
    server.client("iam", key=STRANGER).create_user(UserName=user)
    (event,) = about(server, "CreateUser", userName=user)
    assert event["userIdentity"] == {"type": "Unknown", "accessKeyId": STRANGER.id}
    assert is_marked(event)


def test_a_known_key_with_a_wrong_secret_is_refused_in_each_protocols_form(server: Server) -> None:
    wrong = Key(ROOT.id, "not the secret", ACCOUNT)
    name = unique("wrong")
    refusals = {
        "CreateTable": code_of(
            server.client("dynamodb", key=wrong).create_table,
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        ),
        "CreateUser": code_of(server.client("iam", key=wrong).create_user, UserName=name),
        "CreateBucket": code_of(server.client("s3", key=wrong).create_bucket, Bucket=name),
        "CreateKeyPair": code_of(server.client("ec2", key=wrong).create_key_pair, KeyName=name),
        "CreateFunction20150331": code_of(
            server.client("lambda", key=wrong).create_function,
            FunctionName=name,
            Role=f"arn:aws:iam::{ACCOUNT}:role/r",
            Code={"ZipFile": b"z"},
        ),
    }
    assert refusals["CreateBucket"] == "SignatureDoesNotMatch"
    assert refusals["CreateUser"] == "SignatureDoesNotMatch"
    assert refusals["CreateTable"] in ("InvalidSignatureException", "IncompleteSignatureException")
    assert refusals["CreateFunction20150331"] == "InvalidSignatureException"
    assert refusals["CreateKeyPair"] in ("AuthFailure", "SignatureDoesNotMatch")
    server.wait_until_visible()
    for event_name, code in refusals.items():
        events = [event for event in server.lookup(name=event_name) if name in json.dumps(event)]
        assert [event["errorCode"].removeprefix("Client.") for event in events] == [code], event_name
    # None of them came through.
    assert name not in [bucket["Name"] for bucket in server.client("s3").list_buckets()["Buckets"]]
    assert name not in server.client("dynamodb").list_tables()["TableNames"]


def test_a_body_that_was_changed_on_its_way_is_refused(server: Server, moto: Moto) -> None:
    bucket = unique("changed")
    server.client("s3").create_bucket(Bucket=bucket)
    url = f"{server.url}/{bucket}/k"
    sent = hashlib.sha256(b"as it was signed").hexdigest()
    headers = wire.signed_headers(url, "PUT", b"as it was signed", ROOT, "s3", "us-east-1", {"x-amz-content-sha256": sent})
    answer = wire.send(url, "PUT", b"as it came, long", headers)
    assert answer.status in (400, 403), answer
    assert "Contents" not in moto.client("s3").list_objects_v2(Bucket=bucket)
    (event,) = about(server, "PutObject", bucketName=bucket)
    assert event["errorCode"]


def test_known_keys_alone_may_be_let_through(make_server: MakeServer, moto: Moto) -> None:
    server = make_server("--upstream", moto.url, "--require-known-keys").start()
    user = unique("required")
    assert status_of(server.client("iam", key=STRANGER).create_user, UserName=user) == 403
    unsigned = b"Action=CreateUser&Version=2010-05-08&UserName=" + user.encode()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert wire.send(server.url, "POST", unsigned, form).status == 403
    server.client("iam").create_user(UserName=user)
    events = about(server, "CreateUser", 3, userName=user)
    assert [bool(event.get("errorCode")) for event in events] == [False, True, True]
    made = server.create_key("--user", "ann")
    server.client("iam", key=made).delete_user(UserName=user)
    (event,) = about(server, "DeleteUser", userName=user)
    assert event["userIdentity"]["userName"] == "ann"
    server.stop()


def test_sessions_are_known_by_the_answers_of_sts_also_after_a_restart(make_server: MakeServer, moto: Moto) -> None:
    server = make_server("--upstream", moto.url).start()
    role = "arn:aws:iam::123456789012:role/operator"
    credentials = server.client("sts").assume_role(RoleArn=role, RoleSessionName="night-shift")["Credentials"]
    key = Key(credentials["AccessKeyId"], credentials["SecretAccessKey"], "", credentials["SessionToken"])

    def create(user: str) -> Event:
        iam = boto3.client(
            "iam", region_name="us-east-1", endpoint_url=server.url, aws_access_key_id=key.id, aws_secret_access_key=key.secret,
            aws_session_token=key.token,
        )  # fmt: skip
        iam.create_user(UserName=user)
        (event,) = about(server, "CreateUser", userName=user)
        return event

    for user in (unique("before"), unique("after")):
        identity = create(user)["userIdentity"]
        assert identity["type"] == "AssumedRole", identity
        assert identity["arn"] == "arn:aws:sts::123456789012:assumed-role/operator/night-shift"
        assert identity["accessKeyId"] == key.id
        issuer = identity["sessionContext"]["sessionIssuer"]
        assert (issuer["type"], issuer["arn"], issuer["userName"]) == ("Role", role, "operator")
        assert identity["sessionContext"]["attributes"]["mfaAuthenticated"] == "false"
        server.restart()
    server.stop()
    assert not found_in(server.folder, [key.secret.encode()])


def test_temporary_keys_of_users_are_theirs(server: Server) -> None:
    """GetSessionToken and GetFederationToken, each told by what comes later with its key. moto's keys are all the same."""
    ann = server.create_key("--user", "ann")
    sts = server.client("sts", key=ann)
    given = {
        "IAMUser": sts.get_session_token,
        "FederatedUser": lambda: sts.get_federation_token(Name="partner"),
    }
    for kind, give in given.items():
        credentials = give()["Credentials"]
        user = unique("temporary")
        boto3.client(
            "iam",
            region_name="us-east-1",
            endpoint_url=server.url,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        ).create_user(UserName=user)
        (event,) = about(server, "CreateUser", userName=user)
        identity = event["userIdentity"]
        assert (identity["type"], identity["accessKeyId"]) == (kind, credentials["AccessKeyId"])
        assert identity["arn"].endswith("federated-user/partner" if kind == "FederatedUser" else "user/ann"), identity
        assert "sessionContext" in identity


def test_cairn_says_who_its_own_keys_are_and_the_upstream_whose_the_others_are(server: Server) -> None:
    assert server.client("sts").get_caller_identity()["Account"] == ACCOUNT
    assert server.client("sts", key=STRANGER).get_caller_identity()["Account"] == "123456789012"
    about(server, "GetCallerIdentity", 2)


def test_forwarded_addresses_are_believed_from_trusted_proxies_only(server: Server, make_server: MakeServer, moto: Moto) -> None:
    behind = make_server("--upstream", moto.url, "--trusted-proxies", "127.0.0.0/8,10.0.0.0/8").start()

    def source_of(at: Server, forwarded: str) -> str:
        user = unique("forwarded")
        client = at.client("iam")

        def forward(request: AWSPreparedRequest, **_: Any) -> None:
            request.headers["X-Forwarded-For"] = forwarded

        client.meta.events.register("before-send", forward)
        client.create_user(UserName=user)
        (event,) = about(at, "CreateUser", userName=user)
        return event["sourceIPAddress"]

    assert source_of(server, "203.0.113.9") == "127.0.0.1"
    assert source_of(behind, "203.0.113.9") == "203.0.113.9"
    assert source_of(behind, "198.51.100.1, 203.0.113.9, 10.1.2.3") == "203.0.113.9", "what a client claims counts for nothing"
    assert source_of(behind, "2001:db8::7") == "2001:db8::7"
    behind.stop()


# -- buckets here and there


def test_buckets_are_listed_from_both_and_objects_of_both_are_on_the_record(server: Server, moto: Moto) -> None:
    bucket = unique("there")
    s3 = server.client("s3")
    s3.create_bucket(Bucket=bucket)
    assert bucket in [found["Name"] for found in moto.client("s3").list_buckets()["Buckets"]], "new buckets are made there"
    names = [found["Name"] for found in s3.list_buckets()["Buckets"]]
    own = f"cairn-trail-{ACCOUNT}"
    assert own in names and bucket in names and len(names) == len(set(names))
    assert own not in [found["Name"] for found in moto.client("s3").list_buckets()["Buckets"]]
    for place in (own, bucket):
        s3.put_object(Bucket=place, Key="note", Body=b"n")
        s3.get_object(Bucket=place, Key="note")["Body"].read()
        for name in ("PutObject", "GetObject"):
            (event,) = about(server, name, bucketName=place, key="note")
            assert (event["eventCategory"], event["managementEvent"]) == ("Data", False)
            assert event["userIdentity"]["type"] == "Root"
            assert {"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{place}/note"} in event["resources"]


@pytest.mark.parametrize("host", ["{}.s3.localhost", "{}.localhost"])
def test_a_bucket_in_the_host_name_is_recognised(make_server: MakeServer, host: str) -> None:
    with Upstream(answering(b"")) as upstream:
        server = make_server("--upstream", upstream.url).start()
        port = server.url.rpartition(":")[2]
        url = f"http://{host.format('photos')}:{port}/2026/cat.jpg"
        headers = wire.signed_headers(url, "PUT", b"", ROOT, "s3", "us-east-1", {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"})
        headers["Host"] = f"{host.format('photos')}:{port}"
        assert wire.send(f"{server.url}/2026/cat.jpg", "PUT", b"", headers).status == 200
        (event,) = about(server, "PutObject", bucketName="photos", key="2026/cat.jpg")
        assert event["requestParameters"]["Host"] == headers["Host"]
        assert upstream.received[0].headers["host"] == headers["Host"]
        server.stop()


def test_without_an_upstream_calls_of_other_services_fail_on_the_record(make_server: MakeServer) -> None:
    server = make_server().start()
    with pytest.raises(ClientError):
        server.client("iam").create_user(UserName="eve")
    events = [event for event in server.found(name="CreateUser") if event["eventSource"] == "iam.amazonaws.com"]
    assert len(events) == 1 and events[0]["errorCode"]
    server.stop()


# -- clients


def test_the_aws_cli_works_and_the_tail_shows_its_calls(server: Server, moto: Moto, tmp_path: Path) -> None:
    bucket, user = unique("cli"), unique("cli")
    (tmp_path / "secret.txt").write_text("the file")
    with tailing(server) as tail:
        server.aws("s3", "mb", f"s3://{bucket}")
        server.aws("s3", "cp", tmp_path / "secret.txt", f"s3://{bucket}/")
        server.aws("iam", "create-user", "--user-name", user)
        server.aws("ec2", "run-instances", "--image-id", "ami-12c6146b", "--instance-type", "t3.micro", "--count", "1")
        assert "the file" == server.aws("s3", "cp", f"s3://{bucket}/secret.txt", "-")
        wanted = ["CreateBucket", "PutObject", "CreateUser", "RunInstances", "GetObject"]
        shown = lambda: [event["eventName"] for event in tail.shown()]  # noqa: E731
        until(lambda: all(name in shown() for name in wanted), "the tail shows all calls")
        order = [name for name in shown() if name in wanted]
        assert order == wanted
        (put,) = [event for event in tail.shown() if event["eventName"] == "PutObject"]
        assert put["eventCategory"] == "Data" and put["requestParameters"]["key"] == "secret.txt"


def test_a_digest_of_what_is_sent_with_an_expectation_is_right(make_server: MakeServer) -> None:
    """A client that waits for 100 Continue gets it only when the upstream takes the body."""
    body = random.Random(3).randbytes(MEBIBYTE)
    with Upstream(digesting) as upstream:
        server = make_server("--upstream", upstream.url).start()
        head = wire.head(f"{server.url}/b/k", "PUT", {"Content-Length": str(len(body)), "Expect": "100-continue"})
        with wire.connect(server.url) as connection:
            connection.sendall(head)
            assert connection.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
            connection.sendall(body)
            assert wire.receive(connection).body == hashlib.sha256(body).hexdigest().encode()
        server.stop()
