"""Between text and frames. What is not JSON ends the socket, a wrong request gets an answer."""

from collections.abc import Callable
from typing import Any

import attrs
import msgspec

from entrypoints.websocket.frames import ClientFrame
from entrypoints.wire.errors import Problem, bad_request

_decode: Callable[[str | bytes], ClientFrame] = msgspec.json.Decoder(ClientFrame).decode
_decode_any = msgspec.json.Decoder(dict[str, Any]).decode
encode = msgspec.json.Encoder().encode


class NotAFrame(Exception):
    """The text is not a JSON object."""


@attrs.frozen
class BadRequest:
    """A JSON object that is no request, and the id to answer it by, where it has one."""

    id: int | None
    problem: Problem


def decode(text: str | bytes) -> ClientFrame | BadRequest:
    """Read one frame; raise `NotAFrame` for what is not a JSON object."""
    try:
        return _decode(text)
    except (msgspec.ValidationError, msgspec.DecodeError, RecursionError, ValueError) as error:
        reason = error
    try:
        found = _decode_any(text)
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise NotAFrame from None
    id_ = found.get("id")
    is_id = isinstance(id_, int) and not isinstance(id_, bool) and 0 <= id_ < 2**53
    detail = str(reason) if isinstance(reason, msgspec.ValidationError) else "Not a known frame"
    return BadRequest(id_ if is_id else None, bad_request(detail[:300]))


def encode_error(id_: int | None, problem: Problem) -> bytes:
    """Write the refusal of a request."""
    frame: dict[str, Any] = {"type": "error"}
    if id_ is not None:
        frame["id"] = id_
    frame.update(problem.fields())
    return encode(frame)


def encode_pong(id_: int | None) -> bytes:
    """Write the answer to a `ping`."""
    return encode({"type": "pong"} if id_ is None else {"type": "pong", "id": id_})
