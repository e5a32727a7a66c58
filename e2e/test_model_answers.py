"""A conversation over all operations, each of whose answers is held against the model, as those of all tests are."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

import schema
from events import event, unique
from model_requests import operations
from server import ACCOUNT, Server
from test_channels import to
from test_event_data_stores import NOWHERE, of_category

Call = tuple[str, dict[str, Any]]

CALLS_MIN = 64


class Talk:
    """Calls one after the other; what is refused is an answer too."""

    def __init__(self, server: Server):
        self.client = server.client("cloudtrail")
        self.calls = 0

    def __call__(self, method: str, **members: Any) -> dict[str, Any]:
        self.calls += 1
        try:
            return getattr(self.client, method)(**members)
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] < 500, error
            return {}

    def all(self, calls: list[Call]) -> None:
        for method, members in calls:
            self(method, **members)


def about_trails(name: str, arn: str, bucket: str) -> list[Call]:
    tags = [{"Key": "a", "Value": "b"}]
    attributes = [{"AttributeKey": "EventName", "AttributeValue": "CreateTrail"}]
    insights = [{"InsightType": "ApiCallRateInsight"}]
    selectors = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]
    return [
        ("start_logging", {"Name": name}), ("get_trail", {"Name": name}), ("get_trail_status", {"Name": name}),
        ("describe_trails", {}), ("list_trails", {}), ("get_event_selectors", {"TrailName": name}),
        ("put_event_selectors", {"TrailName": name, "EventSelectors": [{"ReadWriteType": "All"}]}),
        ("get_event_selectors", {"TrailName": name}),
        ("put_event_selectors", {"TrailName": name, "AdvancedEventSelectors": selectors}),
        ("get_event_selectors", {"TrailName": name}),
        ("put_insight_selectors", {"TrailName": name, "InsightSelectors": insights}),
        ("get_insight_selectors", {"TrailName": name}),
        ("put_event_configuration", {"TrailName": name}), ("get_event_configuration", {"TrailName": name}),
        ("add_tags", {"ResourceId": arn, "TagsList": tags}), ("list_tags", {"ResourceIdList": [arn]}),
        ("remove_tags", {"ResourceId": arn, "TagsList": tags}),
        ("lookup_events", {}), ("lookup_events", {"MaxResults": 1, "LookupAttributes": attributes}),
        ("list_public_keys", {}), ("update_trail", {"Name": name, "S3KeyPrefix": "p"}),
        ("create_trail", {"Name": name, "S3BucketName": bucket}), ("get_trail", {"Name": "nobody"}),
        ("list_insights_data", {"InsightSource": arn, "DataType": "InsightsEvents"}),
        (
            "list_insights_metric_data",
            {"EventSource": "s3.amazonaws.com", "EventName": "PutObject", "InsightType": "ApiCallRateInsight"},
        ),
        ("stop_logging", {"Name": name}), ("get_trail_status", {"Name": name}), ("delete_trail", {"Name": name}),
    ]


def about_stores(store: str, policy: str) -> list[Call]:
    named = {"EventDataStore": store}
    return [
        ("list_event_data_stores", {}), ("get_event_data_store", named),
        ("update_event_data_store", {**named, "RetentionPeriod": 400}),
        ("stop_event_data_store_ingestion", named), ("start_event_data_store_ingestion", named),
        ("put_event_configuration", {**named, "MaxEventSize": "Large"}), ("get_event_configuration", named),
        ("start_query", {"QueryStatement": f"SELECT count(*) FROM {store.rpartition('/')[2]}"}),
        ("list_queries", named), ("describe_query", {"QueryId": NOWHERE}), ("get_query_results", {"QueryId": NOWHERE}),
        ("cancel_query", {"QueryId": NOWHERE}),
        ("generate_query", {"EventDataStores": [store], "Prompt": "show me all errors"}),
        ("search_sample_queries", {"SearchPhrase": "errors by user"}),
        ("start_import", {}), ("list_imports", {}), ("get_import", {"ImportId": NOWHERE}),
        ("stop_import", {"ImportId": NOWHERE}), ("list_import_failures", {"ImportId": NOWHERE}),
        ("put_resource_policy", {"ResourceArn": store, "ResourcePolicy": policy}),
        ("get_resource_policy", {"ResourceArn": store}), ("delete_resource_policy", {"ResourceArn": store}),
        ("enable_federation", {**named, "FederationRoleArn": f"arn:aws:iam::{ACCOUNT}:role/r"}),
        ("get_event_data_store", named), ("disable_federation", named),
        ("register_organization_delegated_admin", {"MemberAccountId": "210987654321"}),
        ("deregister_organization_delegated_admin", {"DelegatedAdminAccountId": "210987654321"}),
        ("create_dashboard", {"Name": "dash"}), ("list_dashboards", {}), ("get_dashboard", {"DashboardId": "dash"}),
        ("update_dashboard", {"DashboardId": "dash"}), ("start_dashboard_refresh", {"DashboardId": "dash"}),
        ("delete_dashboard", {"DashboardId": "dash"}),
        ("delete_event_data_store", named), ("get_event_data_store", named), ("restore_event_data_store", named),
    ]


def test_every_operation_answers_as_the_model_has_it(server: Server) -> None:
    schema.held.clear()
    talk, bucket, name = Talk(server), unique("answers"), unique("answers")
    server.client("s3").create_bucket(Bucket=bucket)
    server.post_events([event()])
    server.wait_until_visible()
    trail = talk("create_trail", Name=name, S3BucketName=bucket, EnableLogFileValidation=True, S3KeyPrefix="x")
    talk.all(about_trails(name, trail["TrailARN"], bucket))

    open_store = {"TerminationProtectionEnabled": False, "TagsList": [{"Key": "a"}]}
    store = talk("create_event_data_store", Name=unique("store"), **open_store)["EventDataStoreArn"]
    statement = {
        "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "cloudtrail:GetQueryResults", "Resource": store,
    }
    talk.all(about_stores(store, json.dumps({"Version": "2012-10-17", "Statement": [statement]})))

    audit = talk(
        "create_event_data_store", Name=unique("audit"), AdvancedEventSelectors=of_category("ActivityAuditLog")
    )["EventDataStoreArn"]
    channel = talk("create_channel", Name=unique("channel"), Source="Custom", Destinations=to(audit))["ChannelArn"]
    talk.all([
        ("list_channels", {}), ("get_channel", {"Channel": channel}),
        ("update_channel", {"Channel": channel, "Name": unique("renamed")}), ("delete_channel", {"Channel": channel}),
    ])
    data = server.client("cloudtrail-data")
    with pytest.raises(ClientError):
        data.put_audit_events(channelArn=channel, auditEvents=[{"id": "1", "eventData": "{}"}])

    every = {operation.name for operation in operations()}
    assert every - schema.held.keys() == set()
    assert sum(schema.held.values()) >= talk.calls + 1 >= CALLS_MIN
    print(f"{sum(schema.held.values())} answers of {len(every)} operations held against the model")


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (200, b'{"Trails":null}', "ListTrails.Trails: None is no list"),
        (200, b'{"Trails":[],"Extra":1}', "ListTrails.Extra: not in the model"),
        (200, b'{"Trails":[{"TrailARN":1}]}', "ListTrails.Trails[0].TrailARN: 1 is no string"),
        (200, b"{", "no JSON"),
        (400, b'{"__type":"TrailNotFoundException","message":"x"}', "TrailNotFoundException is not among"),
        (403, b'{"__type":"OperationNotPermittedException","message":"x"}', "HTTP 403"),
        (400, b'{"__type":"OperationNotPermittedException"}', "an error is __type and message"),
    ],
)
def test_an_answer_that_differs_from_the_model_is_a_fault(status: int, body: bytes, fault: str) -> None:
    operation = next(operation for operation in operations() if operation.name == "ListTrails")
    headers = {"x-amzn-RequestId": "1", "Content-Type": "application/x-amz-json-1.1"}
    answer: Any = SimpleNamespace(status_code=status, content=body, headers=headers)
    (found,) = schema.faults_of(answer, operation)
    assert found.startswith(fault)
