"""Catching up: heads, events after an offset, private events after a cursor."""

from parlour.domain.sync.arriving import Arrival, Arrive, Snapshot, Stores, TakeSnapshots, Wish
from parlour.domain.sync.following import Ends, LogEnds, LogsAfter, MembersAmong, Missed, TopicsOf
from parlour.domain.sync.heads import MOST_HEADS, GetHead, Head, HeadPage, ListHeads
from parlour.domain.sync.use_cases import (
    MOST_BEHIND,
    MOST_EVENTS,
    EventPage,
    EventsAfter,
    PrivatePage,
    Question,
    ReadLogs,
    SyncPrivate,
)

__all__ = [
    "MOST_BEHIND",
    "MOST_EVENTS",
    "MOST_HEADS",
    "Arrival",
    "Arrive",
    "Ends",
    "EventPage",
    "EventsAfter",
    "GetHead",
    "Head",
    "HeadPage",
    "ListHeads",
    "LogEnds",
    "LogsAfter",
    "MembersAmong",
    "Missed",
    "PrivatePage",
    "Question",
    "ReadLogs",
    "Snapshot",
    "Stores",
    "SyncPrivate",
    "TakeSnapshots",
    "TopicsOf",
    "Wish",
]
