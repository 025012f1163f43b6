"""Reading messages: a page of the history, or one message."""

import attrs

from parlour.domain.conversations import require_member
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.paging import bounded
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.messages.model import MAX_NUMBER, Message
from parlour.domain.messages.ports import MessageStore, Stores

MAX_MESSAGES = 100


@attrs.frozen
class HistoryPage:
    """A page of messages in the order of seq, and whether older and newer ones exist."""

    messages: tuple[Message, ...]
    more_before: bool
    more_after: bool


@attrs.frozen(kw_only=True)
class PageWindow:
    """The position of a page: before, after or around a seq; all None is the newest page."""

    before: int | None = None
    after: int | None = None
    around: int | None = None

    def check(self) -> None:
        """Raise `Invalid` if more than one position is given, or a number is out of range."""
        given = [(name, seq) for name, seq in attrs.asdict(self).items() if seq is not None]
        if len(given) > 1:
            raise Invalid("cannot be combined with another position", field=given[1][0])
        for name, seq in given:
            if not 0 <= seq <= MAX_NUMBER:
                raise Invalid("is not the number of a message", field=name)


@attrs.frozen
class PageHistory:
    """Read a page of the messages of a conversation, as one of its members."""

    uow: UnitOfWork[Stores]

    def __call__(
        self,
        actor: UserId,
        conversation: ConversationId,
        where: PageWindow,
        limit: int | None = None,
    ) -> HistoryPage:
        """Return at most *limit* messages.

        Raises:
            NotFound: the actor is not a member, or the conversation does not exist.
            Invalid: the position or the limit is out of range.
        """
        size = bounded(limit, MAX_MESSAGES, 50)
        where.check()

        def work(stores: Stores) -> HistoryPage:
            since = require_member(stores.members, conversation, actor).since_seq
            view = _View(stores.messages, conversation, since)
            if where.after is not None:
                return view.after(where.after, size)
            if where.around is not None:
                return view.around(where.around, size)
            return view.before(where.before, size)

        return self.uow.read(work)


@attrs.frozen
class _View:
    """The messages that a member may see: those with a seq above `since`."""

    messages: MessageStore
    conversation: ConversationId
    since: int

    def older(self, seq: int, limit: int) -> list[Message]:
        return self.messages.before(self.conversation, seq, limit, since=self.since)

    def newer(self, seq: int, limit: int) -> list[Message]:
        return self.messages.after(self.conversation, max(seq, self.since), limit)

    def after(self, seq: int, size: int) -> HistoryPage:
        found = self.newer(seq, size + 1)
        first = found[0].seq if found else seq + 1
        return HistoryPage(tuple(found[:size]), bool(self.older(first, 1)), len(found) > size)

    def before(self, seq: int | None, size: int) -> HistoryPage:
        end = MAX_NUMBER if seq is None else seq
        found = self.older(end, size + 1)
        page = tuple(found[-size:])
        last = page[-1].seq if page else end - 1
        # The newest page has nothing after it by definition: spare the query.
        more_after = seq is not None and bool(self.newer(last, 1))
        return HistoryPage(page, len(found) > size, more_after)

    def around(self, seq: int, size: int) -> HistoryPage:
        older, newer = self.older(seq, size // 2 + 1), self.newer(seq - 1, size - size // 2 + 1)
        before = older[max(0, len(older) - size // 2) :]
        after = newer[: size - size // 2]
        return HistoryPage((*before, *after), len(older) > len(before), len(newer) > len(after))


@attrs.frozen
class GetMessage:
    """Read one message of a conversation, as one of its members."""

    uow: UnitOfWork[Stores]

    def __call__(self, actor: UserId, conversation: ConversationId, seq: int) -> Message:
        """Return the message; raise `NotFound` if there is none that the actor may see."""

        def work(stores: Stores) -> Message | None:
            member = require_member(stores.members, conversation, actor)
            if not member.since_seq < seq <= MAX_NUMBER:
                return None
            return stores.messages.find_many([(conversation, seq)]).get((conversation, seq))

        found = self.uow.read(work)
        if found is None:
            raise NotFound
        return found
