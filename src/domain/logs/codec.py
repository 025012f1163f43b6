"""Payloads of events as JSON objects and back: the same JSON on the wire and in storage.

The classes say everything: field names are JSON names, and types of the domain have one JSON form
each. Ids and times are strings (RFC 9562, RFC 3339), enumerations their value, tuples lists, a
class with the single field `value` the JSON of that value, any other attrs class an object.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, Literal, NewType, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs

from parlour.domain.kernel.time import rfc3339
from parlour.domain.logs.payload import Json, Payload, UnknownPayload

P = TypeVar("P", bound=Payload)
Convert = Callable[[Any], Any]

_AS_IT_IS = frozenset({str, int, float, bool, NoneType, dict})


@attrs.frozen
class JsonField:
    """One field of a JSON object, as the class of the object declares it."""

    name: str
    type: Any
    default: Any
    """`attrs.NOTHING` for a field that is always written."""
    description: str
    decode: Convert

    @property
    def is_optional(self) -> bool:
        """Return whether the field may be missing."""
        return self.default is not attrs.NOTHING


def _json_fields(declared: type[Any]) -> tuple[JsonField, ...]:
    hints = get_type_hints(declared)
    return tuple(
        JsonField(
            each.name,
            hints[each.name],
            each.default,
            each.metadata.get("description", ""),
            _decoder(hints[each.name]),
        )
        for each in attrs.fields(declared)
        if each.name != "unknown_fields"
    )


json_fields: Callable[[Any], tuple[JsonField, ...]] = cache(_json_fields)
"""Returns the JSON fields of an attrs class, in the order in which they are written."""


def encode(payload: Payload) -> dict[str, Any]:
    """Return the JSON object of *payload*: the `data` of an event on the wire."""
    if isinstance(payload, UnknownPayload):
        return dict(payload.data)
    data = _object(payload)
    if payload.unknown_fields:
        data.update(payload.unknown_fields)
    return data


def decode(kind: type[P], data: Json) -> P:
    """Read the payload of a known *kind*.

    Raises:
        KeyError: a field is missing.
        ValueError: a field has a value that its type does not have.
    """
    fields = json_fields(kind)
    read = {
        each.name: each.decode(data[each.name])
        for each in fields
        if each.name in data or not each.is_optional
    }
    if len(read) < len(data):
        read["unknown_fields"] = {name: data[name] for name in data if name not in read}
    return kind(**read)


def _object(value: Any) -> dict[str, Any]:
    data = {}
    for name, default in _names(value.__class__):
        found = getattr(value, name)
        if default is attrs.NOTHING or found != default:
            data[name] = found if type(found) in _AS_IT_IS else _to_json(found)
    return data


@cache
def _names(declared: type[Any]) -> tuple[tuple[str, Any], ...]:
    """Return the names and defaults of the fields, which every encoding needs."""
    return tuple((each.name, each.default) for each in json_fields(declared))


def _to_json(value: Any) -> Any:
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, tuple):
        return [_to_json(each) for each in value]
    return value.value if _is_value(value.__class__) else _object(value)


@cache
def _is_value(declared: Any) -> bool:
    return [each.name for each in attrs.fields(declared)] == ["value"]


def _decoder(declared: Any) -> Convert:
    """Return what reads the JSON form of a type; it raises `KeyError` or `ValueError`."""
    if isinstance(declared, NewType):
        return _decoder(declared.__supertype__)
    origin = get_origin(declared)
    return _class_decoder(declared) if origin is None else _generic_decoder(origin, declared)


def _generic_decoder(origin: Any, declared: Any) -> Convert:
    inner = get_args(declared)
    if origin is Literal:
        return partial(_literal, inner)
    if origin is tuple:
        return partial(_many, _decoder(inner[0]))
    if origin in {Union, UnionType}:
        return partial(_first_of, [_decoder(each) for each in inner])
    return partial(_exactly, dict)  # Mapping[str, Any]


def _class_decoder(declared: Any) -> Convert:
    if declared in _SIMPLE:
        return _SIMPLE[declared]
    if issubclass(declared, Enum):
        return partial(declared)
    if _is_value(declared):
        return lambda raw: declared(_exactly(str, raw))
    return partial(_attrs, declared)


def _exactly(wanted: type[Any], raw: Any) -> Any:
    if type(raw) is not wanted:
        raise ValueError(raw)
    return raw


def _uuid(raw: Any) -> UUID:
    value = UUID(_exactly(str, raw))
    if str(value) != raw:  # the class reads other forms too, which would be written differently
        raise ValueError(raw)
    return value


def _moment(raw: Any) -> datetime:
    return datetime.fromisoformat(_exactly(str, raw))


def _literal(allowed: tuple[Any, ...], raw: Any) -> Any:
    if raw not in allowed:
        raise ValueError(raw)
    return raw


def _many(decode_one: Convert, raw: Any) -> tuple[Any, ...]:
    return tuple(decode_one(each) for each in _exactly(list, raw))


def _first_of(decoders: list[Convert], raw: Any) -> Any:
    for decoder in decoders[:-1]:
        try:
            return decoder(raw)
        except ValueError:
            continue
    return decoders[-1](raw)


def _attrs(declared: type[Any], raw: Any) -> Any:
    data = _exactly(dict, raw)
    fields = json_fields(declared)
    return declared(
        **{
            each.name: each.decode(data[each.name])
            for each in fields
            if each.name in data or not each.is_optional
        }
    )


_SIMPLE: Mapping[Any, Convert] = {
    str: partial(_exactly, str),
    int: partial(_exactly, int),
    bool: partial(_exactly, bool),
    NoneType: partial(_exactly, NoneType),
    UUID: _uuid,
    datetime: _moment,
}
