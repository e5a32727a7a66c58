"""What of a call decides whether it may be made: its own members, and nothing that a caller adds."""

import json
from typing import Any

import pytest

import wire
from events import unique
from server import ACCOUNT, REGION, ROOT, Server
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


def test_only_what_is_posted_names_an_operation(world: World) -> None:
    headers = {"X-Amz-Target": TARGET + "ListTrails", "Content-Type": "application/x-amz-json-1.1"}
    for method, status in [("POST", 200), ("GET", 404), ("PUT", 404), ("DELETE", 404)]:
        answer = world.server.request(method, "/", b"{}", headers, ROOT, "cloudtrail")
        assert (answer.status, answer.code) == (status, "" if status == 200 else "UnknownOperationException"), answer


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


def posted(s3: Any) -> int:
    """The status of the answer to a form that a client signed."""
    form = s3.generate_presigned_post(BUCKET, "form")
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in form["fields"].items()]
    parts.append('--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nx\r\n--b--\r\n')
    return wire.send(form["url"], "POST", "".join(parts).encode(), {"Content-Type": "multipart/form-data; boundary=b"}).status


def fresh(server: Server) -> dict[str, Any]:
    return server.client("sts").get_session_token()["Credentials"]


def with_and_without(server: Server, credentials: dict[str, Any], version: str = "s3v4") -> tuple[Any, Any]:
    """Clients of temporary credentials: one with all of them, one without their token."""
    half = Key(credentials["AccessKeyId"], credentials["SecretAccessKey"], ACCOUNT)
    whole = session_client(server, "s3", credentials, signature_version=version)
    return whole, server.client("s3", key=half, signature_version=version)


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_a_form_of_a_temporary_key_presents_its_token(world: World, version: str) -> None:
    # The form is the first that is seen of the token.
    whole, without = with_and_without(world.server, fresh(world.server), version)
    assert [posted(without), posted(whole), posted(without)] == [403, 204, 403]


def test_a_temporary_key_presents_its_token_every_time(world: World) -> None:
    server = world.server
    credentials = fresh(server)
    whole, without = with_and_without(server, credentials)
    whole.put_object(Bucket=BUCKET, Key="whole", Body=b"whole")
    denied(without.get_object, code="InvalidAccessKeyId", Bucket=BUCKET, Key="whole")
    url = without.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "whole"})
    assert wire.send(url, "GET", b"", {}).status == 403
    url = whole.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "whole"})
    assert wire.send(url, "GET", b"", {}).body == b"whole"
    others = session_client(server, "s3", {**credentials, "SessionToken": fresh(server)["SessionToken"]})
    denied(others.get_object, code="InvalidToken", Bucket=BUCKET, Key="whole")


def test_a_key_list_says_whose_policies_decide(world: World) -> None:
    name, key = world.user(allow("s3:*"))
    listed = world.server.cairn("key", "list").stdout.splitlines()
    (line,) = [line for line in listed if key.id in line]
    assert name in line and "what its policies allow" in line
    assert [line for line in listed if "(root)" in line and "everything" in line]


def test_simulate_asks_the_policies_of_stores_and_channels(world: World) -> None:
    server = world.server
    root = server.client("cloudtrail")
    name, _ = world.user()
    store = root.create_event_data_store(Name=unique("simulated"))["EventDataStoreArn"]

    def simulated(action: str, resource: str, account: Key | None = None) -> str:
        asked = json.dumps({"principal": name, "action": action, "resource": resource}).encode()
        return server.request("POST", "/_cairn/policies/simulate", asked, **({"key": account} if account else {})).json()["decision"]

    assert simulated("cloudtrail:GetEventDataStore", store) == "implicitDeny"
    says = {"Principal": {"AWS": f"{USERS}/{name}"}, "Action": "cloudtrail:GetEventDataStore", "Resource": store}
    root.put_resource_policy(ResourceArn=store, ResourcePolicy=document({"Effect": "Allow", **says}))
    assert simulated("cloudtrail:GetEventDataStore", store) == "allowed"
    assert simulated("cloudtrail:StartQuery", store) == "implicitDeny"
    # What another account wrote is not told, and nobody there is an administrator of it.
    stranger = server.create_key("--account", "444455556666")
    assert simulated("cloudtrail:GetEventDataStore", store, stranger) == "implicitDeny"
    root.put_resource_policy(ResourceArn=store, ResourcePolicy=document({"Effect": "Deny", **says, "Principal": "*"}))
    assert simulated("cloudtrail:GetEventDataStore", store) == "explicitDeny"


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
