"""The ports of the logs: what a storage backend provides for them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs.model import Event, PrivateEvent


class EventStore(Protocol):
    """Stores the events of conversations except messages, which are events themselves."""

    def add(self, events: Sequence[Event]) -> None:
        """Store *events*; the caller holds the lock of their conversations."""
        ...

    def after(self, conversation: ConversationId, offset: int, limit: int) -> list[Event]:
        """Return at most *limit* events with a greater offset, in order."""
        ...

    def last_until(self, conversation: ConversationId, offset: int) -> Event | None:
        """Return the newest event at or before *offset*."""
        ...


class PrivateLogStore(Protocol):
    """Stores the private log of each user."""

    def open(self, user: UserId) -> None:
        """Create the log of a new user, at offset 0."""
        ...

    def lock(self, users: Collection[UserId]) -> Mapping[UserId, int]:
        """Lock the logs in the order of their ids; return the last offset of each that exists.

        It is that of the last event even where a damaged log has a lower one as its head.
        """
        ...

    def locked(self, users: Collection[UserId]) -> set[UserId]:
        """Return those whose logs another transaction has locked, waiting for none of them."""
        ...

    def heads(self, users: Collection[UserId]) -> Mapping[UserId, int]:
        """Return the last offset of each log, without a lock."""
        ...

    def add(self, events: Sequence[PrivateEvent]) -> None:
        """Store *events*, advance the last offsets of their logs; the caller has locked them."""
        ...

    def after(self, user: UserId, offset: int, limit: int) -> list[PrivateEvent]:
        """Return at most *limit* events with a greater offset, in order."""
        ...
