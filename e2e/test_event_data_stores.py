"""Event data stores through boto3: their life, their refusals, their pages, and what survives a restart."""

from collections.abc import Iterator
from typing import Any

import pytest

from conftest import MakeServer
from elsewhere import Moto
from events import unique
from server import ACCOUNT, REGION, Server
from test_trails import AWAY, refused
from test_trails_limits import Patient
from waiting import until

NOWHERE = "11111111-2222-4333-8444-555555555555"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/lake"


@pytest.fixture
def lake(server: Server) -> Any:
    return server.client("cloudtrail", parameter_validation=False)


def of_category(name: str) -> list[dict[str, Any]]:
    return [{"FieldSelectors": [{"Field": "eventCategory", "Equals": [name]}]}]


def create(client: Any, category: str = "Management", **members: Any) -> dict[str, Any]:
    """A store that can be deleted."""
    members.setdefault("TerminationProtectionEnabled", False)
    return client.create_event_data_store(
        Name=unique("store"), AdvancedEventSelectors=of_category(category), **members
    )


def shown(client: Any, arn: str) -> dict[str, Any]:
    store = client.get_event_data_store(EventDataStore=arn)
    del store["ResponseMetadata"]
    return store


def store_arn(store_id: str, region: str = REGION, account: str = ACCOUNT) -> str:
    return f"arn:aws:cloudtrail:{region}:{account}:eventdatastore/{store_id}"


def test_a_store_has_aws_defaults(server: Server, lake: Any) -> None:
    name = unique("plain")
    created = lake.create_event_data_store(Name=name)
    arn = created["EventDataStoreArn"]
    assert arn.startswith(store_arn(""))
    expected = {
        "EventDataStoreArn": arn, "Name": name, "MultiRegionEnabled": True, "OrganizationEnabled": False,
        "RetentionPeriod": 366, "TerminationProtectionEnabled": True, "BillingMode": "EXTENDABLE_RETENTION_PRICING",
        "AdvancedEventSelectors": [{"Name": "Default management events", **of_category("Management")[0]}],
        "CreatedTimestamp": created["CreatedTimestamp"], "UpdatedTimestamp": created["CreatedTimestamp"],
    }
    del created["ResponseMetadata"]
    assert created == {**expected, "Status": "CREATED"}
    assert shown(lake, arn) == {**expected, "Status": "ENABLED", "FederationStatus": "DISABLED"}
    assert shown(lake, arn.rpartition("/")[2])["Name"] == name
    (event,) = server.found(name="CreateEventDataStore", text=name)
    assert event["requestParameters"] == {"name": name}
    assert event["responseElements"]["eventDataStoreArn"] == arn
    assert event["readOnly"] is False


def test_a_store_is_updated_stopped_deleted_and_restored(lake: Any) -> None:
    arn = create(lake, TagsList=[{"Key": "team", "Value": "blue"}])["EventDataStoreArn"]
    name = unique("renamed")
    updated = lake.update_event_data_store(
        EventDataStore=arn, Name=name, RetentionPeriod=90, MultiRegionEnabled=False, TerminationProtectionEnabled=True
    )
    assert (updated["Name"], updated["RetentionPeriod"], updated["MultiRegionEnabled"]) == (name, 90, False)
    assert updated["UpdatedTimestamp"] > updated["CreatedTimestamp"]
    refused(lake.delete_event_data_store, "EventDataStoreTerminationProtectedException", EventDataStore=arn)
    lake.update_event_data_store(EventDataStore=arn, TerminationProtectionEnabled=False)

    lake.stop_event_data_store_ingestion(EventDataStore=arn)
    assert shown(lake, arn)["Status"] == "STOPPED_INGESTION"
    wrong = "InvalidEventDataStoreStatusException"
    refused(lake.stop_event_data_store_ingestion, wrong, EventDataStore=arn)
    lake.start_event_data_store_ingestion(EventDataStore=arn)
    refused(lake.start_event_data_store_ingestion, wrong, EventDataStore=arn)

    before = shown(lake, arn)
    lake.delete_event_data_store(EventDataStore=arn)
    assert shown(lake, arn)["Status"] == "PENDING_DELETION"
    inactive = "InactiveEventDataStoreException"
    refused(lake.delete_event_data_store, inactive, EventDataStore=arn)
    refused(lake.update_event_data_store, inactive, EventDataStore=arn, RetentionPeriod=30)
    refused(lake.enable_federation, inactive, EventDataStore=arn, FederationRoleArn=ROLE)
    refused(lake.add_tags, inactive, ResourceId=arn, TagsList=[{"Key": "a"}])
    refused(lake.stop_event_data_store_ingestion, wrong, EventDataStore=arn)
    restored = lake.restore_event_data_store(EventDataStore=arn)
    assert restored["Status"] == "ENABLED"
    assert shown(lake, arn) == {**before, "UpdatedTimestamp": restored["UpdatedTimestamp"]}
    refused(lake.restore_event_data_store, wrong, EventDataStore=arn)
    (listed,) = lake.list_tags(ResourceIdList=[arn])["ResourceTagList"]
    assert listed["TagsList"] == [{"Key": "team", "Value": "blue"}]


def test_federation_keeps_a_store_from_being_deleted(lake: Any) -> None:
    arn = create(lake)["EventDataStoreArn"]
    refused(lake.enable_federation, "InvalidParameterException", EventDataStore=arn, FederationRoleArn="lake-role")
    enabled = lake.enable_federation(EventDataStore=arn, FederationRoleArn=ROLE)
    assert (enabled["FederationStatus"], enabled["FederationRoleArn"]) == ("ENABLING", ROLE)
    assert shown(lake, arn)["FederationRoleArn"] == ROLE
    until(lambda: shown(lake, arn)["FederationStatus"] == "ENABLED", "the store is federated")
    federated = "EventDataStoreFederationEnabledException"
    refused(lake.enable_federation, federated, EventDataStore=arn, FederationRoleArn=ROLE)
    refused(lake.delete_event_data_store, federated, EventDataStore=arn)
    assert lake.disable_federation(EventDataStore=arn)["FederationStatus"] == "DISABLING"
    until(lambda: shown(lake, arn)["FederationStatus"] == "DISABLED", "the store is no longer federated")
    lake.delete_event_data_store(EventDataStore=arn)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"Name": "ab"}, "InvalidParameterException"),
        ({"Name": "a b c"}, "InvalidParameterException"),
        ({"RetentionPeriod": 6}, "InvalidParameterException"),
        ({"RetentionPeriod": 3654}, "InvalidParameterException"),
        ({"RetentionPeriod": 2558, "BillingMode": "FIXED_RETENTION_PRICING"}, "InvalidParameterException"),
        ({"BillingMode": "FREE"}, "InvalidParameterException"),
        ({"TagsList": [{"Key": "aws:x", "Value": "v"}]}, "InvalidTagParameterException"),
        ({"TagsList": [{"Key": f"k{n}", "Value": "v"} for n in range(51)]}, "InvalidTagParameterException"),
        ({"OrganizationEnabled": True}, "OrganizationsNotInUseException"),
        ({"KmsKeyId": "no key"}, "InvalidKmsKeyIdException"),
        ({"KmsKeyId": "alias/nobody"}, "KmsKeyNotFoundException"),
        ({"AdvancedEventSelectors": of_category("Other")}, "InvalidEventSelectorsException"),
        ({"AdvancedEventSelectors": of_category("Management") * 6}, "InvalidEventSelectorsException"),
        (
            {"AdvancedEventSelectors": of_category("Management") + of_category("Evidence")},
            "InvalidEventSelectorsException",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_no_store_can_be_is_refused(lake: Any, members: dict[str, Any], code: str) -> None:
    name = unique("refused")
    refused(lake.create_event_data_store, code, **{"Name": name, **members})
    assert name not in [store["Name"] for store in lake.list_event_data_stores()["EventDataStores"]]
    if "TagsList" not in members:
        arn = create(lake, BillingMode="FIXED_RETENTION_PRICING")["EventDataStoreArn"]
        before = shown(lake, arn)
        refused(lake.update_event_data_store, code, EventDataStore=arn, **members)
        assert shown(lake, arn) == before
        lake.delete_event_data_store(EventDataStore=arn)


def test_updates_that_go_nowhere_are_refused(lake: Any) -> None:
    first, other = create(lake), create(lake, "Evidence")
    arn, update = first["EventDataStoreArn"], lake.update_event_data_store
    refused(update, "InvalidParameterException", EventDataStore=arn)
    refused(update, "InvalidParameterException", EventDataStore=arn, BillingMode="FIXED_RETENTION_PRICING")
    refused(update, "EventDataStoreAlreadyExistsException", EventDataStore=arn, Name=other["Name"])
    selectors = of_category("Evidence")
    refused(update, "InvalidEventSelectorsException", EventDataStore=arn, AdvancedEventSelectors=selectors)
    refused(lake.create_event_data_store, "EventDataStoreAlreadyExistsException", Name=first["Name"])
    refused(
        lake.stop_event_data_store_ingestion, "InvalidEventDataStoreCategoryException",
        EventDataStore=other["EventDataStoreArn"],
    )
    fixed = create(lake, BillingMode="FIXED_RETENTION_PRICING")
    assert fixed["RetentionPeriod"] == 2557
    moved = update(EventDataStore=fixed["EventDataStoreArn"], BillingMode="EXTENDABLE_RETENTION_PRICING")
    assert (moved["BillingMode"], moved["RetentionPeriod"]) == ("EXTENDABLE_RETENTION_PRICING", 2557)


def test_a_store_that_is_not_there_is_not_found_by_any_operation(server: Server, lake: Any) -> None:
    """Nor is one of another account or region, whatever is asked of it."""
    arn = create(lake)["EventDataStoreArn"]
    stranger = server.client("cloudtrail", key=server.create_key("--account", "444455556666"))
    away = server.client("cloudtrail", AWAY)
    invalid = "EventDataStoreARNInvalidException"
    cases = [
        (lake, NOWHERE, "EventDataStoreNotFoundException"), (lake, store_arn(NOWHERE), "EventDataStoreNotFoundException"),
        (lake, "store", invalid), (lake, arn.replace("eventdatastore", "channel"), invalid),
        (stranger, arn, invalid), (stranger, arn.rpartition("/")[2], "EventDataStoreNotFoundException"),
        (away, arn, invalid), (away, arn.rpartition("/")[2], "EventDataStoreNotFoundException"),
    ]
    for client, named, code in cases:
        for call, members in [
            (client.get_event_data_store, {}), (client.update_event_data_store, {"RetentionPeriod": 30}),
            (client.delete_event_data_store, {}), (client.restore_event_data_store, {}),
            (client.start_event_data_store_ingestion, {}), (client.stop_event_data_store_ingestion, {}),
            (client.enable_federation, {"FederationRoleArn": ROLE}), (client.disable_federation, {}),
            (client.get_event_configuration, {}), (client.put_event_configuration, {"MaxEventSize": "Large"}),
        ]:
            refused(call, code, EventDataStore=named, **members)
    assert stranger.list_event_data_stores()["EventDataStores"] == []
    assert away.list_event_data_stores()["EventDataStores"] == []


def test_stores_are_listed_in_pages_whose_tokens_are_good_for_their_account(server: Server) -> None:
    keys = [server.create_key("--account", account) for account in ("565656565656", "787878787878")]
    one, other = (server.client("cloudtrail", key=key, parameter_validation=False) for key in keys)
    made = sorted(create(one)["EventDataStoreArn"] for _ in range(5))
    create(other)
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = one.list_event_data_stores(MaxResults=2, **token)
        assert all(set(store) == {"EventDataStoreArn", "Name"} for store in page["EventDataStores"])
        found += [store["EventDataStoreArn"] for store in page["EventDataStores"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
        refused(other.list_event_data_stores, "InvalidNextTokenException", **token)
    assert found == made
    one.delete_event_data_store(EventDataStore=made[0])
    assert len(one.list_event_data_stores()["EventDataStores"]) == 5, "those pending deletion too"
    for wrong in ("", "none", "x" * 1001):
        refused(one.list_event_data_stores, "InvalidNextTokenException", NextToken=wrong)
    for count in (0, 1001):
        refused(one.list_event_data_stores, "InvalidMaxResultsException", MaxResults=count)


def test_a_restart_keeps_everything(make_server: MakeServer) -> None:
    server = make_server().start()
    lake = server.client("cloudtrail")
    audit = create(lake, "ActivityAuditLog", TagsList=[{"Key": "team", "Value": "blue"}])["EventDataStoreArn"]
    deleted = create(lake)["EventDataStoreArn"]
    lake.delete_event_data_store(EventDataStore=deleted)
    lake.enable_federation(EventDataStore=audit, FederationRoleArn=ROLE)
    channel = lake.create_channel(
        Name="kept", Source="Custom", Destinations=[{"Type": "EVENT_DATA_STORE", "Location": audit}]
    )["ChannelArn"]
    lake.put_insight_selectors(TrailName="default", InsightSelectors=[{"InsightType": "ApiErrorRateInsight"}])

    def everything() -> list[Any]:
        client = server.client("cloudtrail")
        answers = [
            shown(client, audit), shown(client, deleted), client.get_channel(Channel=channel),
            client.list_tags(ResourceIdList=[audit]), client.get_insight_selectors(TrailName="default"),
            client.get_trail(Name="default")["Trail"],
        ]
        for answer in answers:
            answer.pop("ResponseMetadata", None)
        return answers

    until(lambda: shown(lake, audit)["FederationStatus"] == "ENABLED", "the store is federated")
    before = everything()
    server.restart()
    assert everything() == before
    server.kill()
    server.start()
    assert everything() == before
    server.client("cloudtrail").restore_event_data_store(EventDataStore=deleted)
    server.stop()


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    moto = Moto(tmp_path_factory.mktemp("moto"))
    yield moto
    moto.stop()


def test_a_key_is_resolved_once_and_stays(make_server: MakeServer, moto: Moto) -> None:
    server = make_server(env={"CAIRN_KMS_ENDPOINT": moto.url}).start()
    kms, lake = moto.client("kms"), server.client("cloudtrail")
    key, other, disabled = (kms.create_key()["KeyMetadata"] for _ in range(3))
    kms.create_alias(AliasName="alias/lake", TargetKeyId=key["KeyId"])
    kms.disable_key(KeyId=disabled["KeyId"])
    created = create(lake, KmsKeyId="alias/lake")
    arn, update = created["EventDataStoreArn"], lake.update_event_data_store
    assert created["KmsKeyId"] == shown(lake, arn)["KmsKeyId"] == key["Arn"]
    assert update(EventDataStore=arn, KmsKeyId=key["KeyId"])["KmsKeyId"] == key["Arn"]
    refused(update, "InvalidParameterException", EventDataStore=arn, KmsKeyId=other["KeyId"])
    assert update(EventDataStore=create(lake)["EventDataStoreArn"], KmsKeyId=other["Arn"])["KmsKeyId"] == other["Arn"]
    message = refused(update, "KmsException", EventDataStore=arn, KmsKeyId=disabled["KeyId"])
    assert "Disabled" in message
    server.stop()


def test_aws_allows_ten_stores_a_region(make_server: MakeServer) -> None:
    server = make_server("--limits-profile", "aws").start()
    lake = Patient(server)
    arns = [
        lake.create_event_data_store(Name=f"store{number}", TerminationProtectionEnabled=False)["EventDataStoreArn"]
        for number in range(10)
    ]
    lake.delete_event_data_store(EventDataStore=arns[0])
    full = "EventDataStoreMaxLimitExceededException"
    refused(lake.create_event_data_store, full, Name="store10")
    refused(Patient(server, AWAY).create_event_data_store, full, Name="store10")
    lake.restore_event_data_store(EventDataStore=arns[0])
    server.stop()
