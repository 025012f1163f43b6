"""The logs of conversations and of users. Offsets run 1, 2, 3, … in the order of commit."""

from datetime import datetime

import attrs

from parlour.domain.kernel.errors import Invalid
from parlour.domain.kernel.ids import ConversationId, SendKey, SessionId, UserId
from parlour.domain.kernel.paging import cursor_number, pack_cursor, unpack_cursor
from parlour.domain.logs.digest import OffsetDigest
from parlour.domain.logs.payload import ConversationPayload, PrivatePayload, kind_of

_DIGEST = "~"


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
class Noted:
    """The last offset of a private log after a request, and what it committed: maybe nothing."""

    offset: int
    changes: Changes = attrs.field(factory=Changes)


@attrs.frozen
class Cursor:
    """How far a client knows: its private log up to `offset`, its conversations by a digest.

    There is no time in it, which a clock could move. `conversations` is None in a cursor of a
    release that wrote the time instead: nothing is known, so all conversations may have changed.
    """

    offset: int
    conversations: OffsetDigest | None = None

    @classmethod
    def parse(cls, raw: str) -> "Cursor":
        """Read the opaque form; raise `Invalid` where it was not made by `str(cursor)`."""
        offset, rest = unpack_cursor(raw, 2)
        if not rest.startswith(_DIGEST):
            cursor_number(rest)
            return cls(cursor_number(offset))
        try:
            return cls(cursor_number(offset), OffsetDigest.parse(rest.removeprefix(_DIGEST)))
        except ValueError:
            raise Invalid("is not a cursor of this list", field="cursor") from None

    @classmethod
    def recover(cls, raw: str) -> "Cursor | None":
        """Read the opaque form; return None where it was not made by `str(cursor)`.

        A client that shows an unreadable position begins anew, as one without a position does.
        """
        try:
            return cls.parse(raw)
        except Invalid:
            return None

    def __str__(self) -> str:
        known = self.conversations
        # A node of an earlier release reads the 0 as the time before which nothing is known.
        return pack_cursor(self.offset, 0 if known is None else f"{_DIGEST}{known}")
