"""Signals, which travel between nodes: a small binary header and the frame for the clients.

The frame is encoded once, by the node that committed; the others pass the same bytes on.
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


class SignalKind(IntEnum):
    """What a signal says."""

    EVENT = 1
    """One event of a conversation; `subject` is the member that it removed, if any."""
    PRIVATE = 2
    """One event of a private log."""
    JOINED = 3
    """One event of a private log: the user is now a member of the conversation `subject`."""
    LEFT = 4
    """One event of a private log: the user is no longer a member of the conversation `subject`."""
    RECEIPT = 5
    """Read receipts of the member `subject`."""
    TYPING = 6
    """The member `subject` types, or stopped typing."""
    PRESENCE = 7
    """The presence of the user `subject` changed."""
    ENDED = 8
    """The device `subject` was logged out: its sockets are closed. No frame."""
    PRESENCE_CHOSEN = 9
    """One event of a private log: the user chose how others see them."""
    PROFILE = 10
    """The user `subject` has another name; pushed to those who watch their presence."""


@attrs.frozen
class Signal:
    """One hint that something was committed, or is going on.

    `session` is the socket that does not get the frame, `NOBODY` where all get it. `node` is the
    origin, so that a node ignores its own signals when the bus brings them back. `packed_at` is in
    seconds of the clock of that node (Unix time).
    """

    kind: SignalKind
    frame: bytes = b""
    offset: int = 0
    session: UUID = NOBODY
    subject: UUID = NOBODY
    node: UUID = NOBODY
    packed_at: float = attrs.field(default=0.0, eq=False)

    def pack(self) -> bytes:
        """Encode the signal for the bus."""
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
        """Decode a signal; return None for one of a newer release, or of something else."""
        if len(payload) < _HEADER.size or payload[0] != _VERSION:
            return None
        _, kind, offset, packed_at, session, subject, node = _HEADER.unpack_from(payload)
        try:
            known = SignalKind(kind)
        except ValueError:
            return None
        frame = payload[_HEADER.size :]
        by, subject_id, origin = UUID(bytes=session), UUID(bytes=subject), UUID(bytes=node)
        return cls(known, frame, offset, by, subject_id, origin, packed_at)


Published = tuple[str, Signal]
"""A topic of the bus, and the signal that is published there."""


def is_from(node: UUID, payload: bytes) -> bool:
    """Return whether a packed signal comes from *node*, without decoding the rest of it."""
    return payload[_NODE] == node.bytes


ENDED_TOPIC = f"e:{NOBODY.hex}"
"""The topic on which every node receives the devices that were logged out."""


def conversation_topic(conversation: UUID) -> str:
    """Return the name of a conversation's topic."""
    return f"c:{conversation.hex}"


def user_topic(user: UUID) -> str:
    """Return the name of the topic of a user's private log."""
    return f"u:{user.hex}"


def presence_topic(user: UUID) -> str:
    """Return the name of the topic of a user's presence."""
    return f"p:{user.hex}"


@lru_cache(maxsize=16_384)
def id_of_topic(topic: str) -> UUID:
    """Return the id in the name of a topic; raise `ValueError` for another name.

    Cached, because the same few thousand names come again and again.
    """
    return UUID(hex=topic[2:])
