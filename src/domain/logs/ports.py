"""What the logs need of a backend."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs.model import Event, PrivateEvent


class EventStore(Protocol):
    """Keeps the events of conversations, but `message.posted`: a message is its own event."""

    def add(self, events: Sequence[Event]) -> None:
        """Keep *events*, whose offsets were allocated under the lock of their conversation."""
        ...

    def after(self, conversation: ConversationId, offset: int, limit: int) -> list[Event]:
        """Return at most *limit* events with a greater offset, in order."""
        ...

    def last_until(self, conversation: ConversationId, offset: int) -> Event | None:
        """Return the newest event at *offset* or before."""
        ...


class PrivateLogStore(Protocol):
    """Keeps the private log of each user."""

    def open(self, user: UserId) -> None:
        """Begin the log of a new user, at offset 0."""
        ...

    def lock(self, users: Collection[UserId]) -> Mapping[UserId, int]:
        """Lock the logs in the order of their ids; return the last offset of each that exists."""
        ...

    def heads(self, users: Collection[UserId]) -> Mapping[UserId, int]:
        """Return the last offset of each log, without a lock."""
        ...

    def add(self, events: Sequence[PrivateEvent]) -> None:
        """Keep *events* and move the heads of their logs, which the caller has locked."""
        ...

    def after(self, user: UserId, offset: int, limit: int) -> list[PrivateEvent]:
        """Return at most *limit* events with a greater offset, in order."""
        ...
