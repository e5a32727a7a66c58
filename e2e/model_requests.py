"""Requests made from botocore's model: valid ones, and ones that break exactly one constraint."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore.session
from botocore.model import OperationModel, Shape

# Where a value stands in a request: names of members, indices of elements, keys of maps.
Place = tuple[str | int, ...]

# Texts of which one fits each pattern of the model, and of which one breaks it.
FITTING = (
    "11111111-2222-4333-8444-555555555555", "aaaaaaaaaaaa", "000000000000", "12:00", "s3.amazonaws.com", "s3://bucket/",
    "arn:aws:cloudtrail:us-east-1:111122223333:channel/11111111-2222-4333-8444-555555555555",
)
BREAKING = ("\u20ac", "\n", "x")

LETTER = "a"


@dataclass(frozen=True)
class Broken:
    """A request that breaks one constraint, and how AWS words the refusal."""

    operation: OperationModel
    request: dict[str, Any]
    name: str
    is_of_wrong_type: bool
    constraint: str = ""
    shown_place: str = ""

    @property
    def id(self) -> str:
        return f"{self.operation.name}: {self.name}"


@cache
def operations() -> list[OperationModel]:
    """All 61, of both services."""
    session = botocore.session.get_session()
    models = [session.get_service_model(service) for service in ("cloudtrail", "cloudtrail-data")]
    return [model.operation_model(name) for model in models for name in model.operation_names]


def sample(shape: Shape, *, is_whole: bool = True) -> Any:
    """A value that breaks nothing, with all its members or only those that must be there."""
    kind = shape.type_name
    if kind == "structure":
        names = shape.members if is_whole else shape.required_members
        return {name: sample(shape.members[name], is_whole=is_whole) for name in names}
    if kind == "list":
        return [sample(shape.member, is_whole=is_whole) for _ in range(shape.metadata.get("min", 1) or 1)]
    if kind == "map":
        return {sample(shape.key): sample(shape.value)}
    if kind == "string":
        return _text(shape)
    return {
        "integer": shape.metadata.get("min", 1), "long": shape.metadata.get("min", 1), "boolean": True,
        "timestamp": 1_794_996_930.5, "float": 0.5, "double": 0.5,
    }[kind]


def _text(shape: Shape) -> str:
    if shape.enum:
        return shape.enum[0]
    fitting = (text for text in FITTING if _fits(shape, text))
    return next(fitting)


def _fits(shape: Shape, text: str) -> bool:
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max", 1 << 20)
    return least <= len(text) <= most and _matches(shape, text)


def _matches(shape: Shape, text: str) -> bool:
    pattern = shape.metadata.get("pattern")
    # As Java reads it: the whole text, and classes of ASCII alone.
    return pattern is None or re.fullmatch(pattern, text, re.ASCII) is not None


def broken_requests(operation: OperationModel) -> Iterator[Broken]:
    """Every request of the operation that breaks one constraint of one of its members, however deep."""
    if operation.input_shape is None:
        return
    whole = sample(operation.input_shape)
    for place, shape, is_required in _places(operation.input_shape, whole, ()):
        shown = _shown(place)
        is_in_query = shape.serialization.get("location") == "querystring"
        if is_required:
            constraint = "Member must not be null"
            yield Broken(operation, _without(whole, place), f"{shown} is missing", False, constraint, shown)
        if not is_in_query and place[-1] != "<key>":
            value = _replaced(whole, place, _of_wrong_type(shape))
            yield Broken(operation, value, f"{shown} is of the wrong type", True)
        for bad, constraint in _bad_values(shape):
            request = _replaced(whole, place, bad)
            yield Broken(operation, request, f"{shown}: {constraint[:90]}", False, constraint, shown)


def _places(shape: Shape, value: Any, place: Place) -> Iterator[tuple[Place, Shape, bool]]:
    """Every place inside of a value, with the shape of what stands there."""
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield (*place, name), member, name in shape.required_members
            yield from _places(member, value[name], (*place, name))
    elif shape.type_name == "list":
        yield (*place, 0), shape.member, False
        yield from _places(shape.member, value[0], (*place, 0))
    elif shape.type_name == "map":
        (key,) = value
        yield (*place, "<key>"), shape.key, False
        yield (*place, f"<value>{key}"), shape.value, False


def _bad_values(shape: Shape) -> Iterator[tuple[Any, str]]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    kind = shape.type_name
    if kind in ("integer", "long"):
        if least is not None:
            yield least - 1, f"Member must have value greater than or equal to {least}"
        if most is not None:
            yield most + 1, f"Member must have value less than or equal to {most}"
    elif kind in ("string", "list", "map"):
        if least:
            yield _of_length(shape, least - 1), f"Member must have length greater than or equal to {least}"
        if most is not None:
            yield _of_length(shape, most + 1), f"Member must have length less than or equal to {most}"
    if kind == "string":
        yield from _bad_texts(shape)


def _bad_texts(shape: Shape) -> Iterator[tuple[str, str]]:
    if shape.enum:
        yield "no-such-value", f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"
    length = max(shape.metadata.get("min", 1), 1)
    breaking = [character * length for character in BREAKING if not _matches(shape, character * length)]
    if breaking:
        yield breaking[0], f"Member must satisfy regular expression pattern: {shape.metadata['pattern']}"


def _of_length(shape: Shape, length: int) -> Any:
    if shape.type_name == "list":
        return [sample(shape.member) for _ in range(length)]
    if shape.type_name == "map":
        keys = shape.key.enum or [f"{LETTER * 3}{index}" for index in range(length)]
        return {key: sample(shape.value) for key in keys[:length]}
    return LETTER * length


def _of_wrong_type(shape: Shape) -> Any:
    return {
        "structure": "text", "list": {"a": 1}, "map": ["a"], "string": 7, "integer": 1.5, "long": "1",
        "boolean": "true", "timestamp": "2026-01-01T00:00:00Z", "float": "0.5", "double": "0.5",
    }[shape.type_name]


def _shown(place: Place) -> str:
    """As AWS writes it: `tagsList.1.member.key`."""
    return ".".join(_shown_part(part) for part in place)


def _shown_part(part: str | int) -> str:
    if isinstance(part, int):
        return f"{part + 1}.member"
    if part == "<key>":
        return "key"
    if part.startswith("<value>"):
        return f"{part.removeprefix('<value>')}.member"
    return part[0].lower() + part[1:]


def _without(request: dict[str, Any], place: Place) -> dict[str, Any]:
    changed = deepcopy(request)
    del _holder(changed, place)[place[-1]]
    return changed


def _replaced(request: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    changed = deepcopy(request)
    holder, last = _holder(changed, place), place[-1]
    if last == "<key>":
        (kept,) = holder.values()
        holder.clear()
        holder[value] = kept
    elif isinstance(last, str) and last.startswith("<value>"):
        holder[last.removeprefix("<value>")] = value
    else:
        holder[last] = value
    return changed


def _holder(request: dict[str, Any], place: Place) -> Any:
    holder: Any = request
    for part in place[:-1]:
        holder = holder[part]
    return holder
