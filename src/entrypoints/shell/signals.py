"""What travels between nodes: a small binary header, then the frame that clients get.

The frame is encoded once, by the node that committed; the others pass it on as it is.
"""

import struct
import time
from enum import IntEnum
from functools import lru_cache
from uuid import UUID

import attrs

_HEADER = struct.Struct("!BBQd16s16s16s")
_NODE = slice(_HEADER.size - 16, _HEADER.size)
_VERSION = 1
NOBODY = UUID(int=0)


class Kind(IntEnum):
    """What a signal is about."""

    EVENT = 1
    """One event of a conversation; `subject` is the member that it removed, if any."""
    PRIVATE = 2
    """One event of a private log."""
    JOINED = 3
    """One event of a private log: the user now belongs to the conversation `subject`."""
    LEFT = 4
    """One event of a private log: the user belongs to the conversation `subject` no more."""
    RECEIPT = 5
    """Watermarks of the member `subject` moved."""
    TYPING = 6
    """The member `subject` types, or stopped."""
    PRESENCE = 7
    """The user `subject` is seen differently."""
    ENDED = 8
    """The device `subject` may no longer act; no frame."""


@attrs.frozen
class Signal:
    """One hint.

    `session` is the socket that needs no telling, `NOBODY` where all do; `node` is where the
    signal comes from, so that a node passes over its own when the bus brings them back. `told` is
    when it was packed, in seconds of that node's clock.
    """

    kind: Kind
    frame: bytes = b""
    offset: int = 0
    session: UUID = NOBODY
    subject: UUID = NOBODY
    node: UUID = NOBODY
    told: float = attrs.field(default=0.0, eq=False)

    def pack(self) -> bytes:
        """Write the signal for the bus."""
        header = _HEADER.pack(
            _VERSION,
            self.kind,
            self.offset,
            time.time(),
            self.session.bytes,
            self.subject.bytes,
            self.node.bytes,
        )
        return header + self.frame

    @classmethod
    def unpack(cls, payload: bytes) -> "Signal | None":
        """Read a signal; None for what a newer or a foreign node may have sent."""
        if len(payload) < _HEADER.size or payload[0] != _VERSION:
            return None
        _, kind, offset, told, session, subject, node = _HEADER.unpack_from(payload)
        try:
            known = Kind(kind)
        except ValueError:
            return None
        frame = payload[_HEADER.size :]
        by, about, origin = UUID(bytes=session), UUID(bytes=subject), UUID(bytes=node)
        return cls(known, frame, offset, by, about, origin, told)


Published = tuple[str, Signal]
"""A topic, and the signal that is told there."""


def is_from(node: UUID, payload: bytes) -> bool:
    """Tell whether a packed signal comes from *node*, without reading the rest of it."""
    return payload[_NODE] == node.bytes


def conversation_topic(conversation: UUID) -> str:
    """Name the topic of a conversation."""
    return f"c:{conversation.hex}"


def user_topic(user: UUID) -> str:
    """Name the topic of a user's private log."""
    return f"u:{user.hex}"


def presence_topic(user: UUID) -> str:
    """Name the topic of how a user is seen."""
    return f"p:{user.hex}"


@lru_cache(maxsize=16_384)
def about(topic: str) -> UUID:
    """Return what a topic is about; raise `ValueError` for what is no topic.

    The same few thousand come again and again.
    """
    return UUID(hex=topic[2:])
