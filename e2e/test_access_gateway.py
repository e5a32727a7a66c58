"""Policies and sessions of Cairn's own before an upstream."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError

from elsewhere import Moto
from events import unique
from server import ACCOUNT, REGION, Server
from test_access import ROLES, USERS, World, allow, denied, deny, made_with, session_client, trusting
from wire import send, signed_headers


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    moto = Moto(tmp_path_factory.mktemp("moto"))
    yield moto
    moto.stop()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, moto: Moto) -> Iterator[World]:
    shared = Server(tmp_path_factory.mktemp("access"), "--upstream", moto.url).start()
    yield World(shared)
    shared.stop()


def test_forwarded_calls_ask_the_users_policies(world: World, moto: Moto) -> None:
    server = world.server
    allowed, other = unique("allowed"), unique("other")
    for bucket in (allowed, other):
        moto.client("s3").create_bucket(Bucket=bucket)
    name, key = world.user(
        allow("dynamodb:ListTables"), allow(["s3:PutObject", "s3:GetObject"], f"arn:aws:s3:::{allowed}/*")
    )
    assert server.client("dynamodb", key=key).list_tables()["TableNames"] == []
    denied(server.client("sqs", key=key).list_queues, f"User: {USERS}/{name} is not authorized to perform: sqs:ListQueues")
    denied(server.client("ec2", key=key).describe_instances, code="UnauthorizedOperation")
    s3 = server.client("s3", key=key)
    s3.put_object(Bucket=allowed, Key="k", Body=b"x")
    denied(s3.put_object, code="AccessDenied", Bucket=other, Key="k", Body=b"x")
    denied(s3.copy_object, code="AccessDenied", Bucket=allowed, Key="c", CopySource={"Bucket": other, "Key": "k"})
    denied(s3.list_buckets, code="AccessDenied")
    assert "Contents" not in moto.client("s3").list_objects_v2(Bucket=other)
    (told,) = server.found(name="ListQueues", user=name)
    assert told["errorCode"] == "AccessDeniedException"
    # Who has no policies of Cairn's is the upstream's to judge, as before.
    assert server.client("sqs").list_queues()


def test_a_denial_by_iams_name_holds_for_batches_too(world: World) -> None:
    server = world.server
    queue = server.client("sqs").create_queue(QueueName=unique("queue"))["QueueUrl"]
    _, key = world.user(allow("sqs:*"), deny("sqs:SendMessage"))
    sqs = server.client("sqs", key=key)
    denied(sqs.send_message, "sqs:SendMessage", QueueUrl=queue, MessageBody="m")
    entries = [{"Id": "1", "MessageBody": "m"}]
    denied(sqs.send_message_batch, "sqs:SendMessage", QueueUrl=queue, Entries=entries)
    _, key = world.user(allow("cloudwatch:PutMetricData"))
    server.client("cloudwatch", key=key).put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 1}])


def test_own_roles_are_assumed_here_and_others_at_the_upstream(world: World) -> None:
    server = world.server
    name, key = world.user(allow("sts:AssumeRole"))
    role = world.role(trusting({"AWS": f"{USERS}/{name}"}), allow("dynamodb:*"))
    credentials = world.assume(key, role)
    assert session_client(server, "sts", credentials).get_caller_identity()["Arn"].endswith(f"assumed-role/{role}/session")
    assert session_client(server, "dynamodb", credentials).list_tables()
    (told,) = made_with(server, credentials, "ListTables")
    identity: dict[str, Any] = told["userIdentity"]
    assert (identity["type"], identity["sessionContext"]["sessionIssuer"]["userName"]) == ("AssumedRole", role)
    assert "additionalEventData" not in told or "cairn" not in told["additionalEventData"]
    denied(session_client(server, "sqs", credentials).list_queues, "assumed-role")
    forged = {**credentials, "SecretAccessKey": "x" * 40}
    with pytest.raises(ClientError):
        session_client(server, "dynamodb", forged).list_tables()
    token = server.client("sts", key=key).get_session_token()["Credentials"]
    assert session_client(server, "sts", token).get_caller_identity()["Arn"] == f"{USERS}/{name}"
    foreign = server.client("sts", key=key).assume_role(RoleArn=f"{ROLES}/the-upstreams", RoleSessionName="there")
    assert foreign["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/the-upstreams/there"


def test_an_own_role_is_not_assumed_at_the_upstream_past_its_trust_policy(world: World) -> None:
    server = world.server
    name, key = world.user(allow("sts:*"))
    trusted, _ = world.user()
    role = world.role(trusting({"AWS": f"{USERS}/{trusted}"}))
    call = {"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": f"{ROLES}/{role}", "RoleSessionName": "past"}
    whole = urlencode(call)
    without_role = urlencode({part: said for part, said in call.items() if part != "RoleArn"})
    only_role = urlencode({"RoleArn": call["RoleArn"]})
    foreign = urlencode({"RoleArn": f"{ROLES}/the-upstreams"})
    form, text = "application/x-www-form-urlencoded", "text/plain"
    for method, query, body, headers in (
        ("GET", whole, "", {}),
        ("POST", whole, "", {}),
        ("POST", "", whole, {"Content-Type": form}),
        ("POST", only_role, without_role, {"Content-Type": form}),
        ("POST", without_role, only_role, {"Content-Type": form}),
        ("POST", foreign, whole, {"Content-Type": form}),
        ("GET", f"{foreign}&{whole}", "", {}),
        ("GET", urlencode({**call, "Version": "2010-01-01"}), "", {}),
        ("POST", "", whole, {"Content-Type": text}),
        ("GET", without_role.replace("Action=AssumeRole&", "") + "&" + only_role, "", {"X-Amz-Target": "x.AssumeRole"}),
    ):
        url = f"{server.url}/?{query}"
        sent = body.encode()
        answer = send(url, method, sent, signed_headers(url, method, sent, key, "sts", REGION, headers))
        assert answer.status in (400, 403), (method, query, body, answer)
        assert b"SecretAccessKey" not in answer.body
    assert not [told for told in server.found(name="AssumeRole", user=name) if "errorCode" not in told]


def test_objects_are_deleted_only_as_far_as_policies_say(world: World, moto: Moto) -> None:
    server = world.server
    bucket = unique("deletions")
    theirs = moto.client("s3")
    theirs.create_bucket(Bucket=bucket)
    theirs.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = theirs.put_object(Bucket=bucket, Key="kept/a", Body=b"a")["VersionId"]
    theirs.put_object(Bucket=bucket, Key="open/b", Body=b"b")
    _, key = world.user(allow("s3:*"), deny(["s3:DeleteObject", "s3:DeleteObjectVersion"], f"arn:aws:s3:::{bucket}/kept/*"))
    s3 = server.client("s3", key=key)
    for objects in ([{"Key": "kept/a"}], [{"Key": "open/b"}, {"Key": "kept/a", "VersionId": version}]):
        denied(s3.delete_objects, "/kept/a", code="AccessDenied", Bucket=bucket, Delete={"Objects": objects})
    assert {found["Key"] for found in theirs.list_objects_v2(Bucket=bucket)["Contents"]} == {"kept/a", "open/b"}
    deleted = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "open/b"}]})["Deleted"]
    assert [found["Key"] for found in deleted] == ["open/b"]
    _, key = world.user(allow("s3:DeleteObject"))
    s3 = server.client("s3", key=key)
    denied(s3.delete_object, "s3:DeleteObjectVersion", code="AccessDenied", Bucket=bucket, Key="kept/a", VersionId=version)
    s3.delete_object(Bucket=bucket, Key="kept/a")
    assert theirs.get_object(Bucket=bucket, Key="kept/a", VersionId=version)["Body"].read() == b"a"


def test_conditions_and_headers_count_before_an_upstream_as_for_own_buckets(world: World, moto: Moto) -> None:
    server = world.server
    bucket = unique("conditions")
    moto.client("s3").create_bucket(Bucket=bucket)
    within = {"Condition": {"StringLike": {"s3:prefix": "mine/*"}}}
    _, key = world.user(allow("s3:PutObject"), allow("s3:ListBucket", f"arn:aws:s3:::{bucket}", **within))
    s3 = server.client("s3", key=key)
    s3.put_object(Bucket=bucket, Key="mine/k", Body=b"x")
    denied(s3.put_object, "s3:PutObjectTagging", code="AccessDenied", Bucket=bucket, Key="k", Body=b"x", Tagging="a=1")
    assert s3.list_objects_v2(Bucket=bucket, Prefix="mine/k")["KeyCount"] == 1
    denied(s3.list_objects_v2, "s3:ListBucket", code="AccessDenied", Bucket=bucket)
