"""The kinds of events for readers: tables for the protocol page, JSON Schemas for programs."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from inspect import getdoc
from types import NoneType, UnionType
from typing import Any, Literal, NewType, Union, get_args, get_origin
from uuid import UUID

import attrs

from parlour.domain.events import CONVERSATION_PAYLOADS, PRIVATE_PAYLOADS
from parlour.domain.logs import ConversationPayload, Payload, PrivatePayload
from parlour.domain.logs.codec import JsonField, json_fields

Schema = dict[str, Any]

BEGIN = "<!-- kinds of events: begin (written by parlour.entrypoints.http.reference.renew) -->"
END = "<!-- kinds of events: end -->"

_SIMPLE: Mapping[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    UUID: {"type": "string", "format": "uuid"},
    datetime: {"type": "string", "format": "date-time"},
}


def about(kind: type[Payload]) -> str:
    """Return what a kind means, in a sentence or two."""
    sentence = (getdoc(kind) or "").splitlines()[0]
    return " ".join(part for part in (sentence, _delivery(kind), _since(kind)) if part)


def data_fields(kind: type[Payload]) -> str:
    """Return the fields of the `data` of a kind, each with what it is."""
    return ", ".join(map(_named, json_fields(kind)))


def data_schema(kind: type[Payload]) -> Schema:
    """Return the JSON Schema of the `data` of a kind."""
    return {**_object_schema(kind), "title": f"data of {kind.KIND}"}


def markdown() -> str:
    """Return the tables of all kinds."""
    return "\n".join(
        [
            "Events of a conversation (`event`):",
            "",
            *_table(CONVERSATION_PAYLOADS),
            "",
            "Events of the private log (`event.me`):",
            "",
            *_table(PRIVATE_PAYLOADS),
        ]
    )


def renewed(page: str) -> str:
    """Return *page* with the present tables between the markers."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{markdown()}\n\n{END}{after}"


def _table(kinds: tuple[type[Payload], ...]) -> list[str]:
    rows = (f"| `{kind.KIND}` | {data_fields(kind)} | {about(kind)} |" for kind in kinds)
    return ["| kind | `data` | meaning |", "|---|---|---|", *rows]


def _named(field: JsonField) -> str:
    name = f"`{field.name}`" + ("?" if field.is_optional else "")
    inside = _parts(field.type)
    words = [part.name for part in inside] or _values(field.type)
    said = field.description or ", ".join(f"`{word}`" for word in words)
    if inside:
        return f"{name} [{{{said}}}]"
    return f"{name} ({said})" if said else name


def _parts(declared: Any) -> tuple[JsonField, ...]:
    """Return the fields of the objects in a list."""
    is_list = get_origin(declared) is tuple and attrs.has(get_args(declared)[0])
    return json_fields(get_args(declared)[0]) if is_list else ()


def _values(declared: Any) -> list[str]:
    """Return the values of an enumeration."""
    is_enum = isinstance(declared, type) and issubclass(declared, Enum)
    return [each.value for each in declared] if is_enum else []


def _delivery(kind: type[Payload]) -> str:
    if issubclass(kind, ConversationPayload):
        ends = kind.ends_delivery_to is not ConversationPayload.ends_delivery_to
        return "It is the last event that this member receives." if ends else ""
    if issubclass(kind, PrivatePayload):
        if kind.starts_delivery_of is not PrivatePayload.starts_delivery_of:
            return "From now on its events are delivered."
        if kind.ends_delivery_of is not PrivatePayload.ends_delivery_of:
            return "Its events are delivered no longer."
    return ""


def _since(kind: type[Payload]) -> str:
    since = f"Since level {kind.SINCE}." if kind.SINCE > 1 else ""
    instead = f"Replaced by `{kind.REPLACED_BY}`." if kind.REPLACED_BY else ""
    return " ".join(part for part in (since, instead) if part)


def _object_schema(declared: type[Any]) -> Schema:
    fields = json_fields(declared)
    return {
        "type": "object",
        "properties": {each.name: _field_schema(each) for each in fields},
        "required": [each.name for each in fields if not each.is_optional],
    }


def _field_schema(field: JsonField) -> Schema:
    schema = _schema(field.type)
    if field.default is None:  # then it is left out, never null
        kinds = [each for each in schema["anyOf"] if each != {"type": "null"}]
        schema = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    return {**schema, "description": field.description} if field.description else schema


def _schema(declared: Any) -> Schema:
    if isinstance(declared, NewType):
        return _schema(declared.__supertype__)
    origin, inner = get_origin(declared), get_args(declared)
    if origin is tuple:
        return {"type": "array", "items": _schema(inner[0])}
    if origin is Literal:
        return {"enum": list(inner)}
    if origin in {Union, UnionType}:
        return {"anyOf": [_schema(each) for each in inner]}
    return {"type": "object"} if origin is not None else _class_schema(declared)


def _class_schema(declared: Any) -> Schema:
    if declared in _SIMPLE:
        return dict(_SIMPLE[declared])
    if issubclass(declared, Enum):
        return {"type": "string", "enum": [each.value for each in declared]}
    fields = json_fields(declared)
    is_value = [each.name for each in fields] == ["value"]
    return _schema(fields[0].type) if is_value else _object_schema(declared)
