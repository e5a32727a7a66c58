"""Who may do what: users, groups, roles, temporary credentials, and that nobody reaches into another's account."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from conftest import MakeServer
from events import event, ndjson, unique
from server import ACCOUNT, REGION, Server
from wire import Key

STRANGER = "444455556666"
DENIED = "AccessDeniedException"
USERS = f"arn:aws:iam::{ACCOUNT}:user"
ROLES = f"arn:aws:iam::{ACCOUNT}:role"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def trusting(principal: Any, **more: Any) -> str:
    return document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more})


def session_client(server: Server, service: str, credentials: dict[str, Any], **config: Any) -> Any:
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=server.url,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        config=Config(retries={"total_max_attempts": 1}, **config),
    )


def shell(credentials: dict[str, Any]) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
    }


def made_with(server: Server, credentials: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The events of calls that these credentials signed."""
    server.wait_until_visible()
    key = credentials["AccessKeyId"]
    return [found for found in server.lookup(name=name) if found["userIdentity"].get("accessKeyId") == key]


class World:
    """A server, and what tests make of users and roles."""

    def __init__(self, server: Server):
        self.server = server

    def file(self, text: str) -> str:
        path = self.server.folder / unique("policy.json")
        path.write_text(text)
        return str(path)

    def user(self, *statements: dict[str, Any], flags: tuple[str, ...] = ()) -> tuple[str, Key]:
        """A new user with a key and, if there are statements, a policy of its own."""
        name = unique("user")
        self.server.cairn("user", "create", name, *flags)
        if statements:
            self.server.cairn("user", "put-policy", name, "own", self.file(document(*statements)))
        return name, self.server.create_key("--user", name)

    def role(self, trust: str, *statements: dict[str, Any], flags: tuple[str, ...] = ()) -> str:
        name = unique("role")
        self.server.cairn("role", "create", name, "--trust", self.file(trust), *flags)
        if statements:
            self.server.cairn("role", "put-policy", name, "own", self.file(document(*statements)))
        return name

    def assume(self, key: Key, role: str, **more: Any) -> dict[str, Any]:
        sts = self.server.client("sts", key=key)
        more.setdefault("RoleSessionName", "session")
        return sts.assume_role(RoleArn=f"{ROLES}/{role}", **more)["Credentials"]


@pytest.fixture(scope="module")
def world(server: Server) -> World:
    server.client("s3").create_bucket(Bucket="access-bucket")
    server.client("s3").put_object(Bucket="access-bucket", Key="home/ann/a", Body=b"a")
    server.client("s3").put_object(Bucket="access-bucket", Key="other/b", Body=b"b")
    return World(server)


def denied(call: Callable[..., Any], *parts: str, code: str = DENIED, **arguments: Any) -> None:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    for part in parts:
        assert part in error["Message"], error


def test_a_user_may_what_its_policies_allow_and_a_refused_call_is_on_the_record(world: World) -> None:
    server = world.server
    name, key = world.user()
    cloudtrail = server.client("cloudtrail", key=key)
    why = f"User: {USERS}/{name} is not authorized to perform: cloudtrail:DescribeTrails on resource: * because no " \
        "identity-based policy allows the cloudtrail:DescribeTrails action"
    denied(cloudtrail.describe_trails, why)
    (told,) = server.found(name="DescribeTrails", user=name)
    assert (told["errorCode"], told["errorMessage"]) == ("AccessDeniedException", why)
    assert told["userIdentity"]["userName"] == name
    server.cairn("user", "attach", name, "AWSCloudTrail_ReadOnlyAccess")
    assert cloudtrail.describe_trails()["trailList"] is not None
    denied(cloudtrail.create_trail, "cloudtrail:CreateTrail", ":trail/mine", Name="mine", S3BucketName="access-bucket")
    server.cairn("user", "put-policy", name, "no", world.file(document(deny("cloudtrail:Describe*"))))
    denied(cloudtrail.describe_trails, "with an explicit deny in an identity-based policy")
    server.cairn("user", "delete-policy", name, "no")
    server.cairn("user", "detach", name, "AWSCloudTrail_ReadOnlyAccess")
    denied(cloudtrail.describe_trails, "because no identity-based policy")


def test_policies_name_trails_and_groups_hand_them_on(world: World) -> None:
    server = world.server
    name, key = world.user()
    group, policy = unique("group"), unique("policy")
    trail = f"arn:aws:cloudtrail:*:{ACCOUNT}:trail/team-*"
    server.cairn("policy", "create", policy, world.file(document(allow("cloudtrail:*", trail))))
    server.cairn("group", "create", group)
    server.cairn("group", "attach", group, f"arn:aws:iam::{ACCOUNT}:policy/{policy}")
    cloudtrail = server.client("cloudtrail", key=key)
    made = unique("team-trail")
    denied(cloudtrail.create_trail, Name=made, S3BucketName="access-bucket")
    server.cairn("user", "add-to-group", name, group)
    arn = cloudtrail.create_trail(Name=made, S3BucketName="access-bucket")["TrailARN"]
    cloudtrail.start_logging(Name=arn)
    denied(cloudtrail.create_trail, Name=unique("other"), S3BucketName="access-bucket")
    denied(cloudtrail.describe_trails)
    server.cairn("group", "delete", group, code=1)
    server.cairn("policy", "delete", policy, code=1)
    cloudtrail.delete_trail(Name=arn)
    server.cairn("user", "remove-from-group", name, group)
    denied(cloudtrail.get_trail, Name=made)
    server.cairn("group", "detach", group, f"arn:aws:iam::{ACCOUNT}:policy/{policy}")
    server.cairn("group", "delete", group)
    server.cairn("policy", "delete", policy)


def test_buckets_ask_the_users_policies_and_their_own(world: World) -> None:
    server = world.server
    home = allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::access-bucket/home/${aws:PrincipalTag/home}/*")
    listing = allow("s3:ListBucket", "arn:aws:s3:::access-bucket", Condition={"StringLike": {"s3:prefix": "home/ann/*"}})
    name, key = world.user(home, listing, flags=("--tag", "home=ann"))
    s3 = server.client("s3", key=key)
    assert s3.get_object(Bucket="access-bucket", Key="home/ann/a")["Body"].read() == b"a"
    why = f"User: {USERS}/{name} is not authorized to perform: s3:GetObject on resource"
    denied(s3.get_object, why, code="AccessDenied", Bucket="access-bucket", Key="other/b")
    assert s3.list_objects_v2(Bucket="access-bucket", Prefix="home/ann/")["KeyCount"] >= 1
    denied(s3.list_objects_v2, code="AccessDenied", Bucket="access-bucket")
    denied(s3.list_buckets, code="AccessDenied")
    denied(s3.create_bucket, code="AccessDenied", Bucket="users-bucket")
    assert server.found(name="GetObject", user=name, error="AccessDenied")
    statement = {**allow("s3:GetObject", "arn:aws:s3:::access-bucket/other/*"), "Principal": {"AWS": f"{USERS}/{name}"}}
    owner = server.client("s3")
    owner.put_bucket_policy(Bucket="access-bucket", Policy=document(statement))
    assert s3.get_object(Bucket="access-bucket", Key="other/b")["Body"].read() == b"b"
    statement["Effect"] = "Deny"
    statement["Resource"] = "arn:aws:s3:::access-bucket/*"
    owner.put_bucket_policy(Bucket="access-bucket", Policy=document(statement))
    denied(s3.get_object, "resource-based policy", code="AccessDenied", Bucket="access-bucket", Key="home/ann/a")
    owner.delete_bucket_policy(Bucket="access-bucket")


def test_own_calls_and_posts_ask_for_named_actions(world: World) -> None:
    server = world.server
    name, key = world.user(allow("cairn:Lookup"))
    assert server.lookup_text(key, limit=1).status == 200
    one = ndjson([event()])
    posted = server.post(one, key=key)
    assert posted.code == DENIED and "cairn:PostEvents" in posted.json()["message"]
    assert server.request("GET", "/_cairn/tail", key=key).code == DENIED
    assert server.request("GET", "/_cairn/users", key=key).code == DENIED
    escalation = json.dumps({"policy": "arn:aws:iam::aws:policy/AdministratorAccess"}).encode()
    assert server.request("POST", f"/_cairn/users/{name}/attach", escalation, key=key).code == DENIED
    only_posts = server.create_key("--user", name, "--ingest-only")
    assert server.post(one, key=only_posts).status == 200
    server.cairn("user", "put-policy", name, "own", world.file(document(allow("cairn:PostEvents"))))
    assert server.post(one, key=key).status == 200
    assert server.found(name="AttachUserPolicy", user=name, error=DENIED)


def test_a_user_without_a_record_stays_an_administrator_until_there_is_one(world: World) -> None:
    server = world.server
    name = unique("old")
    key = server.create_key("--user", name, "--administrator")
    cloudtrail = server.client("cloudtrail", key=key)
    assert cloudtrail.describe_trails()
    server.cairn("user", "create", name)
    denied(cloudtrail.describe_trails)
    refusal = server.cairn("user", "delete", name, code=1)
    assert "access keys first" in refusal.stderr
    server.cairn("key", "delete", key.id)
    server.cairn("user", "delete", name)


def test_a_misspelt_user_gets_no_key_where_users_have_records(world: World) -> None:
    server = world.server
    name, _ = world.user()
    refusal = server.cairn("key", "create", "--user", name.upper(), "--administrator", code=1)
    assert f"did you mean {name}?" in refusal.stderr, refusal.stderr
    refusal = server.cairn("key", "create", "--user", f"{name}s", code=1)
    assert f"there is no user {name}s" in refusal.stderr and "administrator" in refusal.stderr, refusal.stderr
    server.cairn("user", "create", name.upper(), code=1)
    server.create_key("--user", f"{name}-Old", "--administrator")
    refusal = server.cairn("user", "create", f"{name}-old", code=1)
    assert f"there are keys of {name}-Old" in refusal.stderr, refusal.stderr
    # Whoever may only post is no administrator.
    server.create_key("--user", f"{name}s", "--ingest-only")


def test_who_adds_to_a_group_is_asked_for_the_group_too(world: World) -> None:
    server = world.server
    group, made = unique("admins"), unique("made")
    server.cairn("group", "create", group)
    name, key = world.user(
        allow("cairn:AddUserToGroup"), deny("cairn:*", f"arn:aws:iam::{ACCOUNT}:group/{group}"),
        allow("cairn:CreateUser", f"{USERS}/made*"),
    )
    body = json.dumps({"group": group}).encode()
    assert server.request("POST", f"/_cairn/users/{name}/add-to-group", body, key=key).code == DENIED

    def create(user: str) -> Any:
        return server.request("POST", "/_cairn/users", json.dumps({"name": user}).encode(), key=key)

    assert create(made).status == 200
    assert create(unique("other")).code == DENIED


def test_simulate_says_nothing_of_another_accounts_bucket_policy(world: World, stranger: Key) -> None:
    server = world.server
    theirs = {**allow("s3:GetObject", "arn:aws:s3:::access-bucket/other/*", Sid="Secret"), "Principal": {"AWS": STRANGER}}
    server.client("s3").put_bucket_policy(Bucket="access-bucket", Policy=document(theirs))

    def simulate(key: Key | None) -> Any:
        asked = {"principal": "root", "action": "s3:GetObject", "resource": "arn:aws:s3:::access-bucket/other/b"}
        return server.request("POST", "/_cairn/policies/simulate", json.dumps(asked).encode(), key=key).json()

    told = simulate(stranger)
    server.client("s3").delete_bucket_policy(Bucket="access-bucket")
    assert told == simulate(stranger) and told["decision"] == "implicitDeny", told


def test_a_source_identity_has_to_be_allowed_and_stays(world: World) -> None:
    name, key = world.user()
    closed = world.role(trusting({"AWS": f"{USERS}/{name}"}))
    denied(world.assume, "sts:SetSourceIdentity", code="AccessDenied", key=key, role=closed, SourceIdentity="ann")
    both = {"Action": ["sts:AssumeRole", "sts:SetSourceIdentity"]}
    first = world.role(trusting({"AWS": f"{USERS}/{name}"}, **both))
    second = world.role(trusting({"AWS": f"{ROLES}/{first}"}, **both))
    credentials = world.assume(key, first, SourceIdentity="ann")
    sts = session_client(world.server, "sts", credentials)
    chained = {"RoleArn": f"{ROLES}/{second}", "RoleSessionName": "chained"}
    denied(sts.assume_role, "cannot be changed", code="AccessDenied", SourceIdentity="bob", **chained)
    assert sts.assume_role(**chained)["SourceIdentity"] == "ann"
    assert sts.assume_role(SourceIdentity="ann", **chained)["SourceIdentity"] == "ann"


def test_simulate_tells_the_verdict_and_why(world: World) -> None:
    server = world.server
    name, _ = world.user(allow("s3:*"), deny("s3:Delete*", Sid="Keep"))

    def simulate(principal: str, action: str, *flags: str) -> dict[str, Any]:
        printed = server.cairn(
            "policy", "simulate", "--principal", principal, "--action", action, "--output", "json", *flags
        )
        return json.loads(printed.stdout)

    verdict = simulate(name, "s3:GetObject")
    assert (verdict["decision"], verdict["policy"]) == ("allowed", "own")
    verdict = simulate(f"{USERS}/{name}", "s3:DeleteObject", "--resource", "arn:aws:s3:::access-bucket/x")
    assert (verdict["decision"], verdict["statement"]) == ("explicitDeny", "Keep")
    verdict = simulate(name, "sts:AssumeRole")
    assert verdict["decision"] == "implicitDeny" and "no identity-based policy" in verdict["why"]
    assert simulate("root", "sts:AssumeRole")["decision"] == "allowed"


def test_malformed_policies_and_names_are_refused(world: World) -> None:
    server = world.server
    name, _ = world.user()
    for text, part in [
        ("{}", "Missing required field Statement"),
        (document({"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}), "Has prohibited field Principal"),
        (document({**allow("*"), "Condition": {"Bespoke": {"aws:x": "y"}}}), "Invalid Condition type"),
        (document(deny("*", Condition={"StringEquals": {"aws:SourceIpp": "192.0.2.1"}})), "no request has aws:SourceIpp"),
        (document(deny("cairn:Lokup")), "there is no"),
    ]:
        refusal = server.cairn("user", "put-policy", name, "bad", world.file(text), code=1)
        assert "MalformedPolicyDocument" in refusal.stderr and part in refusal.stderr, refusal.stderr
    server.cairn("user", "create", "a b", code=1)
    server.cairn("user", "create", name, code=1)
    server.cairn("user", "attach", name, "NoSuchPolicy", code=1)
    server.cairn("role", "create", unique("role"), "--trust", world.file(document(allow("*"))), code=1)


def test_a_role_is_assumed_and_its_session_may_what_the_role_may(world: World) -> None:
    server = world.server
    name, key = world.user()
    role = world.role(trusting({"AWS": f"{USERS}/{name}"}), allow("cloudtrail:DescribeTrails"), allow("s3:ListAllMyBuckets"),
                      allow("cairn:Lookup"))
    credentials = world.assume(key, role, RoleSessionName="ci-1")
    assert credentials["AccessKeyId"].startswith("ASIA")
    me = session_client(server, "sts", credentials).get_caller_identity()
    assert me["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/ci-1"
    assert me["UserId"].startswith("AROA") and me["UserId"].endswith(":ci-1")
    cloudtrail = session_client(server, "cloudtrail", credentials)
    assert cloudtrail.describe_trails()
    denied(cloudtrail.list_trails, f"assumed-role/{role}/ci-1 is not authorized")
    assert session_client(server, "s3", credentials).list_buckets()["Buckets"]
    server.cairn("lookup", "--limit", "1", **shell(credentials))
    (told,) = made_with(server, credentials, "DescribeTrails")
    identity = told["userIdentity"]
    assert identity["type"] == "AssumedRole" and identity["arn"] == me["Arn"]
    issuer = identity["sessionContext"]["sessionIssuer"]
    assert (issuer["type"], issuer["arn"], issuer["userName"]) == ("Role", f"{ROLES}/{role}", role)
    (made,) = server.found(name="AssumeRole", user=name)
    assert made["requestParameters"]["roleArn"] == f"{ROLES}/{role}"
    assert made["responseElements"]["credentials"]["accessKeyId"] == credentials["AccessKeyId"]
    text = json.dumps(made)
    assert credentials["SessionToken"] not in text and credentials["SecretAccessKey"] not in text
    (listed,) = made_with(server, credentials, "ListBuckets")
    assert listed["userIdentity"]["type"] == "AssumedRole"
    server.cairn("role", "delete", role)
    denied(cloudtrail.describe_trails, code="UnrecognizedClientException")


def test_a_role_trusts_whom_it_names_under_its_conditions(world: World) -> None:
    server = world.server
    name, key = world.user()
    other, other_key = world.user()
    role = world.role(trusting({"AWS": f"{USERS}/{name}"}, Condition={"StringEquals": {"sts:ExternalId": "shared-7"}}))
    denied(world.assume, "sts:AssumeRole", code="AccessDenied", key=key, role=role)
    assert world.assume(key, role, ExternalId="shared-7")
    denied(world.assume, code="AccessDenied", key=other_key, role=role, ExternalId="shared-7")
    denied(world.assume, code="AccessDenied", key=key, role="no-such-role", ExternalId="shared-7")
    # Trust in the account leaves it to the user's own policies.
    server.cairn("role", "trust", role, world.file(trusting({"AWS": ACCOUNT})))
    denied(world.assume, "identity-based policy", code="AccessDenied", key=key, role=role)
    server.cairn("user", "put-policy", name, "own", world.file(document(allow("sts:AssumeRole", f"{ROLES}/{role}"))))
    assert world.assume(key, role)
    for arguments in [{"DurationSeconds": 3601}, {"RoleSessionName": "a b"}, {"Policy": "{}"}]:
        with pytest.raises(ClientError) as caught:
            world.assume(key, role, **arguments)
        assert caught.value.response["Error"]["Code"] in ("ValidationError", "MalformedPolicyDocument")


def test_a_session_policy_narrows_the_session(world: World) -> None:
    name, key = world.user()
    role = world.role(trusting({"AWS": f"{USERS}/{name}"}), allow("cloudtrail:*"))
    narrowed = world.assume(key, role, Policy=document(allow("cloudtrail:ListTrails")))
    cloudtrail = session_client(world.server, "cloudtrail", narrowed)
    assert cloudtrail.list_trails()
    denied(cloudtrail.describe_trails, "because no session policy allows")


def test_session_tokens_are_good_everywhere_and_end_with_their_key(world: World) -> None:
    server = world.server
    name, key = world.user(allow("cloudtrail:DescribeTrails"), allow("s3:ListAllMyBuckets"))
    credentials = server.client("sts", key=key).get_session_token(DurationSeconds=900)["Credentials"]
    cloudtrail = session_client(server, "cloudtrail", credentials)
    assert cloudtrail.describe_trails()
    assert session_client(server, "s3", credentials).list_buckets()
    sts = session_client(server, "sts", credentials)
    assert sts.get_caller_identity()["Arn"] == f"{USERS}/{name}"
    denied(sts.get_session_token, "Cannot call GetSessionToken", code="AccessDenied")
    # The key without its token, and with another's, is nobody's.
    forged = {**credentials, "SessionToken": "x" * 100}
    denied(session_client(server, "cloudtrail", forged).describe_trails, code="UnrecognizedClientException")
    url = session_client(server, "s3", credentials, signature_version="s3v4").generate_presigned_url("list_buckets")
    assert server.request("GET", url.removeprefix(server.url), key=None).status == 200
    server.cairn("key", "disable", key.id)
    denied(cloudtrail.describe_trails, code="UnrecognizedClientException")


def test_the_root_gets_sessions_too(world: World) -> None:
    server = world.server
    credentials = server.client("sts").get_session_token()["Credentials"]
    assert session_client(server, "cloudtrail", credentials).describe_trails()
    assert session_client(server, "sts", credentials).get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    server.cairn("key", "list", **shell(credentials))


def test_policies_and_sessions_survive_restarts(make_server: MakeServer) -> None:
    world = World(make_server(quick=False).start())
    name, key = world.user()
    role = world.role(trusting({"AWS": f"{USERS}/{name}"}), allow("cloudtrail:DescribeTrails"))
    credentials = world.assume(key, role)
    world.server.kill()
    world.server.start()
    cloudtrail = session_client(world.server, "cloudtrail", credentials)
    assert [trail["Name"] for trail in cloudtrail.describe_trails()["trailList"]] == ["default"]
    denied(cloudtrail.list_trails)
    denied(world.server.client("cloudtrail", key=key).describe_trails)
    (shown,) = json.loads(world.server.cairn("role", "show", role, "--output", "json").stdout)
    assert json.loads(shown["inline"]["own"])["Statement"]
    world.server.stop()


@pytest.fixture(scope="module")
def stranger(world: World) -> Key:
    """The root of another account."""
    return world.server.create_key("--account", STRANGER)


def test_roles_are_assumed_across_accounts_if_both_sides_allow(world: World, stranger: Key) -> None:
    role = world.role(trusting({"AWS": ACCOUNT}), allow("cloudtrail:DescribeTrails"))
    denied(world.assume, code="AccessDenied", key=stranger, role=role)
    world.server.cairn("role", "trust", role, world.file(trusting({"AWS": STRANGER})))
    credentials = world.assume(stranger, role)
    assert session_client(world.server, "cloudtrail", credentials).describe_trails()
    (told,) = made_with(world.server, credentials, "DescribeTrails")
    assert told["recipientAccountId"] == ACCOUNT
