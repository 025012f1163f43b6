"""Reading what is beside messages: who reacted, what is pinned, what a message said before."""

import attrs

from parlour.domain.conversations import Member, require_member
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId, parse_uuid
from parlour.domain.kernel.paging import PageRequest, pack_cursor, unpack_cursor
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.messages.history import see
from parlour.domain.messages.life import MAX_REVISIONS, Pin, Reaction, Revision, SeenMessage
from parlour.domain.messages.model import MAX_NUMBER, Flag, Message
from parlour.domain.messages.ports import Stores

MAX_REACTIONS = 100


@attrs.frozen
class ReactionPage:
    """Reactions to one message; `next` is None on the last page."""

    reactions: tuple[Reaction, ...]
    next: str | None


@attrs.frozen
class ListReactions:
    """List who reacted to a message, as a member who sees it."""

    uow: UnitOfWork[Stores]

    def __call__(
        self,
        actor: UserId,
        conversation: ConversationId,
        seq: int,
        *,
        emoji: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ReactionPage:
        """Return one page, in the order of emoji and user; with *emoji* those with this one.

        Raises `NotFound` to strangers and for messages that the actor does not see, `Invalid` for
        a bad cursor or limit.
        """
        page = PageRequest.parse(cursor, limit, _unpack, most=MAX_REACTIONS, default=50)

        def work(stores: Stores) -> ReactionPage:
            message = _require_visible(stores, conversation, actor, seq)
            if not message.flags & Flag.REACTIONS:
                return ReactionPage((), None)
            found = stores.reactions.page(
                conversation, seq, emoji=emoji, after=page.start, limit=page.fetch
            )
            return ReactionPage(*page.cut(found, _pack))

        return self.uow.read(work)


def _pack(reaction: Reaction) -> str:
    return pack_cursor(reaction.emoji.encode().hex(), reaction.user)


def _unpack(raw: str) -> tuple[str, UserId]:
    emoji, user = unpack_cursor(raw, 2)
    try:
        return bytes.fromhex(emoji).decode(), UserId(parse_uuid(user, "cursor"))
    except ValueError:
        raise Invalid("is not a cursor of this list", field="cursor") from None


@attrs.frozen
class ListRevisions:
    """List what a message said before it was edited, as a member who sees it."""

    uow: UnitOfWork[Stores]

    def __call__(
        self, actor: UserId, conversation: ConversationId, seq: int
    ) -> tuple[Revision, ...]:
        """Return the newest `MAX_REVISIONS` earlier contents, the newest first.

        Raises `NotFound` to strangers and for messages that the actor does not see.
        """

        def work(stores: Stores) -> tuple[Revision, ...]:
            message = _require_visible(stores, conversation, actor, seq)
            if message.revision == 1:
                return ()
            return tuple(stores.revisions.page(conversation, seq, MAX_REVISIONS))

        return self.uow.read(work)


@attrs.frozen
class PinList:
    """The pinned messages of a conversation, the last pinned first, at the offset `as_of`."""

    pins: tuple[tuple[Pin, SeenMessage], ...]
    as_of: int


@attrs.frozen
class ListPins:
    """List the pinned messages of a conversation that the actor sees, at most `MAX_PINS`."""

    uow: UnitOfWork[Stores]

    def __call__(self, actor: UserId, conversation: ConversationId) -> PinList:
        """Return them; raise `NotFound` to strangers."""

        def work(stores: Stores) -> PinList:
            entry = stores.members.entries([(conversation, actor)]).get((conversation, actor))
            if entry is None:
                raise NotFound
            found, member = entry
            pins = {
                (pin.conversation, pin.seq): pin
                for pin in stores.pins.of([conversation]).get(conversation, ())
                if pin.seq > member.visible_since
            }
            kept = stores.messages.find_many(pins) if pins else {}
            if kept and member.hides:
                hidden = stores.hidden.among(actor, kept)
                kept = {number: each for number, each in kept.items() if number not in hidden}
            newest = sorted(kept, key=lambda number: -pins[number].offset)
            messages = see(stores, actor, [kept[number] for number in newest])
            shown = ((pins[each.message.number], each) for each in messages)
            return PinList(tuple(shown), found.offset)

        return self.uow.read(work)


def _require_visible(
    stores: Stores, conversation: ConversationId, actor: UserId, seq: int
) -> Message:
    """Return a message that *actor* sees; raise `NotFound` for any other."""
    member: Member = require_member(stores.members, conversation, actor)
    number = (conversation, seq)
    found = (
        stores.messages.find_many([number]).get(number)
        if member.visible_since < seq <= MAX_NUMBER
        else None
    )
    if found is None or (member.hides and stores.hidden.among(actor, [number])):
        raise NotFound
    return found
