"""Channels, insight selectors and event configurations through boto3."""

from typing import Any

import pytest

from conftest import MakeServer
from delivered import trail_arn
from events import unique
from server import ACCOUNT, REGION, Server
from test_event_data_stores import create
from test_trails import AWAY, refused
from test_trails_limits import Patient

NOWHERE = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def lake(server: Server) -> Any:
    return server.client("cloudtrail", parameter_validation=False)


@pytest.fixture
def audit(lake: Any) -> str:
    """The ARN of a store that channels may lead to."""
    return create(lake, "ActivityAuditLog")["EventDataStoreArn"]


@pytest.fixture
def trail(server: Server, lake: Any) -> str:
    bucket = unique("bucket")
    server.client("s3").create_bucket(Bucket=bucket)
    return lake.create_trail(Name=unique("trail"), S3BucketName=bucket)["TrailARN"]


def to(location: str, kind: str = "EVENT_DATA_STORE") -> list[dict[str, str]]:
    return [{"Type": kind, "Location": location}]


def open_channel(client: Any, location: str, **members: Any) -> dict[str, Any]:
    given = {"Name": unique("channel"), "Source": "Custom", "Destinations": to(location), **members}
    channel = client.create_channel(**given)
    del channel["ResponseMetadata"]
    return channel


def shown(client: Any, channel: str) -> dict[str, Any]:
    found = client.get_channel(Channel=channel)
    del found["ResponseMetadata"]
    return found


def test_a_channel_is_created_shown_updated_and_deleted(server: Server, lake: Any, audit: str) -> None:
    tags = [{"Key": "team", "Value": "blue"}]
    created = open_channel(lake, audit.rpartition("/")[2], Tags=tags)
    arn = created["ChannelArn"]
    assert arn.startswith(f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:channel/")
    name = created["Name"]
    expected = {"ChannelArn": arn, "Name": name, "Source": "Custom", "Destinations": to(audit)}
    assert created == {**expected, "Tags": tags}
    assert shown(lake, arn) == shown(lake, arn.rpartition("/")[2]) == expected
    assert {"ChannelArn": arn, "Name": name} in lake.list_channels()["Channels"]
    assert lake.list_tags(ResourceIdList=[arn])["ResourceTagList"][0]["TagsList"] == tags

    other, name = create(lake, "ActivityAuditLog")["EventDataStoreArn"], unique("renamed")
    updated = lake.update_channel(Channel=arn, Name=name, Destinations=to(other))
    del updated["ResponseMetadata"]
    assert updated == {**expected, "Name": name, "Destinations": to(other)} == shown(lake, arn)
    refused(lake.delete_event_data_store, "ChannelExistsForEDSException", EventDataStore=other)
    lake.delete_event_data_store(EventDataStore=audit)
    lake.delete_channel(Channel=arn)
    refused(lake.get_channel, "ChannelNotFoundException", Channel=arn)
    lake.delete_event_data_store(EventDataStore=other)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"Source": "Datadog"}, "InvalidSourceException"),
        ({"Name": "ab"}, "InvalidParameterException"),
        ({"Name": "aws-service-channel/x/y"}, "InvalidParameterException"),
        ({"Tags": [{"Key": "aws:x"}]}, "InvalidTagParameterException"),
        ({"Tags": [{"Key": f"k{n}", "Value": "v"} for n in range(51)]}, "TagsLimitExceededException"),
        ({"Destinations": to(NOWHERE)}, "EventDataStoreNotFoundException"),
        ({"Destinations": to("store")}, "EventDataStoreARNInvalidException"),
        ({"Destinations": to("config.amazonaws.com", "AWS_SERVICE")}, "InvalidParameterException"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_no_channel_can_be_is_refused(lake: Any, audit: str, members: dict[str, Any], code: str) -> None:
    name = unique("refused")
    refused(lake.create_channel, code, **{"Name": name, "Source": "Custom", "Destinations": to(audit), **members})
    assert name not in [channel["Name"] for channel in lake.list_channels()["Channels"]]


def test_destinations_are_active_and_take_what_comes_through_channels(lake: Any, audit: str) -> None:
    management = create(lake)["EventDataStoreArn"]
    members = {"Name": unique("wrong"), "Source": "Custom"}
    category = "InvalidEventDataStoreCategoryException"
    refused(lake.create_channel, category, Destinations=to(management), **members)
    channel = open_channel(lake, audit)["ChannelArn"]
    refused(lake.update_channel, category, Channel=channel, Destinations=to(management))
    gone = create(lake, "ActivityAuditLog")["EventDataStoreArn"]
    lake.delete_event_data_store(EventDataStore=gone)
    refused(lake.create_channel, "InactiveEventDataStoreException", Destinations=to(gone), **members)
    taken = shown(lake, channel)["Name"]
    exists = "ChannelAlreadyExistsException"
    refused(lake.create_channel, exists, Name=taken, Source="Custom", Destinations=to(audit))
    refused(lake.update_channel, exists, Channel=open_channel(lake, audit)["ChannelArn"], Name=taken)


def test_a_channel_that_is_not_there_is_not_found_by_any_operation(server: Server, lake: Any, audit: str) -> None:
    arn = open_channel(lake, audit)["ChannelArn"]
    stranger = server.client("cloudtrail", key=server.create_key("--account", "444455556666"))
    away = server.client("cloudtrail", AWAY)
    missing, invalid = "ChannelNotFoundException", "ChannelARNInvalidException"
    for client, named, code in [
        (lake, NOWHERE, missing), (lake, "channel", invalid), (lake, audit, invalid),
        (stranger, arn, invalid), (stranger, arn.rpartition("/")[2], missing), (away, arn, invalid),
    ]:
        refused(client.get_channel, code, Channel=named)
        refused(client.update_channel, code, Channel=named, Name="renamed")
        refused(client.delete_channel, code, Channel=named)
    assert stranger.list_channels()["Channels"] == away.list_channels()["Channels"] == []
    refused(lake.add_tags, missing, ResourceId=arn.replace(arn.rpartition("/")[2], NOWHERE), TagsList=[{"Key": "a"}])


def test_channels_are_listed_in_pages_whose_tokens_are_good_for_their_account(server: Server, lake: Any) -> None:
    one = server.client("cloudtrail", key=server.create_key("--account", "565656565656"))
    store = create(one, "ActivityAuditLog")["EventDataStoreArn"]
    made = sorted(open_channel(one, store)["ChannelArn"] for _ in range(3))
    first = one.list_channels(MaxResults=2)
    refused(lake.list_channels, "InvalidNextTokenException", NextToken=first["NextToken"])
    second = one.list_channels(MaxResults=2, NextToken=first["NextToken"])
    assert "NextToken" not in second
    assert [channel["ChannelArn"] for channel in first["Channels"] + second["Channels"]] == made


def test_aws_allows_one_channel_a_source(make_server: MakeServer) -> None:
    server = make_server("--limits-profile", "aws").start()
    lake = Patient(server)
    store = create(lake, "ActivityAuditLog")["EventDataStoreArn"]
    lake.create_channel(Name="first", Source="Custom", Destinations=to(store))
    members = {"Name": "second", "Destinations": to(store)}
    refused(lake.create_channel, "ChannelMaxLimitExceededException", Source="Custom", **members)
    lake.create_channel(Source="GitHub", **members)
    server.stop()


def rate(kind: str = "ApiCallRateInsight", *categories: str) -> dict[str, Any]:
    return {"InsightType": kind, **({"EventCategories": list(categories)} if categories else {})}


def test_insights_of_a_trail_are_turned_on_and_off(lake: Any, trail: str) -> None:
    get, put = lake.get_insight_selectors, lake.put_insight_selectors
    message = (
        f"Trail {trail} does not have Insights enabled. "
        "Edit the trail settings to enable Insights, and then try the operation again."
    )
    refused(get, "InsightNotEnabledException", message, TrailName=trail)
    assert lake.get_trail(Name=trail)["Trail"]["HasInsightSelectors"] is False
    answer = put(TrailName=trail, InsightSelectors=[rate(), rate("ApiErrorRateInsight", "Management")])
    selectors = [rate("ApiCallRateInsight", "Management"), rate("ApiErrorRateInsight", "Management")]
    assert (answer["TrailARN"], answer["InsightSelectors"]) == (trail, selectors)
    assert get(TrailName=trail)["InsightSelectors"] == selectors
    assert lake.get_trail(Name=trail)["Trail"]["HasInsightSelectors"] is True
    # They need the events that they are about.
    reads = [{"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True}]
    said = refused(lake.put_event_selectors, "InvalidEventSelectorsException", TrailName=trail, EventSelectors=reads)
    assert "has Insights enabled" in said
    put(TrailName=trail, InsightSelectors=[rate("ApiErrorRateInsight")])
    lake.put_event_selectors(TrailName=trail, EventSelectors=reads)
    assert put(TrailName=trail, InsightSelectors=[])["InsightSelectors"] == []
    refused(get, "InsightNotEnabledException", TrailName=trail)


def test_insights_that_make_no_sense_are_refused(server: Server, lake: Any, trail: str) -> None:
    put, invalid = lake.put_insight_selectors, "InvalidInsightSelectorsException"
    for selectors in ([rate("Guess")], [{}], [rate(), rate()], [rate("ApiCallRateInsight", "Data")]):
        refused(put, invalid, TrailName=trail, InsightSelectors=selectors)
    reads = [{"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True}]
    lake.put_event_selectors(TrailName=trail, EventSelectors=reads)
    refused(put, invalid, TrailName=trail, InsightSelectors=[rate()])
    put(TrailName=trail, InsightSelectors=[rate("ApiErrorRateInsight")])
    both = "InvalidParameterCombinationException"
    refused(put, both, TrailName=trail, EventDataStore=NOWHERE, InsightSelectors=[rate()])
    refused(put, both, TrailName=trail, InsightsDestination=NOWHERE, InsightSelectors=[rate()])
    refused(put, "InvalidParameterException", InsightSelectors=[rate()])
    refused(put, "TrailNotFoundException", TrailName="nobody", InsightSelectors=[rate()])
    away = server.client("cloudtrail", AWAY)
    refused(away.put_insight_selectors, "InvalidHomeRegionException", TrailName=trail_arn("default"), InsightSelectors=[rate()])
    refused(lake.get_insight_selectors, "InvalidParameterException")


def test_insights_of_a_store_go_to_another(lake: Any) -> None:
    source, destination = (create(lake, kind)["EventDataStoreArn"] for kind in ("Management", "Insight"))
    get, put, selectors = lake.get_insight_selectors, lake.put_insight_selectors, [rate()]
    refused(get, "InsightNotEnabledException", EventDataStore=source)
    answer = put(EventDataStore=source, InsightsDestination=destination, InsightSelectors=selectors)
    del answer["ResponseMetadata"]
    expected = {
        "EventDataStoreArn": source, "InsightsDestination": destination,
        "InsightSelectors": [rate("ApiCallRateInsight", "Management")],
    }
    shown = get(EventDataStore=source)
    del shown["ResponseMetadata"]
    assert answer == shown == expected
    invalid = "InvalidInsightSelectorsException"
    data = [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}]
    refused(
        lake.update_event_data_store, invalid,
        EventDataStore=source, AdvancedEventSelectors=[{"FieldSelectors": data}],
    )
    refused(put, invalid, EventDataStore=source, InsightsDestination=source, InsightSelectors=selectors)
    parameter = "InvalidParameterException"
    refused(put, parameter, EventDataStore=source, InsightSelectors=selectors)
    refused(put, parameter, EventDataStore=NOWHERE, InsightsDestination=destination, InsightSelectors=selectors)
    put(EventDataStore=source, InsightSelectors=[])
    refused(get, "InsightNotEnabledException", EventDataStore=source)


def test_a_store_is_enriched_within_large_events(lake: Any) -> None:
    arn = create(lake)["EventDataStoreArn"]
    get, put, parameter = lake.get_event_configuration, lake.put_event_configuration, "InvalidParameterException"
    plain = get(EventDataStore=arn)
    assert (plain["EventDataStoreArn"], plain["MaxEventSize"], plain["ContextKeySelectors"]) == (arn, "Standard", [])
    keys = [{"Type": "TagContext", "Equals": ["team"]}, {"Type": "RequestContext", "Equals": ["aws:PrincipalArn"]}]
    combination = "InvalidParameterCombinationException"
    refused(put, combination, EventDataStore=arn, ContextKeySelectors=keys)
    answer = put(EventDataStore=arn, MaxEventSize="Large", ContextKeySelectors=keys)
    assert (answer["MaxEventSize"], answer["ContextKeySelectors"]) == ("Large", keys)
    assert get(EventDataStore=arn)["ContextKeySelectors"] == keys
    refused(put, combination, EventDataStore=arn, MaxEventSize="Standard")
    unknown = [{"Type": "RequestContext", "Equals": ["aws:Weather"]}]
    refused(put, parameter, EventDataStore=arn, ContextKeySelectors=unknown)
    refused(put, combination, EventDataStore=arn, AggregationConfigurations=[])
    refused(get, parameter)
    refused(get, combination, EventDataStore=arn, TrailName="default")
    other = create(lake, "Evidence")["EventDataStoreArn"]
    refused(get, "InvalidEventDataStoreCategoryException", EventDataStore=other)
    lake.delete_event_data_store(EventDataStore=arn)
    refused(get, "InvalidEventDataStoreStatusException", EventDataStore=arn)
    refused(put, "InactiveEventDataStoreException", EventDataStore=arn, MaxEventSize="Large")


def test_a_trail_aggregates_the_data_events_that_it_logs(lake: Any, trail: str) -> None:
    get, put = lake.get_event_configuration, lake.put_event_configuration
    wanted = [{"EventCategory": "Data", "Templates": ["API_ACTIVITY", "USER_ACTIONS"]}]
    assert get(TrailName=trail)["AggregationConfigurations"] == []
    refused(put, "InvalidParameterException", TrailName=trail, AggregationConfigurations=wanted)
    objects = [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]
    lake.put_event_selectors(TrailName=trail, EventSelectors=[{"DataResources": objects}])
    answer = put(TrailName=trail, AggregationConfigurations=wanted)
    assert (answer["TrailARN"], answer["AggregationConfigurations"]) == (trail, wanted)
    assert get(TrailName=trail)["AggregationConfigurations"] == wanted
    refused(put, "InvalidParameterException", TrailName=trail)
    refused(put, "InvalidParameterException", TrailName=trail, AggregationConfigurations=wanted * 2)
    refused(put, "InvalidParameterCombinationException", TrailName=trail, MaxEventSize="Large")
    assert put(TrailName=trail, AggregationConfigurations=[])["AggregationConfigurations"] == []
