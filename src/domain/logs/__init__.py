"""The two kinds of log that everything durable is written to."""

from parlour.domain.logs.model import Changes, Cursor, Data, Event, PrivateEvent, PrivateNote
from parlour.domain.logs.ports import EventStore, PrivateLogStore
from parlour.domain.logs.use_cases import write_private

__all__ = [
    "Changes",
    "Cursor",
    "Data",
    "Event",
    "EventStore",
    "PrivateEvent",
    "PrivateLogStore",
    "PrivateNote",
    "write_private",
]
