"""Decodes and encodes frames. What is not JSON closes the socket; a bad request is answered."""

import json
from collections.abc import Callable
from typing import Any, get_args

import attrs
import msgspec

from parlour.entrypoints.websocket.frames import ClientFrame
from parlour.entrypoints.wire.errors import Problem, bad_request

_decode: Callable[[str | bytes], ClientFrame] = msgspec.json.Decoder(ClientFrame).decode
encode = msgspec.json.Encoder().encode
_TYPES = frozenset(each.__struct_config__.tag for each in get_args(ClientFrame))


class NotAFrame(Exception):
    """The text is not a JSON object."""


@attrs.frozen
class MalformedRequest:
    """A JSON object that is not a valid request, and its id if it has one.

    `is_unknown` says that its type is not of this version: a newer client may send such ones.
    """

    id: int | None
    problem: Problem
    is_unknown: bool = False


def decode(text: str | bytes) -> ClientFrame | MalformedRequest:
    """Decode one frame; raise `NotAFrame` if it is not a JSON object."""
    try:
        return _decode(text)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        reason = error
    found = _decode_any(text)
    id_ = found.get("id")
    is_id = isinstance(id_, int) and not isinstance(id_, bool) and 0 <= id_ < 2**53
    detail = str(reason) if isinstance(reason, msgspec.ValidationError) else "Not a known frame"
    type_ = found.get("type")
    is_unknown = isinstance(type_, str) and type_ not in _TYPES
    return MalformedRequest(id_ if is_id else None, bad_request(detail[:300]), is_unknown)


def _decode_any(text: str | bytes) -> dict[str, Any]:
    """Decode any JSON object, even with lone surrogates or huge numbers, to find its id."""
    try:
        found = json.loads(text.decode() if isinstance(text, bytes) else text, **_LENIENT)
    except (RecursionError, ValueError):
        raise NotAFrame from None
    if not isinstance(found, dict):
        raise NotAFrame
    return found


def _refuse(constant: str) -> None:
    raise ValueError(constant)


# Parsing an int of thousands of digits takes long, and it cannot be an id.
_LENIENT: dict[str, Any] = {
    "parse_int": lambda digits: int(digits) if len(digits) < 20 else None,
    "parse_constant": _refuse,
}


def encode_error(id_: int | None, problem: Problem) -> bytes:
    """Encode the error answer to a request."""
    frame: dict[str, Any] = {"type": "error"}
    if id_ is not None:
        frame["id"] = id_
    frame.update(problem.fields())
    return encode(frame)


def encode_pong(id_: int | None) -> bytes:
    """Encode the answer to a `ping`."""
    return encode({"type": "pong"} if id_ is None else {"type": "pong", "id": id_})
