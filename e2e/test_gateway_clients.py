"""The gateway with clients other than boto3 and the AWS CLI: the AWS SDK for JavaScript v3."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from elsewhere import Moto
from events import unique
from server import Server
from test_gateway import about

CALLS = Path(__file__).parent / "clients" / "js" / "calls.cjs"
MODULES = Path(os.environ.get("CAIRN_JS") or Path.home() / ".cache" / "cairn-js") / "node_modules"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    moto = Moto(tmp_path_factory.mktemp("moto"))
    shared = Server(tmp_path_factory.mktemp("clients"), "--upstream", moto.url).start()
    yield shared
    shared.stop()
    moto.stop()


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
