"""What CloudTrail writes of a call, worked out from botocore's models: the oracle of the gateway's matrix.

Nothing here knows how Cairn does it. The rules are those that real events follow: names of members begin with a small
letter, lists stay lists but under EC2, keys of maps stay as they are, bytes are left out, secrets are hidden or left out.
"""

import base64
from datetime import datetime
from typing import Any

from botocore.model import Shape

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


class Secret(str):
    """A text that may be nowhere but on the wire. In events it is hidden, or its member is left out."""


class SecretBytes(bytes):
    """The same of bytes."""


class Anything:
    """Equals whatever is there, if something is."""

    def __repr__(self) -> str:
        return "anything"


class AbsentOr:
    """Equals `value`, and nothing at all."""

    def __init__(self, value: Any):
        self.value = value

    def __repr__(self) -> str:
        return f"nothing or {self.value!r}"


ANYTHING = Anything()


def lower_first(name: str) -> str:
    return name[:1].lower() + name[1:]


def shown(value: Any, shape: Shape | None) -> Any:
    """A value of the JSON, query and REST protocols as events show it."""
    if isinstance(value, (bytes, bytearray)):
        return AbsentOr(HIDDEN)
    if isinstance(value, Secret):
        return AbsentOr(HIDDEN)
    if isinstance(value, datetime):
        return ANYTHING
    if shape is None:
        return value
    if shape.metadata.get("sensitive"):
        return AbsentOr(HIDDEN)
    if shape.type_name == "structure":
        if getattr(shape, "is_document_type", False):
            return value
        members = shape.members
        return {lower_first(name): shown(inner, members.get(name)) for name, inner in value.items()}
    if shape.type_name == "list":
        return [shown(inner, shape.member) for inner in value]
    if shape.type_name == "map":
        return {name: shown(inner, shape.value) for name, inner in value.items()}
    return value


def shown_by_ec2(value: Any, shape: Shape) -> Any:
    """A value of an EC2 answer: names as on the wire, lists wrapped."""
    if isinstance(value, Secret):
        return AbsentOr(HIDDEN)
    if isinstance(value, datetime):
        return ANYTHING
    if shape.type_name == "structure":
        wire = {name: member.serialization.get("name", name) for name, member in shape.members.items()}
        return {lower_first(wire[name]): shown_by_ec2(inner, shape.members[name]) for name, inner in value.items()}
    if shape.type_name == "list":
        return {"items": [shown_by_ec2(inner, shape.member) for inner in value]}
    return value


def without_empty(value: Any) -> Any:
    """Without members that say nothing: botocore's parsers and events differ in whether they show them."""
    if isinstance(value, dict):
        inner = {name: without_empty(member) for name, member in value.items()}
        return {name: member for name, member in inner.items() if not is_empty(member)}
    if isinstance(value, list):
        return [without_empty(element) for element in value]
    return value


def is_empty(value: Any) -> bool:
    return value is None or value == {} or value == [] or value == ""


def differences(expected: Any, recorded: Any, path: str = "") -> list[str]:
    """How `recorded` is not as expected, each by its path; empty if it is."""
    if isinstance(expected, Anything):
        return [] if recorded is not None else [f"{path}: missing"]
    if isinstance(expected, AbsentOr):
        return [] if recorded is None else differences(expected.value, recorded, path)
    if recorded == HIDDEN and holds_secret(expected):
        return []
    if isinstance(expected, dict) and isinstance(recorded, dict | None):
        recorded = recorded or {}
        return [
            line
            for name in sorted({*expected, *recorded})
            for line in differences(expected.get(name), recorded.get(name), f"{path}.{name}")
        ]
    if isinstance(expected, list) and isinstance(recorded, list) and len(expected) == len(recorded):
        pairs = enumerate(zip(expected, recorded, strict=True))
        return [line for index, (one, other) in pairs for line in differences(one, other, f"{path}[{index}]")]
    is_same = expected == recorded and isinstance(expected, bool) == isinstance(recorded, bool)
    return [] if is_same else [f"{path}: {expected!r} expected, {recorded!r} recorded"]


def holds_secret(expected: Any) -> bool:
    if isinstance(expected, dict):
        return any(holds_secret(member) for member in expected.values())
    if isinstance(expected, list):
        return any(holds_secret(element) for element in expected)
    return isinstance(expected, AbsentOr)


def secrets_in(value: Any) -> list[bytes]:
    """Every secret in a call's parameters, in each form that it is sent in."""
    if isinstance(value, dict):
        return [secret for member in value.values() for secret in secrets_in(member)]
    if isinstance(value, list):
        return [secret for element in value for secret in secrets_in(element)]
    if isinstance(value, Secret):
        return [value.encode(), base64.b64encode(value.encode())]
    if isinstance(value, SecretBytes):
        return [bytes(value), base64.b64encode(value)]
    return []
