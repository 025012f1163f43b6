"""Catching up: after an offset of a conversation, after a cursor of one's own log."""

from collections.abc import Callable, Sequence

import attrs

from parlour.domain.kernel.errors import DomainError, Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.paging import bounded
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import Cursor, Event, PrivateEvent
from parlour.domain.messages import MAX_NUMBER, Stores

MAX_EVENTS = 200
MAX_BEHIND = 1_000
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
class LogQuery:
    """Somebody asks for the log of a conversation beyond an offset, at most *limit* events."""

    actor: UserId
    conversation: ConversationId
    after: int
    limit: int | None = None

    def size(self) -> int:
        """Return the limit; raise `Invalid` where it, or the offset, makes no sense."""
        if not 0 <= self.after <= MAX_NUMBER:
            raise Invalid("is not an offset", field="after")
        return bounded(self.limit, MAX_EVENTS, MAX_EVENTS)


@attrs.frozen
class ReadLogs:
    """Answer many questions at once; those that ask the same share one reading."""

    uow: UnitOfWork[Stores]

    def __call__(self, questions: Sequence[LogQuery]) -> list[EventPage | DomainError]:
        """Return one page a question; `NotFound` for strangers, `Invalid` for bad numbers.

        `reset` is said instead where *after* lies beyond the log, before what the actor may see,
        or too far behind. Equal answers are the same object.
        """

        def work(stores: Stores) -> list[EventPage | DomainError]:
            asked_by = {(each.conversation, each.actor) for each in questions}
            entries = stores.members.entries(asked_by)
            pages: dict[tuple[ConversationId, int, int], EventPage] = {}

            def answer(asked: LogQuery) -> EventPage:
                size = asked.size()
                entry = entries.get((asked.conversation, asked.actor))
                if entry is None:
                    raise NotFound
                conversation, member = entry
                last, after = conversation.offset, asked.after
                if not member.since_offset <= after <= last or last - after > MAX_BEHIND:
                    return EventPage((), last, False, True)
                key = (asked.conversation, after, size)
                if key not in pages:
                    events = tuple(read_events(stores, asked.conversation, after, size))
                    end = events[-1].offset if events else after
                    pages[key] = EventPage(events, max(last, end), end < last, False)
                return pages[key]

            return [_outcome(answer, asked) for asked in questions]

        return self.uow.read(work)


def _outcome(answer: Callable[[LogQuery], EventPage], asked: LogQuery) -> EventPage | DomainError:
    try:
        return answer(asked)
    except DomainError as refusal:
        return refusal


@attrs.frozen
class EventsAfter:
    """Read the log of a conversation of one's own from an offset on."""

    read: ReadLogs

    def __call__(
        self, actor: UserId, conversation: ConversationId, after: int, limit: int | None = None
    ) -> EventPage:
        """Return one page as `ReadLogs` does; raise its refusal."""
        (page,) = self.read([LogQuery(actor, conversation, after, limit)])
        if isinstance(page, DomainError):
            raise page
        return page


@attrs.frozen
class SyncPrivate:
    """Read one's own log from a cursor on."""

    uow: UnitOfWork[Stores]

    def __call__(self, actor: UserId, cursor: Cursor, limit: int | None = None) -> PrivatePage:
        """Return one page; `reset` where the cursor is not of this log, or too far behind."""
        size = bounded(limit, MAX_EVENTS, MAX_EVENTS)

        def work(stores: Stores) -> PrivatePage:
            last = stores.private_logs.heads([actor]).get(actor, 0)
            if cursor.offset > last or last - cursor.offset > MAX_BEHIND:
                return PrivatePage((), Cursor(last, cursor.at), False, True)
            events = tuple(stores.private_logs.after(actor, cursor.offset, size))
            end = events[-1].offset if events else cursor.offset
            return PrivatePage(events, Cursor(end, cursor.at), end < last, False)

        return self.uow.read(work)
