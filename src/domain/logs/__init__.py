"""The two kinds of log that everything durable is written to: conversations' and private ones."""

from parlour.domain.logs.digest import OffsetDigest
from parlour.domain.logs.model import (
    Changes,
    Cursor,
    Event,
    Noted,
    PrivateEvent,
    PrivateNote,
)
from parlour.domain.logs.payload import (
    ConversationPayload,
    Json,
    Payload,
    PrivatePayload,
    UnknownPayload,
    described,
)
from parlour.domain.logs.ports import EventStore, PrivateLogStore
from parlour.domain.logs.use_cases import write_note, write_private

__all__ = [
    "Changes",
    "ConversationPayload",
    "Cursor",
    "Event",
    "EventStore",
    "Json",
    "Noted",
    "OffsetDigest",
    "Payload",
    "PrivateEvent",
    "PrivateLogStore",
    "PrivateNote",
    "PrivatePayload",
    "UnknownPayload",
    "described",
    "write_note",
    "write_private",
]
