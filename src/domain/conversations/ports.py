"""The ports of conversations: what a storage backend provides for them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from parlour.domain.conversations.model import Conversation, LogHead, LogPosition, Member, Pair
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs.ports import EventStore, PrivateLogStore
from parlour.domain.users.ports import UserStore

Membership = tuple[ConversationId, UserId]


class ConversationStore(Protocol):
    """Stores conversations; a pair has at most one direct conversation."""

    def add(self, conversation: Conversation) -> None:
        """Store a new conversation; raise `AlreadyExists` if its pair has one."""
        ...

    def lock(
        self, conversations: Collection[ConversationId]
    ) -> Mapping[ConversationId, Conversation]:
        """Lock those that exist, in the order of their ids, until the transaction ends."""
        ...

    def locked(self, conversations: Collection[ConversationId]) -> set[ConversationId]:
        """Return those that another transaction has locked, waiting for none of them."""
        ...

    def find_many(
        self, conversations: Collection[ConversationId]
    ) -> Mapping[ConversationId, Conversation]:
        """Return those that exist, without a lock."""
        ...

    def find_direct(self, pair: Pair) -> Conversation | None:
        """Return the direct conversation of a pair."""
        ...

    def save(self, conversations: Sequence[Conversation]) -> None:
        """Update title, members, seq, offset and changed_at of locked conversations."""
        ...

    def advance(self, positions: Mapping[ConversationId, LogPosition]) -> None:
        """Update seq, offset and changed_at of locked conversations."""
        ...

    def offsets(self, conversations: Collection[ConversationId]) -> Mapping[ConversationId, int]:
        """Return the last offset of each, without a lock."""
        ...


class MemberStore(Protocol):
    """Stores the members of conversations."""

    def add(self, members: Sequence[Member]) -> None:
        """Store new members; raise `AlreadyExists` if one is a member already."""
        ...

    def save(self, members: Sequence[Member]) -> None:
        """Update role, watermarks, mute, pin and mark as unread of existing members."""
        ...

    def remove(self, conversation: ConversationId, user: UserId) -> None:
        """Delete a member."""
        ...

    def find(self, memberships: Collection[Membership]) -> Mapping[Membership, Member]:
        """Return those that exist, without a lock."""
        ...

    def lock(self, memberships: Collection[Membership]) -> Mapping[Membership, Member]:
        """Lock those that exist, in the order of their ids, until the transaction ends."""
        ...

    def locked(self, memberships: Collection[Membership]) -> set[Membership]:
        """Return those that another transaction has locked, waiting for none of them."""
        ...

    def page(self, conversation: ConversationId, after: UserId | None, limit: int) -> list[Member]:
        """Return members in the order of their ids, starting after *after*."""
        ...

    def inbox(
        self,
        user: UserId,
        *,
        before: tuple[datetime, ConversationId] | None = None,
        limit: int,
    ) -> list[tuple[Conversation, Member]]:
        """Return conversations of *user*, the last changed first (by changed_at, then id).

        *before* begins after the conversation with these values. The time only orders the list:
        it never runs backwards in one conversation, and is no position in a log.
        """
        ...

    def entries(
        self, memberships: Collection[Membership]
    ) -> Mapping[Membership, tuple[Conversation, Member]]:
        """Return those that exist, each with its conversation."""
        ...

    def joined_by(self, users: Collection[UserId]) -> Mapping[UserId, Collection[ConversationId]]:
        """Return the ids of the conversations of each of *users*."""
        ...

    def conversations_of(
        self, users: Collection[UserId]
    ) -> Mapping[UserId, Mapping[ConversationId, LogHead]]:
        """Return every conversation of each of *users*, and where its log ends.

        Users without a conversation may be left out.
        """
        ...

    def sharing(self, user: UserId, others: Collection[UserId]) -> set[UserId]:
        """Return those of *others* who share a conversation with *user*."""
        ...


class Stores(Protocol):
    """The stores that a unit of work of this concept uses."""

    @property
    def users(self) -> UserStore: ...
    @property
    def conversations(self) -> ConversationStore: ...
    @property
    def members(self) -> MemberStore: ...
    @property
    def events(self) -> EventStore: ...
    @property
    def private_logs(self) -> PrivateLogStore: ...
