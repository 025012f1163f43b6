"""Catching up: events of a conversation after an offset, private events after a cursor."""

from collections.abc import Callable, Sequence

import attrs

from parlour.domain.kernel.errors import DomainError, Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.paging import bounded
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import Cursor, PrivateEvent
from parlour.domain.messages import MAX_NUMBER, LogEvent, Stores
from parlour.domain.sync.reading import read_events, read_private, without_older

MAX_EVENTS = 200
MAX_BEHIND = 1_000
"""A client that is further behind has to load the newest page instead."""


@attrs.frozen
class EventPage:
    """Events in order. `last` is the last offset of the log; with `reset`, load a new snapshot."""

    events: tuple[LogEvent, ...]
    last: int
    more: bool
    reset: bool


@attrs.frozen
class PrivatePage:
    """Private events in order, the cursor after them; with `reset`, load a new snapshot."""

    events: tuple[PrivateEvent, ...]
    cursor: Cursor
    more: bool
    reset: bool


@attrs.frozen
class LogQuery:
    """A request for at most *limit* events of a conversation after an offset."""

    actor: UserId
    conversation: ConversationId
    after: int
    limit: int | None = None

    def size(self) -> int:
        """Return the limit; raise `Invalid` if it or the offset is out of range."""
        if not 0 <= self.after <= MAX_NUMBER:
            raise Invalid("is not an offset", field="after")
        return bounded(self.limit, MAX_EVENTS, MAX_EVENTS)


@attrs.frozen
class ReadLogs:
    """Answer many requests for events in one transaction; equal requests share one query."""

    uow: UnitOfWork[Stores]

    def __call__(self, queries: Sequence[LogQuery]) -> list[EventPage | DomainError]:
        """Return a page for each request; `NotFound` for strangers, `Invalid` for bad numbers.

        A page says `reset` if *after* is greater than the last offset, less than what the actor
        may see, more than `MAX_BEHIND` behind, or before a hole in a damaged log, where the next
        event is missing. Equal requests get the same object.
        """

        def work(stores: Stores) -> list[EventPage | DomainError]:
            asked_by = {(each.conversation, each.actor) for each in queries}
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
                    # The end of the log was read first: an event before it that is missing now
                    # is missing for ever, and asking again would not help.
                    is_hole = not events and after < last
                    more = end < last and not is_hole
                    pages[key] = EventPage(events, max(last, end), more, is_hole)
                page = pages[key]
                shown = without_older(page.events, member.since_seq)
                return page if shown is page.events else attrs.evolve(page, events=shown)

            return [_outcome(answer, asked) for asked in queries]

        return self.uow.read(work)


def _outcome(answer: Callable[[LogQuery], EventPage], asked: LogQuery) -> EventPage | DomainError:
    try:
        return answer(asked)
    except DomainError as refusal:
        return refusal


@attrs.frozen
class EventsAfter:
    """Read the events of a conversation after an offset, as one of its members."""

    read: ReadLogs

    def __call__(
        self, actor: UserId, conversation: ConversationId, after: int, limit: int | None = None
    ) -> EventPage:
        """Return one page as `ReadLogs` does; raise its error."""
        (page,) = self.read([LogQuery(actor, conversation, after, limit)])
        if isinstance(page, DomainError):
            raise page
        return page


@attrs.frozen
class SyncPrivate:
    """Read the actor's private log after a cursor."""

    uow: UnitOfWork[Stores]

    def __call__(
        self, actor: UserId, cursor: Cursor | None, limit: int | None = None
    ) -> PrivatePage:
        """Return one page.

        It says `reset` if the cursor is None (none that can be read), not of this log, too far
        behind, or before a hole in a damaged log.
        """
        size = bounded(limit, MAX_EVENTS, MAX_EVENTS)

        def work(stores: Stores) -> PrivatePage:
            last = stores.private_logs.heads([actor]).get(actor, 0)
            if cursor is None:
                return PrivatePage((), Cursor(last), False, True)
            if cursor.offset > last or last - cursor.offset > MAX_BEHIND:
                return PrivatePage((), Cursor(last, cursor.conversations), False, True)
            found = read_private(stores, actor, cursor.offset, size)
            dense = enumerate(found, cursor.offset + 1)
            events = tuple(event for offset, event in dense if event.offset == offset)
            end = events[-1].offset if events else cursor.offset
            if not events and end < last:
                return PrivatePage((), Cursor(last, cursor.conversations), False, True)
            return PrivatePage(events, Cursor(end, cursor.conversations), end < last, False)

        return self.uow.read(work)
