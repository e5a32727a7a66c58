"""Holds every answer of CloudTrail's API that a test gets through boto3 against botocore's model."""

import base64
import binascii
import json
from collections.abc import Callable, Iterator
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.model import OperationModel, Shape

SERVICES = ("cloudtrail", "cloudtrail-data")

# Codes that any operation may answer, modelled or not.
COMMON = {
    "AccessDeniedException", "ExpiredTokenException", "IncompleteSignatureException", "InternalFailure",
    "InvalidSignatureException", "MissingAuthenticationTokenException", "RequestEntityTooLargeException",
    "SerializationException", "ServiceUnavailable", "ThrottlingException", "UnrecognizedClientException",
    "ValidationException",
}

# How many answers were held so far, by operation.
held: dict[str, int] = {}


def hold(client: Any) -> None:
    """From now on an answer that is not as the model has it fails the call that got it."""
    client.meta.events.register("after-call", _hold_answer)


def _hold_answer(http_response: AWSResponse, model: OperationModel, **_: Any) -> None:
    faults = list(faults_of(http_response, model))
    assert not faults, f"{model.name} answered {http_response.content!r}: {faults}"
    held[model.name] = held.get(model.name, 0) + 1


def faults_of(response: AWSResponse, operation: OperationModel) -> Iterator[str]:
    """What is wrong with an answer."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    if not headers.get("x-amzn-requestid"):
        yield "no x-amzn-RequestId"
    is_rest = operation.service_model.protocol == "rest-json"
    kind = "application/json" if is_rest else "application/x-amz-json-1.1"
    if response.content and headers.get("content-type") != kind:
        yield f"content type {headers.get('content-type')}"
    try:
        body = json.loads(response.content or b"{}")
    except ValueError:
        yield "no JSON"
        return
    if response.status_code >= 300:
        if is_rest and isinstance(body, dict):
            body.setdefault("__type", headers.get("x-amzn-errortype"))
        yield from _error_faults(response.status_code, body, operation)
    elif operation.output_shape is not None:
        yield from _value_faults(body, operation.output_shape, operation.name)


def _error_faults(status: int, body: Any, operation: OperationModel) -> Iterator[str]:
    if not _is_error(body):
        yield "an error is __type and message"
        return
    modelled = {shape.name for shape in operation.error_shapes}
    if body["__type"] not in modelled | COMMON:
        yield f"{body['__type']} is not among the operation's errors"
    if body["__type"] in modelled and status != 400:
        yield f"HTTP {status} for an exception of the model"


def _is_error(body: Any) -> bool:
    return isinstance(body, dict) and {*body} == {"__type", "message"} and all(type(it) is str for it in body.values())


def _value_faults(value: Any, shape: Shape, place: str) -> Iterator[str]:
    kind = shape.type_name
    if not IS_OF_TYPE[kind](value):
        yield f"{place}: {value!r} is no {kind}"
    elif kind == "structure":
        yield from (f"{place}.{name}: not in the model" for name in value if name not in shape.members)
        yield from (f"{place}.{name}: missing" for name in shape.required_members if name not in value)
        for name in value.keys() & shape.members.keys():
            yield from _value_faults(value[name], shape.members[name], f"{place}.{name}")
    elif kind == "list":
        for index, element in enumerate(value):
            yield from _value_faults(element, shape.member, f"{place}[{index}]")
    elif kind == "map":
        for name, entry in value.items():
            yield from _value_faults(entry, shape.value, f"{place}.{name}")
    elif kind == "string" and shape.enum and value not in shape.enum:
        yield f"{place}: {value!r} is not in the enum"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_base64(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(base64.b64decode(value, validate=True))
    except binascii.Error:
        return False


# None is of no type: an answer leaves out what is not there.
IS_OF_TYPE: dict[str, Callable[[Any], bool]] = {
    "structure": lambda value: isinstance(value, dict),
    "map": lambda value: isinstance(value, dict),
    "list": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_whole,
    "long": _is_whole,
    "float": _is_number,
    "double": _is_number,
    "timestamp": _is_number,
    "blob": _is_base64,
}
