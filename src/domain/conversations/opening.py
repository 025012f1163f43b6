"""Creating conversations: direct ones, notes to self, and groups."""

from collections.abc import Sequence
from datetime import datetime

import attrs

from parlour.domain.conversations.events import (
    ConversationCreated,
    ConversationJoined,
    FirstMember,
)
from parlour.domain.conversations.model import (
    Conversation,
    ConversationKind,
    GroupFull,
    Member,
    Pair,
    Role,
    Title,
)
from parlour.domain.conversations.ports import Stores
from parlour.domain.kernel.errors import AlreadyExists, NotFound
from parlour.domain.kernel.ids import ConversationId, IdSource, UserId
from parlour.domain.kernel.time import Clock
from parlour.domain.kernel.transaction import UnitOfWork
from parlour.domain.logs import Changes, Event, PrivateNote, write_private


@attrs.frozen
class Opened:
    """A conversation, whether it is new, and the events that its creation wrote."""

    conversation: Conversation
    is_new: bool
    changes: Changes


def _create(
    stores: Stores, conversation: Conversation, members: Sequence[Member], by: UserId
) -> Opened:
    """Store a new conversation with its first event, and a private event for each member."""
    at = conversation.created_at
    payload = ConversationCreated(
        kind=conversation.kind,
        title=conversation.title,
        members=tuple(FirstMember(user=each.user, role=each.role) for each in members),
    )
    event = Event(conversation=conversation.id, offset=1, by=by, at=at, payload=payload, seq=0)
    conversation = attrs.evolve(conversation, offset=event.offset)
    stores.conversations.add(conversation)
    stores.members.add(members)
    stores.events.add([event])
    notes = [joined(member.user, conversation.id) for member in members]
    private = write_private(stores.private_logs, notes, at)
    return Opened(conversation, True, Changes((event,), private))


def joined(user: UserId, conversation: ConversationId) -> PrivateNote:
    """Return the private event of a new member."""
    return PrivateNote(user=user, payload=ConversationJoined(conversation=conversation))


@attrs.frozen(kw_only=True)
class OpenDirect:
    """Get or create the direct conversation of two users; with oneself, the notes to self."""

    uow: UnitOfWork[Stores]
    clock: Clock
    new_id: IdSource

    def __call__(self, actor: UserId, peer: UserId) -> Opened:
        """Return the conversation, new or not; raise `NotFound` if there is no such user."""
        pair = Pair.of(actor, peer)
        try:
            return self.uow(lambda stores: self._find_or_create(stores, actor, pair))
        except AlreadyExists:
            # The peer created it concurrently.
            return self.uow(lambda stores: self._find_or_create(stores, actor, pair))

    def _find_or_create(self, stores: Stores, actor: UserId, pair: Pair) -> Opened:
        found = stores.conversations.find_direct(pair)
        if found is not None:
            return Opened(found, False, Changes())
        people = stores.users.find_many({pair.low, pair.high})
        if any(user not in people or people[user].disabled for user in (pair.low, pair.high)):
            raise NotFound
        at = self.clock()
        conversation = Conversation(
            id=ConversationId(self.new_id()),
            kind=ConversationKind.DIRECT,
            title=None,
            pair=pair,
            members=len(people),
            created_at=at,
            changed_at=at,
        )
        members = [_member(conversation.id, user, Role.MEMBER, at) for user in sorted(people)]
        return _create(stores, conversation, members, actor)


@attrs.frozen
class FindDirect:
    """Find the direct conversation of two users without creating it."""

    uow: UnitOfWork[Stores]

    def __call__(self, actor: UserId, peer: UserId) -> ConversationId:
        """Return its id; raise `NotFound` if it was not created yet."""
        found = self.uow.read(
            lambda stores: stores.conversations.find_direct(Pair.of(actor, peer))
        )
        if found is None:
            raise NotFound
        return found.id


@attrs.frozen(kw_only=True)
class CreateGroup:
    """Create a group; its creator is the owner."""

    uow: UnitOfWork[Stores]
    clock: Clock
    new_id: IdSource
    max_members: int

    def __call__(self, actor: UserId, *, title: Title, members: Sequence[UserId]) -> Opened:
        """Return the new group; raise `NotFound` for unknown users, `GroupFull` for too many."""
        others = [user for user in dict.fromkeys(members) if user != actor]
        if len(others) + 1 > self.max_members:
            raise GroupFull(f"A group has at most {self.max_members} members")

        def work(stores: Stores) -> Opened:
            known = stores.users.find_many({actor, *others})
            if any(user not in known or known[user].disabled for user in others):
                raise NotFound("There is no such user")
            at = self.clock()
            group = Conversation(
                id=ConversationId(self.new_id()),
                kind=ConversationKind.GROUP,
                title=title,
                pair=None,
                members=len(others) + 1,
                created_at=at,
                changed_at=at,
            )
            first = [_member(group.id, actor, Role.OWNER, at)]
            first += [_member(group.id, user, Role.MEMBER, at) for user in others]
            return _create(stores, group, first, actor)

        return self.uow(work)


def _member(conversation: ConversationId, user: UserId, role: Role, at: datetime) -> Member:
    return Member(conversation=conversation, user=user, role=role, joined_at=at)
