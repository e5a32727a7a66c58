"""One row of the gateway's matrix: a call, and what must be on the record of it."""

from dataclasses import dataclass, field, replace
from typing import Any

# The account of the objects that moto makes.
UPSTREAM_ACCOUNT = "123456789012"


@dataclass(frozen=True)
class Kept:
    """A value that an earlier call's answer gave, put into `form`."""

    name: str
    form: str = "{}"


@dataclass(frozen=True)
class Call:
    """A call of boto3. What is not said of its event follows from gateway_rules."""

    operation: str
    parameters: dict[str, Any]
    is_read_only: bool
    # eventName, if it is not the operation's.
    event_name: str = ""
    category: str = "Management"
    error_code: str | None = None
    # In place of what the rules make of parameters and answer.
    requested: Any = field(default=...)
    answered: Any = field(default=...)
    # (type, ARN) of `resources`.
    resources: tuple[tuple[str | None, Any], ...] = ()
    # userIdentity, if it is not the root user's.
    caller: dict[str, str] | None = None
    # Name for later calls -> path in the answer.
    keeps: dict[str, str] = field(default_factory=dict)
    # Paths of secrets in the answer.
    gives_secrets: tuple[str, ...] = ()

    def named(self, event_name: str) -> "Call":
        return replace(self, event_name=event_name)

    def of_data(self) -> "Call":
        return replace(self, category="Data")

    def fails(self, error_code: str) -> "Call":
        return replace(self, error_code=error_code)

    def requests(self, requested: Any) -> "Call":
        return replace(self, requested=requested)

    def answers(self, answered: Any) -> "Call":
        return replace(self, answered=answered)

    def touches(self, *resources: tuple[str | None, Any]) -> "Call":
        return replace(self, resources=resources)

    def by(self, **caller: str) -> "Call":
        return replace(self, caller=caller)

    def keeping(self, **keeps: str) -> "Call":
        return replace(self, keeps=keeps)

    def giving_secret(self, *paths: str) -> "Call":
        return replace(self, gives_secrets=paths)


@dataclass(frozen=True)
class Service:
    """The calls of one of boto3's clients, in the order in which they are made."""

    name: str
    event_source: str
    calls: tuple[Call, ...]


def read(operation: str, **parameters: Any) -> Call:
    return Call(operation, parameters, True)


def write(operation: str, **parameters: Any) -> Call:
    return Call(operation, parameters, False)


def service(name: str, event_source: str, *calls: Call) -> Service:
    return Service(name, event_source, calls)


def filled(value: Any, kept: dict[str, Any]) -> Any:
    """A value with what earlier calls kept in its places."""
    if isinstance(value, dict):
        return {name: filled(member, kept) for name, member in value.items()}
    if isinstance(value, list):
        return [filled(element, kept) for element in value]
    if isinstance(value, tuple):
        return tuple(filled(element, kept) for element in value)
    if isinstance(value, Kept):
        found = kept[value.name]
        return value.form.format(found) if value.form != "{}" else found
    return value


def at(answer: Any, path: str) -> Any:
    """The value under a path such as `Volumes.0.VolumeId`."""
    for step in path.split("."):
        answer = answer[int(step)] if isinstance(answer, list) else answer[step]
    return answer
