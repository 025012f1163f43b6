"""Heads: the entries of a conversation list, derived from what is stored."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import attrs

from parlour.domain.conversations import Conversation, Member, Membership
from parlour.domain.kernel.errors import NotFound
from parlour.domain.kernel.ids import ConversationId, UserId, parse_uuid
from parlour.domain.kernel.paging import PageRequest, cursor_number, pack_cursor, unpack_cursor
from parlour.domain.kernel.time import from_micros, to_micros
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.messages import Draft, Message, Stores, UnreadParts

MAX_HEADS = 100
MAX_NEAR = 1_000
"""Up to so many messages behind, own messages and mentions are counted one by one."""

MAX_DRAFTED = 100_000
"""Characters of drafts in one page of heads."""

_NONE = UnreadParts(0, 0)


@attrs.frozen(kw_only=True)
class Head:
    """One entry of a user's conversation list.

    `peer` is the other person of a direct conversation, `last` the newest message that the viewer
    sees, which may be what is left of one that was recalled. `unread` and `mentions` leave out
    recalled messages and the viewer's own.
    """

    conversation: Conversation
    member: Member
    title: str
    peer: UserId | None
    unread: int
    mentions: int
    last: Message | None
    draft: Draft | None = None


@attrs.frozen
class HeadPage:
    """A page of heads, the last changed first; `next` is None on the last page."""

    heads: tuple[Head, ...]
    next: str | None


def build_heads(stores: Stores, rows: Sequence[tuple[Conversation, Member]]) -> tuple[Head, ...]:
    """Derive the heads of many memberships, with one query for each store.

    One more is needed for each conversation whose last message is hidden from its viewer.
    """
    last = _last_seen(stores, rows)
    drafted = {(each.conversation, each.user) for _, each in rows if each.has_draft}
    drafts = stores.drafts.find(drafted) if drafted else {}
    counts = _count_unread(stores, rows)
    peers = {found.pair.peer_of(member.user) for found, member in rows if found.pair}
    people = stores.users.find_many(peers) if peers else {}

    def head(found: Conversation, member: Member) -> Head:
        key = (member.conversation, member.user)
        peer = found.pair.peer_of(member.user) if found.pair else None
        named = people.get(peer) if peer is not None else None
        group = found.title.value if found.title else ""
        parts = counts.get(key, _NONE)
        return Head(
            conversation=found,
            member=member,
            title=named.display_name.value if named else group,
            peer=peer,
            unread=max(0, found.seq - member.read_up_to - parts.own),
            mentions=parts.mentions,
            last=last.get(key),
            draft=drafts.get(key),
        )

    return tuple(head(found, member) for found, member in rows)


def fit(heads: Sequence[Head]) -> tuple[Head, ...]:
    """Return the first of *heads*, one at least, with at most `MAX_DRAFTED` characters of drafts.

    A hundred long drafts would be more than clients take in one frame.
    """
    total = 0
    for count, head in enumerate(heads):
        total += len(head.draft.text) if head.draft else 0
        if total > MAX_DRAFTED and count:
            return tuple(heads[:count])
    return tuple(heads)


def _last_seen(
    stores: Stores, rows: Sequence[tuple[Conversation, Member]]
) -> Mapping[Membership, Message]:
    """Return the newest message that each member sees; members who see none are missing."""
    shown = [(found, member) for found, member in rows if found.seq > member.visible_since]
    newest = stores.messages.find_many({(found.id, found.seq) for found, _ in shown})
    last = {
        (member.conversation, member.user): newest[found.id, found.seq]
        for found, member in shown
        if (found.id, found.seq) in newest
    }
    keys = ((member.user, found.id, found.seq) for found, member in shown if member.hides)
    hiding = {key for key in keys if (key[1], key[0]) in last}
    since = {(member.conversation, member.user): member.visible_since for _, member in shown}
    for user, conversation, seq in stores.hidden.held(hiding) if hiding else ():
        older = stores.messages.before(
            conversation, seq, 1, since=since[conversation, user], hidden_from=user
        )
        last.pop((conversation, user))
        last.update(((conversation, user), message) for message in older)
    return last


def _count_unread(
    stores: Stores, rows: Sequence[tuple[Conversation, Member]]
) -> Mapping[Membership, UnreadParts]:
    """Count own messages and mentions beyond the read marks; who has read all may be missing."""
    near, far = dict[Membership, int](), dict[Membership, int]()
    for found, member in rows:
        behind = found.seq - member.read_up_to
        if behind > 0:
            marks = near if behind <= MAX_NEAR else far
            marks[member.conversation, member.user] = member.read_up_to
    own = stores.messages.count_own(near) if near else {}
    mentions = stores.messages.count_mentions(near) if near else {}
    return {
        **{each: UnreadParts(own.get(each, 0), mentions.get(each, 0)) for each in near},
        **(stores.messages.count_far(far) if far else {}),
    }


@attrs.frozen
class ListHeads:
    """List the heads of the actor, the last changed first."""

    uow: UnitOfWork[Stores]

    def __call__(
        self, actor: UserId, *, before: str | None = None, limit: int | None = None
    ) -> HeadPage:
        """Return one page; raise `Invalid` for a bad cursor or limit."""
        page = PageRequest.parse(before, limit, _unpack, most=MAX_HEADS, default=50)

        def work(stores: Stores) -> HeadPage:
            found = stores.members.inbox(actor, before=page.start, limit=page.fetch)
            rows, following = page.cut(found, lambda row: _pack(row[0]))
            heads = build_heads(stores, rows)
            fitting = fit(heads)
            if len(fitting) < len(heads):
                following = _pack(fitting[-1].conversation)
            return HeadPage(fitting, following)

        return self.uow.read(work)


@attrs.frozen
class GetHead:
    """Get the head of one conversation, as one of its members."""

    uow: UnitOfWork[Stores]

    def __call__(self, actor: UserId, conversation: ConversationId) -> Head:
        """Return its head; raise `NotFound` for strangers."""

        def work(stores: Stores) -> Head:
            key = (conversation, actor)
            entry = stores.members.entries([key]).get(key)
            if entry is None:
                raise NotFound
            return build_heads(stores, [entry])[0]

        return self.uow.read(work)


def _pack(conversation: Conversation) -> str:
    return pack_cursor(to_micros(conversation.changed_at), conversation.id)


def _unpack(raw: str) -> tuple[datetime, ConversationId]:
    micros, conversation = unpack_cursor(raw, 2, "before")
    at = from_micros(cursor_number(micros, "before"))
    return at, ConversationId(parse_uuid(conversation, "before"))
