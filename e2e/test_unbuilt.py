"""Operations that Cairn does not have yet: their input is checked, then they say what is missing."""

from typing import Any

import pytest

from events import unique
from server import Server
from test_trails import refused


@pytest.fixture
def cloudtrail(server: Server) -> Any:
    return server.client("cloudtrail", parameter_validation=False)


def test_operations_that_are_not_built_say_so(cloudtrail: Any) -> None:
    code = "UnsupportedOperationException"
    store = cloudtrail.create_event_data_store(Name=unique("asked"))["EventDataStoreArn"]
    refused(cloudtrail.generate_query, code, EventDataStores=[store], Prompt="show me all errors")
    refused(cloudtrail.generate_query, "InvalidParameterException", EventDataStores=[store], Prompt="x")
