"""Every exception of the model: made to arise, or named with why it cannot."""

import gzip
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from asking import Lake, endless
from conftest import MakeServer
from delivered import trail_arn
from elsewhere import Keys, Topics
from events import event, records, unique
from model_requests import operations
from server import ACCOUNT, REGION, Server
from test_channels import to
from test_event_data_stores import NOWHERE, of_category
from test_trails import AWAY, GROUP, ROLE
from test_trails_limits import Patient
from waiting import until

SOURCES = Path(__file__).parent.parent / "crates"
# Of the organization, beside its management account; the first three are delegated administrators.
MEMBERS = [f"22223333444{number}" for number in range(5)]
FEDERATION_ROLE = f"arn:aws:iam::{ACCOUNT}:role/lake"

ORGANIZATION = (
    *("--organization-id", "o-exampleorgid", "--organization-management-account", ACCOUNT),
    *("--organization-members", ",".join(MEMBERS)),
)


class World:
    """Servers with one of each thing, so that every refusal has something to refuse."""

    def __init__(self, server: Server, full: Server, keys: Keys):
        self.server, self.keys = server, keys
        client = self.client = server.client("cloudtrail", parameter_validation=False)
        self.away = server.client("cloudtrail", AWAY, parameter_validation=False)
        self.stranger = server.client("cloudtrail", key=server.create_key("--account", "444455556666"))
        self.poster = server.client("cloudtrail", key=server.create_key("--user", "poster", "--ingest-only"))
        self.member = server.client("cloudtrail", key=server.create_key("--account", MEMBERS[4]))
        for member in MEMBERS[:3]:
            self.delegate(member)
        for bucket in ("world-logs", "other-logs"):
            server.client("s3").create_bucket(Bucket=bucket)
        self.trail = client.create_trail(Name="world", S3BucketName="world-logs", IsMultiRegionTrail=True)["TrailARN"]
        self.store = self.new_store("Management")
        self.audit = self.new_store("ActivityAuditLog")
        self.federated = self.new_store("Management")
        client.enable_federation(EventDataStore=self.federated, FederationRoleArn=FEDERATION_ROLE)
        self.protected = self.new_store("Management", TerminationProtectionEnabled=True)
        self.gone = self.new_store("Management")
        client.delete_event_data_store(EventDataStore=self.gone)
        client.create_channel(Name="world", Source="Custom", Destinations=to(self.audit))
        # A region of AWS's profile that holds all that it may.
        self.full = Patient(full)
        self.full_store = self.full.list_event_data_stores()["EventDataStores"][0]["EventDataStoreArn"]
        self.hurried = full.client("cloudtrail")

    def new_store(self, category: str, **members: Any) -> str:
        members.setdefault("TerminationProtectionEnabled", False)
        members["AdvancedEventSelectors"] = of_category(category)
        return self.client.create_event_data_store(Name=unique("store"), **members)["EventDataStoreArn"]

    # -- what most tests call

    def create(self, **members: Any) -> None:
        self.client.create_trail(**{"Name": unique("never"), "S3BucketName": "world-logs", **members})

    def update(self, **members: Any) -> None:
        self.client.update_trail(Name=self.trail, **members)

    def delegate(self, account: str) -> None:
        self.client.register_organization_delegated_admin(MemberAccountId=account)

    def create_store(self, **members: Any) -> None:
        self.client.create_event_data_store(**{"Name": unique("never"), **members})

    def create_channel(self, **members: Any) -> None:
        given = {"Name": unique("never"), "Source": "Custom", "Destinations": to(self.audit), **members}
        self.client.create_channel(**given)

    def add_tags(self, resource: str, count: int = 1) -> None:
        self.client.add_tags(ResourceId=resource, TagsList=[{"Key": f"k{n}", "Value": "v"} for n in range(count)])

    def update_while_another_does(self) -> None:
        """The bucket changes while KMS is asked about the key."""
        with ThreadPoolExecutor(1) as pool:
            slow = pool.submit(self.update, KmsKeyId="alias/slow")
            assert self.keys.is_asked.wait(10)
            self.update(S3BucketName="other-logs")
            self.keys.may_answer.set()
            slow.result()

    def endless(self) -> str:
        """A statement that runs until it is cancelled."""
        lake, store = Lake(self.server), self.store.rpartition("/")[2]
        self.server.post_events([event() for _ in range(100)])
        lake.wait_for(store, 100)
        return endless(store)

    def fill(self, store: str = "") -> str:
        """Starts an import that takes a while, into a new store if none is named."""

        def is_idle() -> bool:
            imports = self.client.list_imports()["Imports"]
            return all(one["ImportStatus"] not in ("INITIALIZING", "IN_PROGRESS") for one in imports)

        if not store:
            until(is_idle, "no import is under way", 60)
            s3 = self.server.client("s3")
            for number in range(200):
                s3.put_object(Bucket="other-logs", Key=f"{number}.json.gz", Body=gzip.compress(records([event()])))
        source = {"S3LocationUri": "s3://other-logs/", "S3BucketRegion": REGION, "S3BucketAccessRoleArn": ROLE}
        filled = store or self.new_store("Management")
        self.client.start_import(Destinations=[filled], ImportSource={"S3": source})
        return filled

    def delete_what_is_filled(self) -> None:
        self.client.delete_event_data_store(EventDataStore=self.fill())

    def cancel_twice(self) -> None:
        query = self.client.start_query(QueryStatement=self.endless())["QueryId"]
        self.client.cancel_query(QueryId=query)
        self.client.cancel_query(QueryId=query)

    def ask_too_often(self) -> None:
        queries, statement = [], self.endless()
        try:
            while len(queries) < 20:
                queries.append(self.client.start_query(QueryStatement=statement)["QueryId"])
        finally:
            for query in queries:
                self.client.cancel_query(QueryId=query)

    def hurry(self) -> None:
        for _ in range(100):
            self.hurried.lookup_events()


def full_region(make: MakeServer) -> Server:
    """A server of AWS's profile whose region was filled before the profile held."""
    server = make("--trails-default", "false").start()
    server.client("s3").create_bucket(Bucket="full-logs")
    client = server.client("cloudtrail")
    stores = [
        client.create_event_data_store(Name=f"store-{n}", AdvancedEventSelectors=of_category("ActivityAuditLog"))
        for n in range(10)
    ]
    for number in range(5):
        client.create_trail(Name=f"trail-{number}", S3BucketName="full-logs")
    client.create_channel(Name="one", Source="Custom", Destinations=to(stores[0]["EventDataStoreArn"]))
    server.stop()
    server.flags = (*server.flags, "--limits-profile", "aws")
    return server.start()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    servers: list[Server] = []

    def make(*flags: str, **options: Any) -> Server:
        servers.append(Server(tmp_path_factory.mktemp("world"), *flags, **options))
        return servers[-1]

    with closing(Keys()) as keys, closing(Topics()) as topics:
        endpoints = {"CAIRN_KMS_ENDPOINT": keys.url, "CAIRN_SNS_ENDPOINT": topics.url}
        try:
            yield World(make(*ORGANIZATION, env=endpoints).start(), full_region(make), keys)
            for server in servers:
                server.stop()
        finally:
            for server in servers:
                server.kill()


WIDGET = {"QueryStatement": "SELECT 1", "ViewProperties": {"View": "Table"}}

# How each exception arises.
HOW: dict[str, Callable[[World], Any]] = {
    "AccessDeniedException": lambda it: it.poster.enable_federation(
        EventDataStore=it.store, FederationRoleArn=FEDERATION_ROLE
    ),
    "AccountHasOngoingImportException": lambda it: it.fill(it.fill()),
    "AccountNotFoundException": lambda it: it.delegate("444455556666"),
    "AccountNotRegisteredException": lambda it: it.client.deregister_organization_delegated_admin(
        DelegatedAdminAccountId=MEMBERS[4]
    ),
    "AccountRegisteredException": lambda it: it.delegate(MEMBERS[0]),
    "CannotDelegateManagementAccountException": lambda it: it.delegate(ACCOUNT),
    "ChannelARNInvalidException": lambda it: it.client.get_channel(Channel="channel"),
    "ChannelAlreadyExistsException": lambda it: it.create_channel(Name="world"),
    "ChannelExistsForEDSException": lambda it: it.client.delete_event_data_store(EventDataStore=it.audit),
    "ChannelMaxLimitExceededException": lambda it: it.full.create_channel(
        Name="two", Source="Custom", Destinations=to(it.full_store)
    ),
    "ChannelNotFoundException": lambda it: it.client.get_channel(Channel=NOWHERE),
    "CloudTrailARNInvalidException": lambda it: it.client.get_trail(Name="arn:aws:s3:::world-logs"),
    "CloudTrailInvalidClientTokenIdException": lambda it: it.update(SnsTopicName="suspended"),
    "CloudWatchLogsDeliveryUnavailableException": lambda it: it.update(
        CloudWatchLogsLogGroupArn=GROUP, CloudWatchLogsRoleArn=ROLE
    ),
    "ConflictException": World.update_while_another_does,
    "DelegatedAdminAccountLimitExceededException": lambda it: it.delegate(MEMBERS[3]),
    "EventDataStoreARNInvalidException": lambda it: it.client.get_event_data_store(EventDataStore="store"),
    "EventDataStoreAlreadyExistsException": lambda it: it.create_store(
        Name=it.client.get_event_data_store(EventDataStore=it.store)["Name"]
    ),
    "EventDataStoreFederationEnabledException": lambda it: it.client.delete_event_data_store(
        EventDataStore=it.federated
    ),
    "EventDataStoreHasOngoingImportException": World.delete_what_is_filled,
    "EventDataStoreMaxLimitExceededException": lambda it: it.full.create_event_data_store(Name="store-11"),
    "EventDataStoreNotFoundException": lambda it: it.client.get_event_data_store(EventDataStore=NOWHERE),
    "EventDataStoreTerminationProtectedException": lambda it: it.client.delete_event_data_store(
        EventDataStore=it.protected
    ),
    "ImportNotFoundException": lambda it: it.client.get_import(ImportId=NOWHERE),
    "InactiveEventDataStoreException": lambda it: it.client.update_event_data_store(
        EventDataStore=it.gone, RetentionPeriod=30
    ),
    "InsightNotEnabledException": lambda it: it.client.get_insight_selectors(TrailName=it.trail),
    "InsufficientEncryptionPolicyException": lambda it: it.update(KmsKeyId="alias/denied"),
    "InsufficientS3BucketPolicyException": lambda it: it.stranger.create_trail(Name="far", S3BucketName="world-logs"),
    "InsufficientSnsTopicPolicyException": lambda it: it.update(SnsTopicName="nobody"),
    "InvalidCloudWatchLogsLogGroupArnException": lambda it: it.update(
        CloudWatchLogsLogGroupArn="group", CloudWatchLogsRoleArn=ROLE
    ),
    "InvalidCloudWatchLogsRoleArnException": lambda it: it.update(CloudWatchLogsLogGroupArn=GROUP),
    "InvalidDateRangeException": lambda it: it.client.list_queries(EventDataStore=it.store, StartTime=2, EndTime=1),
    "InvalidEventCategoryException": lambda it: it.client.lookup_events(EventCategory="all"),
    "InvalidEventDataStoreCategoryException": lambda it: it.create_channel(Destinations=to(it.store)),
    "InvalidEventDataStoreStatusException": lambda it: it.client.start_event_data_store_ingestion(
        EventDataStore=it.store
    ),
    "InvalidEventSelectorsException": lambda it: it.client.put_event_selectors(
        TrailName=it.trail, EventSelectors=[{"ReadWriteType": "read-only"}]
    ),
    "InvalidHomeRegionException": lambda it: it.away.delete_trail(Name=it.trail),
    "InvalidImportSourceException": lambda it: it.client.start_import(ImportSource={"S3": {}}),
    "InvalidInsightSelectorsException": lambda it: it.client.put_insight_selectors(
        TrailName=it.trail, InsightSelectors=[{"InsightType": "Guesses"}]
    ),
    "InvalidKmsKeyIdException": lambda it: it.update(KmsKeyId="no key"),
    "InvalidLookupAttributesException": lambda it: it.client.lookup_events(
        LookupAttributes=[{"AttributeKey": "Weather", "AttributeValue": "fair"}]
    ),
    "InvalidMaxResultsException": lambda it: it.client.lookup_events(MaxResults=51),
    "InvalidNextTokenException": lambda it: it.client.lookup_events(NextToken="token"),
    "InvalidParameterCombinationException": lambda it: it.create(
        IsMultiRegionTrail=True, IncludeGlobalServiceEvents=False
    ),
    "InvalidParameterException": lambda it: it.create_store(Name="ab"),
    "InvalidQueryStatementException": lambda it: it.client.start_query(QueryStatement=""),
    "InvalidQueryStatusException": lambda it: it.client.list_queries(EventDataStore=it.store, QueryStatus="LOST"),
    "InvalidS3BucketNameException": lambda it: it.create(S3BucketName="Upper"),
    "InvalidS3PrefixException": lambda it: it.create(S3KeyPrefix="p" * 201),
    "InvalidSnsTopicNameException": lambda it: it.create(SnsTopicName="a topic"),
    "InvalidSourceException": lambda it: it.create_channel(Source="Datadog"),
    "InvalidTagParameterException": lambda it: it.create(TagsList=[{"Key": "aws:x", "Value": "v"}]),
    "InvalidTimeRangeException": lambda it: it.client.lookup_events(StartTime=2, EndTime=1),
    "InvalidTokenException": lambda it: it.client.list_public_keys(NextToken="token"),
    "InvalidTrailNameException": lambda it: it.create(Name="ab"),
    "KmsException": lambda it: it.update(KmsKeyId="alias/broken"),
    "KmsKeyDisabledException": lambda it: it.update(KmsKeyId="alias/disabled"),
    "KmsKeyNotFoundException": lambda it: it.update(KmsKeyId="alias/nobody"),
    "MaximumNumberOfTrailsExceededException": lambda it: it.full.create_trail(Name="six", S3BucketName="full-logs"),
    "NotOrganizationManagementAccountException": lambda it: it.member.register_organization_delegated_admin(
        MemberAccountId=MEMBERS[3]
    ),
    "NotOrganizationMasterAccountException": lambda it: it.member.create_trail(
        Name="theirs", S3BucketName="world-logs", IsOrganizationTrail=True
    ),
    "OrganizationsNotInUseException": lambda it: it.stranger.create_event_data_store(
        Name="theirs", OrganizationEnabled=True
    ),
    "InactiveQueryException": World.cancel_twice,
    "MaxConcurrentQueriesException": World.ask_too_often,
    "QueryIdNotFoundException": lambda it: it.client.get_query_results(QueryId=NOWHERE),
    "ResourceARNNotValidException": lambda it: it.client.get_resource_policy(ResourceArn="a"),
    "ResourceNotFoundException": lambda it: it.add_tags(trail_arn("nobody")),
    "ResourcePolicyNotFoundException": lambda it: it.client.get_resource_policy(ResourceArn=it.store),
    "ResourcePolicyNotValidException": lambda it: it.client.put_resource_policy(
        ResourceArn=it.store, ResourcePolicy=""
    ),
    "ResourceTypeNotSupportedException": lambda it: it.add_tags(f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:rock/x"),
    "S3BucketDoesNotExistException": lambda it: it.create(S3BucketName="no-such-bucket"),
    "ServiceQuotaExceededException": lambda it: it.client.create_dashboard(Name="crowded", Widgets=[WIDGET] * 11),
    "TagsLimitExceededException": lambda it: it.add_tags(it.trail, 51),
    "ThrottlingException": World.hurry,
    "TrailAlreadyExistsException": lambda it: it.create(Name="world"),
    "TrailNotFoundException": lambda it: it.client.get_trail(Name="nobody"),
    "TrailNotProvidedException": lambda it: it.client.create_trail(S3BucketName="world-logs"),
    "UnsupportedOperationException": lambda it: it.client.generate_query(
        EventDataStores=[it.store], Prompt="show me all errors"
    ),
}

NO_QUERIES = "Cairn does not write queries"
ALL_FEATURES = "an organization of Cairn's has all features, and CloudTrail's access to it"
NO_SERVICE_ROLES = "Cairn needs no service-linked role and no permission of other services to act"

# Exceptions that no call can get, and why.
NEVER: dict[str, str] = {
    "CloudTrailAccessNotEnabledException": ALL_FEATURES,
    "ConcurrentModificationException": "changes of the control plane are made one after another",
    "GenerateResponseException": NO_QUERIES,
    "InsufficientDependencyServiceAccessPermissionException": NO_SERVICE_ROLES,
    "InsufficientIAMAccessPermissionException": NO_SERVICE_ROLES,
    "NoManagementAccountSLRExistsException": NO_SERVICE_ROLES,
    "OperationNotPermittedException": "what a caller may not do is AccessDeniedException, with the reason",
    "OrganizationNotInAllFeaturesModeException": ALL_FEATURES,
}

@pytest.mark.parametrize("name", HOW)
def test_the_exception_arises(world: World, name: str) -> None:
    with pytest.raises(ClientError) as caught:
        HOW[name](world)
    response = caught.value.response
    assert response["Error"]["Code"] == name, response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["Error"]["Message"]
    operation = next(it for it in operations() if it.name == caught.value.operation_name)
    assert name in {shape.name for shape in operation.error_shapes} | {"ThrottlingException"}, operation.name


def test_every_exception_of_the_model_arises_or_is_named_with_why_it_cannot() -> None:
    modelled = {
        shape.name
        for operation in operations()
        if operation.service_model.service_name == "cloudtrail"
        for shape in operation.error_shapes
    }
    assert len(modelled) == 86
    assert modelled - HOW.keys() - NEVER.keys() == set()
    assert HOW.keys() | NEVER.keys() == modelled
    assert HOW.keys() & NEVER.keys() == set()
    print(f"{len(HOW)} of {len(modelled)} exceptions arise, {len(NEVER)} cannot")


def test_no_operation_answers_an_exception_that_is_said_never_to_arise() -> None:
    files = ("server/src/api.rs", "wire/src/validate/code.rs")
    sources = [*SOURCES.glob("server/src/api/**/*.rs"), *(SOURCES / file for file in files)]
    used = {name for path in sources for name in re.findall(r"ErrorCode::(\w+)", path.read_text())}
    assert "TrailNotFoundException" in used
    assert used & NEVER.keys() == set(), "show in HOW how they arise"
