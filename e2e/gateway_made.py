"""Makes calls of the matrix, and says how an event is not what its call must leave on the record."""

from dataclasses import dataclass
from typing import Any

from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ClientError
from botocore.model import OperationModel

from events import Event
from gateway_call import Call, Service, at, filled
from gateway_rules import (
    ANYTHING,
    AbsentOr,
    Secret,
    SecretBytes,
    differences,
    lower_first,
    secrets_in,
    shown,
    shown_by_ec2,
    without_empty,
)
from server import ACCOUNT, REGION, ROOT


@dataclass(frozen=True)
class Made:
    """A call that was made, and all that its caller saw of it."""

    service: Service
    call: Call
    number: int
    parameters: dict[str, Any]
    answer: dict[str, Any]
    failure: str | None
    model: OperationModel
    secrets: list[bytes]
    requested: Any
    answered: Any
    resources: tuple[tuple[str | None, Any], ...]

    @property
    def user_agent(self) -> str:
        return user_agent(self.number)

    def __str__(self) -> str:
        return f"{self.service.name} {self.call.operation} ({self.number})"


def user_agent(number: int) -> str:
    """Tells the events of the matrix apart."""
    return f"matrix/{number}"


def make(client: Any, service: Service, call: Call, number: int, kept: dict[str, Any]) -> Made:
    """Makes one call, and keeps of its answer what later ones need."""
    parameters = filled(call.parameters, kept)

    def name_agent(request: AWSPreparedRequest, **_: Any) -> None:
        request.headers["User-Agent"] = user_agent(number)

    client.meta.events.register("before-send", name_agent)
    failure, answer = None, {}
    try:
        answer = getattr(client, xform_name(call.operation))(**parameters)
    except ClientError as error:
        failure = error.response["Error"]["Code"]
    finally:
        client.meta.events.unregister("before-send", name_agent)
    answer = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    kept.update({name: at(answer, path) for name, path in call.keeps.items()} if answer else {})
    given = [mark_secret(answer, path) for path in call.gives_secrets]
    return Made(
        service=service,
        call=call,
        number=number,
        parameters=parameters,
        answer=answer,
        failure=failure,
        model=client.meta.service_model.operation_model(call.operation),
        secrets=[secret for value in (parameters, *given) for secret in secrets_in(value)],
        requested=filled(call.requested, kept),
        answered=filled(call.answered, kept),
        resources=filled(call.resources, kept),
    )


def mark_secret(answer: dict[str, Any], path: str) -> Secret | SecretBytes:
    """Marks the value under a path as one that events do not show."""
    before, _, last = path.rpartition(".")
    holder = at(answer, before) if before else answer
    value = holder[last]
    holder[last] = SecretBytes(value) if isinstance(value, bytes) else Secret(value)
    return holder[last]


def wrong(made: Made, event: Event) -> list[str]:
    """How an event is not what the call must leave on the record; empty if it is."""
    call = made.call
    is_data = call.category == "Data"
    told = {
        "eventSource": made.service.event_source,
        "eventName": call.event_name or call.operation,
        "readOnly": call.is_read_only,
        "eventCategory": call.category,
        "managementEvent": not is_data,
        "eventType": "AwsApiCall",
        "awsRegion": REGION,
        "errorCode": call.error_code,
        "userAgent": made.user_agent,
        "sourceIPAddress": "127.0.0.1",
        "recipientAccountId": ACCOUNT,
    }
    lines = [line for name, value in told.items() for line in differences(value, event.get(name), name)]
    lines += differences(call.caller or root_identity(), event.get("userIdentity"), "userIdentity")
    lines += differences(expected_request(made), emptied(event.get("requestParameters")), "requestParameters")
    lines += differences(expected_answer(made), emptied(event.get("responseElements")), "responseElements")
    lines += differences(expected_resources(made), resources_of(event), "resources")
    lines += [f"{bucket}: whose is it?" for bucket in buckets_of(event) if bucket.get("accountId") != ACCOUNT]
    return lines


def root_identity() -> dict[str, Any]:
    return {
        "type": "Root",
        "principalId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:root",
        "accountId": ACCOUNT,
        "accessKeyId": ROOT.id,
    }


def expected_request(made: Made) -> Any:
    if made.requested is not ...:
        return emptied(made.requested)
    # botocore adds tokens that make calls repeatable.
    tokens = {lower_first(name): AbsentOr(ANYTHING) for name in made.model.idempotent_members}
    return emptied({**tokens, **(shown(made.parameters, made.model.input_shape) or {})})


def expected_answer(made: Made) -> Any:
    if made.failure is not None:
        return None
    if made.answered is not ...:
        return emptied(made.answered)
    if made.call.is_read_only or not made.answer:
        return None
    if made.model.service_model.metadata["protocol"] == "ec2":
        return emptied({"requestId": ANYTHING, **shown_by_ec2(made.answer, made.model.output_shape)})
    return emptied(shown(made.answer, made.model.output_shape))


def emptied(value: Any) -> Any:
    """Without members that say nothing; nothing at all if none is left."""
    emptied = without_empty(value)
    return None if emptied == {} else emptied


def expected_resources(made: Made) -> Any:
    return [{"type": kind, "ARN": arn} for kind, arn in made.resources] or None


def buckets_of(event: Event) -> list[dict[str, Any]]:
    return [one for one in event.get("resources") or [] if one.get("type") == "AWS::S3::Bucket"]


def resources_of(event: Event) -> Any:
    """Types and names alone: an accountId stands beside some. A prefix stands for the ARNs that begin with it."""
    told = event.get("resources") or []
    return [{"type": one.get("type"), "ARN": one.get("ARN", one.get("ARNPrefix"))} for one in told] or None
