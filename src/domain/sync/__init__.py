"""Catching up: heads, events after an offset, private events after a cursor."""

from domain.sync.heads import MOST_HEADS, GetHead, Head, HeadPage, ListHeads
from domain.sync.use_cases import (
    MOST_BEHIND,
    MOST_EVENTS,
    EventPage,
    EventsAfter,
    LogsAfter,
    PrivatePage,
    Snapshot,
    SyncPrivate,
    TakeSnapshot,
)

__all__ = [
    "MOST_BEHIND",
    "MOST_EVENTS",
    "MOST_HEADS",
    "EventPage",
    "EventsAfter",
    "GetHead",
    "Head",
    "HeadPage",
    "ListHeads",
    "LogsAfter",
    "PrivatePage",
    "Snapshot",
    "SyncPrivate",
    "TakeSnapshot",
]
