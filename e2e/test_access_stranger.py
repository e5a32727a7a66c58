"""Nobody reaches into another's account: a stranger walks over every operation and every own path, and so does a member of
the victim's organization where it may see more."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from events import event, ndjson, unique
from server import ACCOUNT, Server
from test_access import DENIED, ROLES, STRANGER, World, allow, document, trusting
from test_channels import to
from test_event_data_stores import of_category
from wire import Key

BUCKET = "secret-bucket"
MEMBER = "222233334444"
VOCABULARY = Path(__file__).parent.parent / "crates/decide/src/access/vocabulary.rs"

# Own paths that list what the account has.
OWN_LISTS = ("users", "groups", "roles", "policies", "accounts", "stacks")

# Members that name something; the optional ones are tried one at a time.
NAMING = {
    "Channel", "DashboardId", "Destination", "Destinations", "EventDataStore", "EventDataStores",
    "EventDataStoreOwnerAccountId", "InsightSource", "InsightsDestination", "Name", "NamePrefix", "QueryAlias",
    "ResourceArn", "ResourceId", "ResourceIdList", "TrailName", "trailNameList",
}


@dataclass
class Victim:
    """One of everything that an account can have, by name."""

    trail: str
    store: str
    channel: str
    dashboard: str
    key: str
    user: str
    group: str
    role: str
    policy: str

    def secrets(self) -> list[str]:
        """What no answer to a stranger may hold."""
        arns = [self.trail, self.store, self.channel, self.dashboard]
        return [*arns, self.key, self.user, self.group, self.role, self.policy]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    organization = ("--organization-id", "o-exampleorgid", "--organization-management-account", ACCOUNT)
    server = Server(tmp_path_factory.mktemp("walk"), *organization, "--organization-members", MEMBER).start()
    try:
        yield server
        server.stop()
    finally:
        server.kill()


@pytest.fixture(scope="module")
def victim(server: Server) -> Victim:
    world, own, s3 = World(server), server.client("cloudtrail"), server.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="secret-object", Body=b"secret")
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    shared = {"Name": unique("secret-trail"), "IsMultiRegionTrail": True, "IsOrganizationTrail": True}
    trail = own.create_trail(S3BucketName=BUCKET, **shared)["TrailARN"]
    store = own.create_event_data_store(
        Name=unique("secret-store"), TerminationProtectionEnabled=False, OrganizationEnabled=True
    )
    audit = own.create_event_data_store(Name=unique("secret-audit"), AdvancedEventSelectors=of_category("ActivityAuditLog"))
    channel = own.create_channel(
        Name=unique("secret-channel"), Source="Custom", Destinations=to(audit["EventDataStoreArn"])
    )["ChannelArn"]
    dashboard = own.create_dashboard(Name=unique("secret-dashboard"))["DashboardArn"]
    own.add_tags(ResourceId=trail, TagsList=[{"Key": "secret-tag", "Value": "secret"}])
    group, policy = unique("secret-group"), unique("secret-policy")
    server.cairn("group", "create", group)
    server.cairn("policy", "create", policy, world.file(document(allow("s3:*"))))
    made = {"logicalId": "Trail", "type": "AWS::CloudTrail::Trail", "id": trail}
    server.request("POST", "/_cairn/stacks/secret-stack", json.dumps({"revision": 0, "resources": [made]}).encode())
    user, key = world.user(allow("s3:*"))
    role = world.role(trusting({"AWS": ACCOUNT}), allow("s3:*"))
    return Victim(trail, store["EventDataStoreArn"], channel, dashboard, key.id, user, group, role, policy)


@pytest.fixture(scope="module")
def roots(server: Server) -> dict[str, Key]:
    """The roots of other accounts: of no organization, and of the victim's."""
    return {account: server.create_key("--account", account) for account in (STRANGER, MEMBER)}


@pytest.fixture
def stranger(roots: dict[str, Key]) -> Key:
    return roots[STRANGER]


@pytest.fixture(autouse=True)
def nothing_has_changed(server: Server, victim: Victim, roots: dict[str, Key]) -> Iterator[None]:
    before = snapshot(server, victim)
    yield
    assert snapshot(server, victim) == before


def snapshot(server: Server, victim: Victim) -> list[str]:
    """All that a stranger might have changed."""
    own, s3 = server.client("cloudtrail"), server.client("s3")
    found = [
        own.describe_trails(),
        own.get_trail_status(Name=victim.trail)["IsLogging"],
        own.get_event_selectors(TrailName=victim.trail),
        own.get_event_configuration(TrailName=victim.trail),
        own.list_event_data_stores(),
        own.get_event_data_store(EventDataStore=victim.store),
        own.list_channels(),
        # How calls on it fared, refused ones too, is told to a channel's owner.
        {**own.get_channel(Channel=victim.channel), "IngestionStatus": None},
        own.list_dashboards(),
        own.get_dashboard(DashboardId=victim.dashboard),
        own.list_tags(ResourceIdList=[victim.trail, victim.store, victim.channel, victim.dashboard]),
        s3.list_objects_v2(Bucket=BUCKET, Prefix="secret")["Contents"],
        s3.get_object_tagging(Bucket=BUCKET, Key="secret-object")["TagSet"],
        s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"],
        *(server.request("GET", f"/_cairn/{path}").json() for path in OWN_LISTS),
        [key for key in server.request("GET", "/_cairn/keys").json()["keys"] if key["account"] == ACCOUNT],
    ]
    for part in found:
        isinstance(part, dict) and part.pop("ResponseMetadata", None)
    return [json.dumps(part, default=str, sort_keys=True) for part in found]


def filled(shape: Any, name: str) -> Any:
    """A member that names the victim's thing wherever it takes a text."""
    match shape.type_name:
        case "list":
            return [filled(shape.member, name)]
        case "structure":
            return {member: filled(shape.members[member], name) for member in shape.required_members}
        case "map":
            return {}
        case "boolean":
            return False
        case "integer" | "long":
            return 1
        case "timestamp":
            return 1_700_000_000
        case "blob":
            return b""
        case _:
            return shape.enum[0] if getattr(shape, "enum", None) else name


def attempts(client: Any, name: str, naming: set[str], fixed: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation of a client with what it requires, and with each further member that names something."""
    for method, operation in sorted(client.meta.method_to_api_mapping.items()):
        shape = client.meta.service_model.operation_model(operation).input_shape
        members = shape.members if shape else {}
        required = {member: filled(members[member], name) for member in (shape.required_members if shape else ())}
        required |= {member: text for member, text in fixed.items() if member in members}
        yield method, required
        for member in sorted(naming & members.keys() - required.keys()):
            yield method, {**required, member: filled(members[member], name)}


def told(client: Any, method: str, arguments: dict[str, Any]) -> tuple[str, str]:
    """The error's code, empty if there is none, and all that the answer says."""
    try:
        answer = getattr(client, method)(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    return "", json.dumps(answer, default=str)


@pytest.mark.parametrize("account", [STRANGER, MEMBER])
def test_no_operation_of_cloudtrail_tells_or_changes_anything(
    server: Server, victim: Victim, roots: dict[str, Key], account: str
) -> None:
    client = server.client("cloudtrail", key=roots[account], parameter_validation=False)
    # Members see the trail of their organization.
    shown = {victim.trail} if account == MEMBER else set()
    arns = (victim.trail, victim.store, victim.channel, victim.dashboard)
    calls = 0
    for name in (*arns, *(arn.rpartition("/")[2] for arn in arns), ACCOUNT):
        for method, arguments in attempts(client, name, NAMING, {"S3BucketName": BUCKET}):
            # What it finds are the stranger's own calls; whose they are is looked at below.
            if method == "lookup_events":
                continue
            _, text = told(client, method, arguments)
            leaked = {secret for secret in victim.secrets() if secret in text.replace(name, "")} - shown
            assert not leaked, f"{method} {arguments}: {text[:500]}"
            calls += 1
    print(f"{calls} calls")


def test_no_channel_takes_a_strangers_events(server: Server, victim: Victim, stranger: Key) -> None:
    client = server.client("cloudtrail-data", key=stranger)
    for channel in (victim.channel, victim.channel.replace(ACCOUNT, STRANGER)):
        code, _ = told(client, "put_audit_events", {"channelArn": channel, "auditEvents": [{"id": "1", "eventData": "{}"}]})
        assert code in ("ChannelInsufficientPermission", "ChannelNotFound", "InvalidChannelARN"), code


def test_no_role_and_no_organization_is_a_strangers(server: Server, victim: Victim, stranger: Key) -> None:
    sts = server.client("sts", key=stranger)
    arguments = {"RoleArn": f"{ROLES}/{victim.role}", "RoleSessionName": "mine"}
    assert told(sts, "assume_role", arguments)[0] == "AccessDenied"
    organizations = server.client("organizations", key=stranger, parameter_validation=False)
    for method, arguments in attempts(organizations, ACCOUNT, set(), {}):
        code, text = told(organizations, method, arguments)
        assert code, f"{method}: {text[:500]}"


def test_no_operation_of_s3_reaches_a_bucket(server: Server, victim: Victim, stranger: Key) -> None:
    client = server.client("s3", key=stranger, parameter_validation=False)
    for method, arguments in attempts(client, "secret-object", set(), {"Bucket": BUCKET}):
        # Their addresses are of another form than those that the server has.
        if method in ("create_session", "write_get_object_response"):
            continue
        code, text = told(client, method, arguments)
        assert (code or method == "list_buckets") and BUCKET not in text.replace(f"/{BUCKET}", ""), f"{method}: {code} {text[:500]}"


def own_calls(victim: Victim) -> Iterator[tuple[str, str]]:
    """Every own call about another account, or about all of them."""
    yield from [
        ("GET", "/keys"), ("POST", "/keys"), ("DELETE", f"/keys/{victim.key}"),
        ("POST", f"/keys/{victim.key}/disable"), ("POST", f"/keys/{victim.key}/enable"),
        ("GET", "/accounts"), ("POST", "/accounts"),
        ("GET", f"/accounts/{ACCOUNT}"), ("POST", f"/accounts/{ACCOUNT}/rename"),
        ("POST", "/backup"), ("POST", "/locks/break"), ("GET", f"/tail?account={ACCOUNT}"),
        ("POST", f"/accounts/{ACCOUNT}/policies/simulate"),
    ]
    holders = ("attach", "detach", "put-policy", "delete-policy")
    for kind, name, verbs in [
        ("users", victim.user, (*holders, "add-to-group", "remove-from-group")),
        ("groups", victim.group, holders),
        ("roles", victim.role, (*holders, "replace")),
        ("policies", victim.policy, ("replace",)),
    ]:
        path = f"/accounts/{ACCOUNT}/{kind}"
        yield from [("GET", path), ("POST", path), ("GET", f"{path}/{name}"), ("DELETE", f"{path}/{name}")]
        yield from (("POST", f"{path}/{name}/{verb}") for verb in verbs)


def test_no_own_path_leads_into_another_account(server: Server, victim: Victim, stranger: Key) -> None:
    for method, path in own_calls(victim):
        answer = server.request(method, f"/_cairn{path}", b"{}" if method == "POST" else b"", key=stranger)
        assert answer.code == DENIED, f"{method} {path}: {answer}"
        # The same of one's own account finds nothing.
        path = path.replace(f"/accounts/{ACCOUNT}/", "/")
        if path.startswith(("/users/", "/groups/", "/roles/", "/policies/")):
            answer = server.request(method, f"/_cairn{path}", b"{}" if method == "POST" else b"", key=stranger)
            assert 400 <= answer.status < 500 and victim.trail not in answer.body.decode(), f"{method} {path}: {answer}"
    for path in OWN_LISTS:
        answer = server.request("GET", f"/_cairn/{path}", key=stranger).body.decode()
        assert not any(secret in answer for secret in victim.secrets()), answer
    assert server.lookup_text(stranger, account=ACCOUNT).code == DENIED
    exported = server.request("GET", "/_cairn/keys/export", key=stranger).json()
    assert {found["account"] for found in exported["PublicKeyList"] + exported["heads"]} <= {STRANGER}


def test_what_a_stranger_posts_is_its_own(server: Server, stranger: Key) -> None:
    name = unique("Planted")
    server.post(ndjson([event(name, recipientAccountId=ACCOUNT), event(name)]), key=stranger)
    server.wait_until_visible()
    assert all(found["recipientAccountId"] == STRANGER for found in server.lookup(name=name))


def test_the_walk_has_made_every_own_call_and_left_its_events_in_its_own_account(
    server: Server, victim: Victim, stranger: Key
) -> None:
    for path, body in [
        ("/imports/begin", b"{}"), ("/imports/count", b'{"ranges":[]}'), ("/imports", b"{}"),
        ("/stacks/secret-stack", b'{"revision":1,"resources":[]}'),
    ]:
        server.request("POST", f"/_cairn{path}", body, key=stranger)
    server.request("GET", "/_cairn/stacks", key=stranger)
    for method, path in own_calls(victim):
        server.request(method, f"/_cairn{path}", b"{}" if method == "POST" else b"", key=stranger)
    server.request("GET", "/_cairn/keys/export", key=stranger)
    server.request("POST", "/_cairn/query", b'{"statement":"SELECT count(*) FROM history"}', key=stranger)
    server.request("PUT", "/_cairn/tags", b"{}", key=stranger)
    server.lookup(stranger)
    server.wait_until_visible()
    mine = server.lookup(stranger)
    assert {found["recipientAccountId"] for found in mine} == {STRANGER}
    text = VOCABULARY.read_text()
    listed = text[text.index("const CAIRN:") : text.index("];", text.index("const CAIRN:"))]
    # What is posted has events of its own, and none of the call.
    named = set(re.findall(r'"(\w+)"', listed)) - {"PostEvents"}
    assert named - {found["eventName"] for found in mine} == set()
