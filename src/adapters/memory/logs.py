"""Logs in memory: events of conversations, and private ones."""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter

import attrs

from parlour.adapters.memory.transaction import UndoLog
from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import Event, EventStore, PrivateEvent, PrivateLogStore

_OFFSET = attrgetter("offset")


class MemoryEventStore(EventStore):
    """The events of each conversation, in the order of their offsets."""

    def __init__(self, undo_log: UndoLog) -> None:
        self._undo_log = undo_log
        self._logs: dict[ConversationId, list[Event]] = {}

    def add(self, events: Sequence[Event]) -> None:
        for event in events:
            log = self._logs.get(event.conversation)
            if log is None:
                log = []
                self._undo_log.put(self._logs, event.conversation, log)
            before = self.last_until(event.conversation, event.offset)
            if before is not None and before.offset == event.offset:
                raise AlreadyExists
            kept = attrs.evolve(event, payload=event.payload.stored())
            self._undo_log.insert(log, kept, _OFFSET)

    def after(self, conversation: ConversationId, offset: int, limit: int) -> list[Event]:
        log = self._logs.get(conversation, [])
        start = bisect_right(log, offset, key=_OFFSET)
        return log[start : start + limit]

    def last_until(self, conversation: ConversationId, offset: int) -> Event | None:
        log = self._logs.get(conversation, [])
        place = bisect_right(log, offset, key=_OFFSET)
        return log[place - 1] if place else None


class MemoryPrivateLogStore(PrivateLogStore):
    """The private log of each user, and its last offset."""

    def __init__(self, undo_log: UndoLog) -> None:
        self._undo_log = undo_log
        self._heads: dict[UserId, int] = {}
        self._logs: dict[UserId, list[PrivateEvent]] = {}

    def open(self, user: UserId) -> None:
        self._undo_log.put(self._heads, user, 0)
        self._undo_log.put(self._logs, user, [])

    def lock(self, users: Collection[UserId]) -> Mapping[UserId, int]:
        return self.heads(users)

    def locked(self, users: Collection[UserId]) -> set[UserId]:  # noqa: ARG002 - transactions in memory are serial
        return set()

    def heads(self, users: Collection[UserId]) -> Mapping[UserId, int]:
        return {user: self._heads[user] for user in sorted(users) if user in self._heads}

    def add(self, events: Sequence[PrivateEvent]) -> None:
        for event in events:
            kept = attrs.evolve(event, payload=event.payload.stored())
            self._undo_log.insert(self._logs[event.user], kept, _OFFSET)
            self._undo_log.put(self._heads, event.user, max(self._heads[event.user], event.offset))

    def after(self, user: UserId, offset: int, limit: int) -> list[PrivateEvent]:
        log = self._logs.get(user, [])
        start = bisect_right(log, offset, key=_OFFSET)
        return log[start : start + limit]
