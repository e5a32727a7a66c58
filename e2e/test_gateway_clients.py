"""The gateway with clients other than boto3 and the AWS CLI: the AWS SDKs for JavaScript (v3) and for Rust."""

import json
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import wire
from elsewhere import Moto
from events import unique
from server import TARGET, Server
from test_gateway import MEBIBYTE, about

CALLS = Path(__file__).parent / "clients" / "js" / "calls.cjs"
MODULES = Path(os.environ.get("CAIRN_JS") or Path.home() / ".cache" / "cairn-js") / "node_modules"
RUST = TARGET / "debug" / "cairn-e2e-rust"


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    moto = Moto(tmp_path_factory.mktemp("moto"))
    yield moto
    moto.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, moto: Moto) -> Iterator[Server]:
    shared = Server(tmp_path_factory.mktemp("clients"), "--upstream", moto.url).start()
    yield shared
    shared.stop()


def test_the_sdk_for_javascript_works_and_is_on_the_record(server: Server) -> None:
    assert MODULES.exists(), "the SDK is not installed: e2e/clients/js/install.sh"
    bucket, name = unique("javascript"), unique("javascript")
    node = shutil.which("node")
    done = server.run(node, CALLS, bucket, name, str(12 << 20), NODE_PATH=str(MODULES))
    seen = json.loads(done.stdout)
    assert seen["sent"] == seen["received"]
    assert (seen["presigned"], seen["item"], seen["user"], seen["pair"]) == ("a small object", "kept", name, name)
    assert (seen["missing"], seen["nobody"]) == ("NoSuchKey", "NoSuchEntityException")
    assert seen["instances"] == "InvalidInstanceID.NotFound"

    about(server, "CreateBucket", bucketName=bucket)
    about(server, "PutObject", bucketName=bucket, key="small")
    about(server, "UploadPart", 3, bucketName=bucket, key="large")
    about(server, "GetObject", bucketName=bucket, key="large")
    (missing,) = about(server, "GetObject", bucketName=bucket, key="none")
    assert missing["errorCode"] == "NoSuchKey"
    (created,) = about(server, "CreateUser", userName=name)
    assert created["userIdentity"]["type"] == "Root" and "aws-sdk-js" in created["userAgent"]
    about(server, "CreateTable", tableName=name)
    (put,) = about(server, "PutItem", tableName=name)
    assert put["eventCategory"] == "Data" and "kept" not in json.dumps(put)
    about(server, "CreateQueue", queueName=name)
    (sent,) = server.lookup(name="SendMessage")
    assert sent["responseElements"]["messageId"] == seen["message"] and "a message" not in json.dumps(sent)
    about(server, "CreateKeyPair", keyName=name)
    (described,) = server.lookup(name="DescribeInstances")
    assert described["errorCode"] == "Client.InvalidInstanceID.NotFound"


def test_the_sdk_for_rust_works_and_is_on_the_record(server: Server, moto: Moto, tmp_path: Path) -> None:
    build = f"CARGO_TARGET_DIR={TARGET} cargo build --locked --manifest-path e2e/clients/rust/Cargo.toml"
    assert RUST.exists(), f"the client is not built: {build}"
    bucket = unique("rust")
    large = random.Random(bucket).randbytes(12 * MEBIBYTE + 7)
    (tmp_path / "up").write_bytes(large)
    printed = server.run(RUST, bucket, tmp_path / "up", tmp_path / "down").stdout
    seen = dict(line.split("=", 1) for line in printed.splitlines())
    assert seen["keys"] == "copied,large,small" and seen["missing"] == "NoSuchKey"
    assert wire.send(seen["get"], "GET", b"", {}).body == b"a small object"
    assert wire.send(seen["put"], "PUT", b"sent by its URL", {}).status == 200

    there = moto.client("s3")
    assert (tmp_path / "down").read_bytes() == large
    assert there.get_object(Bucket=bucket, Key="large")["Body"].read() == large
    assert there.get_object(Bucket=bucket, Key="presigned")["Body"].read() == b"sent by its URL"

    (put,) = about(server, "PutObject", bucketName=bucket, key="small")
    assert put["userIdentity"]["type"] == "Root" and "aws-sdk-rust" in put["userAgent"]
    (copied,) = about(server, "CopyObject", bucketName=bucket, key="copied")
    assert copied["requestParameters"]["x-amz-copy-source"] == f"{bucket}/small"
    for name in ("CreateMultipartUpload", "CompleteMultipartUpload"):
        about(server, name, bucketName=bucket, key="large")
    parts = about(server, "UploadPart", 3, bucketName=bucket, key="large")
    assert sum(part["additionalEventData"]["bytesTransferredIn"] for part in parts) >= len(large)
    about(server, "ListObjects", 2, bucketName=bucket)
    about(server, "DeleteObjects", bucketName=bucket)
    about(server, "DeleteObject", bucketName=bucket, key="never")
    there_no_more, _ = about(server, "GetObject", 2, bucketName=bucket, key="copied")
    assert there_no_more["errorCode"] == "NoSuchKey"
    by_url, _ = about(server, "GetObject", 2, bucketName=bucket, key="small")
    assert by_url["additionalEventData"]["AuthenticationMethod"] == "QueryString"
    (by_url,) = about(server, "PutObject", bucketName=bucket, key="presigned")
    signature = seen["put"].partition("X-Amz-Signature=")[2][:64]
    assert by_url["userIdentity"]["type"] == "Root" and signature not in json.dumps(by_url)
