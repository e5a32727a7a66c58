"""Operations that Cairn does not have yet: their input is checked, then they say what is missing."""

from typing import Any

import pytest

from events import unique
from server import REGION, Server
from test_event_data_stores import NOWHERE
from test_trails import refused


@pytest.fixture
def cloudtrail(server: Server) -> Any:
    return server.client("cloudtrail", parameter_validation=False)


def test_operations_that_are_not_built_say_so(cloudtrail: Any) -> None:
    code = "UnsupportedOperationException"
    store = cloudtrail.create_event_data_store(Name=unique("asked"))["EventDataStoreArn"]
    statement = f"SELECT eventName FROM {store.rpartition('/')[2]}"
    message = refused(cloudtrail.start_query, code, QueryStatement=statement)
    assert message.startswith("StartQuery is not supported: ")
    s3 = {"S3LocationUri": "s3://bucket/AWSLogs", "S3BucketRegion": REGION, "S3BucketAccessRoleArn": "arn:role"}
    refused(cloudtrail.start_import, code, Destinations=[store], ImportSource={"S3": s3})
    refused(cloudtrail.search_sample_queries, code, SearchPhrase="errors by user")
    refused(cloudtrail.search_sample_queries, "InvalidParameterException", SearchPhrase="x")


def test_what_is_not_built_has_its_input_checked(cloudtrail: Any) -> None:
    query, invalid, missing = cloudtrail.start_query, "InvalidParameterException", "EventDataStoreNotFoundException"
    for statement in ["x" * 10_001, "SELECT 1", "DROP TABLE x"]:
        refused(query, "InvalidQueryStatementException", QueryStatement=statement)
    refused(query, invalid)
    refused(query, invalid, QueryStatement="SELECT 1", QueryAlias="alias")
    refused(query, invalid, QueryAlias="alias")
    refused(query, missing, QueryStatement=f"SELECT 1 FROM {NOWHERE}")

    source = {"S3": {"S3LocationUri": "s3://bucket/", "S3BucketRegion": REGION, "S3BucketAccessRoleArn": "arn:role"}}
    start, both = cloudtrail.start_import, {"Destinations": [NOWHERE], "ImportSource": source}
    refused(start, invalid)
    refused(start, invalid, ImportId=NOWHERE, **both)
    refused(start, invalid, Destinations=[NOWHERE])
    refused(start, invalid, StartEventTime=2, EndEventTime=1, **both)
    refused(start, "ImportNotFoundException", ImportId=NOWHERE)
    refused(start, missing, **both)
    elsewhere = {"S3": {**source["S3"], "S3LocationUri": "https://bucket.s3.amazonaws.com/"}}
    refused(start, "InvalidImportSourceException", Destinations=[NOWHERE], ImportSource=elsewhere)
    audit = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["ActivityAuditLog"]}]}]
    store = cloudtrail.create_event_data_store(Name=unique("audit"), AdvancedEventSelectors=audit)
    category = "InvalidEventDataStoreCategoryException"
    refused(start, category, Destinations=[store["EventDataStoreArn"]], ImportSource=source)
