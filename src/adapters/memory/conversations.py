"""Conversations and members in memory."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from heapq import nlargest

import attrs

from parlour.adapters.memory.transaction import UndoLog
from parlour.domain.conversations import (
    Conversation,
    ConversationStore,
    LogHead,
    LogPosition,
    Member,
    Membership,
    MemberStore,
    Pair,
)
from parlour.domain.kernel.errors import AlreadyExists
from parlour.domain.kernel.ids import ConversationId, UserId


class MemoryConversationStore(ConversationStore):
    """Conversations by id and by pair."""

    def __init__(self, undo_log: UndoLog) -> None:
        self._undo_log = undo_log
        self._conversations: dict[ConversationId, Conversation] = {}
        self._by_pair: dict[Pair, ConversationId] = {}

    def add(self, conversation: Conversation) -> None:
        if conversation.id in self._conversations or conversation.pair in self._by_pair:
            raise AlreadyExists
        self._undo_log.put(self._conversations, conversation.id, conversation)
        if conversation.pair is not None:
            self._undo_log.put(self._by_pair, conversation.pair, conversation.id)

    def lock(
        self, conversations: Collection[ConversationId]
    ) -> Mapping[ConversationId, Conversation]:
        return self.find_many(conversations)

    def locked(self, conversations: Collection[ConversationId]) -> set[ConversationId]:  # noqa: ARG002 - transactions in memory are serial
        return set()

    def find_many(
        self, conversations: Collection[ConversationId]
    ) -> Mapping[ConversationId, Conversation]:
        kept = self._conversations
        return {id_: kept[id_] for id_ in conversations if id_ in kept}

    def find_direct(self, pair: Pair) -> Conversation | None:
        found = self._by_pair.get(pair)
        return self._conversations[found] if found else None

    def save(self, conversations: Sequence[Conversation]) -> None:
        for conversation in conversations:
            if conversation.id in self._conversations:
                self._undo_log.put(self._conversations, conversation.id, conversation)

    def advance(self, positions: Mapping[ConversationId, LogPosition]) -> None:
        for id_, tip in positions.items():
            if found := self._conversations.get(id_):
                moved = attrs.evolve(
                    found, seq=tip.seq, offset=tip.offset, changed_at=tip.changed_at
                )
                self._undo_log.put(self._conversations, id_, moved)

    def offsets(self, conversations: Collection[ConversationId]) -> Mapping[ConversationId, int]:
        return {id_: found.offset for id_, found in self.find_many(conversations).items()}

    def all(self) -> Collection[Conversation]:
        """Return all conversations."""
        return self._conversations.values()


class MemoryMemberStore(MemberStore):
    """Members by membership; the members of a conversation, the conversations of a user."""

    def __init__(self, undo_log: UndoLog, conversations: MemoryConversationStore) -> None:
        self._undo_log = undo_log
        self._conversations = conversations
        self._members: dict[Membership, Member] = {}
        self._users: dict[ConversationId, list[UserId]] = {}
        self._by_user: dict[UserId, set[ConversationId]] = {}

    def add(self, members: Sequence[Member]) -> None:
        for member in members:
            key = (member.conversation, member.user)
            if key in self._members:
                raise AlreadyExists
            self._undo_log.put(self._members, key, member)
            if member.conversation not in self._users:
                self._undo_log.put(self._users, member.conversation, [])
            self._undo_log.insert(self._users[member.conversation], member.user)
            if member.user not in self._by_user:
                self._undo_log.put(self._by_user, member.user, set())
            self._undo_log.include(self._by_user[member.user], member.conversation)

    def save(self, members: Sequence[Member]) -> None:
        for member in members:
            key = (member.conversation, member.user)
            if key in self._members:
                self._undo_log.put(self._members, key, member)

    def remove(self, conversation: ConversationId, user: UserId) -> None:
        if (conversation, user) not in self._members:
            return
        self._undo_log.drop(self._members, (conversation, user))
        users = self._users[conversation]
        self._undo_log.delete(users, bisect_left(users, user))
        self._undo_log.exclude(self._by_user[user], conversation)

    def find(self, memberships: Collection[Membership]) -> Mapping[Membership, Member]:
        return {key: self._members[key] for key in memberships if key in self._members}

    def lock(self, memberships: Collection[Membership]) -> Mapping[Membership, Member]:
        return self.find(memberships)

    def locked(self, memberships: Collection[Membership]) -> set[Membership]:  # noqa: ARG002 - transactions in memory are serial
        return set()

    def page(self, conversation: ConversationId, after: UserId | None, limit: int) -> list[Member]:
        users = self._users.get(conversation, [])
        start = bisect_right(users, after) if after is not None else 0
        return [self._members[conversation, user] for user in users[start : start + limit]]

    def inbox(
        self,
        user: UserId,
        *,
        before: tuple[datetime, ConversationId] | None = None,
        limit: int,
    ) -> list[tuple[Conversation, Member]]:
        found = [each for each in self._of(user) if before is None or _position(each) < before]
        newest = nlargest(limit, found, key=_position)
        return [(each, self._members[each.id, user]) for each in newest]

    def entries(
        self, memberships: Collection[Membership]
    ) -> Mapping[Membership, tuple[Conversation, Member]]:
        members = self.find(memberships)
        conversations = self._conversations.find_many({room for room, _ in members})
        return {key: (conversations[key[0]], member) for key, member in members.items()}

    def joined_by(self, users: Collection[UserId]) -> Mapping[UserId, Collection[ConversationId]]:
        return {user: tuple(self._by_user.get(user, ())) for user in users}

    def conversations_of(
        self, users: Collection[UserId]
    ) -> Mapping[UserId, Mapping[ConversationId, LogHead]]:
        return {
            user: {each.id: LogHead(each.offset, each.changed_at) for each in self._of(user)}
            for user in users
        }

    def sharing(self, user: UserId, others: Collection[UserId]) -> set[UserId]:
        mine = self._by_user.get(user, set())
        return {other for other in others if not mine.isdisjoint(self._by_user.get(other, ()))}

    def count(self) -> int:
        """Return how many memberships there are."""
        return len(self._members)

    def _of(self, user: UserId) -> Collection[Conversation]:
        return self._conversations.find_many(self._by_user.get(user, ())).values()


def _position(conversation: Conversation) -> tuple[datetime, ConversationId]:
    return conversation.changed_at, conversation.id
