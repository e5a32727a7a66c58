"""Every constraint of the model, broken once in a signed request to each operation: refused in AWS's words."""

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from botocore.model import OperationModel

from events import unique
from model_requests import Broken, broken_requests, operations, sample
from server import Server
from test_event_data_stores import of_category
from wire import Answer

TARGET = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101."

VIOLATION = re.compile(
    r"(Value )?(null|'.*') at '(?P<place>[^']+)' failed to satisfy constraint: (?P<constraint>.+)", re.DOTALL
)

# The model has no fewer constraints than this: a generator that finds less has gone blind.
CASES_MIN = 850


def send(server: Server, operation: OperationModel, request: dict[str, Any]) -> Answer:
    """A request as it is, signed by botocore but neither made nor checked by it."""
    if operation.service_model.service_name == "cloudtrail":
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": TARGET + operation.name}
        return server.request("POST", "/", json.dumps(request).encode(), headers, service="cloudtrail")
    shapes = operation.input_shape.members
    in_query = {name for name, shape in shapes.items() if shape.serialization.get("location") == "querystring"}
    query = "&".join(f"{name}={quote(request[name], safe='')}" for name in sorted(in_query & request.keys()))
    body = {name: value for name, value in request.items() if name not in in_query}
    headers = {"Content-Type": "application/json"}
    path = f"/{operation.name}" + (f"?{query}" if query else "")
    return server.request("POST", path, json.dumps(body).encode(), headers, service="cloudtrail-data")


def modelled(operation: OperationModel) -> set[str]:
    return {shape.name for shape in operation.error_shapes}


def fault(broken: Broken, answer: Answer) -> str | None:
    """What is wrong with the refusal."""
    if answer.status != 400:
        return f"HTTP {answer.status}"
    message = answer.json()["message"]
    if broken.is_of_wrong_type:
        return None if answer.code == "SerializationException" else f"{answer.code}: {message}"
    if answer.code not in modelled(broken.operation) | {"ValidationException"}:
        return f"{answer.code} is not modelled"
    # A text that is too short may not match its pattern either: AWS names both.
    heading, _, told = message.partition(" detected: ")
    violations = [VIOLATION.fullmatch(text) for text in told.split("; Value ")]
    number = len(violations)
    if heading != f"{number} validation error{'s' if number > 1 else ''}" or None in violations:
        return f"words {message!r}"
    is_of_place = all(violation["place"] == broken.shown_place for violation in violations)
    is_told = broken.constraint in [violation["constraint"] for violation in violations]
    return None if is_of_place and is_told else f"says {message!r}, not {broken.constraint!r} at {broken.shown_place!r}"


def everything(server: Server) -> dict[str, Any]:
    """All that the control plane shows."""
    client = server.client("cloudtrail")
    shown = {
        "trails": client.describe_trails()["trailList"],
        "stores": client.list_event_data_stores()["EventDataStores"],
        "channels": client.list_channels()["Channels"],
        "dashboards": client.list_dashboards()["Dashboards"],
    }
    arns = [trail["TrailARN"] for trail in shown["trails"]] + [store["EventDataStoreArn"] for store in shown["stores"]]
    shown["tags"] = client.list_tags(ResourceIdList=arns)["ResourceTagList"]
    shown["selectors"] = [
        client.get_event_selectors(TrailName=trail["TrailARN"])["EventSelectors"] for trail in shown["trails"]
    ]
    return shown


@pytest.fixture(scope="module")
def furnished(server: Server) -> Server:
    """A server that has something to lose."""
    client = server.client("cloudtrail")
    bucket = unique("model")
    server.client("s3").create_bucket(Bucket=bucket)
    client.create_trail(Name=unique("trail"), S3BucketName=bucket)
    store = client.create_event_data_store(
        Name=unique("store"), AdvancedEventSelectors=of_category("ActivityAuditLog"), TerminationProtectionEnabled=False
    )
    destination = {"Type": "EVENT_DATA_STORE", "Location": store["EventDataStoreArn"]}
    client.create_channel(Name=unique("channel"), Source="Custom", Destinations=[destination])
    client.create_dashboard(Name=unique("dashboard"))
    return server


def test_every_constraint_of_the_model_is_checked_first_and_refused_in_aws_words(furnished: Server) -> None:
    before = everything(furnished)
    cases = [broken for operation in operations() for broken in broken_requests(operation)]
    faults = [
        f"{broken.id}: {wrong}"
        for broken in cases
        if (wrong := fault(broken, send(furnished, broken.operation, broken.request)))
    ]
    print(f"{len(cases)} requests that break one constraint each, of {len(operations())} operations")
    assert faults == []
    assert len(cases) >= CASES_MIN
    assert everything(furnished) == before
    assert not [name for name in furnished.metrics() if name.startswith("cairn_requests_total") and "5xx" in name]


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.name)
def test_bodies_that_are_no_objects_are_refused(server: Server, operation: OperationModel) -> None:
    is_data = operation.service_model.service_name == "cloudtrail-data"
    path = f"/{operation.name}?channelArn=arn%3Aaws%3Ax" if is_data else "/"
    service = "cloudtrail-data" if is_data else "cloudtrail"
    for body in (b"{", b"[]", b"null", b'"text"', b"\xff", b'{"a":1}x', b'{"Name":"a","Name":"b"}'):
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": TARGET + operation.name}
        answer = server.request("POST", path, body, headers, service=service)
        assert (answer.status, answer.code) == (400, "SerializationException"), (body, answer)


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.name)
def test_a_request_that_breaks_nothing_is_never_called_invalid_in_the_models_words(
    server: Server, operation: OperationModel
) -> None:
    if operation.input_shape is None:
        return
    for is_whole in (True, False):
        answer = send(server, operation, sample(operation.input_shape, is_whole=is_whole))
        assert answer.status in (200, 400), answer
        if answer.status == 400:
            assert answer.code in modelled(operation) | {"ValidationException"}, answer
            assert "validation error" not in answer.json()["message"], answer
