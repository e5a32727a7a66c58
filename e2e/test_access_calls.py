"""What of a call decides whether it may be made: its own members, and nothing that a caller adds."""

import json
from typing import Any

import pytest

from events import unique
from server import ACCOUNT, REGION, Server
from test_access import DENIED, ROLES, USERS, World, allow, denied, deny, document, session_client, trusting
from test_trails import AWAY
from wire import Answer, Key

TARGET = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101."
BUCKET = "access-calls"
TRAILS = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail"


@pytest.fixture(scope="module")
def world(server: Server) -> World:
    server.client("s3").create_bucket(Bucket=BUCKET)
    return World(server)


def call(server: Server, operation: str, key: Key, **members: Any) -> Answer:
    """A call with any members, as no SDK would send it."""
    headers = {"X-Amz-Target": TARGET + operation, "Content-Type": "application/x-amz-json-1.1"}
    return server.request("POST", "/", json.dumps(members).encode(), headers, key, "cloudtrail")


def test_members_that_an_operation_does_not_have_choose_no_resource(world: World) -> None:
    name = unique("dev")
    _, key = world.user(allow("cloudtrail:*", f"{TRAILS}/{name}"))
    for operation in ("LookupEvents", "ListTrails", "DescribeTrails", "ListEventDataStores"):
        for member in ("TrailName", "EventDataStore", "ResourceId", "InsightSource"):
            answer = call(world.server, operation, key, **{member: f"{TRAILS}/{name}"})
            assert answer.code.endswith(DENIED), (operation, member, answer)


def test_tags_are_those_that_the_trail_would_get(world: World) -> None:
    _, key = world.user(
        allow("cloudtrail:CreateTrail", Condition={"StringEquals": {"aws:RequestTag/team": "blue"}}),
        allow("cloudtrail:AddTags"),
    )
    red, blue = {"Key": "team", "Value": "red"}, {"Key": "team", "Value": "blue"}
    for more in (
        {"TagsList": [red]},
        {"TagsList": [red], "Tags": [blue]},
        {"TagsList": [red, {**blue, "Key": "Team"}]},
        {"TagsList": [{**blue, "Key": "TEAM"}, red]},
    ):
        answer = call(world.server, "CreateTrail", key, Name=unique("tagged"), S3BucketName=BUCKET, **more)
        assert answer.code.endswith(DENIED), (more, answer)
    answer = call(world.server, "CreateTrail", key, Name=unique("tagged"), S3BucketName=BUCKET, TagsList=[blue])
    assert answer.status == 200, answer


def test_a_session_ends_with_its_role_whatever_else_lets_the_role_in(world: World) -> None:
    server = world.server
    name, key = world.user()
    role = world.role(trusting({"AWS": f"{USERS}/{name}"}), allow("s3:*"))
    admin = world.role(trusting({"AWS": f"{ROLES}/{role}"}), allow("*"))
    bucket, s3 = unique("role-bucket"), server.client("s3")
    s3.create_bucket(Bucket=bucket)
    said = allow("s3:*", [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"], Principal={"AWS": f"{ROLES}/{role}"})
    s3.put_bucket_policy(Bucket=bucket, Policy=document(said))
    credentials = world.assume(key, role)
    clients = {service: session_client(server, service, credentials) for service in ("s3", "sts", "cloudtrail")}
    clients["s3"].put_object(Bucket=bucket, Key="a", Body=b"a")
    again = {"RoleArn": f"{ROLES}/{admin}", "RoleSessionName": "again"}
    assert clients["sts"].assume_role(**again)
    server.cairn("role", "delete", role)
    # Another of that name is another role.
    server.cairn("role", "create", role, "--trust", world.file(trusting({"AWS": f"{USERS}/{name}"})))
    denied(clients["s3"].put_object, code="InvalidAccessKeyId", Bucket=bucket, Key="b", Body=b"b")
    denied(clients["sts"].assume_role, code="InvalidClientTokenId", **again)
    denied(clients["cloudtrail"].describe_trails, code="UnrecognizedClientException")


def test_names_of_any_length_are_refused_unjudged(world: World) -> None:
    _, key = world.user(allow("cloudtrail:*", f"arn:*{'a' * 1800}b"))
    for operation, members in (
        ("GetTrail", {"Name": "a" * 1_000_000}),
        ("ListTags", {"ResourceIdList": ["a" * 1_000_000]}),
        ("ListTags", {"ResourceIdList": ["a" * 1000] * 900}),
    ):
        answer = call(world.server, operation, key, **members)
        assert answer.code.endswith(DENIED) and len(answer.body) < 5000, (operation, answer.body[:200])


def test_a_stores_policy_is_asked_too(world: World) -> None:
    server = world.server
    root = server.client("cloudtrail")
    name, key = world.user()
    lake = server.client("cloudtrail", key=key)
    store = root.create_event_data_store(Name=unique("policed"))["EventDataStoreArn"]
    denied(lake.get_event_data_store, "no identity-based policy", EventDataStore=store)
    says = {"Principal": {"AWS": f"{USERS}/{name}"}, "Action": "cloudtrail:GetEventDataStore", "Resource": store}
    root.put_resource_policy(ResourceArn=store, ResourcePolicy=document({"Effect": "Allow", **says}))
    assert lake.get_event_data_store(EventDataStore=store.rpartition("/")[2])["EventDataStoreArn"] == store
    # What it denies is denied to everybody, who may still take it away.
    root.put_resource_policy(ResourceArn=store, ResourcePolicy=document({"Effect": "Deny", **says, "Principal": "*"}))
    server.cairn("user", "put-policy", name, "own", world.file(document(allow("cloudtrail:*"))))
    for client in (lake, root):
        denied(client.get_event_data_store, "explicit deny in a resource-based policy", EventDataStore=store)
    root.delete_resource_policy(ResourceArn=store)
    assert lake.get_event_data_store(EventDataStore=store) and root.get_event_data_store(EventDataStore=store)


def test_a_short_name_of_a_trail_of_another_region_is_judged_as_that_trail(world: World) -> None:
    server = world.server
    name = unique("wide-trail")
    server.client("cloudtrail").create_trail(Name=name, S3BucketName=BUCKET, IsMultiRegionTrail=True)
    _, key = world.user(allow("cloudtrail:Get*"), deny("cloudtrail:Get*", f"{TRAILS}/{name}"))
    away = server.client("cloudtrail", AWAY, key=key)
    for get, member in [(away.get_trail, "Name"), (away.get_event_selectors, "TrailName")]:
        denied(get, f"{TRAILS}/{name}", **{member: name})
        denied(get, f"{TRAILS}/{name}", **{member: f"{TRAILS}/{name}"})
