"""Reading what was said."""

import attrs

from domain.conversations import require_member
from domain.kernel.errors import Invalid, NotFound
from domain.kernel.ids import ConversationId, UserId
from domain.kernel.paging import bounded
from domain.kernel.transaction import UnitOfWork
from domain.messages.model import MOST_NUMBER, Message
from domain.messages.ports import Stores

MOST_MESSAGES = 100


@attrs.frozen
class HistoryPage:
    """Messages in order of seq, and whether there are more on either side."""

    messages: tuple[Message, ...]
    more_before: bool
    more_after: bool


@attrs.frozen(kw_only=True)
class Where:
    """Which page: before a seq, after one, around one; the newest where all are None."""

    before: int | None = None
    after: int | None = None
    around: int | None = None

    def check(self) -> None:
        """Raise `Invalid` where more than one is given, or a number is out of range."""
        given = [(name, seq) for name, seq in attrs.asdict(self).items() if seq is not None]
        if len(given) > 1:
            raise Invalid("cannot be combined with another position", field=given[1][0])
        for name, seq in given:
            if not 0 <= seq <= MOST_NUMBER:
                raise Invalid("is not the number of a message", field=name)


@attrs.frozen
class PageHistory:
    """Read a page of a conversation of one's own, by message number."""

    uow: UnitOfWork[Stores]

    def __call__(
        self,
        actor: UserId,
        conversation: ConversationId,
        where: Where,
        limit: int | None = None,
    ) -> HistoryPage:
        """Return at most *limit* messages; raise `NotFound` for strangers, `Invalid`."""
        size = bounded(limit, MOST_MESSAGES, 50)
        where.check()

        def work(stores: Stores) -> HistoryPage:
            since = require_member(stores.members, conversation, actor).since_seq
            if where.after is not None:
                start = max(where.after, since)
                found = stores.messages.after(conversation, start, size + 1)
                more_before = bool(found) and found[0].seq > since + 1
                return HistoryPage(tuple(found[:size]), more_before, len(found) > size)
            if where.around is not None:
                older = size // 2
                found = stores.messages.before(conversation, where.around, older + 1, since=since)
                start = max(where.around - 1, since)
                newer = stores.messages.after(conversation, start, size - older + 1)
                return HistoryPage(
                    (*found[-older:], *newer[: size - older]) if older else tuple(newer[:size]),
                    len(found) > older,
                    len(newer) > size - older,
                )
            end = where.before if where.before is not None else MOST_NUMBER
            found = stores.messages.before(conversation, end, size + 1, since=since)
            page = tuple(found[-size:])
            return HistoryPage(
                page, len(found) > size, self._is_newer(stores, conversation, page, end)
            )

        return self.uow.read(work)

    @staticmethod
    def _is_newer(
        stores: Stores, conversation: ConversationId, page: tuple[Message, ...], end: int
    ) -> bool:
        if end == MOST_NUMBER:
            return False
        last = page[-1].seq if page else end - 1
        return bool(stores.messages.after(conversation, last, 1))


@attrs.frozen
class GetMessage:
    """Read one message of a conversation of one's own."""

    uow: UnitOfWork[Stores]

    def __call__(self, actor: UserId, conversation: ConversationId, seq: int) -> Message:
        """Return the message; raise `NotFound` where there is none that the actor may see."""

        def work(stores: Stores) -> Message | None:
            member = require_member(stores.members, conversation, actor)
            if not member.since_seq < seq <= MOST_NUMBER:
                return None
            return stores.messages.find_many([(conversation, seq)]).get((conversation, seq))

        found = self.uow.read(work)
        if found is None:
            raise NotFound
        return found
