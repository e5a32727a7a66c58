"""Organizations: one trail over the events of all their accounts, and who sees and changes what."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from delivered import Delivered, make_trail, trail_arn
from events import Event, event, minutes_ago, unique
from server import ACCOUNT, AWS, CAIRN, Server
from validation import validate, validate_all
from waiting import until
from wire import Key

ID = "o-exampleorgid"
DEVELOPMENT = "222233334444"
AUDIT = "333344445555"
STRANGER = "444455556666"
TRAIL = "shared"
ARN = trail_arn(TRAIL)
AWAY = "eu-west-1"


def flags(*members: str) -> tuple[str, ...]:
    organization = ("--organization-id", ID, "--organization-management-account", ACCOUNT)
    return (*organization, "--organization-members", ",".join(members))


@dataclass
class World:
    """A server of an organization whose trail logs; `audit` is a delegated administrator."""

    server: Server
    bucket: Delivered
    development: Key
    audit: Key
    stranger: Key
    since: datetime

    def cloudtrail(self, key: Key, region: str = "us-east-1") -> Any:
        return self.server.client("cloudtrail", region, key)

    def post(self, key: Key, **members: Any) -> Event:
        posted = event(recipientAccountId=key.account, **members)
        self.server.post_events([posted], key=key)
        return posted


def code(call: Callable[..., Any], **arguments: Any) -> str:
    """The code of the refusal."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    server = Server(
        tmp_path_factory.mktemp("organization"),
        *("--trails-default", "false", "--trails-lock", "1ms"),
        *flags(f"{DEVELOPMENT}=development@example.com", AUDIT),
    ).start()
    try:
        since = minutes_ago(5)
        bucket = make_trail(server, TRAIL, IsMultiRegionTrail=True, IsOrganizationTrail=True)
        server.client("cloudtrail").register_organization_delegated_admin(MemberAccountId=AUDIT)
        keys = [server.create_key("--account", account) for account in (DEVELOPMENT, AUDIT, STRANGER)]
        yield World(server, bucket, *keys, since)
        server.stop()
        server.run(CAIRN, "verify", "--store", server.data)
    finally:
        server.kill()


def test_clients_of_aws_organizations_find_the_organization(world: World) -> None:
    describe = ("organizations", "describe-organization")
    for key in (world.server.root, world.development, world.audit):
        told = json.loads(world.server.aws(*describe, key=key))["Organization"]
        assert (told["Id"], told["MasterAccountId"], told["FeatureSet"]) == (ID, ACCOUNT, "ALL")
    refused = world.server.run(AWS, *describe, key=world.stranger, code=255).stderr
    assert "AWSOrganizationsNotInUseException" in refused
    accounts = json.loads(world.server.aws("organizations", "list-accounts", "--output", "json"))["Accounts"]
    emails = {account["Id"]: account.get("Email") for account in accounts}
    assert emails == {ACCOUNT: None, DEVELOPMENT: "development@example.com", AUDIT: None}
    organizations = world.server.client("organizations", key=world.audit)
    (administrator,) = organizations.list_delegated_administrators()["DelegatedAdministrators"]
    assert administrator["Id"] == AUDIT
    member = world.server.client("organizations", key=world.development)
    assert code(member.list_accounts) == "AccessDeniedException"
    found = world.server.found(name="ListAccounts")
    assert found[0]["eventSource"] == "organizations.amazonaws.com" and found[0]["readOnly"]


def test_every_accounts_events_are_delivered_below_its_own_folder(world: World) -> None:
    own = world.post(world.server.root)
    members = [world.post(world.development, region=AWAY), world.post(world.audit)]
    strange = world.post(world.stranger)
    world.bucket.wait_for([found["eventID"] for found in (own, *members)])
    world.bucket.wait_until_covered()
    files = world.bucket.log_files()
    folder = {event_id: file.key.split("/CloudTrail/")[0] for file in files for event_id in file.event_ids}
    for account, posted in zip((ACCOUNT, DEVELOPMENT, AUDIT), (own, *members)):
        assert folder[posted["eventID"]] == f"AWSLogs/{ID}/{account}"
    assert strange["eventID"] not in folder
    assert {digest.says["awsAccountId"] for digest in world.bucket.digests(None)} == {ACCOUNT, DEVELOPMENT, AUDIT}
    # Calls of Cairn's own API by members are theirs too.
    asked = world.cloudtrail(world.development).describe_trails()["ResponseMetadata"]["RequestId"]

    def recorded() -> bool:
        return any(
            found.get("requestID") == asked and file.account == DEVELOPMENT
            for file in world.bucket.log_files()
            for found in file.events
        )

    until(recorded, "the member's call in its own folder")


@pytest.mark.parametrize("account", [ACCOUNT, DEVELOPMENT, AUDIT])
def test_the_aws_cli_validates_each_accounts_logs(world: World, account: str) -> None:
    key = {ACCOUNT: world.server.root, DEVELOPMENT: world.development, AUDIT: world.audit}[account]
    posted = world.post(key)
    world.bucket.wait_for([posted["eventID"]])
    world.bucket.wait_until_covered()
    verdict = validate_all(world.server, TRAIL, world.since, account=account)
    mine = {file.key for file in world.bucket.log_files() if posted["eventID"] in file.event_ids}
    assert mine <= verdict.valid_log_files, verdict.text


def test_validating_needs_the_account(world: World) -> None:
    verdict = validate(world.server, TRAIL, world.since, code=255)
    assert "account-id" in verdict.text


def test_members_see_the_trail_and_cannot_change_it(world: World) -> None:
    member = world.cloudtrail(world.development)
    for found in (
        member.get_trail(Name=ARN)["Trail"],
        member.get_trail(Name=TRAIL)["Trail"],
        *member.describe_trails()["trailList"],
    ):
        assert (found["TrailARN"], found["IsOrganizationTrail"]) == (ARN, True)
    assert member.describe_trails(includeShadowTrails=False)["trailList"] == []
    assert [trail["TrailARN"] for trail in member.list_trails()["Trails"]] == [ARN]
    assert member.get_trail_status(Name=ARN)["IsLogging"]
    assert member.get_event_selectors(TrailName=ARN)["TrailARN"] == ARN
    selectors = [{"ReadWriteType": "ReadOnly"}]
    for refused in (
        code(member.delete_trail, Name=ARN),
        code(member.stop_logging, Name=TRAIL),
        code(member.update_trail, Name=ARN, IsMultiRegionTrail=False),
        code(member.put_event_selectors, TrailName=ARN, EventSelectors=selectors),
        code(member.create_trail, Name="theirs", S3BucketName="shared-logs", IsOrganizationTrail=True),
    ):
        assert refused == "NotOrganizationMasterAccountException"
    assert code(member.add_tags, ResourceId=ARN, TagsList=[{"Key": "a"}]) == "CloudTrailARNInvalidException"


def test_strangers_see_nothing_of_the_organization(world: World) -> None:
    stranger = world.cloudtrail(world.stranger)
    assert stranger.describe_trails()["trailList"] == stranger.list_trails()["Trails"] == []
    for call in (stranger.get_trail, stranger.get_trail_status, stranger.stop_logging, stranger.delete_trail):
        assert code(call, Name=ARN) == "CloudTrailARNInvalidException"
    member = {"MemberAccountId": DEVELOPMENT}
    assert code(stranger.register_organization_delegated_admin, **member) == "OrganizationsNotInUseException"
    made = {"Name": unique("store"), "OrganizationEnabled": True}
    assert code(stranger.create_event_data_store, **made) == "OrganizationsNotInUseException"


def test_a_delegated_administrator_manages_what_belongs_to_the_management_account(world: World) -> None:
    audit = world.cloudtrail(world.audit)
    world.server.client("s3", key=world.audit).create_bucket(Bucket="audit-logs")
    made = audit.create_trail(Name="theirs", S3BucketName="audit-logs", IsOrganizationTrail=True)
    assert made["TrailARN"] == trail_arn("theirs") and made["IsOrganizationTrail"]
    audit.start_logging(Name="theirs")
    audit.add_tags(ResourceId=made["TrailARN"], TagsList=[{"Key": "team", "Value": "audit"}])
    (tags,) = audit.list_tags(ResourceIdList=[made["TrailARN"]])["ResourceTagList"]
    assert tags["TagsList"] == [{"Key": "team", "Value": "audit"}]
    update = {"Name": made["TrailARN"], "IsOrganizationTrail": False}
    assert code(audit.update_trail, **update) == "NotOrganizationMasterAccountException"
    audit.delete_trail(Name="theirs")
    name = unique("store")
    store = audit.create_event_data_store(Name=name, OrganizationEnabled=True, TerminationProtectionEnabled=False)
    arn = store["EventDataStoreArn"]
    assert f":{ACCOUNT}:" in arn
    for key in (world.audit, world.server.root):
        assert world.cloudtrail(key).get_event_data_store(EventDataStore=arn)["OrganizationEnabled"]
        listed = world.cloudtrail(key).list_event_data_stores()["EventDataStores"]
        assert arn in [found["EventDataStoreArn"] for found in listed]
    member = world.cloudtrail(world.development)
    assert code(member.get_event_data_store, EventDataStore=arn) == "EventDataStoreARNInvalidException"
    audit.delete_event_data_store(EventDataStore=arn)


def shared_store(world: World) -> str:
    """The ARN of a store of the organization that channels may lead to."""
    store = world.cloudtrail(world.server.root).create_event_data_store(
        Name=unique("store"),
        OrganizationEnabled=True,
        TerminationProtectionEnabled=False,
        AdvancedEventSelectors=[{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["ActivityAuditLog"]}]}],
    )
    return store["EventDataStoreArn"]


def test_a_stores_policy_binds_delegated_administrators_too(world: World) -> None:
    owner, audit = world.cloudtrail(world.server.root), world.cloudtrail(world.audit)
    arn = shared_store(world)

    def put(effect: str) -> None:
        principal = {"AWS": f"arn:aws:iam::{AUDIT}:root"}
        said = {"Effect": effect, "Principal": principal, "Action": "cloudtrail:GetEventDataStore", "Resource": arn}
        owner.put_resource_policy(
            ResourceArn=arn, ResourcePolicy=json.dumps({"Version": "2012-10-17", "Statement": [said]})
        )

    put("Deny")
    assert code(audit.get_event_data_store, EventDataStore=arn) == "AccessDeniedException"
    assert owner.get_event_data_store(EventDataStore=arn)["EventDataStoreArn"] == arn
    member = world.cloudtrail(world.development)
    assert code(member.get_event_data_store, EventDataStore=arn) == "EventDataStoreARNInvalidException"
    put("Allow")
    assert audit.get_event_data_store(EventDataStore=arn)["EventDataStoreArn"] == arn
    # What the policy is silent about is theirs as before.
    audit.delete_event_data_store(EventDataStore=arn)


def test_a_store_that_a_channel_delivers_to_is_deleted_by_nobody(world: World) -> None:
    owner, audit = world.cloudtrail(world.server.root), world.cloudtrail(world.audit)
    arn = shared_store(world)
    channel = owner.create_channel(
        Name=unique("channel"), Source="Custom", Destinations=[{"Type": "EVENT_DATA_STORE", "Location": arn}]
    )["ChannelArn"]
    for client in (owner, audit):
        assert code(client.delete_event_data_store, EventDataStore=arn) == "ChannelExistsForEDSException"
    owner.delete_channel(Channel=channel)
    audit.delete_event_data_store(EventDataStore=arn)


def test_a_trail_becomes_the_organizations_and_its_accounts_again(world: World) -> None:
    bucket = make_trail(world.server, "changing")
    cloudtrail = world.server.client("cloudtrail")
    assert cloudtrail.update_trail(Name="changing", IsOrganizationTrail=True)["IsOrganizationTrail"]
    posted = world.post(world.development)
    bucket.wait_for([posted["eventID"]])
    cloudtrail.update_trail(Name="changing", IsOrganizationTrail=False)
    left_out, own = world.post(world.development), world.post(world.server.root)
    bucket.wait_for([own["eventID"]])
    bucket.wait_until_covered()
    assert left_out["eventID"] not in bucket.event_ids()
    folders = {file.key.split("/CloudTrail/")[0] for file in bucket.log_files() if own["eventID"] in file.event_ids}
    assert folders == {f"AWSLogs/{ACCOUNT}"}
    validate_all(world.server, "changing", world.since)
    cloudtrail.delete_trail(Name="changing")


def test_who_leaves_is_not_delivered_any_more_and_the_data_folder_proves_itself(tmp_path: Path) -> None:
    server = Server(tmp_path, "--trails-default", "false", *flags(DEVELOPMENT)).start()
    try:
        bucket = make_trail(server, TRAIL, IsMultiRegionTrail=True, IsOrganizationTrail=True)
        development = server.create_key("--account", DEVELOPMENT)
        audit = server.create_key("--account", AUDIT)
        first = event(recipientAccountId=DEVELOPMENT)
        server.post_events([first], key=development)
        server.post_events([early := event(recipientAccountId=AUDIT)], key=audit)
        bucket.wait_for([first["eventID"]])
        server.stop()
        server.flags = tuple(AUDIT if flag == DEVELOPMENT else flag for flag in server.flags)
        server.start()
        server.post_events([late := event(recipientAccountId=DEVELOPMENT)], key=development)
        second = event(recipientAccountId=AUDIT)
        server.post_events([second], key=audit)
        bucket.wait_for([second["eventID"]])
        bucket.wait_until_covered()
        assert not {early["eventID"], late["eventID"]} & set(bucket.event_ids())
        member = server.client("cloudtrail", key=development)
        assert member.list_trails()["Trails"] == []
        (change, _) = server.found(2, name="UpdateOrganization")
        assert change["requestParameters"]["organization"]["members"] == [AUDIT]
        server.stop()
        server.run(CAIRN, "verify", "--store", server.data)
    finally:
        server.kill()
