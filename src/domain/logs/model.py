"""Logs: a conversation's and a user's own. Offsets run 1, 2, 3, … in the order of commit."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from parlour.domain.kernel.errors import Invalid
from parlour.domain.kernel.ids import ConversationId, SendKey, SessionId, UserId
from parlour.domain.kernel.paging import pack_cursor, unpack_cursor

Data = Mapping[str, Any]
"""What an event says, ready for JSON: strings, numbers, booleans, None, lists, mappings."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@attrs.frozen(kw_only=True)
class Event:
    """One durable change of a conversation.

    `seq` is the number of the message where the kind is `message.posted`; for every other kind it
    is the number of the last message before the event, so that an offset can be turned into a
    message number without an index of its own.
    """

    conversation: ConversationId
    offset: int
    kind: str
    by: UserId
    at: datetime
    data: Data
    seq: int
    key: SendKey | None = None
    session: SessionId | None = None


@attrs.frozen(kw_only=True)
class PrivateNote:
    """A change of a user's private log that has no offset yet."""

    user: UserId
    kind: str
    data: Data


@attrs.frozen(kw_only=True)
class PrivateEvent:
    """One durable change that concerns a single user, on all of their devices."""

    user: UserId
    offset: int
    kind: str
    at: datetime
    data: Data


@attrs.frozen
class Changes:
    """What a use case committed, to be told to those whom it concerns."""

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
        if not (offset.isascii() and offset.isdigit() and micros.isascii() and micros.isdigit()):
            raise Invalid("is not a cursor of this list", field="cursor")
        try:
            return cls(int(offset), _EPOCH + int(micros) * _MICROSECOND)
        except OverflowError:
            raise Invalid("is not a cursor of this list", field="cursor") from None

    def __str__(self) -> str:
        return pack_cursor(str(self.offset), str((self.at - _EPOCH) // _MICROSECOND))
