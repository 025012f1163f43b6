"""Catching up: after an offset of a conversation, after a cursor of one's own log."""

import attrs

from domain.conversations import require_member
from domain.kernel.errors import Invalid
from domain.kernel.ids import ConversationId, UserId
from domain.kernel.paging import bounded
from domain.kernel.transaction import UnitOfWork
from domain.logs import Cursor, Event, PrivateEvent
from domain.messages import MOST_NUMBER, Stores

MOST_EVENTS = 200
MOST_BEHIND = 1_000
"""Further behind than this, the newest page serves a client better than every event."""


@attrs.frozen
class EventPage:
    """Events in order, the last offset of the log, whether more follow or to start afresh."""

    events: tuple[Event, ...]
    last: int
    more: bool
    reset: bool


@attrs.frozen
class PrivatePage:
    """Private events in order, the cursor after them, whether more follow or to start afresh."""

    events: tuple[PrivateEvent, ...]
    cursor: Cursor
    more: bool
    reset: bool


def read_events(
    stores: Stores, conversation: ConversationId, after: int, limit: int
) -> list[Event]:
    """Return at most *limit* events beyond offset *after*, in order.

    Messages are their own events. Offsets are dense, so the number of the first message beyond an
    offset follows from the last other event before it, without an index on offsets.
    """
    anchor = stores.events.last_until(conversation, after)
    seq = anchor.seq + after - anchor.offset if anchor else after
    events = [
        *stores.events.after(conversation, after, limit),
        *(message.as_event() for message in stores.messages.after(conversation, seq, limit)),
    ]
    events.sort(key=lambda event: event.offset)
    # Between the two reads others may commit, of which only the second half is seen here: what
    # follows a hole is left for the next page.
    dense = enumerate(events[:limit], after + 1)
    return [event for offset, event in dense if event.offset == offset]


@attrs.frozen
class EventsAfter:
    """Read the log of a conversation of one's own from an offset on."""

    uow: UnitOfWork[Stores]

    def __call__(
        self, actor: UserId, conversation: ConversationId, after: int, limit: int | None = None
    ) -> EventPage:
        """Return one page; raise `NotFound` for strangers, `Invalid` for bad numbers.

        `reset` is said instead where *after* lies beyond the log, before what the actor may see,
        or too far behind.
        """
        size = bounded(limit, MOST_EVENTS, MOST_EVENTS)
        if not 0 <= after <= MOST_NUMBER:
            raise Invalid("is not an offset", field="after")

        def work(stores: Stores) -> EventPage:
            member = require_member(stores.members, conversation, actor)
            last = stores.conversations.offsets([conversation])[conversation]
            if after > last or after < member.since_offset or last - after > MOST_BEHIND:
                return EventPage((), last, False, True)
            events = tuple(read_events(stores, conversation, after, size))
            end = events[-1].offset if events else after
            return EventPage(events, max(last, end), end < last, False)

        return self.uow.read(work)


@attrs.frozen
class SyncPrivate:
    """Read one's own log from a cursor on."""

    uow: UnitOfWork[Stores]

    def __call__(self, actor: UserId, cursor: Cursor, limit: int | None = None) -> PrivatePage:
        """Return one page; `reset` where the cursor is not of this log, or too far behind."""
        size = bounded(limit, MOST_EVENTS, MOST_EVENTS)

        def work(stores: Stores) -> PrivatePage:
            last = stores.private_logs.heads([actor]).get(actor, 0)
            if cursor.offset > last or last - cursor.offset > MOST_BEHIND:
                return PrivatePage((), Cursor(last, cursor.at), False, True)
            events = tuple(stores.private_logs.after(actor, cursor.offset, size))
            end = events[-1].offset if events else cursor.offset
            return PrivatePage(events, Cursor(end, cursor.at), end < last, False)

        return self.uow.read(work)
