"""The frames of the socket as schemas, taken from the very types that read and write them."""

from collections.abc import Iterable
from typing import Any, get_args

import attrs
from msgspec import Struct

from parlour.entrypoints.http.reference.document import json_schemas
from parlour.entrypoints.websocket import frames
from parlour.entrypoints.wire import pushes


@attrs.frozen
class Frame:
    """One frame: its `type` on the wire, what it is for, and its JSON Schema."""

    type: str
    name: str
    about: str
    schema: dict[str, Any]


def client_frames() -> list[Frame]:
    """Return what a client may send."""
    return _frames(get_args(frames.ClientFrame))


def answer_frames() -> list[Frame]:
    """Return what answers a request."""
    return _frames(
        found
        for found in vars(frames).values()
        if isinstance(found, type) and issubclass(found, frames.Answer)
    )


def push_frames() -> list[Frame]:
    """Return what the service says unasked."""
    return _frames(
        found
        for found in vars(pushes).values()
        if isinstance(found, type) and found.__module__ == pushes.__name__ and _is_tagged(found)
    )


def frame_schemas() -> dict[str, Any]:
    """Return the schemas that the frames refer to."""
    every = [*client_frames(), *answer_frames(), *push_frames()]
    return {name: schema for frame in every for name, schema in frame.schema["$defs"].items()}


def _frames(types: Iterable[type]) -> list[Frame]:
    return [_frame(found) for found in types]


def _frame(found: type) -> Frame:
    schemas = json_schemas([found], "#frame-")
    own = schemas.pop(found.__name__)
    tag = str(found.__struct_config__.tag)  # type: ignore[attr-defined]
    return Frame(tag, found.__name__, own.get("description", ""), {**own, "$defs": schemas})


def _is_tagged(found: type) -> bool:
    return issubclass(found, Struct) and found.__struct_config__.tag is not None
