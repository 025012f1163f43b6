"""The two kinds of log that everything durable is written to."""

from domain.logs.model import Changes, Cursor, Data, Event, PrivateEvent, PrivateNote
from domain.logs.ports import EventStore, PrivateLogStore
from domain.logs.use_cases import write_private

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
