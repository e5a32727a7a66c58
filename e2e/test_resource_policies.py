"""Policies of event data stores, channels and dashboards through boto3."""

import json
from typing import Any

import pytest

from conftest import MakeServer
from delivered import trail_arn
from events import unique
from server import Server
from test_channels import open_channel
from test_dashboards import dashboard_arn
from test_event_data_stores import NOWHERE, create, store_arn
from test_trails import AWAY, refused

PARTNER = {"AWS": "arn:aws:iam::444455556666:root"}
CLOUDTRAIL = {"Service": "cloudtrail.amazonaws.com"}
INVALID = "ResourcePolicyNotValidException"
MISSING = "ResourcePolicyNotFoundException"


@pytest.fixture
def lake(server: Server) -> Any:
    return server.client("cloudtrail", parameter_validation=False)


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(arn: str, action: str, principal: Any = PARTNER, **members: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": arn, **members}


def refreshing(arn: str) -> dict[str, Any]:
    condition = {"StringEquals": {"AWS:SourceArn": arn, "AWS:SourceAccount": arn.split(":")[4]}}
    return allow(arn, "cloudtrail:StartDashboardRefresh", CLOUDTRAIL, Condition=condition)


def made(client: Any) -> list[tuple[str, str]]:
    """A store, a channel and a dashboard, each with a policy that it can have."""
    store = create(client, "ActivityAuditLog")["EventDataStoreArn"]
    channel = open_channel(client, store)["ChannelArn"]
    dashboard = client.create_dashboard(Name=unique("dash"))["DashboardArn"]
    return [
        (store, document(allow(store, "cloudtrail:StartQuery"))),
        (channel, document(allow(channel, "cloudtrail-data:PutAuditEvents"))),
        (dashboard, document(refreshing(dashboard))),
    ]


def shown(client: Any, arn: str) -> str:
    found = client.get_resource_policy(ResourceArn=arn)
    assert set(found) == {"ResourceArn", "ResourcePolicy", "ResponseMetadata"} and found["ResourceArn"] == arn
    return found["ResourcePolicy"]


def test_a_policy_is_put_shown_replaced_and_deleted(server: Server, lake: Any) -> None:
    for arn, text in made(lake):
        refused(lake.get_resource_policy, MISSING, ResourceArn=arn)
        refused(lake.delete_resource_policy, MISSING, ResourceArn=arn)
        put = lake.put_resource_policy(ResourceArn=arn, ResourcePolicy=text)
        assert (put["ResourceArn"], put["ResourcePolicy"]) == (arn, text)
        assert shown(lake, arn) == text
        refused(lake.put_resource_policy, INVALID, ResourceArn=arn, ResourcePolicy="{}")
        assert shown(lake, arn) == text
        other = text.replace('"Effect"', '"Sid": "Other", "Effect"')
        lake.put_resource_policy(ResourceArn=arn, ResourcePolicy=other)
        assert shown(lake, arn) == other
        lake.delete_resource_policy(ResourceArn=arn)
        refused(lake.get_resource_policy, MISSING, ResourceArn=arn)
        assert len(server.found(3, name="PutResourcePolicy", text=arn)) == 3


def test_a_refusal_names_the_rule(lake: Any) -> None:
    (store, _), (channel, _), (dashboard, _) = made(lake)
    putting = "cloudtrail-data:PutAuditEvents"
    for arn, statement, said in [
        (channel, allow(channel, "cloudtrail:StartQuery"), "action cloudtrail:StartQuery"),
        (channel, allow("*", putting), "resource *"),
        (channel, allow(channel, putting, {"AWS": ["444455556666"] * 51}), "51 principals"),
        (channel, {**allow(channel, putting), "Effect": "Maybe"}, "Invalid effect"),
        (store, allow(store, "cloudtrail:DeleteEventDataStore"), "action cloudtrail:DeleteEventDataStore"),
        (store, allow(channel, "cloudtrail:StartQuery"), f"resource {channel}"),
        (dashboard, {**refreshing(dashboard), "Principal": PARTNER}, "only principal"),
        (dashboard, {**refreshing(dashboard), "Condition": {}}, "AWS:SourceArn"),
    ]:
        text = document(statement)
        assert said in refused(lake.put_resource_policy, INVALID, ResourceArn=arn, ResourcePolicy=text)
    for text in ["no JSON", "[]", "x" * 8193, document(*[allow(channel, putting)] * 21)]:
        refused(lake.put_resource_policy, INVALID, ResourceArn=channel, ResourcePolicy=text)


def test_resources_are_those_of_the_caller(server: Server, lake: Any) -> None:
    stranger = server.client("cloudtrail", key=server.create_key("--account", "444455556666"))
    invalid, missing = "ResourceARNNotValidException", "ResourceNotFoundException"
    cases = [
        (lake, trail_arn("default"), "ResourceTypeNotSupportedException"),
        (lake, "default", invalid), (lake, "arn:aws:s3:::bucket", invalid),
        (lake, store_arn(NOWHERE), missing), (lake, dashboard_arn("nobody"), missing),
    ]
    for arn, text in made(lake):
        lake.put_resource_policy(ResourceArn=arn, ResourcePolicy=text)
        cases += [(stranger, arn, invalid), (server.client("cloudtrail", AWAY), arn, invalid)]
    for client, arn, code in cases:
        refused(client.get_resource_policy, code, ResourceArn=arn)
        refused(client.put_resource_policy, code, ResourceArn=arn, ResourcePolicy="{}")
        refused(client.delete_resource_policy, code, ResourceArn=arn)


def test_policies_survive_restarts_and_go_with_their_resources(make_server: MakeServer) -> None:
    server = make_server().start()
    lake = server.client("cloudtrail")
    resources = made(lake)
    for arn, text in resources:
        lake.put_resource_policy(ResourceArn=arn, ResourcePolicy=text)
    server.restart()
    lake = server.client("cloudtrail")
    assert [shown(lake, arn) for arn, _ in resources] == [text for _, text in resources]

    (store, text), (channel, _), (dashboard, _) = resources
    lake.delete_channel(Channel=channel)
    lake.delete_dashboard(DashboardId=dashboard)
    lake.create_dashboard(Name=dashboard.rpartition("/")[2])
    refused(lake.get_resource_policy, MISSING, ResourceArn=dashboard)
    lake.delete_event_data_store(EventDataStore=store)
    refused(lake.get_resource_policy, "ResourceNotFoundException", ResourceArn=store)
    lake.restore_event_data_store(EventDataStore=store)
    server.kill()
    server.start()
    lake = server.client("cloudtrail")
    assert shown(lake, store) == text
    refused(lake.get_resource_policy, MISSING, ResourceArn=dashboard)
    server.stop()


def test_a_stores_policy_shows_it_to_another_account_and_to_nobody_else(server: Server, lake: Any) -> None:
    store = create(lake)["EventDataStoreArn"]
    account = "444455556666"
    partner = server.client("cloudtrail", key=server.create_key("--account", account))
    stranger = server.client("cloudtrail", key=server.create_key("--account", "777788889999"))
    user_key = server.create_key("--account", account, "--user", unique("user"))
    unknown = refused(partner.get_event_data_store, "EventDataStoreARNInvalidException", EventDataStore=store)
    lake.put_resource_policy(
        ResourceArn=store, ResourcePolicy=document(allow(store, "cloudtrail:GetEventDataStore"))
    )
    found = partner.get_event_data_store(EventDataStore=store)
    assert found["EventDataStoreArn"] == store and found["Name"] == lake.get_event_data_store(EventDataStore=store)["Name"]
    assert server.client("cloudtrail", key=user_key).get_event_data_store(EventDataStore=store)["EventDataStoreArn"] == store
    # What it says lets in is let in to that alone.
    refused(partner.update_event_data_store, "EventDataStoreARNInvalidException", EventDataStore=store, Name=unique("mine"))
    assert store not in [it["EventDataStoreArn"] for it in partner.list_event_data_stores()["EventDataStores"]]
    assert refused(stranger.get_event_data_store, "EventDataStoreARNInvalidException", EventDataStore=store) == unknown.replace(account, "777788889999")

    deny = {**allow(store, "cloudtrail:GetEventDataStore"), "Effect": "Deny"}
    lake.put_resource_policy(
        ResourceArn=store,
        ResourcePolicy=document(allow(store, "cloudtrail:GetEventDataStore"), {**deny, "Principal": "*"}),
    )
    assert refused(partner.get_event_data_store, "EventDataStoreARNInvalidException", EventDataStore=store) == unknown
