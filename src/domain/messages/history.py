"""Reading messages: a page of the history, or messages by their numbers."""

from collections.abc import Collection, Mapping, Sequence

import attrs

from parlour.domain.conversations import Member, Membership
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.paging import bounded
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.messages.life import MessageDetails, SeenMessage
from parlour.domain.messages.model import MAX_NUMBER, Flag, Message, MessageNumber
from parlour.domain.messages.ports import Stores

MAX_MESSAGES = 100

MAX_BY_SEQ = 50
"""Messages that a client may ask for by their numbers."""


@attrs.frozen
class HistoryPage:
    """A page of messages in the order of seq, and whether older and newer ones exist.

    It shows at least everything up to the offset `as_of` of the conversation.
    """

    messages: tuple[SeenMessage, ...]
    more_before: bool
    more_after: bool
    as_of: int


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
            view = _View.of(stores, conversation, actor)
            if where.after is not None:
                return view.after(where.after, size)
            if where.around is not None:
                return view.around(where.around, size)
            return view.before(where.before, size)

        return self.uow.read(work)


@attrs.frozen
class _View:
    """The messages that a member may see: those with a seq above `since`, as of an offset."""

    stores: Stores
    conversation: ConversationId
    member: Member
    as_of: int

    @classmethod
    def of(cls, stores: Stores, conversation: ConversationId, actor: UserId) -> "_View":
        """Return what *actor* may see; raise `NotFound` for strangers."""
        entry = stores.members.entries([(conversation, actor)]).get((conversation, actor))
        if entry is None:
            raise NotFound
        found, member = entry
        return cls(stores, conversation, member, found.offset)

    @property
    def _hidden_from(self) -> UserId | None:
        return self.member.user if self.member.hides else None

    def older(self, seq: int, limit: int) -> list[Message]:
        return self.stores.messages.before(
            self.conversation,
            seq,
            limit,
            since=self.member.visible_since,
            hidden_from=self._hidden_from,
        )

    def newer(self, seq: int, limit: int) -> list[Message]:
        return self.stores.messages.after(
            self.conversation,
            max(seq, self.member.visible_since),
            limit,
            hidden_from=self._hidden_from,
        )

    def after(self, seq: int, size: int) -> HistoryPage:
        found = self.newer(seq, size + 1)
        first = found[0].seq if found else seq + 1
        return self._page(found[:size], bool(self.older(first, 1)), len(found) > size)

    def before(self, seq: int | None, size: int) -> HistoryPage:
        end = MAX_NUMBER if seq is None else seq
        found = self.older(end, size + 1)
        page = found[-size:]
        last = page[-1].seq if page else end - 1
        # The newest page has nothing after it by definition: spare the query.
        more_after = seq is not None and bool(self.newer(last, 1))
        return self._page(page, len(found) > size, more_after)

    def around(self, seq: int, size: int) -> HistoryPage:
        older, newer = self.older(seq, size // 2 + 1), self.newer(seq - 1, size - size // 2 + 1)
        before = older[max(0, len(older) - size // 2) :]
        after = newer[: size - size // 2]
        return self._page([*before, *after], len(older) > len(before), len(newer) > len(after))

    def named(self, seqs: Collection[int]) -> tuple[SeenMessage, ...]:
        """Return those of *seqs* that are there to see, in order."""
        numbers = [
            (self.conversation, seq)
            for seq in set(seqs)
            if self.member.visible_since < seq <= MAX_NUMBER
        ]
        found = self.stores.messages.find_many(numbers) if numbers else {}
        hidden = (
            self.stores.hidden.among(self.member.user, found)
            if found and self.member.hides
            else set()
        )
        shown = [found[number] for number in sorted(found) if number not in hidden]
        return see(self.stores, self.member.user, shown)

    def _page(
        self, messages: Sequence[Message], more_before: bool, more_after: bool
    ) -> HistoryPage:
        seen = see(self.stores, self.member.user, messages)
        return HistoryPage(seen, more_before, more_after, self.as_of)


def see(stores: Stores, viewer: UserId, messages: Sequence[Message]) -> tuple[SeenMessage, ...]:
    """Return *messages* with what is beside them, as *viewer* sees it.

    Nothing is asked of the stores for messages that have nothing beside them.
    """
    reacted = [each.number for each in messages if each.flags & Flag.REACTIONS]
    voted = [each.number for each in messages if each.flags & Flag.VOTES]
    origins = {
        (each.forwarded.conversation, each.forwarded.seq)
        for each in messages
        if each.forwarded is not None
    }
    details = (
        stores.messages.details(viewer, reacted, voted)
        if reacted or voted
        else MessageDetails({}, {})
    )
    visible = _visible(stores, viewer, origins) if origins else set()

    def seen(message: Message) -> SeenMessage:
        origin = message.forwarded
        return SeenMessage(
            message=message,
            reactions=details.reactions.get(message.number, ()),
            votes=details.votes.get(message.number),
            shows_origin=origin is not None and (origin.conversation, origin.seq) in visible,
        )

    return tuple(map(seen, messages))


def _visible(
    stores: Stores, viewer: UserId, numbers: Collection[MessageNumber]
) -> set[MessageNumber]:
    """Return the messages in conversations that *viewer* sees."""
    rooms = stores.members.find({(conversation, viewer) for conversation, _ in numbers})
    since = {conversation: member.visible_since for (conversation, _), member in rooms.items()}
    return {number for number in numbers if since.get(number[0], MAX_NUMBER) < number[1]}


def find_visible(
    stores: Stores,
    viewer: UserId,
    numbers: Collection[MessageNumber],
    members: Mapping[Membership, Member],
) -> dict[MessageNumber, Message]:
    """Return those of *numbers* that *viewer* sees, by the memberships of *viewer*."""
    since = {member.conversation: member.visible_since for member in members.values()}
    shown = {number for number in numbers if since.get(number[0], MAX_NUMBER) < number[1]}
    hiding = {member.conversation for member in members.values() if member.hides}
    if maybe := {number for number in shown if number[0] in hiding}:
        shown -= stores.hidden.among(viewer, maybe)
    return dict(stores.messages.find_many(shown)) if shown else {}


@attrs.frozen
class GetMessages:
    """Read messages of a conversation by their numbers, as one of its members."""

    uow: UnitOfWork[Stores]

    def __call__(
        self, actor: UserId, conversation: ConversationId, seqs: Collection[int]
    ) -> HistoryPage:
        """Return those that the actor may see, in order; other numbers are left out.

        Raises `NotFound` to strangers, `Invalid` for more than `MAX_BY_SEQ` numbers.
        """
        if len(seqs) > MAX_BY_SEQ:
            raise Invalid(f"must name at most {MAX_BY_SEQ}", field="seqs")

        def work(stores: Stores) -> HistoryPage:
            view = _View.of(stores, conversation, actor)
            return HistoryPage(view.named(seqs), False, False, view.as_of)

        return self.uow.read(work)


@attrs.frozen
class GetMessage:
    """Read one message of a conversation, as one of its members."""

    uow: UnitOfWork[Stores]

    def __call__(self, actor: UserId, conversation: ConversationId, seq: int) -> SeenMessage:
        """Return the message; raise `NotFound` if there is none that the actor may see."""
        found = self.uow.read(lambda stores: _View.of(stores, conversation, actor).named([seq]))
        if not found:
            raise NotFound
        return found[0]
