"""Catching up: heads, events after an offset, private events after a cursor."""

from parlour.domain.sync.connecting import (
    Connect,
    Connected,
    Snapshot,
    SnapshotRequest,
    Stores,
    TakeSnapshots,
)
from parlour.domain.sync.heads import MAX_HEADS, GetHead, Head, HeadPage, ListHeads
from parlour.domain.sync.reconciling import (
    Backlog,
    FilterMembers,
    ListTopics,
    LogHeads,
    ReadBacklog,
    ReadLogHeads,
)
from parlour.domain.sync.use_cases import (
    MAX_BEHIND,
    MAX_EVENTS,
    EventPage,
    EventsAfter,
    LogQuery,
    PrivatePage,
    ReadLogs,
    SyncPrivate,
)

__all__ = [
    "MAX_BEHIND",
    "MAX_EVENTS",
    "MAX_HEADS",
    "Backlog",
    "Connect",
    "Connected",
    "EventPage",
    "EventsAfter",
    "FilterMembers",
    "GetHead",
    "Head",
    "HeadPage",
    "ListHeads",
    "ListTopics",
    "LogHeads",
    "LogQuery",
    "PrivatePage",
    "ReadBacklog",
    "ReadLogHeads",
    "ReadLogs",
    "Snapshot",
    "SnapshotRequest",
    "Stores",
    "SyncPrivate",
    "TakeSnapshots",
]
