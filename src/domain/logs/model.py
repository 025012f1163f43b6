"""The logs of conversations and of users. Offsets run 1, 2, 3, … in the order of commit."""

from datetime import datetime

import attrs

from parlour.domain.kernel.ids import ConversationId, SendKey, SessionId, UserId
from parlour.domain.kernel.paging import cursor_number, pack_cursor, unpack_cursor
from parlour.domain.kernel.time import from_micros, to_micros
from parlour.domain.logs.payload import ConversationPayload, PrivatePayload, kind_of


@attrs.frozen(kw_only=True)
class Event:
    """One durable change of a conversation; `payload` says what changed.

    A message is an event too. Its `seq` is the number of the message, and it alone has a `key`;
    `seq` of any other event is the number of the last message before it, so that an offset can be
    turned into a message number without an index of its own.
    """

    conversation: ConversationId
    offset: int
    by: UserId
    at: datetime
    payload: ConversationPayload
    seq: int
    key: SendKey | None = None
    session: SessionId | None = None

    @property
    def kind(self) -> str:
        """The kind as it is named on the wire."""
        return kind_of(self.payload)


@attrs.frozen(kw_only=True)
class PrivateNote:
    """A payload for the private log of a user that has no offset yet."""

    user: UserId
    payload: PrivatePayload


@attrs.frozen(kw_only=True)
class PrivateEvent:
    """One durable change that concerns a single user, on all of their devices."""

    user: UserId
    offset: int
    at: datetime
    payload: PrivatePayload

    @property
    def kind(self) -> str:
        """The kind as it is named on the wire."""
        return kind_of(self.payload)


@attrs.frozen
class Changes:
    """The events that a use case committed, to be delivered after the commit."""

    events: tuple[Event, ...] = ()
    private: tuple[PrivateEvent, ...] = ()


@attrs.frozen
class Cursor:
    """How far a client knows: its private log up to `offset`, conversations as of `at`."""

    offset: int
    at: datetime

    @classmethod
    def parse(cls, raw: str) -> "Cursor":
        """Read the opaque form; raise `Invalid` where it was not made by `str(cursor)`."""
        offset, micros = unpack_cursor(raw, 2)
        return cls(cursor_number(offset), from_micros(cursor_number(micros)))

    def __str__(self) -> str:
        return pack_cursor(self.offset, to_micros(self.at))
