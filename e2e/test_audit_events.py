"""PutAuditEvents: events of the customer's own through channels, by boto3 and the AWS CLI."""

import base64
import hashlib
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conftest import MakeServer
from delivered import make_trail
from events import Event, minutes_ago, text_of, unique
from model_requests import operations
from server import ACCOUNT, REGION, Key, Server
from test_channels import NOWHERE, open_channel
from test_event_data_stores import create
from test_tail import tailing
from test_trails import AWAY
from waiting import until

PARTNER = "444455556666"
EXTERNAL_ID = "partner-17"


def sale(uid: str, **members: Any) -> Event:
    """What a shop would log; `members` are added or replace what is there."""
    return {
        "version": "1.0",
        "userIdentity": {"type": "Employee", "principalId": "carol", "details": {"till": 7}},
        "eventSource": "shop.example.com",
        "eventName": "Sell",
        "eventTime": text_of(minutes_ago(3)).removesuffix("Z"),
        "UID": uid,
        "requestParameters": {"item": "tea"},
        "recipientAccountId": ACCOUNT,
        **members,
    }


def sent(uid: str, data: Event | str | None = None, **members: Any) -> dict[str, str]:
    text = data if isinstance(data, str) else json.dumps(data or sale(uid))
    return {"id": uid, "eventData": text, **members}


def checksum(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def put(client: Any, channel: str, *events: dict[str, str], **members: Any) -> dict[str, Any]:
    answer = client.put_audit_events(channelArn=channel, auditEvents=list(events), **members)
    del answer["ResponseMetadata"]
    return answer


def refused(client: Any, code: str, channel: str, *events: dict[str, str], **members: Any) -> str:
    with pytest.raises(ClientError) as caught:
        put(client, channel, *(events or [sent("1")]), **members)
    answer = caught.value.response
    assert answer["Error"]["Code"] == code, answer
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-type"] == "application/json"
    return answer["Error"]["Message"]


def activity(server: Server, count: int = 1, key: Key | None = None, **query: Any) -> list[Event]:
    options = {"key": key} if key else {}
    return server.found(count, category="activity", **options, **query)


@pytest.fixture(scope="module")
def control(server: Server) -> Any:
    return server.client("cloudtrail", parameter_validation=False)


@pytest.fixture(scope="module")
def data(server: Server) -> Any:
    return server.client("cloudtrail-data", parameter_validation=False)


@pytest.fixture
def channel(control: Any) -> str:
    return open_channel(control, create(control, "ActivityAuditLog")["EventDataStoreArn"])["ChannelArn"]


def test_events_are_taken_each_for_itself_and_are_records_of_their_own(server: Server, data: Any, channel: str) -> None:
    good, bad = unique("good"), unique("bad")
    text = json.dumps(sale(good, additionalEventData={"price": 3.10}))
    answer = put(data, channel, sent(good, text, eventDataChecksum=checksum(text)), sent(bad, "no JSON"))
    ((taken,), (failed,)) = answer["successful"], answer["failed"]
    assert taken["id"] == good
    assert (failed["id"], failed["errorCode"]) == (bad, "InvalidData")
    (record,) = activity(server, id=taken["eventID"])
    ingested = record["metadata"].pop("ingestionTime")
    assert record == {
        "eventVersion": "1.0", "eventCategory": "ActivityAuditLog", "eventType": "ActivityLog",
        "eventID": taken["eventID"], "eventTime": json.loads(text)["eventTime"] + "Z", "awsRegion": REGION,
        "recipientAccountId": ACCOUNT, "metadata": {"channelARN": channel}, "eventData": json.loads(text),
    }
    assert ingested > record["eventTime"]
    # Found by what stands inside.
    for query in ({"name": "Sell"}, {"source": "shop.example.com"}, {"user": "carol"}, {"text": good}):
        assert record["eventID"] in [found["eventID"] for found in activity(server, **query)]
    assert server.lookup(category="activity", text=bad) == []


def test_the_call_is_a_data_event_of_its_channel(server: Server, data: Any, channel: str) -> None:
    uid = unique("told")
    answer = put(data, channel, sent(uid), externalId=EXTERNAL_ID)
    (call,) = server.found(1, name="PutAuditEvents", resource=channel)
    assert (call["eventSource"], call["eventCategory"]) == ("cloudtrail-data.amazonaws.com", "Data")
    assert (call["managementEvent"], call["readOnly"]) == (False, False)
    resource = {"type": "AWS::CloudTrail::Channel", "ARN": channel, "accountId": ACCOUNT}
    assert call["resources"] == [resource]
    hidden = {"externalId": "HIDDEN_DUE_TO_SECURITY_REASONS"}
    assert call["requestParameters"] == {"channelArn": channel, "auditEvents": [{"id": uid}], **hidden}
    assert call["responseElements"] == answer
    refused(data, "ChannelNotFound", channel.replace(channel[-12:], "0" * 12))
    (call,) = server.found(1, name="PutAuditEvents", error="ChannelNotFound")
    assert call["responseElements"] is None


def test_neither_lookup_events_nor_trails_have_them(make_server: MakeServer, tmp_path: Path) -> None:
    server = make_server("--trails-default", "false").start()
    everything = [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["AWS::CloudTrail::Channel"]}]
    control = server.client("cloudtrail")
    delivered = make_trail(server, "all")
    selectors = [{"FieldSelectors": everything}, {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]
    control.put_event_selectors(TrailName="all", AdvancedEventSelectors=selectors)
    channel = open_channel(control, create(control, "ActivityAuditLog")["EventDataStoreArn"])["ChannelArn"]
    answer = put(server.client("cloudtrail-data"), channel, sent(unique("sale")))
    (taken,) = answer["successful"]
    activity(server, id=taken["eventID"])
    for attribute in ("EventId", "EventName", "EventSource"):
        value = {"EventId": taken["eventID"], "EventName": "Sell", "EventSource": "shop.example.com"}[attribute]
        found = control.lookup_events(LookupAttributes=[{"AttributeKey": attribute, "AttributeValue": value}])
        assert found["Events"] == []
    named = {"AttributeKey": "EventName", "AttributeValue": "PutAuditEvents"}
    assert control.lookup_events(LookupAttributes=[named])["Events"] == []
    control.stop_logging(Name="all")

    def calls() -> list[Event]:
        return [event for _, event in delivered.events() if event.get("eventName") == "PutAuditEvents"]

    assert [it["resources"][0]["ARN"] for it in until(calls, "the call's event")] == [channel]
    assert not [it for _, it in delivered.events() if it["eventCategory"] == "ActivityAuditLog"]
    server.stop()


def test_a_call_that_is_made_again_is_kept_once(server: Server, data: Any, channel: str) -> None:
    uid = unique("again")
    event = sent(uid)
    first = put(data, channel, event)
    activity(server, text=uid)
    assert put(data, channel, event) == first
    other = put(data, channel, sent(uid, sale(uid, eventName="Refund")))
    assert other["successful"][0]["eventID"] != first["successful"][0]["eventID"]
    found = activity(server, 2, text=uid)
    assert sorted(it["eventData"]["eventName"] for it in found) == ["Refund", "Sell"]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"version": None}, "FieldNotFound"),
        ({"userIdentity": {"type": "Employee"}}, "FieldNotFound"),
        ({"UID": "u" * 1025}, "FieldTooLong"),
        ({"requestParameters": {"x": "y" * (100 << 10)}}, "FieldTooLong"),
        ({"recipientAccountId": PARTNER}, "InvalidRecipient"),
        ({"eventTime": "yesterday"}, "InvalidData"),
        ({"eventTime": "2999-01-01T00:00:00"}, "InvalidData"),
        ({"requestParameters": []}, "InvalidData"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_with_an_event_has_aws_code(data: Any, channel: str, members: Event, code: str) -> None:
    answer = put(data, channel, sent("1", sale("1", **members)))
    (failed,) = answer["failed"]
    assert (answer["successful"], failed["id"], failed["errorCode"]) == ([], "1", code), failed
    assert failed["errorMessage"]


def test_a_checksum_that_is_not_of_the_data_is_told(data: Any, channel: str) -> None:
    answer = put(data, channel, sent("1", eventDataChecksum=checksum("other")), sent("2"))
    assert [it["errorCode"] for it in answer["failed"]] == ["InvalidChecksum"]
    assert [it["id"] for it in answer["successful"]] == ["2"]


def test_a_channel_is_named_by_its_arn_or_its_id(server: Server, data: Any, channel: str) -> None:
    assert put(data, channel.rpartition("/")[2], sent("1"))["successful"]
    refused(data, "ChannelNotFound", NOWHERE)
    refused(server.client("cloudtrail-data", AWAY), "ChannelNotFound", channel)
    for odd in ("channel", "arn:aws:s3:::bucket", channel + "x", channel.replace("channel", "trail")):
        refused(data, "InvalidChannelARN", odd)


def test_a_call_has_up_to_100_events_and_1_mb(data: Any, channel: str) -> None:
    many = [sent(str(number)) for number in range(100)]
    assert len(put(data, channel, *many)["successful"]) == 100
    assert "100" in refused(data, "ValidationException", channel, *many, sent("101"))
    big = sale("big", userAgent="x" * 1024, userIdentity={"type": "a", "principalId": "b", "details": {"x": "y" * (1 << 20)}})
    refused(data, "RequestEntityTooLargeException", channel, sent("big", big))
    assert "twice" in refused(data, "DuplicatedAuditEventId", channel, sent("twice"), sent("twice"))


def allow(channel: str, principal: Any, **condition: Any) -> str:
    statement = {
        "Effect": "Allow", "Principal": principal, "Action": "cloudtrail-data:PutAuditEvents", "Resource": channel,
        **condition,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_channels_policy_lets_another_account_in_by_its_external_id(
    server: Server, control: Any, data: Any, channel: str
) -> None:
    key = server.create_key("--account", PARTNER)
    partner = server.client("cloudtrail-data", key=key, parameter_validation=False)
    no_such = channel.replace(channel.rpartition("/")[2], NOWHERE)
    for named in (channel, no_such):
        said = refused(partner, "ChannelInsufficientPermission", named)
        assert "no resource-based policy allows" in said
    refused(partner, "ChannelNotFound", channel.rpartition("/")[2])

    external = {"Condition": {"StringEquals": {"cloudtrail:ExternalId": EXTERNAL_ID}}}
    policy = allow(channel, {"AWS": f"arn:aws:iam::{PARTNER}:root"}, **external)
    control.put_resource_policy(ResourceArn=channel, ResourcePolicy=policy)
    refused(partner, "ChannelInsufficientPermission", channel)
    refused(partner, "ChannelInsufficientPermission", channel, externalId="partner-18")
    uid = unique("partner")
    answer = put(partner, channel, sent(uid), externalId=EXTERNAL_ID)
    # It is the owner's; the call is the partner's.
    (record,) = activity(server, id=answer["successful"][0]["eventID"])
    assert record["recipientAccountId"] == ACCOUNT
    (call,) = [it for it in server.found(1, name="PutAuditEvents", text=uid) if it["eventCategory"] == "Data"]
    assert call["recipientAccountId"] == call["userIdentity"]["accountId"] == PARTNER
    assert server.lookup(key=key, category="activity") == []
    # The owner needs no policy, and an external id that nothing asks for does not matter.
    assert put(data, channel, sent("1"))["successful"] and put(data, channel, sent("2"), externalId="any")["successful"]
    deny = json.loads(allow(channel, "*"))
    deny["Statement"][0]["Effect"] = "Deny"
    control.put_resource_policy(ResourceArn=channel, ResourcePolicy=json.dumps(deny))
    assert "explicit deny" in refused(data, "AccessDeniedException", channel)
    refused(partner, "ChannelInsufficientPermission", channel, externalId=EXTERNAL_ID)


def test_policies_of_users_decide_within_the_account(server: Server, control: Any, channel: str) -> None:
    user = unique("till")
    server.cairn("user", "create", user)
    client = server.client("cloudtrail-data", key=server.create_key("--user", user), parameter_validation=False)
    assert "no identity-based policy allows" in refused(client, "AccessDeniedException", channel)
    refused(client, "AccessDeniedException", "channel")
    control.put_resource_policy(
        ResourceArn=channel, ResourcePolicy=allow(channel, {"AWS": f"arn:aws:iam::{ACCOUNT}:user/{user}"})
    )
    assert put(client, channel, sent("1"))["successful"]
    poster = server.client("cloudtrail-data", key=server.create_key("--ingest-only"), parameter_validation=False)
    assert "only post events" in refused(poster, "AccessDeniedException", channel)
    nobody = server.client("cloudtrail-data", key=Key("AKIANOBODYNOBODY0000", "secret", ACCOUNT), parameter_validation=False)
    refused(nobody, "UnrecognizedClientException", channel)


def test_the_aws_cli_puts_events(server: Server, channel: str, tmp_path: Path) -> None:
    uid = unique("cli")
    file = tmp_path / "events.json"
    file.write_text(json.dumps([sent(uid)]))
    command = ("cloudtrail-data", "put-audit-events", "--channel-arn", channel, "--audit-events", f"file://{file}")
    answer = json.loads(server.aws(*command))
    assert [it["id"] for it in answer["successful"]] == [uid] and answer["failed"] == []
    activity(server, id=answer["successful"][0]["eventID"])
    gone = server.run("aws", *command[:3], channel.replace("channel", "trail"), *command[4:], code=255)
    assert "InvalidChannelARN" in gone.stderr


def test_a_channel_tells_how_it_fares(make_server: MakeServer) -> None:
    server = make_server().start()
    control, data = server.client("cloudtrail"), server.client("cloudtrail-data")
    channel = open_channel(control, create(control, "ActivityAuditLog")["EventDataStoreArn"])["ChannelArn"]
    assert "IngestionStatus" not in control.get_channel(Channel=channel)
    (taken,) = put(data, channel, sent("1"))["successful"]

    def status() -> dict[str, Any]:
        return control.get_channel(Channel=channel).get("IngestionStatus", {})

    first = until(status, "the channel's status")
    assert first["LatestIngestionSuccessEventID"] == first["LatestIngestionAttemptEventID"] == taken["eventID"]
    assert first["LatestIngestionSuccessTime"] == first["LatestIngestionAttemptTime"]
    assert "LatestIngestionErrorCode" not in first
    put(data, channel, sent("2", "{}"))
    until(lambda: status().get("LatestIngestionErrorCode") == "FieldNotFound", "the latest error")
    assert status()["LatestIngestionSuccessEventID"] == taken["eventID"]
    assert status()["LatestIngestionAttemptEventID"] == "2"
    before = status()
    server.restart()
    assert until(lambda: server.client("cloudtrail").get_channel(Channel=channel)["IngestionStatus"], "it again") == before
    server.stop()


def test_what_was_answered_for_outlives_kill_9(make_server: MakeServer) -> None:
    server = make_server().start()
    control = server.client("cloudtrail")
    channel = open_channel(control, create(control, "ActivityAuditLog")["EventDataStoreArn"])["ChannelArn"]
    taken: set[str] = set()
    batches: list[list[dict[str, str]]] = []
    gone = threading.Event()

    def load(name: int) -> None:
        client, count = server.client("cloudtrail-data"), 0
        while not gone.is_set():
            events = [sent(f"{name}-{count}-{number}") for number in range(10)]
            batches.append(events)
            count += 1
            try:
                answer = put(client, channel, *events)
            except Exception:
                return
            taken.update(it["eventID"] for it in answer["successful"])

    threads = [threading.Thread(target=load, args=(name,)) for name in range(3)]
    for thread in threads:
        thread.start()
    until(lambda: len(taken) > 200, "a load")
    server.kill()
    gone.set()
    for thread in threads:
        thread.join()
    server.start()
    known = until(lambda: taken <= {it["eventID"] for it in server.lookup(category="activity")}, "all that was taken")
    assert known
    # What was perhaps in the log when the answer was lost is not there twice when it is sent again.
    for batch in batches[-3:]:
        put(server.client("cloudtrail-data"), channel, *batch)
    marker = put(server.client("cloudtrail-data"), channel, sent("marker"))["successful"][0]["eventID"]
    activity(server, id=marker)
    ids = [it["eventID"] for it in server.lookup(category="activity")]
    assert len(ids) == len(set(ids)) >= len(taken)
    server.stop()


def test_a_tail_shows_them_as_they_come(server: Server, data: Any, channel: str) -> None:
    with tailing(server, "--category", "activity", "--name", "Sell") as tail:
        taken = put(data, channel, sent("1"), sent("2", sale("2", eventName="Refund")))["successful"]
        tail.await_ids([taken[0]["eventID"]])
    table = server.cairn("lookup", "--category", "activity", "--id", taken[1]["eventID"]).stdout
    assert "Refund" in table and "carol" in table and "shop.example.com" in table


HOW = {"ChannelInsufficientPermission", "ChannelNotFound", "InvalidChannelARN", "DuplicatedAuditEventId"}
NEVER = {
    "ChannelUnsupportedSchema": "channels lead only to stores of ActivityAuditLog events, whose one schema is judged event by event",
    "UnsupportedOperationException": "the operation is there in every region and account",
}


def test_every_exception_of_the_model_arises_or_is_named_with_why_it_cannot() -> None:
    (operation,) = [it for it in operations() if it.name == "PutAuditEvents"]
    assert {shape.name for shape in operation.error_shapes} == HOW | NEVER.keys()
